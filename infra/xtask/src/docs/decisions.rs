//! Decisions are short and numbered, each number once.

use std::collections::BTreeMap;

use anyhow::Result;

use crate::tree::Tree;

pub(crate) const FOLDER: &str = "infra/decisions";
const LINES: usize = 40;

pub(crate) fn findings(tree: &Tree) -> Result<Vec<String>> {
    let mut found = Vec::new();
    let mut numbers: BTreeMap<String, String> = BTreeMap::new();
    for file in tree.file_names(FOLDER)? {
        let lines = tree.read(&format!("{FOLDER}/{file}"))?.lines().count();
        if lines > LINES {
            found.push(format!(
                "{FOLDER}/{file}: {lines} lines; a decision has at most {LINES}"
            ));
        }
        let number = file.split('-').next().unwrap_or_default();
        if number.len() != 4 || !number.chars().all(|c| c.is_ascii_digit()) || !file.ends_with(".md") {
            found.push(format!("{FOLDER}/{file}: a decision is named 0001-title.md"));
        } else if let Some(other) = numbers.insert(number.to_owned(), file.clone()) {
            found.push(format!("{FOLDER}/{file}: {other} has the same number"));
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::sample::SampleTree;

    #[test]
    fn a_decision_is_short_numbered_and_has_its_number_alone() {
        let long = "why\n".repeat(LINES + 1);
        for (file, text, refused) in [
            ("0002-queues.md", "why\n", false),
            ("0002-queues.md", long.as_str(), true),
            ("0001-queues.md", "why\n", true),
            ("queues.md", "why\n", true),
            ("2-queues.md", "why\n", true),
        ] {
            let tree = SampleTree::with(&[("infra/decisions/0001-tables.md", "why\n")]);
            tree.add(&format!("{FOLDER}/{file}"), text);

            assert_eq!(findings(&tree).unwrap().len(), usize::from(refused), "{file}");
        }
    }
}
