//! A quote: one landed price, promised to one customer until it expires. Immutable; its hash covers everything it promises.

mod canonical;
mod promise;

pub use promise::Heading;

#[cfg(test)]
mod tests;

use crate::{
    address::Country,
    id::{CustomerId, QuoteId},
    landed_cost::{
        Classification, Component, ComponentKind, Danger, ExchangeUsed, FreightChoice, Remark, RowId, RulesVersion,
        Severity, Speed, StoreCap, TravelDays, WeightSource,
    },
    measure::Grams,
    money::{Money, MoneyError},
    product::{ProviderCode, VariantRef},
    timestamp::Timestamp,
};

/// A landed price that was promised. It cannot be changed; [`Quote::terms`] shows everything in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quote {
    terms: Terms,
    hash: String,
}

/// Everything a quote promises, and everything needed to keep the promise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    /// Its id.
    pub id: QuoteId,
    /// For whom it was made.
    pub customer: CustomerId,
    /// Where the parcel goes.
    pub destination: Country,
    /// What is bought; the position is the line's number, counted from 1.
    pub lines: Vec<QuoteLine>,
    /// The parts of the price; they sum to the total.
    pub components: Vec<Component>,
    /// What the customer pays.
    pub total: Money,
    /// What it would cost if every open question fell well for us.
    pub low: Money,
    /// What it would cost if every open question fell badly.
    pub high: Money,
    /// The exchange rates used, each held until the quote expires.
    pub exchanges: Vec<ExchangeUsed>,
    /// What we may spend at each store.
    pub caps: Vec<StoreCap>,
    /// How the parcel travels.
    pub freight: FreightChoice,
    /// The same basket by the other ways there are.
    pub other_ways: Vec<Way>,
    /// The weight the carrier bills, as estimated.
    pub chargeable_weight: Grams,
    /// Where the weight comes from, the least certain line deciding.
    pub weight_source: WeightSource,
    /// Assumptions, warnings and figures to review.
    pub remarks: Vec<Remark>,
    /// Every rule row that took part, sorted.
    pub rules: Vec<RowId>,
    /// Of which version these rows are; empty in a quote of the first form.
    pub rules_version: RulesVersion,
    /// Of which cart it was made; an edited cart has another.
    pub cart_fingerprint: String,
    /// When it was made.
    pub made_at: Timestamp,
    /// Until when it holds.
    pub expires_at: Timestamp,
}

/// A basket by one way, promised in a quote of its own. Who orders chooses between the ways by naming a quote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Way {
    /// Its quote.
    pub quote: QuoteId,
    /// The carrier.
    pub carrier: ProviderCode,
    /// How fast it is.
    pub speed: Speed,
    /// How long it is on the way, when known.
    pub days: Option<TravelDays>,
    /// What the customer pays by it.
    pub total: Money,
}

/// One line of a quote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuoteLine {
    /// What is bought.
    pub variant: VariantRef,
    /// How many.
    pub quantity: u32,
    /// The product's title at the store.
    pub title: String,
    /// The chosen variant for people: `blue, 42`; may be empty.
    pub variant_label: String,
    /// A picture.
    pub image: Option<String>,
    /// Who sells it at the store.
    pub seller: Option<String>,
    /// One piece, in the store's currency.
    pub unit_price: Money,
    /// The store's name of its delivery service to our warehouse.
    pub store_service: String,
    /// The store's delivery for the whole line, in the store's currency.
    pub store_delivery: Money,
    /// The whole line's goods in the currency the customer pays.
    pub goods: Money,
    /// Its customs code and how sure that is.
    pub classification: Classification,
    /// The country it was made in, when known.
    pub origin: Option<Country>,
    /// The whole line's value for customs, in the destination's currency.
    pub customs_value: Money,
    /// One packed piece.
    pub unit_weight: Grams,
    /// What makes it dangerous in an aircraft.
    pub danger: Danger,
}

/// What a part of the customer's money is set aside for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Share {
    /// The stores: goods and their delivery to us.
    StorePayable,
    /// The carrier: freight, insurance, its customs handling.
    Freight,
    /// The destination's treasury.
    DutiesAndTaxes,
    /// Us: service and packing.
    Fees,
    /// The reserve of the price guarantee.
    Guarantee,
    /// The printed exchange margin.
    Exchange,
    /// The payment provider.
    PaymentFee,
    /// Fractions.
    Rounding,
}

/// Why terms are no quote.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WrongQuote {
    /// The parts of the price do not sum to the total.
    #[error("the components do not sum to the total")]
    SumDiffers,
    /// Nothing is bought.
    #[error("the quote has no lines")]
    Empty,
    /// It would expire before it is made.
    #[error("the quote expires before it is made")]
    NeverValid,
    /// The stored hash is not that of the stored terms.
    #[error("the quote was changed after it was made")]
    HashDiffers,
    /// Two currencies where one must be, or a sum that does not fit.
    #[error(transparent)]
    Money(#[from] MoneyError),
}

impl Quote {
    /// Promises these terms.
    ///
    /// # Errors
    /// When the terms contradict themselves.
    pub fn make(terms: Terms) -> Result<Self, WrongQuote> {
        terms.check()?;
        let hash = canonical::hash(&terms);
        Ok(Self { terms, hash })
    }

    /// A stored quote again, only if it is still what was promised.
    ///
    /// # Errors
    /// When the terms were changed since, or contradict themselves.
    pub fn rebuild(terms: Terms, hash: &str) -> Result<Self, WrongQuote> {
        let quote = Self::make(terms)?;
        if quote.hash == hash {
            Ok(quote)
        } else {
            Err(WrongQuote::HashDiffers)
        }
    }

    /// Everything promised.
    #[must_use]
    pub fn terms(&self) -> &Terms {
        &self.terms
    }

    /// Its id.
    #[must_use]
    pub fn id(&self) -> &QuoteId {
        &self.terms.id
    }

    /// What the customer pays.
    #[must_use]
    pub fn total(&self) -> Money {
        self.terms.total
    }

    /// What is bought.
    #[must_use]
    pub fn lines(&self) -> &[QuoteLine] {
        &self.terms.lines
    }

    /// SHA-256 over the canonical text of the terms, in hexadecimal.
    #[must_use]
    pub fn hash(&self) -> &str {
        &self.hash
    }

    /// True from the moment of expiry on.
    #[must_use]
    pub fn is_expired(&self, now: Timestamp) -> bool {
        now >= self.terms.expires_at
    }

    /// True when it was made of this cart.
    #[must_use]
    pub fn is_of_cart(&self, fingerprint: &str) -> bool {
        self.terms.cart_fingerprint == fingerprint
    }

    /// What a person should confirm about it.
    pub fn needs_review(&self) -> impl Iterator<Item = &Remark> {
        self.terms
            .remarks
            .iter()
            .filter(|remark| remark.severity == Severity::NeedsReview)
    }

    /// Every way there is, this one among them, the plain one first.
    #[must_use]
    pub fn ways(&self) -> Vec<Way> {
        let terms = &self.terms;
        let own = Way {
            quote: terms.id.clone(),
            carrier: terms.freight.carrier.clone(),
            speed: terms.freight.speed,
            days: terms.freight.days,
            total: terms.total,
        };
        let mut ways = [terms.other_ways.as_slice(), &[own]].concat();
        ways.sort_by_key(|way| (way.speed, way.total.amount()));
        ways
    }

    /// What we may spend at one store.
    #[must_use]
    pub fn cap(&self, store: &ProviderCode) -> Option<&StoreCap> {
        self.terms.caps.iter().find(|cap| cap.store == *store)
    }

    /// The total as the ledger sets it aside, in fixed order; the amounts sum to the total exactly. Shares of nothing are left out.
    ///
    /// # Errors
    /// Never for a quote that was made: its sum was checked.
    pub fn shares(&self) -> Result<Vec<(Share, Money)>, MoneyError> {
        let mut shares = Vec::new();
        for share in Share::ALL {
            let parts = self
                .terms
                .components
                .iter()
                .filter(|part| Share::of(&part.kind) == *share);
            let sum = sum_of(parts, self.terms.total)?;
            if !sum.is_zero() {
                shares.push((*share, sum));
            }
        }
        Ok(shares)
    }
}

impl Share {
    /// Every share, in the order in which they are shown.
    pub const ALL: &[Self] = &[
        Self::StorePayable,
        Self::Freight,
        Self::DutiesAndTaxes,
        Self::Fees,
        Self::Guarantee,
        Self::Exchange,
        Self::PaymentFee,
        Self::Rounding,
    ];

    /// For what a component's money is set aside.
    #[must_use]
    pub fn of(kind: &ComponentKind) -> Self {
        match kind {
            ComponentKind::Goods | ComponentKind::StoreDelivery => Self::StorePayable,
            ComponentKind::Freight | ComponentKind::Insurance | ComponentKind::CarrierFee => Self::Freight,
            ComponentKind::Duty | ComponentKind::Excise | ComponentKind::Levy(_) | ComponentKind::Vat => {
                Self::DutiesAndTaxes
            }
            ComponentKind::ServiceFee | ComponentKind::Packing => Self::Fees,
            ComponentKind::Guarantee => Self::Guarantee,
            ComponentKind::Exchange => Self::Exchange,
            ComponentKind::PaymentFee => Self::PaymentFee,
            ComponentKind::Rounding => Self::Rounding,
        }
    }
}

impl Terms {
    fn check(&self) -> Result<(), WrongQuote> {
        if self.lines.is_empty() || self.lines.iter().any(|line| line.quantity == 0) {
            return Err(WrongQuote::Empty);
        }
        if self.expires_at <= self.made_at {
            return Err(WrongQuote::NeverValid);
        }
        if sum_of(self.components.iter(), self.total)? != self.total {
            return Err(WrongQuote::SumDiffers);
        }
        Ok(())
    }
}

fn sum_of<'a>(parts: impl Iterator<Item = &'a Component>, total: Money) -> Result<Money, MoneyError> {
    let mut sum = Money::zero(total.currency());
    for part in parts {
        sum = sum.plus(part.amount)?;
    }
    Ok(sum)
}
