//! The bill of a basket in one of the three views: every component, in the order in which one rests on the other.

use super::{
    component::{Component, ComponentKind},
    consignment::{Consignment, CustomsLine},
    dated::{Dated, View},
    exchange::{self, ExchangeUsed, Till},
    fees::{self, at_least},
    freight::{self, FreightChoice, Haul},
    price::Inspection,
    remark::Severity,
    rules::{Rules, holding},
    table::Purpose,
    taxes::{self, Taxes},
    trace::{Cites, Trace},
    want::{NotPriced, Want},
    weight::{CarrierRule, Parcel},
};
use crate::{currency::Currency, money::Money, payment_terms::common_multiple};

/// What is known about a basket before it is reckoned.
pub(super) struct Basket<'a> {
    pub(super) rules: &'a Rules,
    pub(super) want: &'a Want,
    pub(super) inspections: &'a [Inspection],
    pub(super) parcel: &'a Parcel,
    pub(super) carrier: &'a Dated<CarrierRule>,
    pub(super) customs_currency: Currency,
    pub(super) weight_cites: Cites,
}

/// Every component and what it was reckoned from.
pub(super) struct Bill {
    pub(super) components: Vec<Component>,
    pub(super) total: Money,
    pub(super) exchanges: Vec<ExchangeUsed>,
    pub(super) freight: FreightChoice,
    /// The goods of each line in the currency the customer pays.
    pub(super) goods: Vec<Money>,
    pub(super) taxes: Taxes,
}

/// Components as they come, with their running sum.
struct Sheet {
    components: Vec<Component>,
    sum: Money,
}

impl Sheet {
    fn add(&mut self, kind: ComponentKind, amount: Money, cites: Cites) -> Result<(), NotPriced> {
        self.sum = self.sum.plus(amount)?;
        if !amount.is_zero() {
            self.components.push(cites.component(kind, amount));
        }
        Ok(())
    }
}

/// Reckons the bill.
pub(super) fn bill(basket: &Basket<'_>, view: View, trace: &mut Trace) -> Result<Bill, NotPriced> {
    let (rules, want) = (basket.rules, basket.want);
    let zero = Money::zero(want.charge);
    let mut till = Till::new(rules, want.charge);
    let mut sheet = Sheet {
        components: Vec::new(),
        sum: zero,
    };

    let goods = store_costs(basket, &mut till, &mut sheet, trace)?;
    let goods_sum = goods.iter().try_fold(zero, |sum, amount| sum.plus(*amount))?;
    own_fees(basket, goods_sum, &till, &mut sheet, trace)?;

    let chargeable = basket.parcel.chargeable;
    let haul = Haul {
        freight: &want.freight,
        carrier: basket.carrier,
        to: want.destination,
        chargeable,
        view,
    };
    let (freight, cites) = freight::choose(rules, haul, trace)?;
    let cites = cites.with(basket.weight_cites.clone());
    sheet.add(ComponentKind::Freight, till.cost(freight.price, trace)?, cites)?;

    let (insurance, cites) = insurance(basket, trace)?;
    let insured = insurance
        .iter()
        .try_fold(Money::zero(store_currency(want)), |sum, amount| sum.plus(*amount))?;
    sheet.add(ComponentKind::Insurance, till.fee(insured, trace)?, cites)?;

    let consignment = consignment(basket, view, freight.price, &insurance, trace)?;
    let taxes = taxes::reckon(&consignment, trace)?;
    let (taxes_sum, residue) = add_taxes(&taxes, basket.customs_currency, &mut till, &mut sheet, trace)?;
    customs_fees(basket, taxes_sum, &till, &mut sheet, trace)?;

    let (margin, cites, exchanges) = till.close()?;
    sheet.add(ComponentKind::Exchange, margin, cites)?;
    payment_fee(basket, residue, &mut sheet, trace)?;
    let (rounding, cites) = rounding(basket, sheet.sum, residue, trace)?;
    sheet.add(ComponentKind::Rounding, rounding, cites)?;
    Ok(Bill {
        components: sheet.components,
        total: sheet.sum,
        exchanges,
        freight,
        goods,
        taxes,
    })
}

/// The currency in which insurance is reckoned: that of the first store.
fn store_currency(want: &Want) -> Currency {
    want.lines
        .first()
        .map_or(want.charge, |line| line.unit_price.currency())
}

fn store_costs(
    basket: &Basket<'_>,
    till: &mut Till<'_>,
    sheet: &mut Sheet,
    trace: &mut Trace,
) -> Result<Vec<Money>, NotPriced> {
    let zero = Money::zero(basket.want.charge);
    let (mut goods, mut delivery) = (Vec::new(), zero);
    for line in &basket.want.lines {
        goods.push(till.cost(line.goods()?, trace)?);
        delivery = delivery.plus(till.cost(line.store_delivery, trace)?)?;
    }
    let sum = goods.iter().try_fold(zero, |sum, amount| sum.plus(*amount))?;
    sheet.add(ComponentKind::Goods, sum, till.cites())?;
    sheet.add(ComponentKind::StoreDelivery, delivery, till.cites())?;
    Ok(goods)
}

fn own_fees(
    basket: &Basket<'_>,
    goods: Money,
    till: &Till<'_>,
    sheet: &mut Sheet,
    trace: &mut Trace,
) -> Result<(), NotPriced> {
    let (fee, cites) = fees::single(&basket.rules.service_fees, "service_fee", trace)?;
    let amount = at_least(goods.share(fee.share)?, till.fee(fee.min.0, trace)?);
    sheet.add(ComponentKind::ServiceFee, amount, cites)?;
    let (packing, cites) = fees::packing(basket.rules, basket.parcel.chargeable, trace)?;
    sheet.add(ComponentKind::Packing, till.fee(packing.fee.0, trace)?, cites)
}

/// The insurance of each line, by value, in the currency of the first store.
fn insurance(basket: &Basket<'_>, trace: &mut Trace) -> Result<(Vec<Money>, Cites), NotPriced> {
    let currency = store_currency(basket.want);
    let (rule, cites) = fees::single(&basket.rules.insurances, "insurance", trace)?;
    let mut values = Vec::new();
    let mut sum = Money::zero(currency);
    for line in &basket.want.lines {
        let goods = line.goods()?;
        let (rate, _) = exchange::rate(basket.rules, Purpose::Shop, (goods.currency(), currency), trace)?;
        let value = goods.exchanged(rate.rate, currency)?;
        values.push(value.amount().unsigned_abs());
        sum = sum.plus(value)?;
    }
    let (rate, _) = exchange::rate(basket.rules, Purpose::Shop, (rule.min.0.currency(), currency), trace)?;
    let premium = at_least(sum.share(rule.share)?, rule.min.0.exchanged(rate.rate, currency)?);
    Ok((premium.split(&values)?, cites))
}

/// The basket in the currency of customs: freight spread by weight, insurance by value.
fn consignment<'a>(
    basket: &Basket<'a>,
    view: View,
    freight: Money,
    insurance: &[Money],
    trace: &mut Trace,
) -> Result<Consignment<'a>, NotPriced> {
    let (rules, want, currency) = (basket.rules, basket.want, basket.customs_currency);
    let pieces = want.lines.iter().zip(&basket.parcel.pieces);
    let weights: Vec<u64> = pieces
        .map(|(line, piece)| u64::from(piece.with_margin.0) * u64::from(line.quantity))
        .collect();
    let shares = freight.split(&weights)?;
    let mut at_rate = |amount: Money| exchange::at_customs_rate(rules, amount, currency, trace);
    let mut lines = Vec::with_capacity(want.lines.len());
    let parts = want
        .lines
        .iter()
        .zip(basket.inspections)
        .zip(shares.iter().zip(insurance));
    for (number, ((line, found), (freight, insurance))) in (1_u32..).zip(parts) {
        lines.push(CustomsLine {
            number,
            classification: found.classification.clone(),
            origin: line.origin,
            quantity: line.quantity,
            goods: at_rate(line.goods()?)?,
            store_delivery: at_rate(line.store_delivery)?,
            freight: at_rate(*freight)?,
            insurance: at_rate(*insurance)?,
        });
    }
    Ok(Consignment {
        rules,
        to: want.destination,
        mode: want.mode,
        currency,
        view,
        lines,
    })
}

/// Adds every tax in the currency the customer pays. The sum is exchanged as one; what single taxes differ from it is the residue.
fn add_taxes(
    taxes: &Taxes,
    customs: Currency,
    till: &mut Till<'_>,
    sheet: &mut Sheet,
    trace: &mut Trace,
) -> Result<(Money, Money), NotPriced> {
    let zero = Money::zero(customs);
    let mut whole = zero;
    let mut singly = Money::zero(sheet.sum.currency());
    for part in &taxes.parts {
        let sum = part.sum(zero)?;
        let here = till.fee(sum, trace)?;
        whole = whole.plus(sum)?;
        singly = singly.plus(here)?;
        sheet.add(part.kind.clone(), here, part.cites.clone())?;
    }
    let together = till.cost(whole, trace)?;
    Ok((together, together.minus(singly)?))
}

fn customs_fees(
    basket: &Basket<'_>,
    taxes: Money,
    till: &Till<'_>,
    sheet: &mut Sheet,
    trace: &mut Trace,
) -> Result<(), NotPriced> {
    let (rules, to) = (basket.rules, basket.want.destination);
    let mut fee = Money::zero(sheet.sum.currency());
    let mut cites = Cites::default();
    for row in fees::carrier_fees(rules, basket.want.freight.carrier(), to, trace.day) {
        cites.add(trace.uses(row));
        fee = fee.plus(at_least(taxes.share(row.rule.share)?, till.fee(row.rule.min.0, trace)?))?;
    }
    if cites.is_empty() {
        missing(
            "What the carrier takes for its work at customs is not known; nothing was counted.",
            trace,
        );
    }
    sheet.add(ComponentKind::CarrierFee, fee, cites)?;
    let Some(row) = fees::guarantee(rules, to, trace.day) else {
        missing(
            "No reserve for what customs decides otherwise is known; nothing was counted.",
            trace,
        );
        return Ok(());
    };
    let cites = trace.uses(row);
    sheet.add(ComponentKind::Guarantee, taxes.share(row.rule.share)?, cites)
}

fn missing(sentence: &str, trace: &mut Trace) {
    trace.say(Severity::NeedsReview, "row_missing", None, sentence);
}

fn payment_fee(basket: &Basket<'_>, residue: Money, sheet: &mut Sheet, trace: &mut Trace) -> Result<(), NotPriced> {
    let (rule, cites) = fees::payment(basket.rules, basket.want.payment.as_ref(), trace)?;
    let pair = (rule.fixed.0.currency(), sheet.sum.currency());
    let (rate, _) = exchange::rate(basket.rules, Purpose::Shop, pair, trace)?;
    let fixed = rule.fixed.0.exchanged(rate.rate, sheet.sum.currency())?;
    let amount = sheet.sum.plus(residue)?.share(rule.share)?.plus(fixed)?;
    sheet.add(ComponentKind::PaymentFee, amount, cites)
}

/// The residue of exchanged taxes, and what brings the sum to an amount that can be paid.
fn rounding(basket: &Basket<'_>, sum: Money, residue: Money, trace: &mut Trace) -> Result<(Money, Cites), NotPriced> {
    let row = holding(&basket.rules.charge_units, trace.day).find(|row| row.rule.currency == sum.currency());
    // Our own steps and those of who takes the money: a total suits both.
    let own = row.map_or(1, |row| i64::from(row.rule.minor_units));
    let unit = common_multiple(own, i64::from(basket.want.charge_unit));
    let cites = row.map_or_else(Cites::default, |row| trace.uses(row));
    let exact = sum.plus(residue)?;
    let above = exact.amount().rem_euclid(unit);
    let up = above.saturating_mul(2) >= unit;
    let step = if up { unit - above } else { -above };
    Ok((residue.plus(Money::new(step, sum.currency()))?, cites))
}
