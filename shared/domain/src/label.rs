//! What stands on a carrier's label. Printers and scanners along the way know Latin letters; every other script is written in them, by how it
//! sounds. What was typed stays as it is in the order.

use std::{borrow::Cow, fmt};

use crate::address::Address;

/// The texts of a label that says where a parcel goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// Who gets it.
    pub name: String,
    /// Pickup point, street, landmark.
    pub lines: Vec<String>,
    /// Town.
    pub city: String,
    /// State or county.
    pub region: String,
}

impl Label {
    /// The label of an address.
    #[must_use]
    pub fn of(address: &Address) -> Self {
        let parts = address.parts();
        Self {
            name: label_text(&parts.name).into_owned(),
            lines: address
                .lines()
                .iter()
                .map(|line| label_text(line).into_owned())
                .collect(),
            city: label_text(&parts.city).into_owned(),
            region: label_text(&parts.region).into_owned(),
        }
    }

    /// The label, if it says something in other letters than the address does: then its owner wants to see it before.
    #[must_use]
    pub fn if_rewritten(address: &Address) -> Option<Self> {
        let parts = address.parts();
        let typed = Self {
            name: parts.name.clone(),
            lines: address.lines(),
            city: parts.city.clone(),
            region: parts.region.clone(),
        };
        Some(Self::of(address)).filter(|label| *label != typed)
    }
}

impl fmt::Display for Label {
    /// All of it on one line.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.name)?;
        let texts = self.lines.iter().chain([&self.city, &self.region]);
        texts
            .filter(|text| !text.is_empty())
            .try_for_each(|text| write!(out, ", {text}"))
    }
}

/// A text as a carrier prints it: unchanged if it is in the letters of Western Europe (ISO 8859-1), else in plain ASCII.
#[must_use]
pub fn label_text(text: &str) -> Cow<'_, str> {
    if text.chars().all(is_printed) {
        return Cow::Borrowed(text);
    }
    let latin = deunicode::deunicode_with_tofu(text, "");
    // The sign for a letter that Latin has none for; on a label it is read as dirt.
    let words: Vec<_> = latin.split_whitespace().map(|word| word.replace('`', "'")).collect();
    Cow::Owned(words.join(" "))
}

fn is_printed(letter: char) -> bool {
    let is_western = matches!(letter, '\u{c0}'..='\u{d6}' | '\u{d8}'..='\u{f6}' | '\u{f8}'..='\u{ff}');
    letter == ' ' || letter.is_ascii_graphic() || is_western
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::address::AddressInput;

    #[test]
    fn other_scripts_are_written_in_latin_letters() {
        for (typed, label) in [
            ("Asha Mwangi", "Asha Mwangi"),
            ("Straße über Köln", "Straße über Köln"),
            ("Łódź", "Lodz"),
            ("王小明", "Wang Xiao Ming"),
            ("አበበ ቢቂላ", "'ababa biqilaa"),
            ("محمد عبد الله", "mHmd 'bd llh"),
            ("Иван Петров", "Ivan Petrov"),
            ("राम कुमार", "raam kumaar"),
            ("", ""),
        ] {
            assert_eq!(label_text(typed), label, "{typed}");
        }
    }

    #[test]
    fn the_owner_is_shown_the_label_only_when_it_reads_otherwise() {
        let typed = AddressInput {
            name: "محمد عبد الله".into(),
            phone: "+254712345678".into(),
            line1: "Moi Avenue 3".into(),
            city: "Mombasa".into(),
            country: "KE".into(),
            ..AddressInput::default()
        };
        let arabic = Address::try_from(typed.clone()).unwrap();

        assert_eq!(Label::if_rewritten(&arabic).unwrap().name, "mHmd 'bd llh");
        assert_eq!(arabic.parts().name, "محمد عبد الله");

        let latin = Address::try_from(AddressInput {
            name: "Mohamed Abdallah".into(),
            ..typed
        });
        assert_eq!(Label::if_rewritten(&latin.unwrap()), None);
    }

    proptest! {
        #[test]
        fn a_label_has_nothing_that_is_not_printed(text in "\\PC{0,40}") {
            let label = label_text(&text).into_owned();
            prop_assert!(label.chars().all(is_printed), "{:?}", label);
            prop_assert_eq!(label_text(&label), label.as_str());
        }
    }
}
