//! placeholder
use crate::tree::Tree;
use anyhow::Result;
pub(crate) fn run(_t: &Tree, _o: &[String]) -> Result<bool> {
    Ok(true)
}
pub(crate) fn findings(_t: &Tree) -> Result<Vec<String>> {
    Ok(vec![])
}
