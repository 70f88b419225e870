//! The three AWS services, made once at the start: region, credentials and roots are given, nothing is searched for.

mod client;
mod dynamo;
pub(crate) mod unsaid;

#[cfg(feature = "memory")]
pub use client::InProcess;
pub use client::{AwsSettings, Clients};
pub use dynamo::Dynamo;
