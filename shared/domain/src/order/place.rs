//! Placing: an order out of a quote. The order exists, and is committed, before any payment provider hears of it.

use crate::{
    address::Address,
    failure::{Cause, Failure},
    id::{CustomerId, LineId, OrderId, UnitId},
    ledger::{Account, Balances},
    lifecycle::{Event, Evidence, Life, State},
    money::Money,
    quote::{Quote, QuoteLine, Share},
    refusal::Refusal,
    timestamp::Timestamp,
};

use super::{
    choices::{Choices, DriftPolicy},
    draft::Draft,
    known_by::{personal_names, short_name},
    part::Part,
    parts::{FreightPromise, Line, Order, Unit},
};

/// What the customer decides when placing.
#[derive(Clone, Debug)]
pub struct Placing {
    /// The id the order gets.
    pub id: OrderId,
    /// Who places it.
    pub customer: CustomerId,
    /// Where it goes.
    pub destination: Address,
    /// What becomes of it when the world is not as it was priced.
    pub choices: Choices,
}

impl Draft {
    /// An order out of a quote.
    ///
    /// # Errors
    /// When the quote is another customer's, has expired, or is for another country than the address.
    pub fn place(quote: &Quote, placing: Placing, now: Timestamp) -> Result<Self, Failure> {
        let terms = quote.terms();
        if terms.customer != placing.customer {
            return Err(Failure::NotFound("quote"));
        }
        if quote.is_expired(now) {
            return Err(Refusal::QuoteExpired.into());
        }
        if terms.destination != placing.destination.country() {
            return Err(Failure::field(
                "country",
                "other_country",
                "The price was made for another country.",
            ));
        }
        check_reserve(placing.choices, quote.total())?;
        let shares = quote
            .shares()
            .map_err(|e| Failure::Internal(Cause::with("could not split the quote", e)))?;
        let mut draft = Self::of_new(empty_order(quote, placing, held(&shares)?, now), now);
        draft.add_lines(quote)?;
        let order = Part::Order;
        let born = draft.born(&order, Event::Placed, &Evidence::default())?;
        draft.order.life = born.life();
        draft.welcome(&born)?;
        draft.add_units()?;
        let names = personal_names(draft.order.destination.parts());
        for name in names.into_iter().chain([short_name(&draft.order.id)]) {
            draft.alias(name);
        }
        Ok(draft)
    }

    /// Keeps the number by which customs knows the customer, as it was sealed.
    pub fn keep_customs_number(&mut self, sealed: String) {
        self.order.customs_number = Some(sealed);
        self.touch(&Part::Order);
    }

    fn add_lines(&mut self, quote: &Quote) -> Result<(), Failure> {
        let wrong = |e| Failure::Internal(Cause::with("could not split the quote among its lines", e));
        let weights: Vec<u64> = quote
            .lines()
            .iter()
            .map(|line| line.goods.amount().unsigned_abs())
            .collect();
        let landed = quote.total().split(&weights).map_err(wrong)?;
        for ((number, line), landed) in (1_u32..).zip(quote.lines()).zip(landed) {
            let id = LineId::of(&self.order.id, number);
            let cap = line_cap(quote, number, line)?;
            self.order.lines.push(new_line(id, line, landed, cap));
        }
        Ok(())
    }

    fn add_units(&mut self) -> Result<(), Failure> {
        let lines: Vec<(LineId, u32)> = self
            .order
            .lines
            .iter()
            .map(|line| (line.id.clone(), line.quantity))
            .collect();
        let mut number = 0_u32;
        for (line, quantity) in lines {
            for _ in 0..quantity {
                number = number.saturating_add(1);
                let id = UnitId::of(&self.order.id, number);
                let born = self.born(&Part::Unit(id.clone()), Event::Placed, &Evidence::default())?;
                self.order.units.push(Unit {
                    id,
                    line: line.clone(),
                    life: born.life(),
                    receipt: None,
                    shipment: None,
                });
                self.welcome(&born)?;
            }
        }
        Ok(())
    }
}

/// What a customer adds is at most the price again, in the same currency, and comes with the choice that uses it.
fn check_reserve(choices: Choices, total: Money) -> Result<(), Failure> {
    let is_wanted = choices.drift == DriftPolicy::UseMine;
    let message = match choices.reserve {
        None if is_wanted => "Please say how much of yours may be used.".to_owned(),
        Some(_) if !is_wanted => "This goes only with the choice to use some of yours.".to_owned(),
        Some(reserve)
            if reserve.currency() != total.currency() || !(1..=total.amount()).contains(&reserve.amount()) =>
        {
            format!("Please choose between a little and {total}.")
        }
        Some(_) | None => return Ok(()),
    };
    Err(Failure::field("reserve", "out_of_range", message))
}

fn empty_order(quote: &Quote, placing: Placing, shares: Vec<(Account, Money)>, now: Timestamp) -> Order {
    Order {
        id: placing.id,
        version: 0,
        customer: placing.customer,
        quote: quote.id().clone(),
        total: quote.total(),
        shares,
        destination: placing.destination,
        choices: placing.choices,
        is_forgotten: false,
        customs_number: None,
        freight: Some(FreightPromise {
            carrier: quote.terms().freight.carrier.clone(),
            service: quote.terms().freight.service.clone(),
            speed: quote.terms().freight.speed,
            days: quote.terms().freight.days,
        }),
        pay_links: Vec::new(),
        placed_at: now,
        // Overwritten by the step that gives birth to the order, before anybody sees it.
        life: Life::restored(State::AwaitingPayment, now, None, 0),
        balances: Balances::default(),
        timeline_length: 0,
        timeline_hash: String::new(),
        lines: Vec::new(),
        units: Vec::new(),
        payments: Vec::new(),
        supplier_orders: Vec::new(),
        shipments: Vec::new(),
        refunds: Vec::new(),
        exceptions: Vec::new(),
    }
}

fn new_line(id: LineId, line: &QuoteLine, landed: Money, cap: Money) -> Line {
    Line {
        id,
        variant: line.variant.clone(),
        title: line.title.clone(),
        variant_label: line.variant_label.clone(),
        image: line.image.clone(),
        seller: line.seller.clone(),
        quantity: line.quantity,
        unit_price: line.unit_price,
        store_delivery: line.store_delivery,
        store_service: line.store_service.clone(),
        landed,
        cap,
        hs_code: line
            .classification
            .code
            .as_ref()
            .map(|code| code.digits().to_owned())
            .unwrap_or_default(),
        origin: line.origin.map(|country| country.code().to_owned()).unwrap_or_default(),
        weight: line.unit_weight,
    }
}

/// The line's part of what we may spend at its store.
fn line_cap(quote: &Quote, number: u32, line: &QuoteLine) -> Result<Money, Failure> {
    let missing = || Failure::internal("a quote line has no store cap");
    let wrong = |e| Failure::Internal(Cause::with("could not split a store's cap", e));
    let cap = quote.cap(&line.variant.store).ok_or_else(missing)?;
    let place = cap
        .lines
        .iter()
        .position(|other| *other == number)
        .ok_or_else(missing)?;
    let lines = quote.lines();
    let weight = |number: &u32| -> Result<u64, Failure> {
        let index = usize::try_from(number.saturating_sub(1)).map_err(|_| missing())?;
        let line = lines.get(index).ok_or_else(missing)?;
        let goods = line
            .unit_price
            .times(line.quantity)
            .and_then(|goods| goods.plus(line.store_delivery))
            .map_err(wrong)?;
        Ok(goods.amount().unsigned_abs())
    };
    let weights = cap.lines.iter().map(weight).collect::<Result<Vec<_>, _>>()?;
    cap.max_total
        .split(&weights)
        .map_err(wrong)?
        .get(place)
        .copied()
        .ok_or_else(missing)
}

/// The quote's shares as the accounts that hold them.
fn held(shares: &[(Share, Money)]) -> Result<Vec<(Account, Money)>, Failure> {
    let mut held: Vec<(Account, Money)> = Vec::new();
    for (share, money) in shares {
        let account = match share {
            Share::StorePayable => Account::HeldStore,
            Share::Freight => Account::HeldFreight,
            Share::DutiesAndTaxes => Account::HeldDuties,
            Share::Fees | Share::Guarantee | Share::Exchange | Share::PaymentFee | Share::Rounding => Account::HeldFees,
        };
        match held.iter_mut().find(|(other, _)| *other == account) {
            Some((_, sum)) => {
                *sum = sum
                    .plus(*money)
                    .map_err(|e| Failure::Internal(Cause::with("could not sum the shares", e)))?;
            }
            None => held.push((account, *money)),
        }
    }
    Ok(held)
}
