//! The landed price of a basket: the estimate that is charged, its range, and everything it rests on.

use std::time::Duration;

use super::{
    assemble::{Basket, Bill, bill},
    caps::{StoreCap, store_caps},
    classify,
    component::Component,
    dangerous::Danger,
    dated::View,
    exchange::ExchangeUsed,
    fees,
    freight::{FreightChoice, Speed},
    hs::Classification,
    remark::{Remark, Severity},
    restrict::{self, Route, Ruling, Verdict},
    row::RowId,
    rules::{Rules, RulesVersion, holding},
    trace::Trace,
    want::{Described, NotPriced, Want, WantedLine},
    weight::{self, Parcel},
};
use crate::{
    address::Country, currency::Currency, money::Money, product::ProviderCode, refusal::Refusal, timestamp::Timestamp,
};

/// A landed price.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LandedCost {
    /// What was found out about each line, in the order of the basket.
    pub lines: Vec<CostLine>,
    /// The parts; they sum to the total.
    pub components: Vec<Component>,
    /// What the customer pays.
    pub total: Money,
    /// What it would cost if every open question fell well for us.
    pub low: Money,
    /// What it would cost if every open question fell badly.
    pub high: Money,
    /// The exchange rates used.
    pub exchanges: Vec<ExchangeUsed>,
    /// What we may spend at each store.
    pub caps: Vec<StoreCap>,
    /// How the parcel travels.
    pub freight: FreightChoice,
    /// The parcel as estimated.
    pub parcel: Parcel,
    /// Assumptions, warnings and figures to review.
    pub remarks: Vec<Remark>,
    /// Every row that took part, sorted.
    pub rules: Vec<RowId>,
    /// Of which version these rows are.
    pub rules_version: RulesVersion,
    /// How long the price holds.
    pub valid_for: Duration,
}

/// What was found out about one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CostLine {
    /// Its customs code and how sure that is.
    pub classification: Classification,
    /// What makes it dangerous in an aircraft.
    pub danger: Danger,
    /// The whole line's goods in the currency the customer pays.
    pub goods: Money,
    /// The whole line's value for customs, in the destination's currency.
    pub customs_value: Money,
    /// Duty and taxes of the whole line, in the destination's currency.
    pub taxes: Vec<(super::ComponentKind, Money)>,
}

/// What the rules say about one line before it is priced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inspection {
    /// Its customs code and how sure that is.
    pub classification: Classification,
    /// What makes it dangerous in an aircraft.
    pub danger: Danger,
    /// Everything the rules say, the decisive one first.
    pub verdicts: Vec<Verdict>,
}

impl Inspection {
    /// The strictest of the verdicts; nothing said is nothing against it.
    #[must_use]
    pub fn ruling(&self) -> Ruling {
        self.verdicts.first().map_or(Ruling::Ok, |verdict| verdict.ruling)
    }

    /// Why it cannot be shipped; nothing when it can.
    #[must_use]
    pub fn refusal(&self) -> Option<Refusal> {
        let worst = self
            .verdicts
            .first()
            .filter(|verdict| verdict.ruling >= Ruling::Permit)?;
        Some(Refusal::NotShippable(worst.reason.clone()))
    }
}

/// Prices a basket.
///
/// # Errors
/// When a rule forbids an item, the destination is not served, or a row that only we can give is missing. A missing rate of the
/// destination is no error: it is flagged, and a cautious figure stands in.
pub fn price(rules: &Rules, want: &Want, now: Timestamp) -> Result<LandedCost, NotPriced> {
    if want.lines.is_empty() || want.lines.iter().any(|line| line.quantity == 0) {
        return Err(Refusal::CartEmpty.into());
    }
    let mut trace = Trace::new(now.date());
    let destination = holding(&rules.destinations, trace.day).find(|row| row.rule.dest == want.destination);
    let destination = destination.ok_or(Refusal::CountryNotServed)?;
    trace.uses(destination);
    let route = Route {
        from: want.export_from,
        to: want.destination,
        carrier: want.freight.carrier(),
    };
    let inspections = inspect_all(rules, want, route, &mut trace)?;
    let (carrier, parcel, weight_cites) = weigh(rules, want, &inspections, &mut trace)?;
    let customs_currency = destination.rule.customs_currency;
    let basket = Basket {
        rules,
        want,
        inspections: &inspections,
        parcel: &parcel,
        carrier,
        customs_currency,
        weight_cites,
    };
    let point = bill(&basket, View::Point, &mut trace)?;
    // The ends of the range rest on the same rows; what is doubtful about them is said once, with the estimate.
    let low = bill(&basket, View::Low, &mut Trace::new(trace.day))?.total;
    let high = bill(&basket, View::High, &mut Trace::new(trace.day))?.total;
    let caps = store_caps(rules, want, &mut trace)?;
    let (life, _) = fees::single(&rules.quote_lives, "quote_life", &mut trace)?;
    let valid_for = Duration::from_secs(u64::from(life.minutes) * 60);
    let lines = cost_lines(inspections, &point, want.charge, customs_currency);
    let Bill {
        components,
        total,
        exchanges,
        freight,
        ..
    } = point;
    Ok(LandedCost {
        lines,
        components,
        total,
        low: if low.amount() < total.amount() { low } else { total },
        high: if high.amount() > total.amount() { high } else { total },
        exchanges,
        caps,
        freight,
        parcel,
        remarks: trace.remarks.into_iter().collect(),
        rules: trace.rules.into_iter().collect(),
        rules_version: rules.version().clone(),
        valid_for,
    })
}

/// What the rules say about one item: for the search card, the product page and the cart.
#[must_use]
pub fn inspect(rules: &Rules, thing: Described<'_>, route: Route<'_>, now: Timestamp) -> Inspection {
    inspect_thing(rules, thing, route, &mut Trace::new(now.date()))
}

/// The parcel of a basket as estimated: what a carrier is asked its price for.
///
/// # Errors
/// When a piece is too heavy or too long for the carrier, or the carrier has no row.
pub fn estimate_parcel(
    rules: &Rules,
    lines: &[WantedLine],
    carrier: &ProviderCode,
    now: Timestamp,
) -> Result<Parcel, NotPriced> {
    let mut trace = Trace::new(now.date());
    let classes: Vec<Classification> = lines
        .iter()
        .map(|line| classify::classify(rules, line.described(), &mut trace))
        .collect();
    let pairs: Vec<_> = lines.iter().zip(&classes).collect();
    // Weights and sizes are those of the plain service; a faster one of the same carrier bills no other weight.
    let carrier = weight::carrier(rules, (carrier, Speed::default()), &mut trace)?;
    Ok(weight::parcel(rules, &pairs, &carrier.rule, &mut trace)?.0)
}

fn inspect_thing(rules: &Rules, thing: Described<'_>, route: Route<'_>, trace: &mut Trace) -> Inspection {
    let classification = classify::classify(rules, thing, trace);
    let found = restrict::matching(rules, thing, &classification, |rule| rule.is_on(route), trace);
    let (danger, verdicts) = (found.danger(), found.verdicts(rules, route, trace));
    Inspection {
        classification,
        danger,
        verdicts,
    }
}

fn inspect_all(rules: &Rules, want: &Want, route: Route<'_>, trace: &mut Trace) -> Result<Vec<Inspection>, NotPriced> {
    let mut inspections = Vec::with_capacity(want.lines.len());
    for (number, line) in (1_u32..).zip(&want.lines) {
        let inspection = inspect_thing(rules, line.described(), route, trace);
        if let Some(worst) = inspection
            .verdicts
            .first()
            .filter(|verdict| verdict.ruling >= Ruling::Permit)
        {
            return Err(Refusal::NotShippable(format!("{} ({})", worst.reason, line.title)).into());
        }
        for verdict in &inspection.verdicts {
            let severity = if verdict.ruling == Ruling::Ok {
                Severity::Warning
            } else {
                Severity::NeedsReview
            };
            let (code, row, sentence) = (verdict.code.clone(), Some(verdict.row.clone()), verdict.reason.clone());
            trace.note(Remark {
                severity,
                code,
                line: Some(number),
                row,
                sentence,
            });
        }
        flag_gaps(rules, (number, line), (&inspection, route.to), trace);
        inspections.push(inspection);
    }
    Ok(inspections)
}

/// An unknown customs code is always a gap; an unknown origin only where the destination's duty depends on it.
fn flag_gaps(
    rules: &Rules,
    (number, line): (u32, &WantedLine),
    (found, to): (&Inspection, Country),
    trace: &mut Trace,
) {
    if found.classification.code.is_none() {
        trace.say(
            Severity::NeedsReview,
            "hs_unknown",
            Some(number),
            "The customs code of this item is not known.",
        );
    }
    let depends =
        |row: &super::dated::Dated<super::table::DutyRate>| row.rule.dest == to && row.rule.origin.exactness() > 0;
    if line.origin.is_none() {
        let matters = holding(&rules.duties, trace.day).any(depends);
        let severity = if matters {
            Severity::NeedsReview
        } else {
            Severity::Assumption
        };
        trace.say(
            severity,
            "origin_missing",
            Some(number),
            "The store does not say where this item was made.",
        );
    }
}

fn cost_lines(inspections: Vec<Inspection>, bill: &Bill, charge: Currency, customs: Currency) -> Vec<CostLine> {
    let at = |amounts: &[Money], index: usize, currency| amounts.get(index).copied().unwrap_or(Money::zero(currency));
    let line = |(index, inspection): (usize, Inspection)| CostLine {
        classification: inspection.classification,
        danger: inspection.danger,
        goods: at(&bill.goods, index, charge),
        customs_value: at(&bill.taxes.values, index, customs),
        taxes: bill
            .taxes
            .parts
            .iter()
            .map(|part| (part.kind.clone(), at(&part.lines, index, customs)))
            .collect(),
    };
    inspections.into_iter().enumerate().map(line).collect()
}

type Weighed<'a> = (
    &'a super::dated::Dated<weight::CarrierRule>,
    Parcel,
    super::trace::Cites,
);

fn weigh<'a>(
    rules: &'a Rules,
    want: &Want,
    inspections: &[Inspection],
    trace: &mut Trace,
) -> Result<Weighed<'a>, NotPriced> {
    let carrier = weight::carrier(rules, (want.freight.carrier(), want.freight.speed()), trace)?;
    let pairs: Vec<_> = want
        .lines
        .iter()
        .zip(inspections.iter().map(|found| &found.classification))
        .collect();
    let (parcel, cites) = weight::parcel(rules, &pairs, &carrier.rule, trace)?;
    Ok((carrier, parcel, cites))
}
