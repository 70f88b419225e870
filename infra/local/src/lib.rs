//! The whole shop on one machine: reads `infra/template.yaml` and starts everything it names.
//! Each function is its own process behind the Lambda Runtime API; tables, queues and files are real servers.
//! Invariant: nothing about routes, queues, tables, buckets or schedules is written here a second time.

#![expect(
    clippy::disallowed_methods,
    reason = "this package is the world around the functions: it has the clock, the environment and background work"
)]

pub mod actors;
mod binaries;
mod cargo_lambda;
mod clock;
pub mod commands;
mod control;
mod dynamodb;
#[cfg(test)]
mod embedded_tests;
mod event;
mod gateway;
mod instances;
mod invoker;
mod listeners;
mod permissions;
mod poller;
mod process;
mod progress;
mod queues;
mod routes;
mod runtime_api;
mod s3;
mod schedule;
pub mod seed;
mod stack;
mod startup;
mod wire;

pub use binaries::Profile;
pub use control::{Depth, Instance, Status};
pub use listeners::Ports;
pub use stack::{Options, Stack};
pub(crate) use template::{ACCOUNT, REGION};

/// Access key and secret key of this machine; nothing here is reachable from outside it.
pub const KEY: &str = "local";
