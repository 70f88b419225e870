//! The moves of one subject as a Mermaid state diagram. A state without a deadline is an end.

use std::collections::BTreeSet;

use domain::lifecycle::{Row, deadline_of};

use super::plain;

pub(super) fn of(moves: &[&Row]) -> String {
    let mut lines = vec!["```mermaid".to_owned(), "stateDiagram-v2".to_owned()];
    for row in moves {
        let guard = row
            .guard
            .as_ref()
            .map(|guard| format!(" [{}]", guard.name))
            .unwrap_or_default();
        let label = format!("{}{guard}", plain(row.event.word()));
        if row.from.is_empty() {
            lines.push(format!("    [*] --> {}: {label}", row.to));
        }
        lines.extend(
            row.from
                .iter()
                .map(|from| format!("    {from} --> {}: {label}", row.to)),
        );
    }
    let is_final = |row: &&&Row| deadline_of(row.subject, row.to).is_none();
    let ends: BTreeSet<String> = moves
        .iter()
        .filter(is_final)
        .map(|row| format!("    {} --> [*]", row.to))
        .collect();
    lines.extend(ends);
    lines.push("```\n".to_owned());
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::lifecycle::{Event, State, Subject};

    fn row(from: &'static [State], event: Event, to: State) -> Row {
        Row {
            subject: Subject::Refund,
            from,
            event,
            guard: None,
            to,
            effects: &[],
            says: "",
        }
    }

    #[test]
    fn a_diagram_has_its_beginning_its_moves_and_its_ends() {
        let made = row(&[], Event::Requested, State::Planned);
        let done = row(&[State::Sending, State::Unknown], Event::ProviderConfirmed, State::Done);

        let text = of(&[&made, &done]);

        let lines: Vec<&str> = text.lines().map(str::trim).collect();
        assert_eq!(
            lines,
            [
                "```mermaid",
                "stateDiagram-v2",
                "[*] --> planned: requested",
                "sending --> done: provider confirmed",
                "unknown --> done: provider confirmed",
                "done --> [*]",
                "```",
            ]
        );
    }
}
