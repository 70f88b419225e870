//! What a search may be asked: words, a page, and what comes first.

use domain::{
    Failure,
    text::{Needs, TextRule},
};
use providers::suppliers::{SearchOrder, SearchQuery};
use serde::{Deserialize, Serialize};

const WORDS: TextRule = TextRule {
    field: "q",
    least: 1,
    most: 200,
    needs: Needs::LetterOrDigit,
};
/// Stores stop giving pages somewhere; nobody reads that far.
pub(crate) const MOST_PAGES: u32 = 50;

/// What stands in the address of a search.
#[derive(Default, Deserialize)]
pub(crate) struct Asked {
    pub(crate) q: Option<String>,
    pub(crate) page: Option<u32>,
    #[serde(default)]
    pub(crate) sort: Sort,
}

/// What comes first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Sort {
    #[default]
    BestMatch,
    MostSold,
    Cheapest,
    Dearest,
    Newest,
}

impl Sort {
    fn order(self) -> SearchOrder {
        match self {
            Self::BestMatch => SearchOrder::BestMatch,
            Self::MostSold => SearchOrder::MostSold,
            Self::Cheapest => SearchOrder::CheapestFirst,
            Self::Dearest => SearchOrder::DearestFirst,
            Self::Newest => SearchOrder::NewestFirst,
        }
    }
}

impl Asked {
    /// The question for the stores; none without words.
    pub(crate) fn query(&self) -> Result<Option<SearchQuery>, Failure> {
        let Some(typed) = self.q.as_deref() else {
            return Ok(None);
        };
        Ok(Some(SearchQuery {
            words: words(typed)?,
            page: page(self.page)?,
            order: self.sort.order(),
        }))
    }
}

fn words(typed: &str) -> Result<String, Failure> {
    WORDS.unkept_line(typed).map_err(|wrong| Failure::Invalid(vec![wrong]))
}

fn page(asked: Option<u32>) -> Result<u32, Failure> {
    let page = asked.unwrap_or(1);
    if (1..=MOST_PAGES).contains(&page) {
        return Ok(page);
    }
    Err(Failure::field(
        "page",
        "out_of_range",
        format!("There are pages 1 to {MOST_PAGES}."),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_one_to_two_hundred_characters_without_what_surrounds_them() {
        for (typed, kept) in [
            ("  kettle \t with\nwhistle ", Some("kettle with whistle".to_owned())),
            ("жук", Some("жук".to_owned())),
            ("   ", None),
            ("\u{0}", None),
            (&"é".repeat(200), Some("é".repeat(200))),
            (&"é".repeat(201), None),
        ] {
            assert_eq!(words(typed).ok(), kept, "{typed:.20}");
        }
    }

    #[test]
    fn pages_are_counted_from_one_and_end() {
        for wrong in [0, 51] {
            assert!(page(Some(wrong)).is_err());
        }
        assert_eq!(page(None).unwrap(), 1);
        assert_eq!(page(Some(50)).unwrap(), 50);
    }
}
