//! The colour of a state, the same on every page: done, under way, somebody's turn, stopped, over.

use domain::lifecycle::State;

/// The class of a badge for this state: `good`, `busy`, `warn`, `bad` or `quiet`.
#[must_use]
pub fn tone(state: State) -> &'static str {
    match state.word() {
        "paid" | "captured" | "placed" | "arrived" | "received" | "packed" | "labelled" | "delivered" | "done"
        | "closed" | "won" => "good",
        // Somebody must look, decide or answer.
        "on_hold" | "mismatch" | "unknown" | "asked" | "staff_decision" | "label_unknown" => "warn",
        "refused" | "failed" | "lost" | "carrier_exception" | "returned" => "bad",
        "expired" | "cancelled" | "stopped" | "dropped" => "quiet",
        // What is still on its way.
        _ => "busy",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_refused_or_has_failed_looks_like_it() {
        for (state, expected) in [
            (State::Refused, "bad"),
            (State::Failed, "bad"),
            (State::Lost, "bad"),
            (State::CarrierException, "bad"),
            (State::Returned, "bad"),
            (State::Unknown, "warn"),
            (State::OnHold, "warn"),
            (State::Mismatch, "warn"),
            (State::Cancelled, "quiet"),
            (State::Expired, "quiet"),
            (State::InTransit, "busy"),
            (State::Captured, "good"),
            (State::Delivered, "good"),
        ] {
            assert_eq!(tone(state), expected, "{state}");
        }
    }
}
