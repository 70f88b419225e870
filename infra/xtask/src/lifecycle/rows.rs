//! The moves of one subject as a Markdown table.

use std::time::Duration;

use domain::lifecycle::{Row, Then, deadline_of};

use super::plain;
use crate::table;

const HEAD: &[&str] = &[
    "from",
    "event",
    "only if",
    "to",
    "deadline",
    "effects",
    "the customer reads",
];

pub(super) fn of(moves: &[&Row]) -> String {
    let rows: Vec<Vec<String>> = moves.iter().map(|row| cells(row)).collect();
    table::write(HEAD, &rows)
}

fn cells(row: &Row) -> Vec<String> {
    let from: Vec<String> = row.from.iter().map(|state| plain(state.word())).collect();
    let effects: Vec<String> = row.effects.iter().map(|effect| plain(&effect.word())).collect();
    vec![
        or_dash(from.join(", ")),
        plain(row.event.word()),
        or_dash(
            row.guard
                .as_ref()
                .map(|guard| guard.name.to_owned())
                .unwrap_or_default(),
        ),
        plain(row.to.word()),
        deadline(row),
        or_dash(effects.join(", ")),
        or_dash(row.says.to_owned()),
    ]
}

fn deadline(row: &Row) -> String {
    let Some(deadline) = deadline_of(row.subject, row.to) else {
        return "final".to_owned();
    };
    let then = match deadline.then {
        Then::Do(event) => plain(event.word()),
        Then::Send(task) => plain(task.word()),
        Then::Staff(why) => format!("staff: {}", plain(why.word())),
    };
    let reminders = match deadline.reminders {
        0 => String::new(),
        times => format!("reminder {times} times, then "),
    };
    let tells = deadline.tells.map(|news| format!(" and tell: {}", plain(news.word())));
    format!(
        "{}, {reminders}{then}{}",
        span(deadline.after),
        tells.unwrap_or_default()
    )
}

fn span(time: Duration) -> String {
    const UNITS: &[(u64, &str)] = &[(86_400, "d"), (3_600, "h"), (60, "min")];
    let seconds = time.as_secs();
    let whole = UNITS
        .iter()
        .find(|(unit, _)| seconds >= *unit && seconds.is_multiple_of(*unit));
    whole.map_or_else(
        || format!("{seconds} s"),
        |(unit, name)| format!("{} {name}", seconds / unit),
    )
}

fn or_dash(text: String) -> String {
    if text.is_empty() { "-".to_owned() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::lifecycle::{Effect, Event, State, Subject};

    #[test]
    fn a_move_is_one_row_with_what_happens_when_nothing_happens() {
        let row = Row {
            subject: Subject::Order,
            from: &[],
            event: Event::Placed,
            guard: None,
            to: State::AwaitingPayment,
            effects: &[Effect::PostLedger, Effect::CoverOrder],
            says: "Order placed.",
        };

        let cells = cells(&row);

        assert_eq!(cells[..4], ["-", "placed", "-", "awaiting payment"]);
        assert!(cells[4].ends_with(", expire"), "{}", cells[4]);
        assert_eq!(cells[5..], ["post ledger, cover order", "Order placed."]);
    }

    #[test]
    fn a_span_is_told_in_its_largest_whole_unit() {
        for (seconds, text) in [
            (86_400, "1 d"),
            (90_000, "25 h"),
            (900, "15 min"),
            (90, "90 s"),
            (0, "0 s"),
        ] {
            assert_eq!(span(Duration::from_secs(seconds)), text);
        }
    }
}
