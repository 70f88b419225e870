//! Changes what somebody logs in with, once both codes are right. They are logged out everywhere else, go on here with a new token, and
//! wherever they were reached until now the change is told.

use domain::{
    Failure, Refusal, Secret,
    notice::{Matter, Notice},
    person::Person,
    session::Session,
    tries::Tries,
};
use serde::Deserialize;
use store::{ChangedContact, ContactChange, MessageRecord, Opening};

use crate::{Deps, show_person};

/// What is typed.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Codes {
    /// The code that was sent to where they are reached until now.
    #[serde(default)]
    old_code: String,
    /// The code that was sent to the new address or phone.
    #[serde(default)]
    new_code: String,
}

/// Who types the codes, in which session, and from where.
pub(crate) struct Typist {
    pub(crate) person: Person,
    pub(crate) session: Session,
    pub(crate) token_hash: String,
    pub(crate) source: String,
}

impl Typist {
    pub(crate) async fn of(
        deps: &Deps,
        session: Option<Session>,
        token_hash: Option<String>,
        source: String,
    ) -> Result<Self, Failure> {
        let person = show_person::run(deps, session.as_ref()).await?;
        Ok(Self {
            person,
            session: session.ok_or(Failure::Unauthenticated)?,
            token_hash: token_hash.ok_or(Failure::Unauthenticated)?,
            source,
        })
    }
}

/// The session they go on with.
pub(crate) struct Renewed {
    pub(crate) session: Session,
    pub(crate) token: Secret,
}

pub(crate) async fn run(
    deps: &Deps,
    typist: &Typist,
    (ticket, change): (&str, &ContactChange),
    typed: &Codes,
) -> Result<Renewed, Failure> {
    let (now, ticket_hash) = (deps.clock.now(), web::token_hash(ticket));
    let tries = [Tries::of_ticket(&ticket_hash), Tries::of_source("code", &typist.source)];
    deps.credentials.count(&tries, now).await?;
    let is_right = change.old_code_hash == web::code_hash(ticket, &typed.old_code)
        && change.new_code_hash == web::code_hash(ticket, &typed.new_code);
    if !is_right {
        return Err(Refusal::WrongCode.into());
    }
    let notices = news(deps, &typist.person)?;
    let (token, session) = (deps.ids.token()?, Session::begin(typist.session.who.clone(), now));
    let session = session.of_epoch(typist.session.epoch.saturating_add(1));
    let changed = ChangedContact {
        ticket_hash: &ticket_hash,
        change,
        before: (&typist.token_hash, &typist.session),
        opening: Opening {
            token_hash: &web::token_hash(token.expose()),
            session: &session,
            device: &device(deps, typist).await?,
            now,
        },
        notices: &notices,
    };
    deps.contact_changes
        .complete(&deps.credentials, &deps.sessions, &changed)
        .await?;
    for notice in &notices {
        deps.queues.send(MessageRecord::notice(&notice.id).into()).await;
    }
    let id = &change.person;
    tracing::info!(person.id = id, "Changed how {id} logs in");
    Ok(Renewed { session, token })
}

/// The change is told wherever they were reached before it.
fn news(deps: &Deps, person: &Person) -> Result<Vec<Notice>, Failure> {
    let notice = |to| {
        Ok(Notice {
            id: deps.ids.next()?,
            to,
            matter: Matter::ContactChanged,
        })
    };
    person.contacts().into_iter().map(notice).collect()
}

/// The new session is on the device of the old one.
async fn device(deps: &Deps, typist: &Typist) -> Result<String, Failure> {
    let open = deps
        .sessions
        .of_person(typist.person.holder.id(), deps.clock.now())
        .await?;
    let this = open.into_iter().find(|open| open.token_hash == typist.token_hash);
    this.map(|open| open.device).ok_or(Failure::Unauthenticated)
}
