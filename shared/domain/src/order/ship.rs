//! Shipping: the label is bought under a lease like a purchase, and the parcel is handed over.

use crate::{
    failure::Failure,
    id::ShipmentId,
    ledger::{Account, Entry},
    lifecycle::{Event, Evidence, State},
    money::Money,
    refusal::Refusal,
};

use super::{
    buy::counted,
    draft::{Alias, Draft},
    part::Part,
    parts::{Shipment, StoredFile},
    pay::too_large,
};

/// What the carrier answered to a booking, its documents already stored.
#[derive(Clone, Debug)]
pub struct Booked {
    /// The carrier's number (AWB).
    pub tracking_number: String,
    /// What it charges, when it says so.
    pub price: Option<Money>,
    /// Label and customs papers; empty when the booking was found but its papers were lost.
    pub documents: Vec<StoredFile>,
}

impl Draft {
    /// Takes the lease: from the commit of this on, one worker may book once.
    ///
    /// # Errors
    /// `NotAllowed` when the order is not paid, the papers are not complete, or somebody else has the lease.
    pub fn lease_shipment(&mut self, id: &ShipmentId, papers_complete: bool) -> Result<(), Failure> {
        let evidence = Evidence {
            order: Some(self.order.life.state()),
            checked: papers_complete,
            ..Evidence::default()
        };
        self.step(&Part::Shipment(id.clone()), Event::LeaseTaken, &evidence)?;
        self.mark_shipment_sent(id)
    }

    /// The papers are not complete, or no carrier takes it like this; nothing is sent.
    ///
    /// # Errors
    /// When it is not packed.
    pub fn cannot_book(&mut self, id: &ShipmentId, words: &str) -> Result<(), Failure> {
        words.clone_into(&mut self.shipment_mut(id)?.note);
        self.note(words);
        self.plain_step(&Part::Shipment(id.clone()), Event::CheckFailed)
    }

    /// The carrier booked it.
    ///
    /// # Errors
    /// When no booking is under way.
    pub fn booked(&mut self, id: &ShipmentId, booked: Booked) -> Result<(), Failure> {
        self.label(id, Event::CarrierConfirmed, booked)
    }

    /// The booking was found at the carrier. Where it does not show the label again, a person decides.
    ///
    /// # Errors
    /// When its outcome is not open.
    pub fn found_at_carrier(&mut self, id: &ShipmentId, booked: Booked) -> Result<(), Failure> {
        self.label(id, Event::FoundAtCarrier, booked)
    }

    /// The carrier refused; nothing was booked.
    ///
    /// # Errors
    /// When no booking is under way.
    pub fn label_refused(&mut self, id: &ShipmentId, words: &str) -> Result<(), Failure> {
        words.clone_into(&mut self.shipment_mut(id)?.note);
        self.note(words);
        self.plain_step(&Part::Shipment(id.clone()), Event::CarrierRefused)
    }

    /// Nobody knows whether the carrier booked.
    ///
    /// # Errors
    /// When no booking is under way.
    pub fn label_unknown(&mut self, id: &ShipmentId, words: &str) -> Result<(), Failure> {
        words.clone_into(&mut self.shipment_mut(id)?.note);
        self.note(words);
        self.plain_step(&Part::Shipment(id.clone()), Event::NoAnswer)
    }

    /// It was looked for and not found. `Ok(true)` when the caller now holds the lease to book once more.
    ///
    /// # Errors
    /// When its outcome is not open.
    pub fn not_found_at_carrier(&mut self, id: &ShipmentId, repeats_safely: bool) -> Result<bool, Failure> {
        let part = Part::Shipment(id.clone());
        let now = self.now;
        let shipment = self.shipment_mut(id)?;
        let look_ups = counted(shipment.look_ups, shipment.life.since(), now);
        shipment.look_ups = Some(look_ups);
        let evidence = Evidence {
            order: Some(self.order.life.state()),
            look_ups: Some(look_ups),
            repeats_safely,
            ..Evidence::default()
        };
        match self.step(&part, Event::ProvedAbsent, &evidence) {
            Ok(()) => {
                let is_leased = self
                    .order
                    .life(&part)
                    .is_some_and(|life| life.state() == State::Labelling);
                if is_leased {
                    self.mark_shipment_sent(id)?;
                }
                Ok(is_leased)
            }
            Err(Failure::Refused(Refusal::NotAllowed { .. })) => {
                self.rearm(&part)?;
                Ok(false)
            }
            Err(failure) => Err(failure),
        }
    }

    /// The parcel was given to the carrier.
    ///
    /// # Errors
    /// `AlreadyApplied` for a repeat, `NotAllowed` before it has a label.
    pub fn hand_over(&mut self, id: &ShipmentId) -> Result<(), Failure> {
        self.plain_step(&Part::Shipment(id.clone()), Event::HandedOver)
    }

    /// The money held for freight and duty of the units in this parcel goes to the carrier.
    pub(super) fn post_freight(&mut self, id: &ShipmentId) -> Result<(), Failure> {
        if let Some(owed) = self.order.shipment(id).and_then(|shipment| shipment.owed) {
            return self.correct_freight(id, owed);
        }
        let inside = self.order.units_in(id).count();
        let freight = self.part_of_held(Account::HeldFreight, inside)?;
        let duties = self.part_of_held(Account::HeldDuties, inside)?;
        let price = self.order.shipment(id).and_then(|shipment| shipment.price);
        self.shipment_mut(id)?.owed = Some(price.unwrap_or(freight));
        let back = |money: Money| money.negated().map_err(too_large);
        let mut entries = vec![
            Entry {
                account: Account::HeldFreight,
                amount: freight,
            },
            Entry {
                account: Account::HeldDuties,
                amount: duties,
            },
            Entry {
                account: Account::DutiesPayable,
                amount: back(duties)?,
            },
        ];
        match price {
            Some(price) => entries.extend([
                Entry {
                    account: Account::Exchange,
                    amount: back(freight)?,
                },
                Entry {
                    account: Account::Exchange,
                    amount: price,
                },
                Entry {
                    account: Account::CarrierPayable,
                    amount: back(price)?,
                },
            ]),
            None => entries.push(Entry {
                account: Account::CarrierPayable,
                amount: back(freight)?,
            }),
        }
        self.post(&Part::Shipment(id.clone()), entries)
    }

    /// What an account still holds, by the units that are still to be shipped; the last parcel takes all that is left.
    fn part_of_held(&self, account: Account, inside: usize) -> Result<Money, Failure> {
        let currency = self.order.total.currency();
        let held = self.order.balances.of(account, currency).negated().map_err(too_large)?;
        let waiting = self
            .order
            .units
            .iter()
            .filter(|unit| matches!(unit.life.state(), State::Expected | State::Received | State::OnHold))
            .count();
        let weights = [u64::try_from(inside).unwrap_or(1), u64::try_from(waiting).unwrap_or(0)];
        let parts = held.split(&weights).map_err(too_large)?;
        Ok(parts.first().copied().unwrap_or(Money::zero(currency)))
    }

    fn label(&mut self, id: &ShipmentId, event: Event, booked: Booked) -> Result<(), Failure> {
        let evidence = Evidence {
            checked: booked.documents.iter().any(|file| file.kind == "label"),
            ..Evidence::default()
        };
        self.keep_booking(id, booked)?;
        self.step(&Part::Shipment(id.clone()), event, &evidence)
    }

    fn keep_booking(&mut self, id: &ShipmentId, booked: Booked) -> Result<(), Failure> {
        let shipment = self.shipment_mut(id)?;
        let scope = format!("carrier:{}", shipment.carrier);
        shipment.tracking_number = Some(booked.tracking_number.clone());
        shipment.price = booked.price;
        shipment.documents.extend(booked.documents);
        self.touch(&Part::Shipment(id.clone()));
        self.alias(Alias::Unique {
            scope,
            value: booked.tracking_number,
        });
        Ok(())
    }

    fn mark_shipment_sent(&mut self, id: &ShipmentId) -> Result<(), Failure> {
        let now = self.now;
        let shipment = self.shipment_mut(id)?;
        shipment.sent_at = Some(now);
        shipment.look_ups = None;
        Ok(())
    }

    pub(super) fn shipment_mut(&mut self, id: &ShipmentId) -> Result<&mut Shipment, Failure> {
        self.order
            .shipments
            .iter_mut()
            .find(|shipment| shipment.id == *id)
            .ok_or(Failure::NotFound("shipment"))
    }
}
