//! DynamoDB on this machine: dynoxide in this process, its data in one file, its tables from the template.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, anyhow, bail};
use dynoxide::Database;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio::time::sleep;

use template::{Table, make_table, part};

/// On AWS expired items go within days; here within this.
const SWEEP: Duration = Duration::from_secs(60);

/// Opens the file, makes the tables that are missing, and serves the DynamoDB protocol.
pub(crate) fn start(
    tasks: &mut JoinSet<()>,
    listener: TcpListener,
    file: &Path,
    tables: &[Table],
) -> anyhow::Result<()> {
    let path = file.to_str().context("the data folder's name is not UTF-8")?;
    let database = Database::new(path).map_err(|error| anyhow!("cannot open {path}: {error}"))?;
    for table in tables {
        prepare(&database, table).with_context(|| format!("table {}", table.name))?;
    }
    let swept = database.clone();
    tasks.spawn(async move {
        loop {
            sleep(SWEEP).await;
            let database = swept.clone();
            // A failed sweep leaves the expired items to the next one.
            tokio::task::spawn_blocking(move || database.sweep_ttl()).await.ok();
        }
    });
    tasks.spawn(dynoxide::server::serve_on(listener, database));
    Ok(())
}

fn prepare(database: &Database, table: &Table) -> anyhow::Result<()> {
    let name = json!({ "TableName": table.name });
    let Ok(existing) = database.describe_table(serde_json::from_value(name.clone())?) else {
        return make_table(database, table);
    };
    let existing = serde_json::to_value(existing)?;
    if shape(part(&existing, "/Table")) != shape(&table.definition) {
        bail!("is stored with other keys or indexes than the template has; `cargo run -- reset` starts afresh");
    }
    Ok(())
}

/// Keys and indexes in an order that can be compared.
fn shape(description: &Value) -> Vec<String> {
    let none = vec![];
    let indexes = part(description, "/GlobalSecondaryIndexes").as_array().unwrap_or(&none);
    let mut parts: Vec<String> = indexes
        .iter()
        .map(|index| {
            let kind = part(index, "/Projection/ProjectionType");
            format!(
                "{} {kind} {}",
                part(index, "/IndexName"),
                keys(part(index, "/KeySchema"))
            )
        })
        .collect();
    parts.push(keys(part(description, "/KeySchema")));
    parts.sort();
    parts
}

fn keys(schema: &Value) -> String {
    let none = vec![];
    let keys = schema.as_array().unwrap_or(&none);
    keys.iter()
        .map(|key| format!("{}/{} ", part(key, "/AttributeName"), part(key, "/KeyType")))
        .collect()
}
