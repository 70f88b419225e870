//! Who is asking: a visitor without an account, a customer, or a member of the staff with roles; and for how long they are believed.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{
    failure::Failure,
    id::{CustomerId, DeviceId, StaffId},
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
    /// A member of the staff who has shown a password and not yet the second factor.
    Unproven(StaffId),
    /// A device of the warehouse.
    Device(DeviceId),
}

/// How long somebody is believed who has shown once who they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lifetime {
    /// From the beginning to the end, whatever happens in between.
    pub absolute: Duration,
    /// Without a single request.
    pub idle: Option<Duration>,
}

impl Lifetime {
    /// Phones of shoppers are their own, and a cart is worth finding again.
    const OF_SHOPPERS: Self = Self {
        absolute: Duration::from_secs(30 * 24 * 3600),
        idle: None,
    };
    /// Long enough to find the telephone, or to set it up for the first time.
    const OF_UNPROVEN: Self = Self {
        absolute: Duration::from_secs(15 * 60),
        idle: None,
    };
    /// A scanner works for months; one that lies in a drawer is enrolled again.
    const OF_DEVICES: Self = Self {
        absolute: Duration::from_secs(180 * 24 * 3600),
        idle: Some(Duration::from_secs(14 * 24 * 3600)),
    };
    /// A day's work, and no longer than a break on a machine that others reach.
    const OF_STAFF: Self = Self {
        absolute: Duration::from_secs(12 * 3600),
        idle: Some(Duration::from_secs(30 * 60)),
    };
}

impl Who {
    /// How long a session of theirs lasts.
    #[must_use]
    pub fn lifetime(&self) -> Lifetime {
        match self {
            Self::Guest(_) | Self::Customer(_) => Lifetime::OF_SHOPPERS,
            Self::Staff(..) => Lifetime::OF_STAFF,
            Self::Unproven(_) => Lifetime::OF_UNPROVEN,
            Self::Device(_) => Lifetime::OF_DEVICES,
        }
    }
}

/// A session that was found and has not ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Who it belongs to.
    pub who: Who,
    /// The epoch of its owner in which it was opened: it ends with that.
    pub epoch: u64,
    /// When it ends by itself.
    pub ends_at: Timestamp,
}

impl Session {
    /// A session that begins now, in the first epoch of its owner, and lasts as long as those of its kind.
    #[must_use]
    pub fn begin(who: Who, now: Timestamp) -> Self {
        let ends_at = now.plus(who.lifetime().absolute);
        Self { who, epoch: 0, ends_at }
    }

    /// The same in a later epoch of its owner.
    #[must_use]
    pub fn of_epoch(self, epoch: u64) -> Self {
        Self { epoch, ..self }
    }

    /// The shopper, registered or not.
    #[must_use]
    pub fn customer(&self) -> Option<&CustomerId> {
        match &self.who {
            Who::Guest(id) | Who::Customer(id) => Some(id),
            Who::Staff(..) | Who::Unproven(_) | Who::Device(_) => None,
        }
    }

    /// The member of the staff, if they have this role or are an admin.
    ///
    /// # Errors
    /// `Forbidden` for everybody else.
    pub fn staff(&self, role: Role) -> Result<&StaffId, Failure> {
        match &self.who {
            Who::Staff(id, roles) if roles.contains(&role) || roles.contains(&Role::Admin) => Ok(id),
            Who::Staff(..) | Who::Unproven(_) | Who::Device(_) | Who::Guest(_) | Who::Customer(_) => {
                Err(Failure::Forbidden)
            }
        }
    }

    /// The text that scopes idempotency keys and audit entries to this person.
    #[must_use]
    pub fn principal(&self) -> &str {
        match &self.who {
            Who::Guest(id) | Who::Customer(id) => id.as_str(),
            Who::Staff(id, _) | Who::Unproven(id) => id.as_str(),
            Who::Device(id) => id.as_str(),
        }
    }
}
