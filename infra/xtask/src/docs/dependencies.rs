//! Every foreign crate that ships inside a function has its reason written down in infra/decisions/.

use std::collections::BTreeSet;

use anyhow::Result;

use super::decisions::FOLDER;
use crate::table;
use crate::tree::Tree;

/// Packages that are not linked into any function.
const NOT_SHIPPED: &[&str] = &["shared/testkit"];

pub(crate) fn findings(tree: &Tree) -> Result<Vec<String>> {
    let shipped = shipped(tree)?;
    let mut reasons = BTreeSet::new();
    for file in tree
        .file_names(FOLDER)?
        .iter()
        .filter(|name| name.contains("dependencies") && name.ends_with(".md"))
    {
        reasons.extend(with_reason(&tree.read(&format!("{FOLDER}/{file}"))?));
    }
    let missing = shipped.difference(&reasons);
    let mut found: Vec<String> = missing
        .map(|name| format!("{FOLDER}: {name} ships in a function, but no file about dependencies says why"))
        .collect();
    let unused = reasons.difference(&shipped);
    found.extend(unused.map(|name| format!("{FOLDER}: there is a reason for {name}, which no function ships")));
    Ok(found)
}

fn shipped(tree: &Tree) -> Result<BTreeSet<String>> {
    let manifests = tree.manifests()?;
    let own: BTreeSet<&str> = manifests
        .keys()
        .filter_map(|folder| folder.rsplit('/').next())
        .collect();
    let mut found = BTreeSet::new();
    for (folder, manifest) in &manifests {
        let ships = folder.starts_with("functions/") || folder.starts_with("shared/");
        let dependencies = manifest.get("dependencies").and_then(toml::Value::as_table);
        if let (true, false, Some(dependencies)) = (ships, NOT_SHIPPED.contains(&folder.as_str()), dependencies) {
            found.extend(dependencies.keys().filter(|name| !own.contains(name.as_str())).cloned());
        }
    }
    Ok(found)
}

/// Crates in backquotes at the start of a table row that has something in its second cell.
fn with_reason(text: &str) -> BTreeSet<String> {
    let rows = text.lines().filter_map(table::cells);
    let reasoned = rows.filter(|row| row.get(1).is_some_and(|reason| reason.len() > 10));
    reasoned
        .flat_map(|row| row.first().map(|cell| names(cell)).unwrap_or_default())
        .collect()
}

fn names(cell: &str) -> Vec<String> {
    cell.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::sample::SampleTree;

    const DECISION: &str = "| crate | why |\n|---|---|\n| `http`, `bytes` | the words every client shares |\n";

    fn tree() -> SampleTree {
        SampleTree::with(&[
            ("shared/domain/Cargo.toml", "[dependencies]\nhttp.workspace = true\n"),
            (
                "shared/testkit/Cargo.toml",
                "[dependencies]\nproptest.workspace = true\n",
            ),
            (
                "functions/cart/Cargo.toml",
                "[dependencies]\ndomain.workspace = true\nbytes.workspace = true\n",
            ),
            ("infra/decisions/0003-dependencies.md", DECISION),
        ])
    }

    #[test]
    fn what_ships_with_a_reason_is_accepted() {
        assert_eq!(findings(&tree()).unwrap(), [""; 0]);
    }

    #[test]
    fn what_ships_without_a_reason_is_refused_and_so_is_a_reason_for_nothing() {
        let tree = tree();
        tree.add("functions/cart/Cargo.toml", "[dependencies]\nmime.workspace = true\n");

        let found = findings(&tree).unwrap();

        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found[0].contains("mime ships"));
        assert!(found[1].contains("reason for bytes"));
    }

    #[test]
    fn an_empty_reason_is_none() {
        assert_eq!(with_reason("| `http` | - |\n"), BTreeSet::new());
    }
}
