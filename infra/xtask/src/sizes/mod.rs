//! Nothing grows past the size at which it should be two things, and nothing has a name that says nothing.

mod lengths;
mod names;

use anyhow::Result;

use crate::tree::Tree;

pub(crate) fn findings(tree: &Tree) -> Result<Vec<String>> {
    let mut found = lengths::findings(tree)?;
    found.extend(names::findings(tree)?);
    Ok(found)
}
