//! Finding phrases in titles: whole words, any case, singular or plural.

use serde::Deserialize;

/// A text cut into lower-case words.
#[derive(Clone, Debug)]
pub(super) struct Words(Vec<String>);

/// One word or more that are looked for.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct Phrase(Words);

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
    pub(super) fn contain(&self, phrase: &Phrase) -> bool {
        let wanted = &phrase.0.0;
        self.0
            .windows(wanted.len())
            .any(|run| run.iter().zip(wanted).all(|(a, b)| same(a, b)))
    }

    /// The longest of the phrases that stands here, counted in letters.
    pub(super) fn longest(&self, phrases: &[Phrase]) -> Option<usize> {
        phrases
            .iter()
            .filter(|phrase| self.contain(phrase))
            .map(Phrase::length)
            .max()
    }

    pub(super) fn contain_any(&self, phrases: &[Phrase]) -> bool {
        phrases.iter().any(|phrase| self.contain(phrase))
    }
}

impl Phrase {
    /// How many letters it has.
    fn length(&self) -> usize {
        self.0.0.iter().map(String::len).sum()
    }
}

impl TryFrom<String> for Phrase {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let words = Words::of(&text);
        if words.0.is_empty() {
            Err(format!("{text:?} has no word"))
        } else {
            Ok(Self(words))
        }
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
        ] {
            assert_eq!(
                Words::of(title).contain(&phrase.to_owned().try_into().unwrap()),
                found,
                "{phrase} in {title}"
            );
        }
    }

    #[test]
    fn a_phrase_has_a_word() {
        assert!(Phrase::try_from(" - ".to_owned()).is_err());
    }
}
