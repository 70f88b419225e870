//! Makes the tables of the template in an empty database.

use anyhow::anyhow;
use dynoxide::Database;
use serde_json::json;

use crate::Table;

/// Makes a table as the template defines it.
///
/// # Errors
/// When the definition is refused.
pub fn make_table(database: &Database, table: &Table) -> anyhow::Result<()> {
    database
        .create_table(serde_json::from_value(table.definition.clone())?)
        .map_err(|error| anyhow!("cannot be created: {error}"))?;
    if let Some(attribute) = &table.expires_by {
        let setting = json!({
            "TableName": table.name,
            "TimeToLiveSpecification": { "AttributeName": attribute, "Enabled": true },
        });
        database
            .update_time_to_live(serde_json::from_value(setting)?)
            .map_err(|error| anyhow!("cannot expire items: {error}"))?;
    }
    Ok(())
}
