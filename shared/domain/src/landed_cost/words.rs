//! Finding phrases in titles: whole words, any case, singular or plural.

use serde::Deserialize;

/// A text in lower case, cut into words.
#[derive(Clone, Debug)]
pub(super) struct Words {
    /// The words without anything between them.
    letters: String,
    /// Where each word begins and ends.
    places: Vec<(usize, usize)>,
}

/// One word or more that are looked for, in lower case with a space between two.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct Phrase(String);

impl Words {
    pub(super) fn of(text: &str) -> Self {
        let lower = text.to_lowercase();
        let words: Vec<&str> = split(&lower).collect();
        let mut end = 0;
        let places = words.iter().map(|word| {
            let start = end;
            end += word.len();
            (start, end)
        });
        Self {
            places: places.collect(),
            letters: words.concat(),
        }
    }

    fn word(&self, place: (usize, usize)) -> &str {
        self.letters.get(place.0..place.1).unwrap_or_default()
    }

    /// True when the words of the phrase stand here one after the other.
    pub(super) fn contain(&self, phrase: &Phrase) -> bool {
        let letters = self.letters.as_bytes();
        let initial = phrase.0.as_bytes().first();
        // Most places fall away with the first letter, which no plural changes.
        let begins_so = |place: &(usize, usize)| letters.get(place.0) == initial;
        let mut firsts = self.places.iter().enumerate().filter(|(_, place)| begins_so(place));
        firsts.any(|(first, _)| self.contain_at(first, phrase))
    }

    fn contain_at(&self, first: usize, phrase: &Phrase) -> bool {
        let mut places = self.places.iter().skip(first);
        let mut wanted = phrase.0.split(' ');
        wanted.all(|wanted| places.next().is_some_and(|place| same(self.word(*place), wanted)))
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
        self.0.split(' ').map(str::len).sum()
    }
}

impl TryFrom<String> for Phrase {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        if is_plain(&text) {
            return Ok(Self(text));
        }
        let words: Vec<String> = split(&text.to_lowercase()).map(str::to_owned).collect();
        if words.is_empty() {
            Err(format!("{text:?} has no word"))
        } else {
            Ok(Self(words.join(" ")))
        }
    }
}

fn split(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
}

/// As most rows write it: nothing to change about it.
fn is_plain(text: &str) -> bool {
    let mut last = b' ';
    for byte in text.bytes() {
        let fits = byte.is_ascii_lowercase() || byte.is_ascii_digit() || (byte == b' ' && last != b' ');
        if !fits {
            return false;
        }
        last = byte;
    }
    last != b' '
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
    fn a_phrase_is_kept_in_one_form() {
        for text in ["power bank", "Power-Bank", " power  bank", "power bank!"] {
            assert_eq!(Phrase::try_from(text.to_owned()).unwrap().0, "power bank", "{text}");
        }
    }

    #[test]
    fn a_phrase_has_a_word() {
        assert!(Phrase::try_from(" - ".to_owned()).is_err());
    }
}
