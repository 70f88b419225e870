//! What changes from run to run becomes a mark, so that expected answers stay readable: `events/README.md` lists the marks.

/// The text with ids, times, fingerprints, keys and tokens replaced by their marks.
#[must_use]
pub fn with_marks(text: &str) -> String {
    let text = between(text, "name=\"idempotency_key\" value=\"", '"', "<key>");
    let text = between(&text, "__Host-sid=", ';', "<token>");
    let mut out = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some(first) = rest.chars().next() {
        if let Some((mark, length)) = mark_at(rest, out.chars().next_back()) {
            out.push_str(mark);
            rest = rest.get(length..).unwrap_or_default();
        } else {
            out.push(first);
            rest = rest.get(first.len_utf8()..).unwrap_or_default();
        }
    }
    out
}

/// Puts a mark between a beginning and an end; an empty value stays, because it is one.
fn between(text: &str, begin: &str, end: char, mark: &str) -> String {
    let mut parts = text.split(begin);
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let value = part.split([end, '\n']).next().unwrap_or_default();
        out.push_str(begin);
        out.push_str(if value.is_empty() { "" } else { mark });
        out.push_str(part.get(value.len()..).unwrap_or_default());
    }
    out
}

fn mark_at(text: &str, before: Option<char>) -> Option<(&'static str, usize)> {
    if before == Some('_') && starts_as(text, "uuuuuuuuuuuuuuuuuuuuuuuuuu") {
        return Some(("<ulid>", 26));
    }
    if starts_as(text, "dddd-dd-ddTdd:dd:dd") && !before.is_some_and(|c| c.is_ascii_digit()) {
        let tail = text.get(19..).unwrap_or_default();
        let fraction = tail
            .strip_prefix('.')
            .map_or(0, |digits| 1 + digits.bytes().take_while(u8::is_ascii_digit).count());
        let length = 19 + fraction;
        return text.get(length..)?.starts_with('Z').then_some(("<time>", length + 1));
    }
    if starts_as(text, "/static/hhhhhhhhhhhhhhhh-") {
        return Some(("/static/<hash>-", 25));
    }
    None
}

/// Whether the text begins like the pattern: `u` a letter of a ULID, `d` a digit, `h` a hexadecimal digit of a fingerprint.
/// A letter of the pattern that follows `/` or is upper case stands for itself.
fn starts_as(text: &str, pattern: &str) -> bool {
    let literal = if pattern.starts_with("/static/") {
        "/static/".len()
    } else {
        0
    };
    let fits = |(place, (wanted, found)): (usize, (u8, u8))| match wanted {
        _ if place < literal => wanted == found,
        b'u' => found.is_ascii_digit() || (found.is_ascii_uppercase() && !b"ILOU".contains(&found)),
        b'd' => found.is_ascii_digit(),
        b'h' => found.is_ascii_digit() || (b'a'..=b'f').contains(&found),
        other => other == found,
    };
    text.len() >= pattern.len() && pattern.bytes().zip(text.bytes()).enumerate().all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_changes_from_run_to_run_becomes_a_mark() {
        for (given, marked) in [
            ("/orders/ord_01JDB7M3N8Q4R5S6T7V8W9X0YZ?", "/orders/ord_<ulid>?"),
            ("unit_01JDB7M3N8Q4R5S6T7V8W9X0YZ-3", "unit_<ulid>-3"),
            ("\"at\":\"2026-11-23T07:43:00.123Z\"", "\"at\":\"<time>\""),
            ("2026-11-23T07:43:00Z", "<time>"),
            ("2026-11-23T07:43:00", "2026-11-23T07:43:00"),
            ("/static/8f9f1db3b8b668d6-shop.css", "/static/<hash>-shop.css"),
            (
                r#"name="idempotency_key" value="01JDB7M3N8Q4R5S6T7V8W9X0YZ">"#,
                r#"name="idempotency_key" value="<key>">"#,
            ),
            ("__Host-sid=abc-DEF_1; Path=/", "__Host-sid=<token>; Path=/"),
            ("__Host-sid=; Path=/; Max-Age=0", "__Host-sid=; Path=/; Max-Age=0"),
            ("Kisumu — 5 Stück", "Kisumu — 5 Stück"),
        ] {
            assert_eq!(with_marks(given), marked);
        }
    }
}
