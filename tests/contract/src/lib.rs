//! DynamoDB in this process behind the real AWS client: dynoxide with the tables of `infra/template.yaml`, and a connector that hands it what
//! the client would have sent. No socket, no thread, no waiting: every call is over with its first poll.
//!
//! `tests/levels` holds the contract: the table in memory and this one answer alike.

mod connector;
mod dynoxide;

pub use connector::{Fate, Sent};
pub use dynoxide::Dynoxide;
