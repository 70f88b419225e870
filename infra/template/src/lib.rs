//! What `infra/template.yaml` says, as plain values: functions with their triggers, queues, tables, buckets.

mod json;
mod parameters;
mod permissions;
mod reader;
mod resolve;
mod resources;
mod tables;

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use serde_json::Value;

pub use json::part;
pub use parameters::Parameters;
pub use permissions::{Access, Statement, may};
pub use resolve::Surroundings;
pub use tables::make_table;

/// The region that every part on one machine pretends to be in.
pub const REGION: &str = "us-east-1";
/// The account number in ARNs and queue addresses on one machine.
pub const ACCOUNT: &str = "000000000000";

/// Everything the local stack has to start.
#[derive(Debug)]
pub struct Template {
    pub functions: Vec<Function>,
    pub queues: Vec<Queue>,
    pub tables: Vec<Table>,
    pub buckets: Vec<Bucket>,
}

/// One Lambda function: the folder name is its name everywhere.
#[derive(Debug)]
pub struct Function {
    pub name: String,
    pub memory: u64,
    pub timeout: Duration,
    pub environment: BTreeMap<String, String>,
    pub routes: Vec<Route>,
    pub mappings: Vec<Mapping>,
    pub schedules: Vec<Schedule>,
    /// What it may do, as IAM is told.
    pub permissions: Vec<Statement>,
}

/// An `HttpApi` event; no method and no path is the `$default` route.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    pub target: Option<(String, String)>,
}

/// An `SQS` event: which queue feeds the function, and how many messages at once.
#[derive(Debug, Clone)]
pub struct Mapping {
    pub queue: String,
    pub batch_size: i32,
    pub failures: Failures,
}

/// What the function's answer means for the messages of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failures {
    /// `ReportBatchItemFailures`: the answer names the messages that failed.
    Named,
    /// The batch succeeds or fails as a whole.
    Whole,
}

/// A `Schedule` event.
#[derive(Debug, Clone)]
pub struct Schedule {
    pub name: String,
    pub every: Duration,
}

/// A queue with its SQS attributes, as `CreateQueue` wants them.
#[derive(Debug)]
pub struct Queue {
    pub name: String,
    pub attributes: BTreeMap<String, String>,
}

/// A table, as `CreateTable` wants it, and the attribute that ends its items.
#[derive(Debug)]
pub struct Table {
    pub name: String,
    pub definition: Value,
    pub expires_by: Option<String>,
}

/// A bucket and the origins whose pages may put files into it.
#[derive(Debug)]
pub struct Bucket {
    pub name: String,
    pub upload_origins: Vec<String>,
}

impl Template {
    /// Reads and resolves the template; every unknown name in it is an error.
    pub fn read(path: &Path, parameters: &Parameters, around: &Surroundings) -> anyhow::Result<Self> {
        let text = std::fs::read_to_string(path)
            .map_err(|error| anyhow::anyhow!("cannot read {}: {error}", path.display()))?;
        Self::parse(&text, parameters, around)
    }

    /// The same from text.
    pub fn parse(text: &str, parameters: &Parameters, around: &Surroundings) -> anyhow::Result<Self> {
        let resources = resolve::resources(text, parameters, around)?;
        reader::template(&resources)
    }

    /// The function of that name.
    pub fn function(&self, name: &str) -> Option<&Function> {
        self.functions.iter().find(|function| function.name == name)
    }
}

#[cfg(test)]
mod tests;
