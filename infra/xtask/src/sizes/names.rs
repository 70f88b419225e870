//! Names that say nothing, and words that must not occur where they do harm.

use anyhow::Result;

use crate::rust_source::{RustSource, mentions};
use crate::tree::Tree;

/// A name that is one of these, or ends in one, says what it is made of and not what it is for.
const EMPTY_WORDS: &[&str] = &[
    "util", "utils", "helper", "helpers", "common", "misc", "manager", "service", "data", "info",
];

/// Words no code below these folders may mention, with the reason.
const BANNED: &[(&str, &[&str], &str)] = &[
    (
        "shared/domain/src",
        &["HashMap", "HashSet"],
        "its order varies from run to run; use a BTreeMap or BTreeSet",
    ),
    ("shared/domain/src", FLOATS, "money and measures are whole numbers"),
    ("shared/store/src", FLOATS, "money and measures are whole numbers"),
    ("shared/providers/src", FLOATS, "money and measures are whole numbers"),
];

const FLOATS: &[&str] = &["f32", "f64"];

pub(crate) fn findings(tree: &Tree) -> Result<Vec<String>> {
    let mut found = empty_paths(tree)?;
    found.extend(empty_types(tree)?);
    found.extend(banned_words(tree)?);
    Ok(found)
}

fn empty_paths(tree: &Tree) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for part in ["functions", "shared", "infra", "tests", "events"] {
        for path in tree.files(part)? {
            let empty = path
                .split('/')
                .find(|name| says_nothing(name.split('.').next().unwrap_or(name)));
            if let Some(name) = empty {
                found.push(format!(
                    "{path}: {name:?} says nothing; name it after the question it answers"
                ));
            }
        }
    }
    Ok(found)
}

fn empty_types(tree: &Tree) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for path in tree.rust_files()? {
        // Names on the wire are the provider's. A file that cannot be parsed is reported with the lengths.
        let Ok(source) = RustSource::read(tree, &path) else {
            continue;
        };
        if path.ends_with("/wire.rs") {
            continue;
        }
        for named in source.names.iter().filter(|named| says_nothing(&named.name)) {
            found.push(format!(
                "{path}:{}: {} says nothing; see the word list",
                named.line, named.name
            ));
        }
    }
    Ok(found)
}

fn banned_words(tree: &Tree) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for (folder, words, reason) in BANNED {
        for path in tree.files(folder)?.iter().filter(|path| path.ends_with(".rs")) {
            for named in mentions(&tree.read(path)?).unwrap_or_default() {
                if words.contains(&named.name.as_str()) {
                    found.push(format!("{path}:{}: {}: {reason}", named.line, named.name));
                }
            }
        }
    }
    Ok(found)
}

fn says_nothing(name: &str) -> bool {
    words(name)
        .last()
        .is_some_and(|last| EMPTY_WORDS.contains(&last.as_str()))
}

/// `LabelData` and `label_data` are both `label`, `data`.
fn words(name: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut previous_is_lower = false;
    for c in name.chars() {
        let starts_word = c.is_uppercase() && previous_is_lower;
        previous_is_lower = c.is_lowercase() || c.is_ascii_digit();
        if !c.is_alphanumeric() {
            found.push(String::new());
        } else if starts_word || found.is_empty() {
            found.push(c.to_lowercase().collect());
        } else if let Some(word) = found.last_mut() {
            word.extend(c.to_lowercase());
        }
    }
    found.retain(|word| !word.is_empty());
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::sample::SampleTree;

    #[test]
    fn a_name_that_ends_in_an_empty_word_is_refused() {
        for (name, refused) in [
            ("utils", true),
            ("order_helpers", true),
            ("CarrierService", true),
            ("TrackingInfo", true),
            ("HttpManager", true),
            ("ServiceCode", false),
            ("commonwealth", false),
            ("Metadata", false),
            ("payment-webhook", false),
        ] {
            assert_eq!(says_nothing(name), refused, "{name}");
        }
    }

    #[test]
    fn files_folders_and_types_are_looked_at_but_not_the_names_on_the_wire() {
        let tree = SampleTree::with(&[
            ("functions/cart/src/utils.rs", "//! Things.\n"),
            ("shared/store/src/orders.rs", "//! Orders.\nstruct OrderData;\n"),
            (
                "shared/providers/src/carriers/dhl/wire.rs",
                "//! DHL.\nstruct ShipmentData;\n",
            ),
        ]);

        let found = findings(&tree).unwrap();

        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found[0].starts_with("functions/cart/src/utils.rs: \"utils.rs\""));
        assert!(found[1].starts_with("shared/store/src/orders.rs:2: OrderData"));
    }

    #[test]
    fn the_domain_has_no_hash_map_and_no_float() {
        let tree = SampleTree::with(&[(
            "shared/domain/src/money.rs",
            "//! Money, no f64.\nuse std::collections::HashMap;\nfn a(x: f64) {}\n",
        )]);

        let found = findings(&tree).unwrap();

        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found[0].starts_with("shared/domain/src/money.rs:2: HashMap"));
        assert!(found[1].starts_with("shared/domain/src/money.rs:3: f64"));
    }
}
