//! Reading and setting fields of JSON values without a panic: what is not there reads as null.

use serde_json::Value;

static NULL: Value = Value::Null;

pub(crate) trait Fields {
    /// The field of an object; null when there is none.
    fn at(&self, name: &str) -> &Value;
    /// Sets a field of an object; anything else stays as it is.
    fn set(&mut self, name: &str, value: impl Into<Value>);
}

impl Fields for Value {
    fn at(&self, name: &str) -> &Value {
        self.get(name).unwrap_or(&NULL)
    }

    fn set(&mut self, name: &str, value: impl Into<Value>) {
        if let Some(fields) = self.as_object_mut() {
            fields.insert(name.to_owned(), value.into());
        }
    }
}
