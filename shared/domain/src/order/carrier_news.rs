//! What the carrier reports about a parcel on its way, how far that moves it, and who is told when nothing can be read.

use std::time::Duration;

use crate::{
    failure::Failure,
    id::{ShipmentId, SupplierOrderId},
    lifecycle::{Event, ExceptionKind, State},
    timestamp::Timestamp,
    tracking::{self, TrackingEvent, TrackingStatus, UnreadReport},
};

use super::{
    draft::Draft,
    part::Part,
    parts::{Order, Shipment},
};

/// Whose reports cannot be read for so long is a person's matter, and again after as long.
const PATIENCE: Duration = Duration::from_secs(24 * 3600);

impl Shipment {
    /// The reports that are about this parcel: no label of it existed before the carrier was asked for one.
    #[must_use]
    pub fn journey(&self) -> Vec<TrackingEvent> {
        self.sent_at.map_or_else(
            || self.events.clone(),
            |asked_for| tracking::since(&self.events, asked_for),
        )
    }
}

impl Draft {
    /// Adds the carrier's reports and moves the parcel as far as they say. Reports heard before change nothing, and neither do those from
    /// before its label was asked for.
    ///
    /// # Errors
    /// When there is no such shipment.
    pub fn carrier_news(&mut self, id: &ShipmentId, reports: &[TrackingEvent]) -> Result<(), Failure> {
        self.carrier_report(id, reports, &[])
    }

    /// The same for a report of which some pieces cannot be read: the rest counts, and those are kept as they came.
    ///
    /// # Errors
    /// When there is no such shipment.
    pub fn carrier_report(
        &mut self,
        id: &ShipmentId,
        reports: &[TrackingEvent],
        unread: &[String],
    ) -> Result<(), Failure> {
        let part = Part::Shipment(id.clone());
        let now = self.now;
        let shipment = self.shipment_mut(id)?;
        let is_news = keep_events(shipment, reports);
        let is_new_unread = keep_unread(shipment, unread, now);
        // A report is heard when all of it is read, or when it goes on past what was not.
        let is_heard = unread.is_empty() || (is_news && !is_new_unread);
        let (journey, state) = (shipment.journey(), shipment.life.state());
        if is_news || is_new_unread {
            self.touch(&part);
        }
        if !matches!(state, State::InTransit | State::CarrierException) {
            return Ok(());
        }
        if is_heard {
            self.set_heard(&part, now);
            self.resolve_exceptions_of(ExceptionKind::ReportUnreadable, &part, "its report can be read again");
        }
        if let Some((event, report)) = next_move(&journey, state) {
            self.note(report.text);
            self.happened(report.at);
            return self.plain_step(&part, event);
        }
        self.look_for_silence(&part);
        self.rearm(&part).map(|_| ())
    }

    /// The carrier answered, and nothing of it could be read. It is asked again; what is known of the parcel stays.
    ///
    /// # Errors
    /// When there is no such shipment.
    pub fn carrier_unreadable(&mut self, id: &ShipmentId, words: &str) -> Result<(), Failure> {
        words.clone_into(&mut self.shipment_mut(id)?.note);
        let part = Part::Shipment(id.clone());
        self.touch(&part);
        self.look_for_silence(&part);
        self.rearm(&part).map(|_| ())
    }

    /// Tells a person when no report about a part could be read for a day: the carrier or the store may be silent, or speak in a new form.
    pub(super) fn look_for_silence(&mut self, part: &Part) {
        let Some((heard_at, since)) = heard(&self.order, part) else {
            return;
        };
        let now = self.now;
        // Nothing was heard yet: the wait begins where it can have begun.
        let usual = if now.since(since) < PATIENCE { since } else { now };
        let heard_at = heard_at.unwrap_or(usual);
        self.set_heard(part, heard_at);
        let kind = ExceptionKind::ReportUnreadable;
        let told = self
            .order
            .exceptions
            .iter()
            .any(|known| known.kind == kind && known.about == *part && now.since(known.opened_at) < PATIENCE);
        if now.since(heard_at) >= PATIENCE && !told {
            self.open_exception(kind, part);
        }
    }

    /// Everything a store says about a purchase could be read.
    pub fn store_heard(&mut self, id: &SupplierOrderId) {
        let part = Part::SupplierOrder(id.clone());
        self.set_heard(&part, self.now);
        self.resolve_exceptions_of(ExceptionKind::ReportUnreadable, &part, "its report can be read again");
    }

    fn set_heard(&mut self, part: &Part, heard_at: Timestamp) {
        let place = match part {
            Part::Shipment(id) => self.shipment_mut(id).map(|shipment| &mut shipment.heard_at),
            Part::SupplierOrder(id) => self.supplier_order_mut(id).map(|bought| &mut bought.heard_at),
            Part::Order | Part::Payment(_) | Part::Unit(_) | Part::Refund(_) => return,
        };
        if let Ok(place) = place {
            *place = Some(heard_at);
            self.touch(part);
        }
    }
}

/// When the reports about a part were last read, and since when it stands where it stands; nothing for a part that nobody reports on.
fn heard(order: &Order, part: &Part) -> Option<(Option<Timestamp>, Timestamp)> {
    match part {
        Part::Shipment(id) => {
            let shipment = order.shipment(id)?;
            let is_on_its_way = matches!(shipment.life.state(), State::InTransit | State::CarrierException);
            is_on_its_way.then_some((shipment.heard_at, shipment.life.since()))
        }
        Part::SupplierOrder(id) => {
            let bought = order.supplier_order(id)?;
            let is_under_way = matches!(bought.life.state(), State::Placed | State::Dispatched);
            is_under_way.then_some((bought.heard_at, bought.life.since()))
        }
        Part::Order | Part::Payment(_) | Part::Unit(_) | Part::Refund(_) => None,
    }
}

/// True when something was told that was not known.
fn keep_events(shipment: &mut Shipment, reports: &[TrackingEvent]) -> bool {
    let mut is_news = false;
    for report in reports {
        let heard = |event: &&mut TrackingEvent| event.fingerprint() == report.fingerprint();
        match shipment.events.iter_mut().find(heard) {
            Some(known) => is_news |= known.learn(report),
            None => {
                shipment.events.push(report.clone());
                is_news = true;
            }
        }
    }
    shipment
        .events
        .sort_by(|a, b| (a.at, &a.code, &a.place).cmp(&(b.at, &b.code, &b.place)));
    is_news
}

/// True when something was told that cannot be read and was not told before.
fn keep_unread(shipment: &mut Shipment, unread: &[String], now: Timestamp) -> bool {
    let mut is_new = false;
    for raw in unread {
        let told = UnreadReport::new(raw, now);
        let is_known = shipment.unread.iter().any(|known| known.raw == told.raw);
        if !is_known && shipment.unread.len() < UnreadReport::MOST {
            shipment.unread.push(told);
            is_new = true;
        }
    }
    is_new
}

/// Where the journey leads from here, and by which report.
fn next_move(journey: &[TrackingEvent], state: State) -> Option<(Event, TrackingEvent)> {
    let decisive = tracking::decisive(journey);
    let problem = tracking::open_problem(journey);
    let (event, report) = match (decisive.map(|report| report.status), problem) {
        (Some(TrackingStatus::Delivered), _) => (Event::CarrierDelivered, decisive),
        (Some(TrackingStatus::Returned), _) => (Event::CarrierReturned, decisive),
        (_, Some(_)) if state == State::InTransit => (Event::CarrierTrouble, problem),
        (_, None) if state == State::CarrierException => (Event::CarrierMoved, decisive),
        (_, _) => return None,
    };
    report.map(|report| (event, report.clone()))
}
