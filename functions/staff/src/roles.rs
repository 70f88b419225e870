//! Roles as they are typed: words from boxes that were ticked.

use std::collections::BTreeSet;

use domain::{Failure, session::Role, staff::no_roles};
use serde::Deserialize;
use web::Several;

/// Every role with what its box says.
pub(crate) const LABELS: [(Role, &str, &str); 5] = [
    (Role::Support, "support", "Support: answers customers"),
    (Role::Buyer, "buyer", "Buyer: buys at stores"),
    (Role::Warehouse, "warehouse", "Warehouse: scans, packs, hands over"),
    (Role::Finance, "finance", "Finance: approves money that leaves"),
    (Role::Admin, "admin", "Admin: everything, and the staff itself"),
];

/// The boxes that were ticked.
#[derive(Default, Deserialize)]
#[serde(transparent)]
pub(crate) struct Ticked(Several<Role>);

impl Ticked {
    pub(crate) fn roles(self) -> Result<BTreeSet<Role>, Failure> {
        let roles: BTreeSet<_> = self.0.0.into_iter().collect();
        if roles.is_empty() { Err(no_roles()) } else { Ok(roles) }
    }
}

/// Roles as one text, for the audit.
pub(crate) fn words(roles: &BTreeSet<Role>) -> String {
    let word = |role: &Role| {
        LABELS
            .iter()
            .find(|(known, ..)| known == role)
            .map(|(_, word, _)| *word)
    };
    roles.iter().filter_map(word).collect::<Vec<_>>().join(" ")
}
