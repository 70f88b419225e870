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
    /// The cookie by which the device is known from now on.
    pub(crate) device: Option<String>,
}

/// Makes the device known to a customer who is in. Half of a log-in makes it known to nobody.
pub(crate) fn remembered(deps: &Deps, who: &Who, caller: &Caller) -> Result<Option<String>, Failure> {
    match who {
        Who::Customer(id) => {
            let nonce = deps.ids.token()?;
            Ok(Some(caller.known.cookie(&deps.pepper, &[id.to_string()], &nonce)))
        }
        Who::Guest(_) | Who::Staff(..) | Who::Unproven(_) | Who::Device(_) => Ok(None),
    }
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
    let device = remembered(deps, &session.who, caller)?;
    Ok(Opened { session, token, device })
}
