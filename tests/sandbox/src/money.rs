//! Amounts as the providers write them: minor units inside, decimal text or JSON numbers outside. No binary floats.

use serde_json::{Number, Value};

/// `549` as `5.49`.
pub(crate) fn decimal(cents: i64) -> String {
    let sign = if cents < 0 { "-" } else { "" };
    let cents = cents.unsigned_abs();
    format!("{sign}{}.{:02}", cents / 100, cents % 100)
}

/// `549` as the JSON number 5.49.
pub(crate) fn number(cents: i64) -> Value {
    decimal(cents).parse::<Number>().map_or(Value::Null, Value::Number)
}

/// Thousandths as the shortest JSON number: `1800` as 1.8.
pub(crate) fn thousandths_number(thousandths: i64) -> Value {
    let text = format!("{}.{:03}", thousandths / 1000, thousandths.unsigned_abs() % 1000);
    text.parse::<Number>().map_or(Value::Null, Value::Number)
}

/// Reads a JSON number with at most three decimals as thousandths; nothing else passes.
pub(crate) fn thousandths(value: &Value) -> Option<i64> {
    let text = value.as_number()?.to_string();
    let (sign, digits) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.as_str()),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    if fraction.len() > 3 || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let fraction: i64 = format!("{fraction:0<3}").parse().ok()?;
    let whole: i64 = whole.parse().ok()?;
    whole.checked_mul(1000)?.checked_add(fraction)?.checked_mul(sign)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn decimals_go_in_and_out_exactly() {
        for (value, expected) in [
            (json!(1.8), Some(1800)),
            (json!(240.0), Some(240_000)),
            (json!(3), Some(3000)),
            (json!(0.001), Some(1)),
            (json!(1.2345), None),
            (json!("1"), None),
        ] {
            assert_eq!(thousandths(&value), expected, "{value}");
        }
        assert_eq!(decimal(5), "0.05");
        assert_eq!(number(11840), json!(118.4));
        assert_eq!(thousandths_number(3600), json!(3.6));
    }
}
