//! DHL's event codes in our words, out of `status_codes.csv`.

use domain::tracking::TrackingStatus;

use crate::code_table::CodeTable;

const TABLE: CodeTable = CodeTable::new(include_str!("status_codes.csv"));

/// What a code means to us; `Other` for one that tells nothing or that we do not know.
pub(super) fn meaning(code: &str) -> TrackingStatus {
    TABLE.ours(code).and_then(status).unwrap_or(TrackingStatus::Other)
}

fn status(word: &str) -> Option<TrackingStatus> {
    Some(match word {
        "label_created" => TrackingStatus::LabelCreated,
        "picked_up" => TrackingStatus::PickedUp,
        "in_transit" => TrackingStatus::InTransit,
        "customs" => TrackingStatus::Customs,
        "customs_held" => TrackingStatus::CustomsHeld,
        "out_for_delivery" => TrackingStatus::OutForDelivery,
        "delivered" => TrackingStatus::Delivered,
        "returned" => TrackingStatus::Returned,
        "exception" => TrackingStatus::Exception,
        "other" => TrackingStatus::Other,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_stands_once_with_a_known_meaning_and_a_source() {
        TABLE.check(|word| status(word).is_some());
        assert_eq!(
            TABLE.rows().count(),
            62,
            "the reference data of API 3.1.1 have 62 codes"
        );
    }

    #[test]
    fn a_release_by_customs_is_no_failed_delivery() {
        for (code, status) in [
            ("CR", TrackingStatus::Customs),
            ("UD", TrackingStatus::Customs),
            ("CD", TrackingStatus::CustomsHeld),
            ("HP", TrackingStatus::CustomsHeld),
            ("OK", TrackingStatus::Delivered),
            ("PD", TrackingStatus::OutForDelivery),
            ("CS", TrackingStatus::Other),
            ("ZZ", TrackingStatus::Other),
        ] {
            assert_eq!(meaning(code), status, "{code}");
        }
    }
}
