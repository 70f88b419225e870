//! What must be true of the table itself, whatever its rows are.

use super::*;

const NOW: fn() -> Timestamp = || Timestamp::from_seconds(1_800_000_000);

fn everything_holds() -> Evidence {
    let money = crate::Money::new(100, crate::Currency::USD);
    Evidence {
        expected: Some(money),
        actual: Some(money),
        order: Some(State::Paid),
        cap: Some(money),
        look_ups: Some(LookUps {
            unknown_since: Timestamp::from_seconds(0),
            first: Some(Timestamp::from_seconds(1800)),
            last: Timestamp::from_seconds(2400),
        }),
        repeats_safely: true,
        fallback: Some(Fallback::Ask),
        by_staff: true,
        checked: true,
    }
}

fn states_of(subject: Subject) -> Vec<State> {
    let mut states: Vec<State> = TABLE
        .iter()
        .filter(|row| row.subject == subject)
        .map(|row| row.to)
        .collect();
    states.sort_unstable();
    states.dedup();
    states
}

#[test]
fn every_move_that_is_not_listed_is_refused() {
    for subject in Subject::ALL {
        for state in State::ALL {
            for event in Event::ALL {
                let listed = TABLE
                    .iter()
                    .any(|row| row.subject == *subject && row.event == *event && row.from.contains(state));
                let life = Life::restored(*state, NOW(), None, 0);

                let made = step(*subject, Some(&life), *event, &everything_holds(), NOW());

                // AMOUNT_DIFFERS cannot hold together with AMOUNT_EQUAL, but then the other row is taken.
                assert_eq!(made.is_ok(), listed, "{subject} {state} {event}");
            }
        }
    }
}

#[test]
fn without_evidence_no_guarded_row_is_taken() {
    for row in TABLE.iter().filter(|row| row.guard.is_some()) {
        let life = row.from.first().map(|state| Life::restored(*state, NOW(), None, 0));
        let made = step(row.subject, life.as_ref(), row.event, &Evidence::default(), NOW());
        let unguarded = TABLE
            .iter()
            .any(|other| other.subject == row.subject && other.event == row.event && other.guard.is_none());
        assert!(made.is_err() || unguarded, "{} {}", row.subject, row.event);
    }
}

#[test]
fn every_state_is_reached_and_has_either_a_deadline_or_a_reason_to_be_final() {
    for subject in Subject::ALL {
        let states = states_of(*subject);
        for state in &states {
            let timed = deadline_of(*subject, *state).is_some();
            assert!(
                timed != is_final(*subject, *state),
                "{subject} {state}: deadline {timed}"
            );
        }
        for row in TABLE.iter().filter(|row| row.subject == *subject) {
            for from in row.from {
                assert!(states.contains(from), "{subject} leaves {from}, which nothing reaches");
            }
        }
    }
    for line in DEADLINES {
        assert!(
            states_of(line.subject).contains(&line.state),
            "deadline of {} {}",
            line.subject,
            line.state
        );
    }
}

#[test]
fn from_every_state_some_final_state_can_be_reached() {
    for subject in Subject::ALL {
        for start in states_of(*subject) {
            let mut seen = vec![start];
            let mut next = 0;
            while let Some(state) = seen.get(next).copied() {
                next += 1;
                for row in TABLE
                    .iter()
                    .filter(|row| row.subject == *subject && row.from.contains(&state))
                {
                    if !seen.contains(&row.to) {
                        seen.push(row.to);
                    }
                }
            }
            assert!(
                seen.iter().any(|state| is_final(*subject, *state)),
                "{subject} never ends from {start}"
            );
        }
    }
}

#[test]
fn a_deadline_that_does_something_by_itself_does_something_legal() {
    for line in DEADLINES {
        if let Then::Do(event) = line.then {
            let legal = TABLE
                .iter()
                .any(|row| row.subject == line.subject && row.event == event && row.from.contains(&line.state));
            assert!(legal, "{} {} cannot {event}", line.subject, line.state);
        }
    }
}

#[test]
fn every_task_is_sent_by_some_row_or_deadline_and_has_one_consumer() {
    for task in Task::ALL {
        let by_row = TABLE.iter().any(|row| row.effects.contains(&Effect::Queue(*task)));
        let by_deadline = DEADLINES.iter().any(|line| line.then == Then::Send(*task));
        // These are sent by the decision that knows which payment, webhook or notice is meant, or by the clock.
        let by_decision = matches!(
            task,
            Task::VoidAtProvider | Task::ApplyWebhook | Task::CompareBooks | Task::SendNotice
        );
        assert!(by_row || by_deadline || by_decision, "{task}");
        assert!(!task.consumer().is_empty());
    }
}

#[test]
fn a_repeat_is_told_from_what_is_not_allowed() {
    let captured = Life::restored(State::Captured, NOW(), None, 0);

    let again = step(
        Subject::Payment,
        Some(&captured),
        Event::ProviderConfirmed,
        &everything_holds(),
        NOW(),
    );
    let never = step(
        Subject::Payment,
        Some(&captured),
        Event::ProviderDeclined,
        &everything_holds(),
        NOW(),
    );

    assert_eq!(again.unwrap_err(), Refusal::AlreadyApplied);
    assert!(matches!(never.unwrap_err(), Refusal::NotAllowed { .. }));
}

#[test]
fn an_unknown_purchase_never_goes_back_to_planned_by_itself() {
    for row in TABLE
        .iter()
        .filter(|row| row.subject == Subject::SupplierOrder && row.from.contains(&State::Unknown))
    {
        assert_ne!(row.to, State::Planned);
        let repeats = row.to == State::Sending;
        assert!(
            !repeats || row.guard.as_ref().is_some_and(|guard| guard.name.contains("proof")),
            "{} repeats without proof",
            row.event
        );
    }
}

#[test]
fn absence_is_proved_only_by_two_late_looks_that_lie_apart() {
    let look = |first: Option<i64>, last: i64| Evidence {
        look_ups: Some(LookUps {
            unknown_since: Timestamp::from_seconds(0),
            first: first.map(|minute| Timestamp::from_seconds(minute * 60)),
            last: Timestamp::from_seconds(last * 60),
        }),
        // A person who has looked at the store's own pages needs no second look.
        by_staff: false,
        ..everything_holds()
    };
    let unknown = Life::restored(State::Unknown, NOW(), None, 0);
    for (first, last, proved) in [
        (None, 60, false),
        (Some(29), 60, false),
        (Some(30), 39, false),
        (Some(30), 40, true),
    ] {
        let made = step(
            Subject::SupplierOrder,
            Some(&unknown),
            Event::ProvedAbsent,
            &look(first, last),
            NOW(),
        );
        assert_eq!(made.is_ok(), proved, "{first:?} {last}");
    }
}

#[test]
fn a_deadline_falls_again_until_the_state_ends() {
    let planned = step(Subject::Refund, None, Event::Requested, &everything_holds(), NOW())
        .unwrap()
        .life;

    let again = rearmed(Subject::Refund, &planned, NOW()).unwrap();

    assert_eq!(planned.due_at(), Some(NOW().plus(Duration::from_secs(300))));
    assert_eq!(again.tries(), 1);
    assert_eq!(again.state(), State::Planned);
}

use std::time::Duration;
