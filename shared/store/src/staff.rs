//! Members of the staff and invitations to become one. A change, its entry in the audit and what it means for open sessions are one
//! transaction: whoever is suspended is out at that moment.

use std::collections::BTreeSet;

use domain::{
    Failure, FieldError, Refusal, RequestKey, Secret, Timestamp,
    audit::Entry,
    id::StaffId,
    person::{Email, Person, PersonName},
    session::{Role, Session},
    staff::{Member, SecondFactor},
    tries::Tries,
};
use serde::{Deserialize, Serialize};

use crate::{
    audit::entry_write,
    credentials::Credentials,
    db::Db,
    decide::Once,
    error::Error,
    item::{Condition, Key, Query, Range, Write, from_item, to_item},
    people::{People, Registered},
    requests::write_once,
    sessions::{Opening, Sessions},
};

/// All members lie together: there are few, and they are read as a list.
const MEMBERS: &str = "A#staff";
const INVITATIONS: &str = "A#invitations";

/// The staff.
#[derive(Clone)]
pub struct Staff {
    db: Db,
    sessions: Sessions,
}

/// Somebody may become a member with these roles.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invitation {
    /// Where the link was meant to go.
    pub email: Email,
    /// What they will be allowed.
    pub roles: BTreeSet<Role>,
    /// Until then.
    pub expires_at: Timestamp,
}

/// Somebody who follows an invitation.
pub struct Joining<'a> {
    /// The account they make.
    pub person: &'a Person,
    /// What they log in with.
    pub password_hash: &'a Secret,
    /// The member they become.
    pub member: &'a Member,
    /// The hash of the invitation's token.
    pub invitation: &'a str,
    /// What the audit is told.
    pub entry: &'a Entry,
}

/// A member who has proved who they are.
pub struct Proof<'a> {
    /// The member, with what they proved it with spent.
    pub member: &'a Member,
    /// What the audit is told.
    pub entry: &'a Entry,
    /// The session from the password.
    pub before: (&'a str, &'a Session),
    /// The tries that were counted for it.
    pub tries: &'a [Tries],
}

#[derive(Serialize, Deserialize)]
struct MemberRecord {
    format: u32,
    v: u64,
    id: String,
    name: String,
    email: String,
    roles: Vec<Role>,
    suspended_at: Option<Timestamp>,
    factor: String,
    secret: Option<String>,
    last_step: Option<u64>,
    recovery: Vec<String>,
}

/// What `infra/deploy.md` tells to write for the first admin; its fields stay as they are.
#[derive(Serialize, Deserialize)]
struct InvitationRecord {
    format: u32,
    email: String,
    roles: Vec<Role>,
    expires_at: i64,
}

fn member_key(id: &str) -> Key {
    Key::new(MEMBERS, id)
}

fn invitation_key(token_hash: &str) -> Key {
    Key::new(INVITATIONS, token_hash)
}

impl Staff {
    /// The staff in the table of accounts, and the table of their sessions.
    #[must_use]
    pub fn new(db: Db, sessions: Sessions) -> Self {
        Self { db, sessions }
    }

    /// One member.
    ///
    /// # Errors
    /// `NotFound` for somebody else.
    pub async fn member(&self, id: &StaffId) -> Result<Member, Failure> {
        let item = self.db.get(&member_key(id.as_str())).await?;
        let item = item.ok_or(Failure::NotFound("member of the staff"))?;
        Ok(from_item::<MemberRecord>(item)?.into_member()?)
    }

    /// All of them, those who came first in front.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn members(&self) -> Result<Vec<Member>, Failure> {
        let items = self.db.query_all(Query::of(MEMBERS, Range::All)).await?;
        let members = items
            .into_iter()
            .map(|item| from_item::<MemberRecord>(item)?.into_member());
        Ok(members.collect::<Result<_, Error>>()?)
    }

    /// Writes what a member is offered as a second factor; nothing was done with it yet that an audit could tell.
    ///
    /// # Errors
    /// `Conflict` when somebody else was faster.
    pub async fn offer_second_factor(&self, member: &Member) -> Result<(), Failure> {
        Ok(self.db.transact(vec![member_write(member)?]).await?)
    }

    /// Writes a changed member.
    ///
    /// # Errors
    /// `Conflict` when somebody else was faster.
    pub async fn save(&self, member: &Member, entry: &Entry) -> Result<(), Failure> {
        Ok(self.db.transact(changed(member, entry)?).await?)
    }

    /// Writes down what somebody tried in vain: nothing else changes by it.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn note(&self, entry: &Entry) -> Result<(), Failure> {
        Ok(self.db.transact(vec![entry_write(entry)?]).await?)
    }

    /// The same as [`Staff::save`], and all their sessions end with it.
    ///
    /// # Errors
    /// As [`Staff::save`].
    pub async fn save_and_log_out(&self, member: &Member, entry: &Entry) -> Result<(), Failure> {
        let id = member.id.as_str();
        let ending = Sessions::ending_epoch(id, self.sessions.epoch(id).await?)?;
        let writes = changed(member, entry)?;
        self.db.transact_with(writes, self.sessions.db(), vec![ending]).await?;
        self.sessions.forget_ended(id).await;
        Ok(())
    }

    /// Lets a member in who has proved who they are: what they proved it with is spent, and the session from before gives way to a full one.
    ///
    /// # Errors
    /// `Conflict` when somebody changed the member, or came in with the same code, at the same moment.
    pub async fn let_in(
        &self,
        credentials: &Credentials,
        proof: &Proof<'_>,
        opening: &Opening<'_>,
    ) -> Result<(), Failure> {
        let mut writes = changed(proof.member, proof.entry)?;
        writes.extend(credentials.taken_back(proof.tries, opening.now));
        let sessions = self.sessions.rotating(proof.before, opening)?;
        self.db.transact_with(writes, self.sessions.db(), sessions).await?;
        self.sessions.keep_to_the_cap(opening).await;
        Ok(())
    }

    /// Writes an invitation under the hash of its link's token, once for each request. `answer` is what a repeat is told.
    ///
    /// # Errors
    /// `Refused(KeyReused)` when the key came with another request before.
    pub async fn invite(
        &self,
        token_hash: &str,
        invitation: &Invitation,
        entry: &Entry,
        (request, answer): (&RequestKey, String),
    ) -> Result<Once, Failure> {
        let writes = vec![invitation_write(token_hash, invitation)?, entry_write(entry)?];
        write_once(&self.db, writes, request, answer, entry.at).await
    }

    /// Writes the invitation of a first admin: nobody is there whose deed it could be.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn invite_first(&self, token_hash: &str, invitation: &Invitation) -> Result<(), Failure> {
        Ok(self
            .db
            .transact(vec![invitation_write(token_hash, invitation)?])
            .await?)
    }

    /// The invitation of a link.
    ///
    /// # Errors
    /// `Refused(NotValidAnyMore)` when it was used, has ended, or never was.
    pub async fn invitation(&self, token_hash: &str, now: Timestamp) -> Result<Invitation, Failure> {
        let item = self
            .db
            .get(&invitation_key(token_hash))
            .await?
            .ok_or(Refusal::NotValidAnyMore)?;
        let invitation = from_item::<InvitationRecord>(item)?.into_invitation()?;
        if now < invitation.expires_at {
            Ok(invitation)
        } else {
            Err(Refusal::NotValidAnyMore.into())
        }
    }

    /// The invitations that nobody has followed yet.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn invitations(&self, now: Timestamp) -> Result<Vec<Invitation>, Failure> {
        let items = self.db.query_all(Query::of(INVITATIONS, Range::All)).await?;
        let all = items
            .into_iter()
            .map(|item| from_item::<InvitationRecord>(item)?.into_invitation());
        let all = all.collect::<Result<Vec<_>, Error>>()?;
        Ok(all
            .into_iter()
            .filter(|invitation| now < invitation.expires_at)
            .collect())
    }

    /// Makes an account and a member of an invitation, which is used up by it.
    ///
    /// # Errors
    /// `Refused(NotValidAnyMore)` when the invitation is gone; `AccountExists` when the address has an account.
    pub async fn join(&self, credentials: &Credentials, joining: &Joining<'_>) -> Result<(), Failure> {
        let mut also = changed(joining.member, joining.entry)?;
        also.push(Write::Delete(invitation_key(joining.invitation), Condition::Present));
        let people = People::new(self.db.clone());
        let registered = people.register_with(credentials, joining.person, joining.password_hash, also);
        match registered.await {
            Ok(Registered::Written) => Ok(()),
            Ok(Registered::IdTaken) => Err(Failure::Conflict),
            Err(Failure::Conflict) => Err(Refusal::NotValidAnyMore.into()),
            Err(failure) => Err(failure),
        }
    }
}

fn changed(member: &Member, entry: &Entry) -> Result<Vec<Write>, Error> {
    Ok(vec![member_write(member)?, entry_write(entry)?])
}

fn member_write(member: &Member) -> Result<Write, Error> {
    let condition = match member.version {
        0 => Condition::Absent,
        version => Condition::VersionIs(version),
    };
    let record = MemberRecord::of(member);
    let item = to_item(&member_key(member.id.as_str()), &record)?;
    Ok(Write::Put(item, condition))
}

fn invitation_write(token_hash: &str, invitation: &Invitation) -> Result<Write, Error> {
    let record = InvitationRecord {
        format: 1,
        email: invitation.email.to_string(),
        roles: invitation.roles.iter().copied().collect(),
        expires_at: invitation.expires_at.as_seconds(),
    };
    Ok(Write::Put(
        to_item(&invitation_key(token_hash), &record)?,
        Condition::Absent,
    ))
}

impl InvitationRecord {
    fn into_invitation(self) -> Result<Invitation, Error> {
        let wrong = |error: FieldError| Error::defect("read an invitation", error.message);
        Ok(Invitation {
            email: Email::new(&self.email).map_err(wrong)?,
            roles: self.roles.into_iter().collect(),
            expires_at: Timestamp::from_seconds(self.expires_at),
        })
    }
}

impl MemberRecord {
    /// The record after a change of this member.
    fn of(member: &Member) -> Self {
        let (factor, secret, last_step, recovery) = match &member.second_factor {
            SecondFactor::Missing => ("missing", None, None, Vec::new()),
            SecondFactor::Offered { secret } => ("offered", Some(secret.clone()), None, Vec::new()),
            SecondFactor::Enrolled {
                secret,
                last_step,
                recovery,
            } => ("enrolled", Some(secret.clone()), Some(*last_step), recovery.clone()),
        };
        Self {
            format: 1,
            v: member.version.saturating_add(1),
            id: member.id.to_string(),
            name: member.name.as_str().to_owned(),
            email: member.email.to_string(),
            roles: member.roles.iter().copied().collect(),
            suspended_at: member.suspended_at,
            factor: factor.to_owned(),
            secret,
            last_step,
            recovery,
        }
    }

    fn into_member(self) -> Result<Member, Error> {
        let wrong = |what: &str| Error::defect("read a member of the staff", what.to_owned());
        let field = |error: FieldError| wrong(&error.message);
        let second_factor = match (self.factor.as_str(), self.secret, self.last_step) {
            ("missing", ..) => SecondFactor::Missing,
            ("offered", Some(secret), _) => SecondFactor::Offered { secret },
            ("enrolled", Some(secret), Some(last_step)) => SecondFactor::Enrolled {
                secret,
                last_step,
                recovery: self.recovery,
            },
            (other, ..) => return Err(wrong(&format!("no second factor {other}"))),
        };
        Ok(Member {
            id: self.id.parse().map_err(|_| wrong("not an id"))?,
            name: PersonName::new(&self.name).map_err(field)?,
            email: Email::new(&self.email).map_err(field)?,
            roles: self.roles.into_iter().collect(),
            suspended_at: self.suspended_at,
            second_factor,
            version: self.v,
        })
    }
}
