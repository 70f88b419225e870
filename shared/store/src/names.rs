//! Names from outside: one item per name that leads to the order, so that any id a person reads aloud finds it.

use domain::{id::OrderId, order::Alias};
use serde::{Deserialize, Serialize};

use crate::{
    error::Error,
    item::{Condition, Key, Write, to_item},
};

#[derive(Serialize, Deserialize)]
pub(crate) struct NameRecord {
    format: u32,
    // Not `order`: that is a reserved word of DynamoDB's conditions.
    order_id: OrderId,
}

/// The key of a name: letters and digits only, in capitals, so that blanks and dashes of a spoken or scanned number do not matter.
pub(crate) fn name_key(value: &str, scope: &str) -> Key {
    let plain: String = value
        .chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_uppercase)
        .collect();
    Key::new(format!("K#{plain}"), scope)
}

fn alias_key(alias: &Alias, order: &OrderId) -> Key {
    match alias {
        Alias::Unique { scope, value } => name_key(value, scope),
        Alias::Shared { scope, value } => name_key(value, &format!("{scope}#{order}")),
    }
}

impl NameRecord {
    /// The order is not found by this name any more.
    pub(crate) fn erase(alias: &Alias, order: &OrderId) -> Write {
        Write::Delete(alias_key(alias, order), Condition::Always)
    }

    pub(crate) fn write(alias: &Alias, order: &OrderId) -> Result<Write, Error> {
        let record = Self {
            format: 1,
            order_id: order.clone(),
        };
        let key = alias_key(alias, order);
        let condition = match alias {
            Alias::Unique { .. } => Condition::AbsentOrSame("order_id", order.to_string()),
            Alias::Shared { .. } => Condition::Always,
        };
        Ok(Write::Put(to_item(&key, &record)?, condition))
    }
}
