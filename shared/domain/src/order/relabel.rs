//! A booking whose label cannot be had: no carrier so far shows a transport label a second time, and a label that nobody printed is not
//! charged. By one decision of a person the booking is given up, its number stays known, and the parcel gets another label.

use crate::{
    failure::Failure,
    id::ShipmentId,
    ledger::{Account, Entry},
    lifecycle::Event,
    money::Money,
};

use super::{draft::Draft, part::Part, pay::too_large};

impl Draft {
    /// Gives the booking up, and asks for a new label.
    ///
    /// # Errors
    /// When the parcel has no booking, or the carrier has it already.
    pub fn give_label_up(&mut self, id: &ShipmentId, reason: &str) -> Result<(), Failure> {
        self.staff_move(&Part::Shipment(id.clone()), Event::LabelGivenUp, reason)?;
        let shipment = self.shipment_mut(id)?;
        shipment.given_up.extend(shipment.tracking_number.take());
        shipment.documents.clear();
        shipment.price = None;
        shipment.sent_at = None;
        shipment.look_ups = None;
        Ok(())
    }

    /// The carrier is owed for the label that is used, not for the one that was given up.
    pub(super) fn correct_freight(&mut self, id: &ShipmentId, owed: Money) -> Result<(), Failure> {
        let price = self.order.shipment(id).and_then(|shipment| shipment.price);
        let Some(price) = price.filter(|price| *price != owed) else {
            return Ok(());
        };
        let back = |money: Money| money.negated().map_err(too_large);
        let entry = |account, amount| Entry { account, amount };
        let entries = vec![
            entry(Account::CarrierPayable, owed),
            entry(Account::Exchange, back(owed)?),
            entry(Account::Exchange, price),
            entry(Account::CarrierPayable, back(price)?),
        ];
        self.shipment_mut(id)?.owed = Some(price);
        self.post(&Part::Shipment(id.clone()), entries)
    }
}
