//! What carriers report, in our words: events of a parcel on its way and the state they add up to.

use serde::{Deserialize, Serialize};

use crate::timestamp::Timestamp;

/// Where a parcel is, in the order of a good journey. `Exception` and `CustomsHeld` are news beside the journey and never a step of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TrackingStatus {
    /// The carrier knows of the label, nothing more.
    LabelCreated,
    /// The carrier has the parcel.
    PickedUp,
    /// It moves.
    InTransit,
    /// Customs looks at it.
    Customs,
    /// It is on the van.
    OutForDelivery,
    /// It was handed over.
    Delivered,
    /// It came back to us.
    Returned,
    /// Something went wrong; the journey may go on.
    Exception,
    /// Customs wants something, money or papers, before the journey goes on: a problem as `Exception` is.
    CustomsHeld,
    /// A code we do not know; it changes nothing and keeps its raw code.
    Other,
}

impl TrackingStatus {
    /// True when something is in the way.
    #[must_use]
    pub fn is_problem(self) -> bool {
        matches!(self, Self::Exception | Self::CustomsHeld)
    }

    /// True for a step of the journey.
    #[must_use]
    pub fn is_step(self) -> bool {
        !self.is_problem() && self != Self::Other
    }
}

/// One report of a carrier about one parcel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrackingEvent {
    /// What it means to us.
    pub status: TrackingStatus,
    /// The carrier's own code.
    pub code: String,
    /// The carrier's own words.
    pub text: String,
    /// When it happened, as well as the carrier says it.
    pub at: Timestamp,
    /// Where, as the carrier writes it; may be empty.
    pub place: String,
    /// Who signed; only on delivery.
    pub signed_by: Option<String>,
}

impl TrackingEvent {
    /// Equal for the same report heard twice.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        format!("{}|{}|{}", self.at, self.code, self.place)
    }
}

/// The state that a set of reports adds up to, in whatever order and however often they were heard: the furthest step of the journey.
/// Customs may give way to transit again, but nothing leads back from delivered or returned.
#[must_use]
pub fn furthest(events: &[TrackingEvent]) -> Option<TrackingStatus> {
    let steps = || events.iter().filter(|e| e.status.is_step());
    let last_of = |wanted: TrackingStatus| steps().any(|e| e.status == wanted).then_some(wanted);
    last_of(TrackingStatus::Returned)
        .or_else(|| last_of(TrackingStatus::Delivered))
        .or_else(|| steps().max_by_key(|e| (e.at, e.status)).map(|e| e.status))
}

/// The newest problem that no later step of the journey has answered.
#[must_use]
pub fn open_problem(events: &[TrackingEvent]) -> Option<&TrackingEvent> {
    let problem = events.iter().filter(|e| e.status.is_problem()).max_by_key(|e| e.at)?;
    let answered = events.iter().any(|e| e.at > problem.at && e.status.is_step());
    (!answered).then_some(problem)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(minute: i64, status: TrackingStatus) -> TrackingEvent {
        TrackingEvent {
            status,
            code: format!("{status:?}"),
            text: String::new(),
            at: Timestamp::from_seconds(minute * 60),
            place: "NBO".into(),
            signed_by: None,
        }
    }

    #[test]
    fn the_order_in_which_reports_are_heard_does_not_matter() {
        use TrackingStatus::{Customs, Delivered, InTransit, PickedUp};
        let told = [
            event(1, PickedUp),
            event(2, Customs),
            event(3, InTransit),
            event(9, Delivered),
        ];

        let mut heard = told.to_vec();
        heard.reverse();
        heard.push(event(2, Customs));

        assert_eq!(furthest(&heard), Some(Delivered));
        assert_eq!(furthest(&heard[1..]), Some(InTransit));
    }

    #[test]
    fn nothing_leads_back_from_delivered() {
        use TrackingStatus::{Delivered, Exception, InTransit, Returned};

        assert_eq!(
            furthest(&[event(5, Delivered), event(6, InTransit), event(7, Exception)]),
            Some(Delivered)
        );
        assert_eq!(furthest(&[event(5, Delivered), event(6, Returned)]), Some(Returned));
        assert_eq!(furthest(&[event(1, Exception)]), None);
    }

    #[test]
    fn a_problem_is_open_until_the_parcel_moves_on() {
        use TrackingStatus::{Exception, InTransit};

        assert!(open_problem(&[event(1, InTransit), event(2, Exception)]).is_some());
        assert!(open_problem(&[event(2, Exception), event(3, InTransit)]).is_none());
    }
}
