//! Somebody forgot their password: a link is sent to their address or phone. Known and unknown ones are written down alike,
//! after the same work.

use domain::{
    Failure,
    contact::Contact,
    notice::{Matter, Notice},
    tries::Tries,
};
use serde::Deserialize;
use store::MessageRecord;

use crate::{Deps, caller::Caller};

/// What is typed.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Forgotten {
    /// E-mail address or phone.
    #[serde(default, alias = "email")]
    contact: String,
}

pub(crate) async fn run(deps: &Deps, caller: &Caller, typed: &Forgotten) -> Result<(), Failure> {
    let contact = Contact::new(&typed.contact).map_err(|wrong| Failure::Invalid(vec![wrong]))?;
    let now = deps.clock.now();
    let tries = [Tries::of_messages(&contact), Tries::of_source("reset", &caller.source)];
    deps.credentials.count(&tries, now).await?;
    let known = deps.credentials.find(&contact).await?;
    let token = deps.ids.token()?;
    let notice = Notice {
        id: deps.ids.next()?,
        to: contact,
        matter: Matter::ResetToken(token.clone()),
    };
    let hash = web::token_hash(token.expose());
    deps.resets.begin(&hash, known.as_ref(), &notice, now).await?;
    deps.queues.send(MessageRecord::notice(&notice.id).into()).await;
    tracing::info!(notice.id = %notice.id, "Asked for a new password");
    Ok(())
}
