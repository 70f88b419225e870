//! When a parcel is planned to leave.

use super::*;

#[test]
fn no_parcel_is_planned_for_a_weekend() {
    for (today, handover_day) in [
        ("2026-11-23T09:00:00Z", "2026-11-26"),
        ("2026-11-25T09:00:00Z", "2026-11-30"),
        ("2026-11-26T09:00:00Z", "2026-11-30"),
        ("2026-11-27T09:00:00Z", "2026-11-30"),
    ] {
        assert_eq!(
            handover(today.parse().unwrap()).date().to_string(),
            handover_day,
            "{today}"
        );
    }
}
