//! The simulator: whole towns of customers, staff, stores, payment providers and carriers live through thousands of orders in seconds, with
//! everything going wrong that can. The shop in it is the production code of every function, its adapters and its storage.
//!
//! Invariant: nothing here waits for real time, and the same seed gives the same town to the last call.

mod answers;
mod bugs;
mod chance;
mod control;
mod exhaust;
mod faults;
mod ledgers;
mod members;
mod notices;
mod outages;
mod people;
mod plan;
mod queues;
mod reckoning;
mod run;
mod shop;
mod staff;
mod storage;
mod town;
mod world;

pub use bugs::Bug;
pub use exhaust::exhaust;
pub use ledgers::Violation;
pub use run::{Asked, Level, Report, run};
