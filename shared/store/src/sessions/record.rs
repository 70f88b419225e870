//! Record: a session as it stands in its table.

use domain::{
    Timestamp,
    session::{Role, Session, Who},
};
use serde::{Deserialize, Serialize};

use crate::error::Error;

#[derive(Serialize, Deserialize)]
pub(super) struct SessionRecord {
    format: u32,
    kind: String,
    id: String,
    roles: Vec<Role>,
    /// Sessions from before there were epochs are of the first one.
    #[serde(default)]
    epoch: u64,
    /// When its last request was marked.
    pub(super) seen_at: Timestamp,
    ends_at: Timestamp,
    expires_at: i64,
}

impl SessionRecord {
    pub(super) fn of(session: &Session, now: Timestamp) -> Self {
        let roles = match &session.who {
            Who::Staff(_, roles) => roles.clone(),
            Who::Guest(_) | Who::Customer(_) | Who::Unproven(_) | Who::Device(_) => Vec::new(),
        };
        Self {
            format: 2,
            kind: kind_of(&session.who).to_owned(),
            id: session.principal().to_owned(),
            roles,
            epoch: session.epoch,
            seen_at: now,
            ends_at: session.ends_at,
            expires_at: session.ends_at.as_seconds(),
        }
    }

    /// The same with a request at this moment.
    pub(super) fn seen(self, now: Timestamp) -> Self {
        Self { seen_at: now, ..self }
    }

    pub(super) fn session(&self) -> Result<Session, Error> {
        let wrong = |_| Error::defect("read a session", "not an id");
        let who = match self.kind.as_str() {
            "guest" => Who::Guest(self.id.parse().map_err(wrong)?),
            "customer" => Who::Customer(self.id.parse().map_err(wrong)?),
            "staff" => Who::Staff(self.id.parse().map_err(wrong)?, self.roles.clone()),
            "unproven" => Who::Unproven(self.id.parse().map_err(wrong)?),
            "device" => Who::Device(self.id.parse().map_err(wrong)?),
            other => return Err(Error::defect("read a session", format!("unknown kind {other}"))),
        };
        Ok(Session {
            who,
            epoch: self.epoch,
            ends_at: self.ends_at,
        })
    }
}

/// The stable word for who a session belongs to.
pub(super) fn kind_of(who: &Who) -> &'static str {
    match who {
        Who::Guest(_) => "guest",
        Who::Customer(_) => "customer",
        Who::Staff(..) => "staff",
        Who::Unproven(_) => "unproven",
        Who::Device(_) => "device",
    }
}
