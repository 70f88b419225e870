//! Storage: orders, quotes, carts, people, sessions, webhooks, queues and files on DynamoDB, SQS and S3.
//!
//! Invariant: this package knows keys, records, conditions and transactions. It knows no HTTP and no provider, and it makes no business
//! decision: it saves a `Change`, it never makes one.

mod audit;
mod aws;
mod carts;
mod contact_changes;
#[cfg(feature = "memory")]
mod cost;
mod credentials;
mod cursor;
mod db;
mod decide;
mod devices;
mod error;
mod files;
mod inbox;
#[cfg(feature = "memory")]
mod indexes;
mod item;
mod lists;
#[cfg(feature = "memory")]
mod memory;
mod names;
mod notices;
mod orders;
mod people;
mod proposals;
mod queue;
mod quotes;
mod records;
mod registrations;
mod requests;
mod resets;
mod rule_books;
mod sealed;
mod sessions;
mod staff;
mod tries;
#[cfg(feature = "memory")]
mod watch;

pub use audit::{Audit, AuditPage};
#[cfg(feature = "memory")]
pub use aws::InProcess;
pub use aws::{AwsSettings, Clients, Dynamo};
pub use carts::Carts;
pub use contact_changes::{ChangedContact, ContactChange, ContactChanges};
#[cfg(feature = "memory")]
pub use cost::Cost;
pub use credentials::{Admission, Credential, Credentials};
pub use db::Db;
pub use decide::{Decided, OnRecord, Once, Request};
pub use devices::Devices;
pub use error::Error;
pub use files::Files;
pub use inbox::{Inbox, OnceApplied, Stored, StoredWebhook};
pub use item::{Amend, AttributeValue, Below, Condition, Count, Item, Key, Page, Query, Range, Write, as_text};
pub use lists::Summaries;
#[cfg(feature = "memory")]
pub use memory::Memory;
pub use notices::{Notices, TakenNotice};
pub use orders::{Beside, Committed, Orders};
pub use people::{People, Registered};
pub use proposals::Proposals;
pub use queue::{MessageRecord, Outgoing, Queues};
pub use quotes::{Promised, Quotes};
pub use records::header::OrderSummary;
pub use registrations::{Registration, Registrations};
pub use resets::{NewlySet, Reset, Resets};
pub use rule_books::{Newest, RuleBooks};
pub use sealed::{SealedNumber, SealedNumbers};
pub use sessions::{Found, OpenSession, Opening, Sessions};
pub use staff::{Invitation, Joining, Proof, Staff};
#[cfg(feature = "memory")]
pub use watch::{Call, Verdict, Watch, WatchedTable};
