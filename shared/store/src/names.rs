//! Names from outside: one item per name that leads to the order, so that any id a person reads aloud finds it.

use domain::{id::OrderId, order::Alias};
use serde::{Deserialize, Serialize};

use crate::{
    error::Error,
    item::{Condition, Item, Key, Write, text, to_item},
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
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_uppercase())
        .collect();
    Key::new(format!("K#{plain}"), scope)
}

/// The order that a name leads to.
pub(crate) fn order_of(item: &Item) -> Option<OrderId> {
    text(item, "order_id")?.parse().ok()
}

impl NameRecord {
    pub(crate) fn write(alias: &Alias, order: &OrderId) -> Result<Write, Error> {
        let record = Self {
            format: 1,
            order_id: order.clone(),
        };
        let key = match alias {
            Alias::Unique { scope, value } => name_key(value, scope),
            Alias::Shared { scope, value } => name_key(value, &format!("{scope}#{order}")),
        };
        let condition = match alias {
            Alias::Unique { .. } => Condition::AbsentOrSame("order_id", order.to_string()),
            Alias::Shared { .. } => Condition::Always,
        };
        Ok(Write::Put(to_item(&key, &record)?, condition))
    }
}
