//! Logs somebody out on all their devices, this one too.

use domain::{Failure, session::Session};

use crate::{Deps, show_person};

pub(crate) async fn run(deps: &Deps, session: Option<&Session>, source: &str) -> Result<(), Failure> {
    let person = show_person::run(deps, session).await?;
    let id = person.holder.id();
    let entry = deps.deed_of_staff(&person, source, "staff.logged_out_everywhere")?;
    let ended = deps
        .credentials
        .log_out_everywhere(&deps.sessions, id, entry.as_ref())
        .await?;
    tracing::info!(person.id = id, sessions = ended, "Ended {ended} sessions of {id}");
    Ok(())
}
