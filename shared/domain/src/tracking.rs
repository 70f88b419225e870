//! What carriers report, in our words: events of a parcel on its way and the state they add up to.

use serde::{Deserialize, Serialize};

use crate::timestamp::Timestamp;

/// Where a parcel is, in the order of a good journey. `Exception` is news beside the journey and never a step of it.
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
    /// A code we do not know; it changes nothing and keeps its raw code.
    Other,
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

impl TrackingEvent {
    /// Where it happened, unless the carrier's own words name it: many carriers write the place into both.
    #[must_use]
    pub fn place_beside_text(&self) -> &str {
        let is_said = self.text.to_lowercase().contains(&self.place.to_lowercase());
        if is_said { "" } else { &self.place }
    }

    /// Takes over what the same report tells when it is heard again: more than before is learned, nothing known is lost. True when something
    /// was learned.
    pub fn learn(&mut self, told: &Self) -> bool {
        let before = self.clone();
        self.status = self.status.or_further(told.status);
        if self.text.is_empty() {
            self.text.clone_from(&told.text);
        }
        if self.signed_by.is_none() {
            self.signed_by.clone_from(&told.signed_by);
        }
        *self != before
    }
}

impl TrackingStatus {
    /// Of two readings of one report the one that says more.
    fn or_further(self, other: Self) -> Self {
        match (self, other) {
            (Self::Other, known) | (known, Self::Other) => known,
            (one, two) => one.max(two),
        }
    }

    /// True for a step of the journey, which neither a problem nor an unknown code is.
    fn is_step(self) -> bool {
        !matches!(self, Self::Exception | Self::Other)
    }
}

/// A piece of a report that cannot be read, kept as it came for the person who looks.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct UnreadReport {
    /// The carrier's own form of it, shortened.
    pub raw: String,
    /// When it was first heard.
    pub heard_at: Timestamp,
}

impl UnreadReport {
    /// No more letters of one are kept.
    pub const LONGEST: usize = 500;
    /// No more of them are kept for one parcel; the first ones say what is wrong.
    pub const MOST: usize = 20;

    /// The piece as it is kept.
    #[must_use]
    pub fn new(raw: &str, heard_at: Timestamp) -> Self {
        Self {
            raw: raw.chars().take(Self::LONGEST).collect(),
            heard_at,
        }
    }
}

/// The reports that can be about a parcel whose label was asked for at that moment. Carriers give their numbers out again, so a report from
/// before is about somebody else's parcel: it is kept, and it moves and shows nothing.
#[must_use]
pub fn since(events: &[TrackingEvent], asked_for: Timestamp) -> Vec<TrackingEvent> {
    events.iter().filter(|event| event.at >= asked_for).cloned().collect()
}

/// The state that a set of reports adds up to, in whatever order and however often they were heard: the furthest step of the journey.
/// Customs may give way to transit again, but nothing leads back from delivered or returned.
#[must_use]
pub fn furthest(events: &[TrackingEvent]) -> Option<TrackingStatus> {
    decisive(events).map(|event| event.status)
}

/// The report that says so: of the ends of a journey the first that told it, otherwise the newest step.
#[must_use]
pub fn decisive(events: &[TrackingEvent]) -> Option<&TrackingEvent> {
    let first_of = |wanted: TrackingStatus| {
        let told = events.iter().filter(move |event| event.status == wanted);
        told.min_by_key(|event| event.at)
    };
    first_of(TrackingStatus::Returned)
        .or_else(|| first_of(TrackingStatus::Delivered))
        .or_else(|| {
            let steps = events.iter().filter(|event| event.status.is_step());
            steps.max_by_key(|event| (event.at, event.status))
        })
}

/// The newest problem that no later step of the journey has answered.
#[must_use]
pub fn open_problem(events: &[TrackingEvent]) -> Option<&TrackingEvent> {
    let problem = events
        .iter()
        .filter(|e| e.status == TrackingStatus::Exception)
        .max_by_key(|e| e.at)?;
    let answered = events
        .iter()
        .any(|event| event.at > problem.at && event.status.is_step());
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
    fn a_place_that_the_words_name_is_not_said_twice() {
        for (text, place, shown) in [
            ("Arrived at DHL Delivery Facility NAIROBI-KE", "NAIROBI-KE", ""),
            ("Arrived at DHL Delivery Facility Nairobi-ke", "NAIROBI-KE", ""),
            ("Delivered", "NAIROBI-KE", "NAIROBI-KE"),
            ("", "NAIROBI-KE", "NAIROBI-KE"),
            ("Delivered", "", ""),
        ] {
            let event = TrackingEvent {
                text: text.into(),
                place: place.into(),
                ..event(1, TrackingStatus::InTransit)
            };
            assert_eq!(event.place_beside_text(), shown, "{text}, {place}");
        }
    }

    #[test]
    fn a_problem_is_open_until_the_parcel_moves_on() {
        use TrackingStatus::{Exception, InTransit};

        assert!(open_problem(&[event(1, InTransit), event(2, Exception)]).is_some());
        assert!(open_problem(&[event(2, Exception), event(3, InTransit)]).is_none());
    }
}
