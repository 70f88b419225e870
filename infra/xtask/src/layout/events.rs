//! Samples of what arrives: every one says what must come out, and every function shows at least one it refuses.

use anyhow::Result;

use crate::tree::Tree;

const MAIN_FILE: &str = "src/main.rs";
/// A sample with one of these in its name shows what the function does with something it must not accept.
const REFUSALS: &[&str] = &["refused", "forged", "unknown", "malformed", "invalid", "not-"];

pub(crate) fn findings(tree: &Tree) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for name in tree.functions()? {
        if !tree.has(&format!("functions/{name}/{MAIN_FILE}")) {
            found.push(format!("functions/{name}: there is no {MAIN_FILE}"));
        }
        if tree.has(&format!("events/{name}")) {
            found.extend(of_function(tree, &name)?);
        }
    }
    Ok(found)
}

fn of_function(tree: &Tree, name: &str) -> Result<Vec<String>> {
    let folder = format!("events/{name}");
    let files = tree.file_names(&folder)?;
    let mut found = Vec::new();
    let mut refused = false;
    for file in &files {
        let Some(stem) = file.strip_suffix(".json") else {
            continue;
        };
        if let Some(event) = stem.strip_suffix(".expect") {
            if !files.contains(&format!("{event}.json")) {
                found.push(format!("{folder}/{file}: there is no {event}.json to expect this of"));
            }
            continue;
        }
        refused |= REFUSALS.iter().any(|word| stem.contains(word));
        if !files.contains(&format!("{stem}.expect.json")) {
            found.push(format!(
                "{folder}/{file}: nothing says what must come out; add {stem}.expect.json"
            ));
        }
    }
    if !refused {
        found.push(format!(
            "{folder}: no sample is refused; name one with one of: {}",
            REFUSALS.join(" ")
        ));
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::sample::SampleTree;

    fn tree() -> SampleTree {
        SampleTree::with(&[
            ("functions/cart/Cargo.toml", ""),
            ("functions/cart/src/main.rs", "//! Cart.\n"),
            ("events/cart/line-added.json", "{}"),
            ("events/cart/line-added.expect.json", "{}"),
            ("events/cart/line-of-unknown-product.json", "{}"),
            ("events/cart/line-of-unknown-product.expect.json", "{}"),
        ])
    }

    #[test]
    fn samples_in_pairs_with_one_refusal_are_accepted() {
        assert_eq!(findings(&tree()).unwrap(), [""; 0]);
    }

    #[test]
    fn a_sample_without_its_answer_is_refused_and_so_is_an_answer_without_its_sample() {
        let tree = tree();
        tree.remove("events/cart/line-added.expect.json");
        assert_eq!(findings(&tree).unwrap().len(), 1);

        tree.add("events/cart/line-added.expect.json", "{}");
        tree.remove("events/cart/line-added.json");
        assert_eq!(findings(&tree).unwrap().len(), 1);
    }

    #[test]
    fn a_function_that_refuses_nothing_is_refused() {
        let tree = tree();
        tree.remove("events/cart/line-of-unknown-product.json");
        tree.remove("events/cart/line-of-unknown-product.expect.json");

        assert_eq!(findings(&tree).unwrap().len(), 1);
    }
}
