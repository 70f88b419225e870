//! Notifications: tells people by mail and text message what was written down to be told.
//!
//! Trigger: notifications-queue (`send_notice`). It moves no order. Whoever has something to tell writes the notice in their own
//! transaction; here it is worded and sent. Only here known addresses are told from unknown ones, where nobody can measure it.

mod send_notice;
#[cfg(test)]
mod tests;
mod words;

use domain::{Failure, lifecycle::Task};
use providers::{Http, notices::Messengers};
use runtime::Clock;
use store::{Clients, Credentials, Db, MessageRecord, Notices};

runtime::config! {
    /// What notifications are told.
    pub struct Config {
        /// Region, keys and endpoints of AWS.
        aws: store::AwsSettings = group,
        /// The table of notices, and of the addresses that have an account.
        accounts_table: String = "ACCOUNTS_TABLE",
        /// Where links in messages lead.
        shop_origin: String = "SHOP_ORIGIN",
        /// Who carries messages.
        messengers: Messengers = group,
    }
}

/// What notifications use.
pub struct Deps {
    notices: Notices,
    credentials: Credentials,
    messengers: Messengers,
    shop_origin: String,
    http: Http,
    clock: Clock,
}

impl Deps {
    /// Clients made and warmed before the first message.
    ///
    /// # Errors
    /// When TLS cannot be set up.
    pub async fn connect(config: Config) -> Result<Self, Failure> {
        let clients = Clients::new(config.aws.clone())?;
        Self::over(config, &clients, Http::new()?, Clock::system()).await
    }

    /// The same over any storage, outside world and clock.
    ///
    /// # Errors
    /// When TLS cannot be set up.
    pub async fn over(config: Config, clients: &Clients, http: Http, clock: Clock) -> Result<Self, Failure> {
        let db = Db::connect(clients, &config.accounts_table, "N#").await;
        Ok(Self {
            notices: Notices::new(db.clone()),
            credentials: Credentials::new(db),
            messengers: config.messengers,
            shop_origin: config.shop_origin.trim_end_matches('/').to_owned(),
            http,
            clock,
        })
    }
}

/// Does what a message asks for; what is not meant for this function or about no notice is left alone.
///
/// # Errors
/// When the table does not answer: the message comes again, and after it the deadline.
pub async fn handle(deps: &Deps, message: MessageRecord) -> Result<(), Failure> {
    // Boxed: the future of a call and its writes is deep and large, and those above it need not be.
    match (message.task, message.about.parse()) {
        (Task::SendNotice, Ok(id)) => Box::pin(send_notice::run(deps, &id)).await,
        (task, _) => {
            tracing::warn!(%task, about = message.about, "Left alone: nothing here does {task}");
            Ok(())
        }
    }
}
