//! The Lambda edge: settings, log, clock, ids and the loops that take events and give answers back.
//!
//! Invariant: it knows how a function runs, never what it does. No route, no table, no rule of the business is named here.

// `runtime::config!` says `runtime::…` in what it writes, also in the tests of this package.
#[cfg(test)]
extern crate self as runtime;

mod batch;
mod clock;
pub mod config;
mod deadline;
mod http;
mod ids;
mod log;
mod seal;
mod serve;
mod timer;
mod verdict;

pub use clock::Clock;
pub use http::{SourceIp, answer_http};
pub use ids::Ids;
pub use seal::{Seal, customs_place};
pub use serve::{Outcome, Stopped, serve_http, serve_http_and_queue, serve_queue, serve_schedule};
pub use timer::Tick;
pub use verdict::{Verdict, judge};
