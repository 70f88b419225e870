//! Sessions: opaque tokens, stored only as hashes; a session that was ended is gone at once.

use domain::{
    Failure, Timestamp,
    session::{Role, Session, Who},
};
use serde::{Deserialize, Serialize};

use crate::{
    db::Db,
    error::Error,
    item::{Condition, Key, from_item, to_item},
};

/// Who is logged in where.
#[derive(Clone)]
pub struct Sessions {
    db: Db,
}

#[derive(Serialize, Deserialize)]
struct SessionRecord {
    format: u32,
    kind: String,
    id: String,
    roles: Vec<Role>,
    ends_at: Timestamp,
    expires_at: i64,
}

fn key(token_hash: &str) -> Key {
    Key::new(format!("S#{token_hash}"), "A")
}

impl Sessions {
    /// The sessions in a table.
    #[must_use]
    pub fn new(db: Db) -> Self {
        Self { db }
    }

    /// The session of a token, if it has not ended. `token_hash` is the hexadecimal SHA-256 of the token.
    ///
    /// # Errors
    /// When the table does not answer: that is never the same as being logged out.
    pub async fn find(&self, token_hash: &str, now: Timestamp) -> Result<Option<Session>, Failure> {
        let Some(item) = self.db.get(&key(token_hash)).await? else {
            return Ok(None);
        };
        let session = session_of(from_item(item)?)?;
        Ok(Some(session).filter(|session| now < session.ends_at))
    }

    /// Starts a session.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn start(&self, token_hash: &str, session: &Session) -> Result<(), Failure> {
        let (kind, id, roles) = match &session.who {
            Who::Guest(id) => ("guest", id.as_str(), Vec::new()),
            Who::Customer(id) => ("customer", id.as_str(), Vec::new()),
            Who::Staff(id, roles) => ("staff", id.as_str(), roles.clone()),
        };
        let record = SessionRecord {
            format: 1,
            kind: kind.to_owned(),
            id: id.to_owned(),
            roles,
            ends_at: session.ends_at,
            expires_at: session.ends_at.as_seconds(),
        };
        Ok(self
            .db
            .put(to_item(&key(token_hash), &record)?, Condition::Absent)
            .await?)
    }

    /// Ends a session.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn end(&self, token_hash: &str) -> Result<(), Failure> {
        Ok(self.db.delete(&key(token_hash)).await?)
    }
}

fn session_of(record: SessionRecord) -> Result<Session, Error> {
    let wrong = |_| Error::defect("read a session", "not an id");
    let who = match record.kind.as_str() {
        "guest" => Who::Guest(record.id.parse().map_err(wrong)?),
        "customer" => Who::Customer(record.id.parse().map_err(wrong)?),
        "staff" => Who::Staff(record.id.parse().map_err(wrong)?, record.roles),
        other => return Err(Error::defect("read a session", format!("unknown kind {other}"))),
    };
    Ok(Session {
        who,
        ends_at: record.ends_at,
    })
}
