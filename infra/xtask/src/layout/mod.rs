//! The tree is laid out as the README says: arrows between packages, and five places that mirror each other.

mod access;
mod alarms;
mod arrows;
mod events;
mod forgotten;
mod groups;
mod mirrors;
mod readme;
pub(crate) mod settings;
pub(crate) mod template;

use anyhow::Result;

use crate::tree::Tree;
use template::Template;

pub(crate) fn findings(tree: &Tree) -> Result<Vec<String>> {
    let mut found = arrows::findings(tree)?;
    found.extend(events::findings(tree)?);
    match Template::read(tree) {
        Ok(template) => {
            found.extend(mirrors::findings(tree, &template)?);
            found.extend(settings::findings(tree, &template)?);
            found.extend(alarms::findings(tree, &template)?);
            found.extend(forgotten::findings(tree, &template)?);
            if tree.has(access::TABLE) {
                found.extend(access::findings(&template, web::ROUTES));
            }
        }
        Err(error) => found.push(format!("{error:#}")),
    }
    Ok(found)
}
