//! How moments and states are written for the staff.

use domain::Timestamp;

/// A moment for people: `23 Nov 2026, 13:00 UTC`.
pub(crate) fn moment(at: Timestamp) -> String {
    let whole = at.to_string();
    let time = whole.get(11..16).unwrap_or_default();
    format!("{}, {time} UTC", at.date().strftime("%-d %b %Y"))
}

/// A stable word in plain letters: `partially_received` is `partially received`.
pub(crate) fn plain(word: &str) -> String {
    word.replace('_', " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_and_a_word_are_written_for_people() {
        assert_eq!(
            moment("2026-11-23T13:05:59Z".parse().unwrap()),
            "23 Nov 2026, 13:05 UTC"
        );
        assert_eq!(plain("partially_received"), "partially received");
    }
}
