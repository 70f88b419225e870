//! What the business means: money, orders, units, the order's life, the ledger, the landed price.
//!
//! Invariant: pure. This package knows no async, no I/O, no time of day, no randomness, no environment, no HTTP status, no table
//! and no provider by name. What it needs arrives as arguments; what it decides leaves as values.

pub mod address;
mod address_check;
pub mod address_demand;
pub mod approval;
pub mod audit;
pub mod barcode;
pub mod cart;
pub mod contact;
pub mod currency;
pub mod decimal;
pub mod device;
pub mod failure;
pub mod id;
pub mod landed_cost;
pub mod ledger;
pub mod lifecycle;
pub mod measure;
pub mod money;
pub mod notice;
pub mod order;
mod pepper;
pub mod person;
pub mod product;
pub mod progress;
pub mod quote;
pub mod refusal;
pub mod request_key;
pub mod secret;
pub mod session;
pub mod settings;
pub mod staff;
pub mod timestamp;
pub mod tracking;
pub mod tries;

pub use currency::Currency;
pub use decimal::Decimal;
pub use failure::{Cause, Failure, FieldError};
pub use measure::{Dimensions, Grams, Millimetres};
pub use money::{Money, MoneyError};
pub use pepper::Pepper;
pub use refusal::Refusal;
pub use request_key::RequestKey;
pub use secret::Secret;
pub use settings::{Settings, WrongSettings};
pub use timestamp::Timestamp;
