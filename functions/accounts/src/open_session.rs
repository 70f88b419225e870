//! Opens a session with a new token. The one the browser had before ends: a token that somebody planted leads nowhere.

use std::time::Duration;

use domain::{
    Failure, Secret,
    session::{Session, Who},
};

use crate::Deps;

const OF_CUSTOMERS: Duration = Duration::from_secs(30 * 24 * 3600);
/// A day's work.
const OF_STAFF: Duration = Duration::from_secs(12 * 3600);

/// A session that was opened.
pub(crate) struct Opened {
    pub(crate) session: Session,
    pub(crate) token: Secret,
    pub(crate) lasts: Duration,
}

pub(crate) async fn run(deps: &Deps, who: Who, before: Option<&str>) -> Result<Opened, Failure> {
    let lasts = match who {
        Who::Staff(..) => OF_STAFF,
        Who::Guest(_) | Who::Customer(_) => OF_CUSTOMERS,
    };
    let token = deps.ids.token()?;
    let session = Session {
        who,
        ends_at: deps.clock.now().plus(lasts),
    };
    deps.sessions.start(&web::token_hash(token.expose()), &session).await?;
    if let Some(before) = before {
        deps.sessions.end(before).await?;
    }
    Ok(Opened { session, token, lasts })
}
