//! The order's own item: what lists and indexes need, and the version every commit is conditional on.

use domain::{
    Money, Timestamp,
    address::{Address, AddressInput},
    id::{CustomerId, OrderId, PayLinkId, QuoteId},
    landed_cost::{Speed, TravelDays},
    ledger::{Account, Balances},
    lifecycle::Life,
    order::{Choices, Consolidation, DriftPolicy, FreightPromise, Order, PayLink, StockPolicy},
    payment_terms::Limits,
    product::ProviderCode,
    progress,
};
use serde::{Deserialize, Serialize};

use super::life::LifeRecord;
use crate::error::Error;

/// The form of these records. A reader takes its own and older ones; new attributes are optional, a changed meaning is a new number.
pub(crate) const FORMAT: u32 = 1;

/// Parts the due and board indexes are spread over, so that no single partition takes every write.
pub(crate) const SHARDS: u32 = 4;

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct HeaderRecord {
    format: u32,
    v: u64,
    id: OrderId,
    customer: CustomerId,
    quote: QuoteId,
    total: Money,
    shares: Vec<(String, Money)>,
    destination: AddressInput,
    #[serde(default)]
    choices: ChoicesRecord,
    #[serde(default)]
    is_forgotten: bool,
    #[serde(default)]
    customs_number: Option<String>,
    freight: Option<FreightRecord>,
    #[serde(default)]
    pay_links: Vec<PayLinkRecord>,
    #[serde(default)]
    limits: Option<Limits>,
    #[serde(default)]
    replaced_payments: u32,
    placed_at: Timestamp,
    life: LifeRecord,
    balances: Vec<(String, Money)>,
    timeline_length: u32,
    timeline_hash: String,
    // For lists only; computed again with every commit.
    progress: String,
    sentence: String,
    title: String,
    image: Option<String>,
    pieces: u32,
    exceptions: u32,
    changed_at: Timestamp,
    // Sparse index keys.
    due_pk: Option<String>,
    due_sk: Option<String>,
    customer_pk: String,
    customer_sk: String,
    board_pk: String,
    board_sk: String,
}

/// An order that was placed before there were choices has the defaults.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct ChoicesRecord {
    drift: Option<String>,
    out_of_stock: Option<String>,
    consolidation: Option<String>,
    reserve: Option<Money>,
}

impl ChoicesRecord {
    fn of(choices: Choices) -> Self {
        Self {
            drift: Some(choices.drift.word().to_owned()),
            out_of_stock: Some(choices.out_of_stock.word().to_owned()),
            consolidation: Some(choices.consolidation.word().to_owned()),
            reserve: choices.reserve,
        }
    }

    fn into_choices(self) -> Result<Choices, Error> {
        Ok(Choices {
            drift: chosen(self.drift, DriftPolicy::from_word)?,
            out_of_stock: chosen(self.out_of_stock, StockPolicy::from_word)?,
            consolidation: chosen(self.consolidation, Consolidation::from_word)?,
            reserve: self.reserve,
        })
    }
}

fn chosen<T: Default>(word: Option<String>, known: impl Fn(&str) -> Option<T>) -> Result<T, Error> {
    let Some(word) = word else { return Ok(T::default()) };
    known(&word).ok_or_else(|| Error::defect("read an order", format!("unknown choice {word}")))
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct FreightRecord {
    carrier: ProviderCode,
    service: String,
    #[serde(default)]
    speed: Speed,
    days: Option<TravelDays>,
}

impl FreightRecord {
    fn of(promise: FreightPromise) -> Self {
        let FreightPromise {
            carrier,
            service,
            speed,
            days,
        } = promise;
        Self {
            carrier,
            service,
            speed,
            days,
        }
    }

    fn into_promise(self) -> FreightPromise {
        let Self {
            carrier,
            service,
            speed,
            days,
        } = self;
        FreightPromise {
            carrier,
            service,
            speed,
            days,
        }
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct PayLinkRecord {
    id: PayLinkId,
    token_hash: String,
    made_at: Timestamp,
    expires_at: Timestamp,
    revoked_at: Option<Timestamp>,
}

impl PayLinkRecord {
    fn of(link: &PayLink) -> Self {
        let PayLink {
            id,
            token_hash,
            made_at,
            expires_at,
            revoked_at,
        } = link.clone();
        Self {
            id,
            token_hash,
            made_at,
            expires_at,
            revoked_at,
        }
    }

    fn into_link(self) -> PayLink {
        PayLink {
            id: self.id,
            token_hash: self.token_hash,
            made_at: self.made_at,
            expires_at: self.expires_at,
            revoked_at: self.revoked_at,
        }
    }
}

/// An order as a list shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderSummary {
    /// Its id.
    pub id: OrderId,
    /// When it was placed.
    pub placed_at: Timestamp,
    /// When it last changed.
    pub changed_at: Timestamp,
    /// What the customer pays.
    pub total: Money,
    /// The word of [`progress::Progress::word`].
    pub progress: String,
    /// One sentence about where it is.
    pub sentence: String,
    /// Title of its first line.
    pub title: String,
    /// Picture of its first line.
    pub image: Option<String>,
    /// Pieces bought.
    pub pieces: u32,
    /// Open matters for the staff.
    pub exceptions: u32,
}

/// A number below `shards` that is always the same for one order or quote, by its ULID.
pub(crate) fn shard(ulid: &str, shards: u32) -> u32 {
    ulid.bytes()
        .fold(0_u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(u32::from(byte)))
        % shards.max(1)
}

impl HeaderRecord {
    pub(crate) fn of(order: &Order, now: Timestamp) -> Self {
        let due = order.due_at();
        let word = progress::progress(order).word();
        let first = order.lines.first();
        let shard = shard(order.id.ulid(), SHARDS);
        Self {
            format: FORMAT,
            v: order.version,
            id: order.id.clone(),
            customer: order.customer.clone(),
            quote: order.quote.clone(),
            total: order.total,
            shares: words(order.shares.iter().copied()),
            destination: order.destination.clone().into(),
            choices: ChoicesRecord::of(order.choices),
            is_forgotten: order.is_forgotten,
            customs_number: order.customs_number.clone(),
            freight: order.freight.clone().map(FreightRecord::of),
            pay_links: order.pay_links.iter().map(PayLinkRecord::of).collect(),
            limits: order.limits,
            replaced_payments: order.replaced_payments,
            placed_at: order.placed_at,
            life: LifeRecord::of(&order.life),
            balances: words(order.balances.lines()),
            timeline_length: order.timeline_length,
            timeline_hash: order.timeline_hash.clone(),
            sentence: progress::sentence(order),
            title: first.map(|line| line.title.clone()).unwrap_or_default(),
            image: first.and_then(|line| line.image.clone()),
            pieces: u32::try_from(order.units.len()).unwrap_or(u32::MAX),
            exceptions: u32::try_from(order.open_exceptions().count()).unwrap_or(u32::MAX),
            changed_at: now,
            due_pk: due.map(|_| format!("D#{shard}")),
            due_sk: due.map(|due| format!("{due}#{}", order.id)),
            customer_pk: format!("C#{}", order.customer),
            customer_sk: format!("{}#{}", order.placed_at, order.id),
            board_pk: format!("B#{word}#{shard}"),
            board_sk: format!("{now}#{}", order.id),
            progress: word,
        }
    }

    /// The order without its parts.
    pub(crate) fn into_order(self) -> Result<Order, Error> {
        let life: Life = self.life.into_life();
        Ok(Order {
            id: self.id,
            version: self.v,
            customer: self.customer,
            quote: self.quote,
            total: self.total,
            shares: accounts(self.shares)?,
            destination: Address::kept(self.destination).map_err(|error| Error::defect("read an order", error))?,
            choices: self.choices.into_choices()?,
            is_forgotten: self.is_forgotten,
            customs_number: self.customs_number,
            freight: self.freight.map(FreightRecord::into_promise),
            pay_links: self.pay_links.into_iter().map(PayLinkRecord::into_link).collect(),
            limits: self.limits,
            replaced_payments: self.replaced_payments,
            placed_at: self.placed_at,
            life,
            balances: Balances::restored(accounts(self.balances)?),
            timeline_length: self.timeline_length,
            timeline_hash: self.timeline_hash,
            lines: Vec::new(),
            units: Vec::new(),
            payments: Vec::new(),
            supplier_orders: Vec::new(),
            shipments: Vec::new(),
            refunds: Vec::new(),
            disputes: Vec::new(),
            exceptions: Vec::new(),
        })
    }
}

impl From<HeaderRecord> for OrderSummary {
    fn from(header: HeaderRecord) -> Self {
        Self {
            id: header.id,
            placed_at: header.placed_at,
            changed_at: header.changed_at,
            total: header.total,
            progress: header.progress,
            sentence: header.sentence,
            title: header.title,
            image: header.image,
            pieces: header.pieces,
            exceptions: header.exceptions,
        }
    }
}

fn words(lines: impl Iterator<Item = (Account, Money)>) -> Vec<(String, Money)> {
    lines
        .map(|(account, money)| (account.word().to_owned(), money))
        .collect()
}

fn accounts(words: Vec<(String, Money)>) -> Result<Vec<(Account, Money)>, Error> {
    let known = |(word, money): (String, Money)| {
        let account = Account::from_word(&word);
        account
            .map(|account| (account, money))
            .ok_or_else(|| Error::defect("read an order", format!("unknown account {word}")))
    };
    words.into_iter().map(known).collect()
}
