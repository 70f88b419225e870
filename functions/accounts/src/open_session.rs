//! Opens a session with a new token. The one the browser had before ends: a token that somebody planted leads nowhere.

use domain::{
    Failure, Secret,
    session::{Session, Who},
};
use store::Opening;

use crate::{Deps, caller::Caller};

/// A session that was opened.
pub(crate) struct Opened {
    pub(crate) session: Session,
    pub(crate) token: Secret,
}

pub(crate) async fn run(deps: &Deps, who: Who, caller: &Caller) -> Result<Opened, Failure> {
    let (token, now) = (deps.ids.token()?, deps.clock.now());
    let session = Session::begin(who, now);
    let epoch = deps.sessions.epoch(session.principal()).await?;
    let session = session.of_epoch(epoch);
    let opening = Opening {
        token_hash: &web::token_hash(token.expose()),
        session: &session,
        device: &caller.device,
        now,
    };
    deps.sessions.open(&opening).await?;
    if let Some((hash, before)) = caller.before() {
        deps.sessions.end(hash, before).await?;
    }
    Ok(Opened { session, token })
}
