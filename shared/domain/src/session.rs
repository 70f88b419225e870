//! Who is asking: a visitor without an account, a customer, or a member of the staff with roles.

use serde::{Deserialize, Serialize};

use crate::{
    failure::Failure,
    id::{CustomerId, StaffId},
    timestamp::Timestamp,
};

/// What a member of the staff may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Answers customers; sees orders and timelines.
    Support,
    /// Buys at stores and decides what a store did.
    Buyer,
    /// Scans, weighs, packs, hands over.
    Warehouse,
    /// Moves money.
    Finance,
    /// Everything, and the staff itself.
    Admin,
}

/// The person or device behind a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Who {
    /// A shopper without an account; the id is theirs and stays when they register.
    Guest(CustomerId),
    /// A shopper with an account.
    Customer(CustomerId),
    /// A member of the staff.
    Staff(StaffId, Vec<Role>),
}

/// A session that was found and has not ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Who it belongs to.
    pub who: Who,
    /// When it ends by itself.
    pub ends_at: Timestamp,
}

impl Session {
    /// The shopper, registered or not.
    #[must_use]
    pub fn customer(&self) -> Option<&CustomerId> {
        match &self.who {
            Who::Guest(id) | Who::Customer(id) => Some(id),
            Who::Staff(..) => None,
        }
    }

    /// The member of the staff, if they have this role or are an admin.
    ///
    /// # Errors
    /// `Forbidden` for everybody else.
    pub fn staff(&self, role: Role) -> Result<&StaffId, Failure> {
        match &self.who {
            Who::Staff(id, roles) if roles.contains(&role) || roles.contains(&Role::Admin) => Ok(id),
            Who::Staff(..) | Who::Guest(_) | Who::Customer(_) => Err(Failure::Forbidden),
        }
    }

    /// The text that scopes idempotency keys and audit entries to this person.
    #[must_use]
    pub fn principal(&self) -> &str {
        match &self.who {
            Who::Guest(id) | Who::Customer(id) => id.as_str(),
            Who::Staff(id, _) => id.as_str(),
        }
    }
}
