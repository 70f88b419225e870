//! What a newcomer reads is true: links lead somewhere, files say what they are for, dependencies have a reason.
//! (The README's table of functions is one of the five mirrored places: layout.)

mod decisions;
mod dependencies;
mod links;

use anyhow::Result;

use crate::rust_source::headline;
use crate::tree::Tree;

pub(crate) fn findings(tree: &Tree) -> Result<Vec<String>> {
    let mut found = links::findings(tree)?;
    found.extend(openings(tree)?);
    found.extend(decisions::findings(tree)?);
    found.extend(dependencies::findings(tree)?);
    Ok(found)
}

fn openings(tree: &Tree) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for path in tree.rust_files()? {
        if headline(&tree.read(&path)?).is_none_or(str::is_empty) {
            found.push(format!("{path}: the first line is `//!` and says what the file is for"));
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::sample::SampleTree;

    #[test]
    fn a_file_that_does_not_say_what_it_is_for_is_refused() {
        for (text, refused) in [
            ("//! Money.\n", false),
            ("//!\n", true),
            ("use std::fmt;\n", true),
            ("", true),
        ] {
            let tree = SampleTree::with(&[("shared/domain/src/money.rs", text)]);

            assert_eq!(!openings(&tree).unwrap().is_empty(), refused, "{text:?}");
        }
    }
}
