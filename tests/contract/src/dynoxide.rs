//! The database, its tables, and the clients that reach it.

use std::{collections::BTreeMap, path::Path, sync::Arc};

use anyhow::Context;
use domain::Settings;
use dynoxide::{Database, DynoxideError};
use serde::{Serialize, de::DeserializeOwned};
use store::{AwsSettings, Clients};
use template::{Parameters, Surroundings, Table, Template};

use crate::connector::{AtOnce, Fate, Sent, client};

/// An empty DynamoDB with every table of the template.
#[derive(Clone)]
pub struct Dynoxide {
    database: Database,
    tables: Arc<Vec<Table>>,
}

impl Dynoxide {
    /// Makes the tables, in memory.
    ///
    /// # Errors
    /// When the template cannot be read or a table cannot be made of it.
    pub fn start() -> anyhow::Result<Self> {
        let tables = template()?.tables;
        let database = Database::memory().context("cannot open a database in memory")?;
        for table in &tables {
            template::make_table(&database, table)?;
        }
        Ok(Self {
            database,
            tables: Arc::new(tables),
        })
    }

    /// The tables as the template defines them.
    #[must_use]
    pub fn tables(&self) -> &[Table] {
        &self.tables
    }

    /// The clients of the product over this database. `fate` sees each request and says what becomes of it.
    ///
    /// # Errors
    /// When the settings of the clients lack something.
    pub fn clients(&self, fate: impl Fn(&Sent<'_>) -> Fate + Send + Sync + 'static) -> anyhow::Result<Clients> {
        let mut settings = Settings::new([
            ("AWS_REGION".to_owned(), template::REGION.to_owned()),
            ("AWS_ACCESS_KEY_ID".to_owned(), "local".to_owned()),
            ("AWS_SECRET_ACCESS_KEY".to_owned(), "local".to_owned()),
        ]);
        let read = AwsSettings::read(&mut settings);
        settings.finish()?;
        Ok(Clients::over(read, client(self.clone(), fate)).resting_with(AtOnce))
    }

    /// Status and body of what DynamoDB answers to the body of an operation.
    pub fn answer(&self, operation: &str, body: &str) -> (u16, String) {
        let database = &self.database;
        match operation {
            "GetItem" => run(body, |request| database.get_item(request)),
            "Query" => run(body, |request| database.query(request)),
            "PutItem" => run(body, |request| database.put_item(request)),
            "DeleteItem" => run(body, |request| database.delete_item(request)),
            "TransactWriteItems" => run(body, |request| database.transact_write_items(request)),
            _ => refused(&DynoxideError::ValidationException(format!(
                "{operation} is not played here"
            ))),
        }
    }
}

fn run<Q: DeserializeOwned, A: Serialize>(
    body: &str,
    operation: impl FnOnce(Q) -> dynoxide::Result<A>,
) -> (u16, String) {
    let request = serde_json::from_str(body).map_err(|error| DynoxideError::ValidationException(error.to_string()));
    let answer = request.and_then(operation).and_then(|answer| {
        serde_json::to_string(&answer).map_err(|error| DynoxideError::InternalServerError(error.to_string()))
    });
    answer.map_or_else(|error| refused(&error), |answer| (200, answer))
}

fn refused(error: &DynoxideError) -> (u16, String) {
    (error.status_code(), error.to_json())
}

fn template() -> anyhow::Result<Template> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let addresses = [("gateway", "http://shop.test"), ("sandbox", "http://sandbox.test")];
    let file = root.join("infra/local/parameters.toml");
    let parameters = Parameters::read(&file, &addresses, &BTreeMap::new())?;
    let around = Surroundings { sqs: String::new() };
    Template::read(&root.join("infra/template.yaml"), &parameters, &around)
}
