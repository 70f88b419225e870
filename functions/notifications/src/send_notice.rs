//! Sends one notice. It is taken first, so that two workers never send it at once; what fails stays due and is taken again, each time
//! after a longer pause.

use domain::{Failure, contact::Contact, id::NoticeId, notice::Matter};
use providers::{Error, notices::Letter};
use store::TakenNotice;

use crate::{
    Deps,
    words::{self, Reader},
};

pub(crate) async fn run(deps: &Deps, id: &NoticeId) -> Result<(), Failure> {
    let Some(taken) = deps.notices.take(id, deps.clock.now()).await? else {
        return Ok(());
    };
    let notice = &taken.notice;
    let reader = reader(deps, &notice.matter, &notice.to).await?;
    let Some((subject, text)) = words::of(&notice.matter, &notice.to, reader, &deps.shop_origin) else {
        return deps.notices.finish(&taken, "nothing to tell").await;
    };
    let letter = Letter {
        reference: id.to_string(),
        to: notice.to.clone(),
        subject,
        text,
        html: None,
    };
    let Some(messenger) = deps.messengers.to(&notice.to) else {
        return Err(Failure::internal("no messenger reaches this contact"));
    };
    let sent = match messenger.send(&letter) {
        Ok(exchange) => deps.http.send(exchange).await,
        Err(error) => Err(error),
    };
    ended(deps, &taken, sent).await
}

/// A code for a new account, or for a new address of one, goes to addresses without one, a link for a new password to those with one.
/// Everybody else is told how it is.
async fn reader(deps: &Deps, matter: &Matter, to: &Contact) -> Result<Reader, Failure> {
    match matter {
        Matter::RegistrationCode(_) | Matter::NewContactCode(_) | Matter::ResetToken(_) => {
            Ok(match deps.credentials.find(to).await? {
                Some(_) => Reader::HasAccount,
                None => Reader::HasNone,
            })
        }
        Matter::ContactCode(_) | Matter::PasswordChanged | Matter::ContactChanged | Matter::AccountDeleted => {
            Ok(Reader::HasAccount)
        }
    }
}

async fn ended(deps: &Deps, taken: &TakenNotice, sent: Result<String, Error>) -> Result<(), Failure> {
    let (id, tries) = (&taken.notice.id, taken.tries);
    match sent {
        Ok(number) => {
            let matter = taken.notice.matter.word();
            tracing::info!(notice.id = %id, tries, notice.matter = matter, "Sent notice {id}");
            deps.notices.finish(taken, &format!("sent as {number}")).await
        }
        Err(Error::Refused { code, .. }) => {
            tracing::warn!(notice.id = %id, code, "Gave up notice {id}: it cannot be delivered");
            deps.notices.finish(taken, &format!("refused: {code}")).await
        }
        // A second letter is a nuisance, a missing one keeps somebody out: it stays due, whatever became of this try.
        Err(error) => {
            tracing::warn!(notice.id = %id, tries, error = %error, "Notice {id} waits for its next try");
            Ok(())
        }
    }
}
