//! How moments and states are written for customers.

use domain::{
    Timestamp,
    lifecycle::State,
    order::{Order, Unit},
    progress::{Progress, Station},
};

/// A moment for people: `23 Nov 2026, 13:00 UTC`.
pub(crate) fn moment(at: Timestamp) -> String {
    let whole = at.to_string();
    let time = whole.get(11..16).unwrap_or_default();
    format!("{}, {time} UTC", at.date().strftime("%-d %b %Y"))
}

/// A stable word as a label: `partially_received` is `Partially received`.
pub(crate) fn label(word: &str) -> String {
    let plain = word.replace('_', " ");
    let mut letters = plain.chars();
    letters
        .next()
        .map(|first| first.to_ascii_uppercase())
        .into_iter()
        .chain(letters)
        .collect()
}

/// The colour of a progress word.
pub(crate) fn tone(word: &str) -> &'static str {
    match word {
        "delivered" => "good",
        "on_hold" => "bad",
        "cancelled" | "refunded" => "quiet",
        _ => "busy",
    }
}

/// One step of the line of steps.
pub(crate) struct Step {
    pub(crate) label: &'static str,
    pub(crate) state: &'static str,
}

/// The line of steps; empty for an order that ended or is on hold.
pub(crate) fn steps(progress: Progress) -> Vec<Step> {
    let Some(now) = progress.station() else {
        return Vec::new();
    };
    let step = |station: &Station| Step {
        label: match station {
            Station::Pending => "Placed",
            Station::Paid => "Paid",
            Station::Ordered => "Ordered",
            Station::Received => "Received",
            Station::Shipped => "Shipped",
            Station::Delivered => "Delivered",
        },
        state: match station.cmp(&now) {
            std::cmp::Ordering::Less => "done",
            std::cmp::Ordering::Equal => "now",
            std::cmp::Ordering::Greater => "ahead",
        },
    };
    Station::ALL.iter().map(step).collect()
}

/// Where one piece is.
pub(crate) fn piece(order: &Order, unit: &Unit) -> &'static str {
    let state = unit.life.state();
    let bought = order
        .supplier_orders
        .iter()
        .find(|bought| bought.lines.contains(&unit.line));
    let shipment = unit
        .shipment
        .as_ref()
        .and_then(|id| order.shipment(id))
        .map(|shipment| shipment.life.state());
    match (state, bought.map(|bought| bought.life.state()), shipment) {
        (State::Dropped, ..) => "not bought",
        (State::Lost, ..) => "will not come, its money goes back",
        (State::Delivered, ..) => "delivered",
        (State::Returned, ..) => "on its way back to us",
        (State::OnHold, ..) => "at our warehouse, being checked",
        (State::Packed, _, Some(State::InTransit | State::CarrierException)) => "on the way to you",
        (State::Packed, ..) => "packed for you",
        (State::Received, ..) => "at our warehouse",
        (_, Some(State::Dispatched), _) => "sent to our warehouse",
        (_, Some(State::Placed | State::Arrived), _) => "bought at the store",
        (_, Some(_), _) => "being bought",
        (_, None, _) if matches!(order.life.state(), State::Cancelled | State::Expired) => "not bought",
        // Money came so late that a person looks first.
        (_, None, _) if order.life.state() == State::OnHold => "waits until your payment is checked",
        (_, None, _) => "waiting for your payment",
    }
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
        assert_eq!(label("partially_received"), "Partially received");
    }

    #[test]
    fn the_line_of_steps_ends_where_the_order_is() {
        let states = |progress| steps(progress).iter().map(|step| step.state).collect::<Vec<_>>();

        assert_eq!(
            states(Progress::At(Station::Pending)),
            ["now", "ahead", "ahead", "ahead", "ahead", "ahead"]
        );
        assert_eq!(
            states(Progress::Partially(Station::Received)),
            ["done", "done", "done", "now", "ahead", "ahead"]
        );
        assert!(states(Progress::OnHold).is_empty());
    }
}
