//! Stripe's request form: `a[b][0][c]=v`, raw or percent-encoded, as one nested value.

use serde_json::{Map, Value};

/// Decodes a form or query; a name that makes no sense is kept as it is and will be refused as unknown.
pub(super) fn decode(text: &str) -> Value {
    let mut root = Value::Object(Map::new());
    for (name, value) in url::form_urlencoded::parse(text.as_bytes()) {
        insert(&mut root, &path(&name), &value);
    }
    lists(root)
}

/// `line_items[0][quantity]` as its parts.
fn path(name: &str) -> Vec<String> {
    let Some((first, rest)) = name.split_once('[') else {
        return vec![name.to_owned()];
    };
    let Some(rest) = rest.strip_suffix(']') else {
        return vec![name.to_owned()];
    };
    std::iter::once(first)
        .chain(rest.split("]["))
        .map(str::to_owned)
        .collect()
}

fn insert(place: &mut Value, path: &[String], value: &str) {
    let Some((first, rest)) = path.split_first() else {
        *place = Value::String(value.to_owned());
        return;
    };
    if !place.is_object() {
        *place = Value::Object(Map::new());
    }
    if let Some(fields) = place.as_object_mut() {
        let name = if first.is_empty() {
            fields.len().to_string()
        } else {
            first.clone()
        };
        insert(fields.entry(name).or_insert(Value::Null), rest, value);
    }
}

/// Objects whose names are all numbers were lists.
fn lists(value: Value) -> Value {
    let Value::Object(fields) = value else { return value };
    let is_list = !fields.is_empty() && fields.keys().all(|name| name.parse::<u16>().is_ok());
    let mut entries: Vec<(String, Value)> = fields.into_iter().map(|(name, value)| (name, lists(value))).collect();
    if !is_list {
        return Value::Object(entries.into_iter().collect());
    }
    entries.sort_by_key(|(name, _)| name.parse::<u16>().unwrap_or_default());
    Value::Array(entries.into_iter().map(|(_, value)| value).collect())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn raw_and_percent_encoded_brackets_mean_the_same() {
        let raw = "line_items[0][price_data][currency]=usd&line_items[0][quantity]=2&expand[]=line_items&success_url=https://s/ok?id%3D{CHECKOUT_SESSION_ID}";
        let encoded = "line_items%5B0%5D%5Bprice_data%5D%5Bcurrency%5D=usd&line_items%5B0%5D%5Bquantity%5D=2&expand%5B%5D=line_items&success_url=https%3A%2F%2Fs%2Fok%3Fid%3D%7BCHECKOUT_SESSION_ID%7D";

        let decoded = decode(raw);

        assert_eq!(decoded, decode(encoded));
        assert_eq!(
            decoded,
            json!({
                "line_items": [{ "price_data": { "currency": "usd" }, "quantity": "2" }],
                "expand": ["line_items"],
                "success_url": "https://s/ok?id={CHECKOUT_SESSION_ID}",
            })
        );
    }

    #[test]
    fn nonsense_names_stay_visible() {
        assert_eq!(decode("a]b[=1"), json!({ "a]b[": "1" }));
    }
}
