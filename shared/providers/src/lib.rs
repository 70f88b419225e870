//! The outside world: stores that sell to us, payment providers, carriers, and who takes mail and text messages to people.
//!
//! Invariant: this package knows no storage, no order as a whole and no repeat across calls. Its adapters do no I/O: each answers a
//! question with an [`exchange::Exchange`], a request and a pure reading of the response, and [`http::Http`] alone performs it.

mod code_table;
pub mod error;
pub mod exchange;
pub mod http;
mod lenient;
pub mod request;
pub mod response;
pub mod warehouse;

pub mod carriers;
pub mod notices;
pub mod payments;
pub mod rates;
pub mod suppliers;

pub use error::Error;
pub use exchange::{Effect, Exchange, Loss, Step};
pub use http::Http;
#[cfg(feature = "scripted")]
pub use http::SimulatedAnswer;
pub use request::{BaseUrl, Body, Field, Request};
pub use response::Response;
pub use warehouse::{WarehouseAddress, WarehouseHours};
