//! When a parcel that is booked now is collected: the same for the question for prices, the booking, and the look for its papers.

use std::time::Duration;

use domain::{Timestamp, collection::Collection};
use providers::{
    WarehouseHours,
    carriers::{Carrier, UtcOffset},
};

/// The carrier gets the parcel a little later than it is booked: a booking for "now" has passed when it arrives (DHL sheet, 2026-11).
const READY_AFTER: Duration = Duration::from_secs(2 * 3600);
/// Carriers take bookings for the next ten days.
const BOOKABLE: Duration = Duration::from_secs(10 * 24 * 3600);

/// When a parcel is booked, and when it is to be collected.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Planned {
    now: Timestamp,
    collection: Collection,
}

impl Planned {
    /// The next collection of this carrier for a parcel that is booked now.
    ///
    /// # Errors
    /// When there is none as long as bookings are taken.
    pub(crate) fn from(hours: &WarehouseHours, carrier: &dyn Carrier, now: Timestamp) -> Result<Self, String> {
        let (ready, latest) = (now.plus(READY_AFTER), now.plus(BOOKABLE));
        let collection = hours.0.next_collection(&carrier.collects(), ready, latest);
        let words = "the warehouse and the carrier have no day in common in the next ten days";
        collection
            .map(|collection| Self { now, collection })
            .ok_or_else(|| words.to_owned())
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.now
    }

    pub(crate) fn at(&self) -> Timestamp {
        self.collection.at
    }

    pub(crate) fn offset(&self) -> UtcOffset {
        UtcOffset::minutes(self.collection.offset_minutes).unwrap_or(UtcOffset::UTC)
    }
}
