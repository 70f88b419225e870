//! Import duty, line by line: the tariff's row, a flat duty for small consignments, or a cautious figure when the row is missing.

use std::collections::BTreeSet;

use super::{
    classify::SURE_ENOUGH,
    component::ComponentKind,
    consignment::{Base, Consignment, CustomsLine, is_excepted},
    dated::{Dated, View, Views},
    remark::Severity,
    rules::{Rules, holding},
    table::{DutyRate, Fallback, Relief, ThresholdKind},
    trace::{Cites, Trace},
    want::NotPriced,
};
use crate::{address::Country, decimal::Decimal, money::Money};

/// The duty of each line.
pub(super) fn duties(
    consignment: &Consignment<'_>,
    base: &Base,
    trace: &mut Trace,
) -> Result<(Vec<Money>, Cites), NotPriced> {
    if let Some(flat) = flat_duties(consignment, base, trace)? {
        return Ok(flat);
    }
    let reliefs = reliefs(consignment, base, Relief::Duty, trace)?;
    let mut cites = base.cites.clone();
    let mut amounts = Vec::with_capacity(consignment.lines.len());
    for line in &consignment.lines {
        let waived = reliefs.iter().find(|(except, _)| !is_excepted(line, except));
        if let Some((_, by)) = waived {
            cites.add(by.clone());
            amounts.push(Money::zero(consignment.currency));
            continue;
        }
        let (amount, by) = tariff_duty(consignment, base, line, trace)?;
        cites.add(by);
        amounts.push(amount);
    }
    Ok((amounts, cites))
}

/// The reliefs that the consignment enjoys for one kind, with the goods left out of each.
pub(super) fn reliefs(
    consignment: &Consignment<'_>,
    base: &Base,
    relief: Relief,
    trace: &mut Trace,
) -> Result<Vec<(Vec<super::table::HsPrefix>, Cites)>, NotPriced> {
    let met = consignment.thresholds(ThresholdKind::Relief, base, trace)?;
    let wanted = met.into_iter().filter(|row| row.rule.reliefs.contains(&relief));
    Ok(wanted.map(|row| (row.rule.except.clone(), trace.uses(&row))).collect())
}

/// The figure for a missing row; flagged.
pub(super) fn fallback<'a>(
    rules: &'a Rules,
    kind: &ComponentKind,
    line: Option<u32>,
    trace: &mut Trace,
) -> Result<(&'a Fallback, Cites), NotPriced> {
    let row = holding(&rules.fallbacks, trace.day).find(|row| row.rule.kind == *kind);
    let row = row.ok_or_else(|| NotPriced::NoRow {
        table: "fallback",
        wanted: kind.code(),
    })?;
    let sentence = format!(
        "The rate of {} is not known for this; a cautious figure was taken.",
        kind.label()
    );
    trace.say(Severity::NeedsReview, "row_missing", line, sentence);
    Ok((&row.rule, trace.uses(row)))
}

/// One fixed duty for each customs item of a small consignment: on its first line, nothing on the others.
fn flat_duties(
    consignment: &Consignment<'_>,
    base: &Base,
    trace: &mut Trace,
) -> Result<Option<(Vec<Money>, Cites)>, NotPriced> {
    let met = consignment.thresholds(ThresholdKind::FlatDuty, base, trace)?;
    let Some(row) = met.first() else { return Ok(None) };
    let Some(flat) = row.rule.flat else { return Ok(None) };
    let cites = base.cites.clone().with(trace.uses(row));
    let flat = super::exchange::at_customs_rate(consignment.rules, flat.0, consignment.currency, trace)?;
    let mut seen = BTreeSet::new();
    let mut amounts = Vec::with_capacity(consignment.lines.len());
    for line in &consignment.lines {
        // Lines whose code is not known may each be another item.
        let item = line
            .classification
            .code
            .as_ref()
            .map_or_else(|| format!("line {}", line.number), |code| code.heading().to_owned());
        amounts.push(if seen.insert(item) {
            flat
        } else {
            Money::zero(consignment.currency)
        });
    }
    Ok(Some((amounts, cites)))
}

fn tariff_duty(
    consignment: &Consignment<'_>,
    base: &Base,
    line: &CustomsLine,
    trace: &mut Trace,
) -> Result<(Money, Cites), NotPriced> {
    let (rules, view) = (consignment.rules, consignment.view);
    let value = base.value(line)?;
    let Some(row) = find(rules, consignment.to, line, line.classification.digits(), trace) else {
        let (fallback, cites) = fallback(rules, &ComponentKind::Duty, Some(line.number), trace)?;
        return Ok((value.share(fallback.rate.of(view))?, cites));
    };
    let mut cites = trace.uses(row);
    let mut amount = value.share(row.rule.rate.of(view))?;
    if line.classification.confidence < SURE_ENOUGH {
        let sentence = "The customs code is a guess; the range covers what any goods may cost.";
        trace.say(Severity::NeedsReview, "hs_unsure", Some(line.number), sentence);
        let general = match find(rules, consignment.to, line, "", trace) {
            Some(general) => (general.rule.rate, trace.uses(general)),
            None => fallback(rules, &ComponentKind::Duty, Some(line.number), trace).map(|(row, by)| (row.rate, by))?,
        };
        cites.add(general.1);
        amount = widened(value, (row.rule.rate, general.0), view)?;
    }
    if let Some(each) = row.rule.specific {
        let each = super::exchange::at_customs_rate(rules, each.0, consignment.currency, trace)?;
        amount = amount.plus(each.times(line.quantity)?)?;
    }
    Ok((amount, cites))
}

/// The guess as the point, the better and the worse of guess and general rate as the ends.
fn widened(value: Money, (guess, general): (Views<Decimal>, Views<Decimal>), view: View) -> Result<Money, NotPriced> {
    let by_guess = value.share(guess.of(view))?;
    let by_general = value.share(general.of(view))?;
    Ok(match view {
        View::Point => by_guess,
        View::Low if by_general.amount() < by_guess.amount() => by_general,
        View::High if by_general.amount() > by_guess.amount() => by_general,
        View::Low | View::High => by_guess,
    })
}

/// The longest customs code wins, then an exact origin.
fn find<'a>(
    rules: &'a Rules,
    to: Country,
    line: &CustomsLine,
    digits: &str,
    trace: &Trace,
) -> Option<&'a Dated<DutyRate>> {
    holding(&rules.duties, trace.day)
        .filter(|row| {
            row.rule.dest == to && row.rule.hs_prefix.fits(digits) && row.rule.origin.fits(line.origin.as_ref())
        })
        .max_by_key(|row| (row.rule.hs_prefix.length(), row.rule.origin.exactness()))
}
