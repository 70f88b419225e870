//! A draft: an order being decided on. Verbs move its parts; [`Draft::finish`] gives the change that the store commits as one.

use std::{collections::BTreeSet, fmt, str::FromStr};

use crate::{
    failure::Failure,
    id::{DeviceId, ExceptionId, OrderId, StaffId},
    ledger::{Entry, LedgerTransaction},
    lifecycle::{self, Event, Evidence, Life, Task},
    product::ProviderCode,
    timestamp::Timestamp,
};

use super::{part::Part, parts::Order, timeline::TimelineEntry};

/// Who does something to an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    /// The customer.
    Customer,
    /// A member of the staff.
    Staff(StaffId),
    /// A scanner of the warehouse.
    Device(DeviceId),
    /// Bandari itself.
    System,
    /// A store, payment provider or carrier.
    Provider(ProviderCode),
}

impl fmt::Display for Actor {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Customer => out.write_str("customer"),
            Self::Staff(id) => write!(out, "staff:{id}"),
            Self::Device(id) => write!(out, "device:{id}"),
            Self::System => out.write_str("system"),
            Self::Provider(code) => write!(out, "provider:{code}"),
        }
    }
}

impl FromStr for Actor {
    type Err = Failure;

    fn from_str(text: &str) -> Result<Self, Failure> {
        let wrong = || Failure::internal(format!("could not read the actor {text}"));
        match text.split_once(':') {
            Some(("staff", id)) => id.parse().map(Self::Staff).map_err(|_| wrong()),
            Some(("device", id)) => id.parse().map(Self::Device).map_err(|_| wrong()),
            Some(("provider", code)) => code.parse().map(Self::Provider).map_err(|_| wrong()),
            None if text == "customer" => Ok(Self::Customer),
            None if text == "system" => Ok(Self::System),
            Some(_) | None => Err(wrong()),
        }
    }
}

/// A task for a queue. It carries ids only; everything else is read fresh.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// What to do.
    pub task: Task,
    /// For which order.
    pub order: OrderId,
    /// About which part.
    pub about: Part,
}

/// A name from outside under which the order is found: a store's order number, a tracking number, a provider's payment id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Alias {
    /// It belongs to one order only; a second order with it is a contradiction and fails the commit.
    Unique {
        /// Who gave it, for example `store:aliexpress`.
        scope: String,
        /// The name.
        value: String,
    },
    /// Several orders may have it, as one inbound parcel may hold goods of several.
    Shared {
        /// Who gave it.
        scope: String,
        /// The name.
        value: String,
    },
}

/// What one commit writes.
#[derive(Clone, Debug)]
pub struct Change {
    /// The order afterwards.
    pub order: Order,
    /// True for a new order.
    pub is_new: bool,
    /// The parts that changed; the order itself always does.
    pub parts: BTreeSet<Part>,
    /// The exceptions that changed.
    pub exceptions: BTreeSet<ExceptionId>,
    /// What happened.
    pub timeline: Vec<TimelineEntry>,
    /// What money moved.
    pub journal: Vec<LedgerTransaction>,
    /// What to send after the commit; a lost one is sent again by its deadline.
    pub messages: Vec<Message>,
    /// Names under which the order is found from now on.
    pub aliases: Vec<Alias>,
    /// Names the order is not to be found by any more.
    pub dropped_aliases: Vec<Alias>,
}

/// An order being decided on.
pub struct Draft {
    pub(super) order: Order,
    pub(super) now: Timestamp,
    actor: Actor,
    is_new: bool,
    parts: BTreeSet<Part>,
    pub(super) exceptions: BTreeSet<ExceptionId>,
    timeline: Vec<TimelineEntry>,
    journal: Vec<LedgerTransaction>,
    messages: Vec<Message>,
    aliases: Vec<Alias>,
    dropped_aliases: Vec<Alias>,
    note: String,
}

impl Draft {
    /// A draft on an order as it is stored.
    #[must_use]
    pub fn of(order: Order, actor: Actor, now: Timestamp) -> Self {
        Self {
            order,
            now,
            actor,
            is_new: false,
            parts: BTreeSet::new(),
            exceptions: BTreeSet::new(),
            timeline: Vec::new(),
            journal: Vec::new(),
            messages: Vec::new(),
            aliases: Vec::new(),
            dropped_aliases: Vec::new(),
            note: String::new(),
        }
    }

    pub(super) fn of_new(order: Order, now: Timestamp) -> Self {
        Self {
            is_new: true,
            ..Self::of(order, Actor::Customer, now)
        }
    }

    /// The order as decided so far.
    #[must_use]
    pub fn order(&self) -> &Order {
        &self.order
    }

    /// Words for the staff that go with the next move.
    pub fn note(&mut self, note: impl Into<String>) {
        self.note = note.into();
    }

    /// Moves a part through the life-cycle table and does what follows from the move.
    ///
    /// # Errors
    /// What the table refuses, or a broken ledger.
    pub fn step(&mut self, part: &Part, event: Event, evidence: &Evidence) -> Result<(), Failure> {
        let life = self.order.life(part).cloned();
        let step = lifecycle::step(part.subject(), life.as_ref(), event, evidence, self.now)?;
        self.resolve_exceptions(part, step.row.to.word());
        self.put_life(part, step.life)?;
        self.tell(part, event, step.from, step.row.to, step.row.says);
        for effect in step.row.effects {
            self.apply(*effect, part)?;
        }
        Ok(())
    }

    /// Like [`Draft::step`] with no evidence.
    ///
    /// # Errors
    /// As `step`.
    pub(super) fn plain_step(&mut self, part: &Part, event: Event) -> Result<(), Failure> {
        self.step(part, event, &Evidence::default())
    }

    /// The first life of a part that is about to be added.
    pub(super) fn born(&mut self, part: &Part, event: Event, evidence: &Evidence) -> Result<Born, Failure> {
        let step = lifecycle::step(part.subject(), None, event, evidence, self.now)?;
        Ok(Born {
            part: part.clone(),
            event,
            step,
        })
    }

    /// Records the birth and does what follows; called after the part was added.
    pub(super) fn welcome(&mut self, born: &Born) -> Result<(), Failure> {
        self.touch(&born.part);
        self.tell(&born.part, born.event, None, born.step.row.to, born.step.row.says);
        for effect in born.step.row.effects {
            self.apply(*effect, &born.part)?;
        }
        Ok(())
    }

    fn tell(
        &mut self,
        part: &Part,
        event: Event,
        from: Option<lifecycle::State>,
        to: lifecycle::State,
        says: &'static str,
    ) {
        let note = std::mem::take(&mut self.note);
        // A silent move of a unit follows from one that is told: its line's purchase, its parcel's journey.
        if matches!(part, Part::Unit(_)) && says.is_empty() {
            return;
        }
        let number = self.order.timeline_length.saturating_add(1);
        let entry = TimelineEntry {
            number,
            at: self.now,
            actor: self.actor.clone(),
            part: part.clone(),
            event,
            from,
            to,
            says: says.to_owned(),
            note,
            hash: String::new(),
        };
        let entry = entry.chained(&self.order.timeline_hash);
        self.order.timeline_length = number;
        self.order.timeline_hash.clone_from(&entry.hash);
        self.timeline.push(entry);
    }

    pub(super) fn touch(&mut self, part: &Part) {
        self.parts.insert(part.clone());
    }

    fn put_life(&mut self, part: &Part, life: Life) -> Result<(), Failure> {
        let place = match part {
            Part::Order => Some(&mut self.order.life),
            Part::Payment(id) => self
                .order
                .payments
                .iter_mut()
                .find(|p| p.id == *id)
                .map(|p| &mut p.life),
            Part::SupplierOrder(id) => self
                .order
                .supplier_orders
                .iter_mut()
                .find(|s| s.id == *id)
                .map(|s| &mut s.life),
            Part::Unit(id) => self.order.units.iter_mut().find(|u| u.id == *id).map(|u| &mut u.life),
            Part::Shipment(id) => self
                .order
                .shipments
                .iter_mut()
                .find(|s| s.id == *id)
                .map(|s| &mut s.life),
            Part::Refund(id) => self.order.refunds.iter_mut().find(|r| r.id == *id).map(|r| &mut r.life),
        };
        *place.ok_or(Failure::NotFound("part of the order"))? = life;
        self.touch(part);
        Ok(())
    }

    pub(super) fn rearm(&mut self, part: &Part) -> Result<u32, Failure> {
        let life = self.order.life(part).ok_or(Failure::NotFound("part of the order"))?;
        let Some(next) = lifecycle::rearmed(part.subject(), life, self.now) else {
            return Ok(0);
        };
        let tries = next.tries();
        self.put_life(part, next)?;
        Ok(tries)
    }

    pub(super) fn post(&mut self, part: &Part, entries: Vec<Entry>) -> Result<(), Failure> {
        let state = self.order.life(part).map_or("", |life| life.state().word());
        let name = if part.id().is_empty() {
            self.order.id.as_str()
        } else {
            part.id()
        };
        // The version and the position make the name unique even when a part passes through a state twice.
        let id = format!(
            "{name}:{state}@{}.{}",
            self.order.version.saturating_add(1),
            self.journal.len()
        );
        let broken = |error| Failure::Internal(crate::failure::Cause::with("could not post to the ledger", error));
        let transaction = LedgerTransaction::new(id, self.now, entries).map_err(broken)?;
        if transaction.entries().is_empty() {
            return Ok(());
        }
        self.order.balances = std::mem::take(&mut self.order.balances)
            .posted(&transaction)
            .map_err(broken)?;
        self.journal.push(transaction);
        Ok(())
    }

    pub(super) fn send(&mut self, task: Task, about: &Part) {
        let message = Message {
            task,
            order: self.order.id.clone(),
            about: about.clone(),
        };
        if !self.messages.contains(&message) {
            self.messages.push(message);
        }
    }

    pub(super) fn alias(&mut self, alias: Alias) {
        if !self.aliases.contains(&alias) {
            self.aliases.push(alias);
        }
    }

    pub(super) fn drop_alias(&mut self, alias: Alias) {
        if !self.dropped_aliases.contains(&alias) {
            self.dropped_aliases.push(alias);
        }
    }

    /// True when nothing was decided: there is nothing to commit.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        !self.is_new && self.parts.is_empty() && self.exceptions.is_empty()
    }

    /// The change to commit: the order with its next version and everything that goes with it.
    #[must_use]
    pub fn finish(self) -> Change {
        let mut order = self.order;
        order.version = order.version.saturating_add(1);
        Change {
            order,
            is_new: self.is_new,
            parts: self.parts,
            exceptions: self.exceptions,
            timeline: self.timeline,
            journal: self.journal,
            messages: self.messages,
            aliases: self.aliases,
            dropped_aliases: self.dropped_aliases,
        }
    }
}

/// A part that may be added: its first life was allowed by the table.
pub(super) struct Born {
    part: Part,
    event: Event,
    step: lifecycle::Step,
}

impl Born {
    pub(super) fn life(&self) -> Life {
        self.step.life.clone()
    }
}
