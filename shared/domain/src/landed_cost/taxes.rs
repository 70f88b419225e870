//! Duty, excise, levies and VAT of a consignment, in this order, each rounded for each line in the currency of customs.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    component::ComponentKind,
    consignment::{Base, Consignment, CustomsLine, is_excepted},
    dated::Dated,
    duty,
    printed_country::tax_base,
    remark::{Remark, Severity},
    row::RowId,
    rules::holding,
    table::{Amount, Relief, TaxBase, TaxRule, ThresholdKind},
    trace::{Cites, Trace},
    want::NotPriced,
};
use crate::money::{Money, MoneyError};

/// What customs takes.
#[derive(Clone, Debug)]
pub(super) struct Taxes {
    /// The customs value of each line.
    pub(super) values: Vec<Money>,
    /// Every kind with its amount for each line.
    pub(super) parts: Vec<TaxPart>,
}

/// One kind of tax.
#[derive(Clone, Debug)]
pub(super) struct TaxPart {
    pub(super) kind: ComponentKind,
    pub(super) lines: Vec<Money>,
    pub(super) cites: Cites,
}

impl TaxPart {
    /// The sum over the lines.
    pub(super) fn sum(&self, zero: Money) -> Result<Money, MoneyError> {
        self.lines.iter().try_fold(zero, |sum, amount| sum.plus(*amount))
    }
}

/// Reckons everything.
pub(super) fn reckon(consignment: &Consignment<'_>, trace: &mut Trace) -> Result<Taxes, NotPriced> {
    let base = Base::of(consignment, trace);
    let values: Vec<Money> = consignment
        .lines
        .iter()
        .map(|line| base.value(line))
        .collect::<Result<_, _>>()?;
    flag_formal_entry(consignment, &base, trace)?;
    let (amounts, cites) = duty::duties(consignment, &base, trace)?;
    let mut parts = vec![TaxPart {
        kind: ComponentKind::Duty,
        lines: amounts,
        cites,
    }];
    for kind in kinds(consignment, trace) {
        let part = part(consignment, &base, kind, &parts, trace)?;
        parts.push(part);
    }
    Ok(Taxes { values, parts })
}

fn flag_formal_entry(consignment: &Consignment<'_>, base: &Base, trace: &mut Trace) -> Result<(), NotPriced> {
    if !consignment
        .thresholds(ThresholdKind::FormalEntry, base, trace)?
        .is_empty()
    {
        let sentence = "At this value customs asks for a formal import declaration by a broker.";
        trace.say(Severity::NeedsReview, "formal_entry", None, sentence);
    }
    Ok(())
}

/// The kinds that the destination has, in the order in which one enters the base of the next; VAT always, also when its row is missing.
fn kinds(consignment: &Consignment<'_>, trace: &Trace) -> BTreeSet<ComponentKind> {
    // The order of ComponentKind is that of the law: excise, levies, VAT.
    let known = holding(&consignment.rules.taxes, trace.day).filter(|row| row.rule.dest == consignment.to);
    known
        .map(|row| row.rule.kind.clone())
        .chain([ComponentKind::Vat])
        .collect()
}

fn part(
    consignment: &Consignment<'_>,
    base: &Base,
    kind: ComponentKind,
    before: &[TaxPart],
    trace: &mut Trace,
) -> Result<TaxPart, NotPriced> {
    let reliefs = duty::reliefs(consignment, base, relief_of(&kind), trace)?;
    let mut lines = consignment.nothing();
    let mut cites = Cites::default();
    let mut by_row: BTreeMap<RowId, (Dated<TaxRule>, Vec<usize>)> = BTreeMap::new();
    for (index, (line, amount)) in consignment.lines.iter().zip(&mut lines).enumerate() {
        if let Some((_, by)) = reliefs.iter().find(|(except, _)| !is_excepted(line, except)) {
            cites.add(by.clone());
            continue;
        }
        if let Some(row) = find(consignment, &kind, line, trace) {
            cites.add(trace.uses(row));
            if kind == ComponentKind::Vat {
                trace.note(Remark {
                    severity: Severity::Assumption,
                    code: "vat_base".into(),
                    line: None,
                    row: Some(row.id.clone()),
                    sentence: format!("VAT is taken of {}.", tax_base(&row.rule)),
                });
            }
            let of = base_of(&row.rule, (consignment, base), line, (before, index))?;
            *amount = of.share(row.rule.rate.of(consignment.view))?;
            by_row
                .entry(row.id.clone())
                .or_insert_with(|| (row.clone(), Vec::new()))
                .1
                .push(index);
        } else if kind == ComponentKind::Vat {
            let (fallback, by) = duty::fallback(consignment.rules, &kind, Some(line.number), trace)?;
            cites.add(by);
            let of = taxed_sum(base.value(line)?, before, index, &|_| true)?;
            *amount = of.share(fallback.rate.of(consignment.view))?;
        }
    }
    for (row, indexes) in by_row.into_values() {
        hold_within_limits(consignment, &row.rule, &indexes, &mut lines, trace)?;
    }
    Ok(TaxPart { kind, lines, cites })
}

fn relief_of(kind: &ComponentKind) -> Relief {
    match kind {
        ComponentKind::Excise => Relief::Excise,
        ComponentKind::Levy(_) => Relief::Levies,
        ComponentKind::Vat => Relief::Vat,
        ComponentKind::Duty
        | ComponentKind::Goods
        | ComponentKind::StoreDelivery
        | ComponentKind::ServiceFee
        | ComponentKind::Packing
        | ComponentKind::Freight
        | ComponentKind::Insurance
        | ComponentKind::CarrierFee
        | ComponentKind::Guarantee
        | ComponentKind::Exchange
        | ComponentKind::PaymentFee
        | ComponentKind::Rounding => Relief::Duty,
    }
}

fn find<'a>(
    consignment: &Consignment<'a>,
    kind: &ComponentKind,
    line: &CustomsLine,
    trace: &Trace,
) -> Option<&'a Dated<TaxRule>> {
    let digits = line.classification.digits();
    holding(&consignment.rules.taxes, trace.day)
        .filter(|row| row.rule.dest == consignment.to && row.rule.kind == *kind && row.rule.hs_prefix.fits(digits))
        .max_by_key(|row| row.rule.hs_prefix.length())
}

fn base_of(
    rule: &TaxRule,
    (consignment, base): (&Consignment<'_>, &Base),
    line: &CustomsLine,
    (before, index): (&[TaxPart], usize),
) -> Result<Money, MoneyError> {
    let value = base.value_with(line, rule.include_freight, consignment.view)?;
    let is_duty = |kind: &ComponentKind| *kind == ComponentKind::Duty;
    let is_excise = |kind: &ComponentKind| is_duty(kind) || *kind == ComponentKind::Excise;
    match rule.base.of(consignment.view) {
        TaxBase::Cif => Ok(value),
        TaxBase::Fob => base.goods_value(line),
        TaxBase::CifDuty => taxed_sum(value, before, index, &is_duty),
        TaxBase::CifDutyExcise => taxed_sum(value, before, index, &is_excise),
        TaxBase::CifDutyExciseLevies => taxed_sum(value, before, index, &|_| true),
        TaxBase::Duty => taxed_sum(Money::zero(value.currency()), before, index, &is_duty),
    }
}

/// A value and those taxes of one line that belong to the base.
fn taxed_sum(
    value: Money,
    before: &[TaxPart],
    index: usize,
    belongs: &dyn Fn(&ComponentKind) -> bool,
) -> Result<Money, MoneyError> {
    let taxes = before
        .iter()
        .filter(|part| belongs(&part.kind))
        .filter_map(|part| part.lines.get(index));
    taxes.copied().try_fold(value, Money::plus)
}

/// Raises or lowers the sum of one row to its least or most, spread over its lines as they are.
fn hold_within_limits(
    consignment: &Consignment<'_>,
    rule: &TaxRule,
    indexes: &[usize],
    lines: &mut [Money],
    trace: &mut Trace,
) -> Result<(), NotPriced> {
    let zero = Money::zero(consignment.currency);
    let mut own: Vec<Money> = indexes.iter().filter_map(|index| lines.get(*index).copied()).collect();
    let sum = own.iter().try_fold(zero, |sum, amount| sum.plus(*amount))?;
    let mut limit = |amount: Option<Amount>| {
        amount
            .map(|it| super::exchange::at_customs_rate(consignment.rules, it.0, consignment.currency, trace))
            .transpose()
    };
    let (min, max) = (limit(rule.min)?, limit(rule.max)?);
    let held = [
        min.filter(|min| sum.amount() < min.amount()),
        max.filter(|max| sum.amount() > max.amount()),
    ];
    let Some(held) = held.into_iter().flatten().next() else {
        return Ok(());
    };
    let weights: Vec<u64> = own.iter().map(|amount| amount.amount().unsigned_abs()).collect();
    own = held.split(&weights)?;
    for (index, amount) in indexes.iter().zip(own) {
        if let Some(line) = lines.get_mut(*index) {
            *line = amount;
        }
    }
    Ok(())
}
