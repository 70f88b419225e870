//! Finding phrases in titles: whole words, any case, singular or plural.

/// A text cut into lower-case words.
#[derive(Clone, Debug)]
pub(super) struct Words(Vec<String>);

impl Words {
    pub(super) fn of(text: &str) -> Self {
        let lower = text.to_lowercase();
        Self(
            lower
                .split(|c: char| !c.is_alphanumeric())
                .filter(|word| !word.is_empty())
                .map(str::to_owned)
                .collect(),
        )
    }

    /// True when the words of the phrase stand here one after the other.
    pub(super) fn contain(&self, phrase: &str) -> bool {
        let wanted = Self::of(phrase).0;
        !wanted.is_empty()
            && self
                .0
                .windows(wanted.len())
                .any(|run| run.iter().zip(&wanted).all(|(a, b)| same(a, b)))
    }

    /// The longest of the phrases that stands here, counted in letters.
    pub(super) fn longest(&self, phrases: &[String]) -> Option<usize> {
        phrases
            .iter()
            .filter(|phrase| self.contain(phrase))
            .map(|phrase| phrase.len())
            .max()
    }

    pub(super) fn contain_any(&self, phrases: &[String]) -> bool {
        phrases.iter().any(|phrase| self.contain(phrase))
    }
}

/// The same word, or its plural: battery and batteries, watch and watches, shoe and shoes.
fn same(found: &str, wanted: &str) -> bool {
    found == wanted
        || found.strip_suffix('s') == Some(wanted)
        || found.strip_suffix("es") == Some(wanted)
        || found
            .strip_suffix("ies")
            .is_some_and(|stem| wanted.strip_suffix('y') == Some(stem))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phrases_are_whole_words_in_singular_or_plural() {
        for (title, phrase, found) in [
            ("10000 mAh Slim Power Bank, 22.5 W", "power bank", true),
            ("Two Power-Banks", "power bank", true),
            ("Powerful Banking Guide", "power bank", false),
            ("Lithium Batteries AA", "lithium battery", true),
            ("Cartridge for printer", "cart", false),
            ("Men's Watches", "watch", true),
            ("anything", "", false),
        ] {
            assert_eq!(Words::of(title).contain(phrase), found, "{phrase} in {title}");
        }
    }
}
