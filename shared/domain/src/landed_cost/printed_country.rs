//! What a country takes at its border and what it does not let in, in words, from the rows that prices and refusals are made of.

use jiff::civil::Date;

use super::{
    component::ComponentKind,
    dated::Views,
    printed::{PrintedRule, PrintedSection, filled, percent, print},
    restrict::{Authority, Restriction, Ruling},
    rules::Rules,
    table::{Match, Relief, TaxBase, TaxRule, Threshold, ThresholdBasis, ThresholdKind, ValueBase},
};
use crate::{address::Country, decimal::Decimal};

impl Rules {
    /// What customs of a country takes, and how long the way there is.
    #[must_use]
    pub fn printed_country(&self, to: Country, day: Date) -> Vec<PrintedSection> {
        let bases = self.value_bases.iter().filter(|row| row.rule.dest == to);
        let bases = print(bases, day, |it| format!("{:?}: {}", it.mode, value_base(it)));
        let duties = print(self.duties.iter().filter(|row| row.rule.dest == to), day, |it| {
            let of = match it.hs_prefix.digits() {
                "" => "anything without a row of its own".to_owned(),
                digits => format!("goods of customs code {digits}"),
            };
            let made = match &it.origin {
                Match::Any => String::new(),
                Match::Only(country) => format!(" made in {country}"),
            };
            format!("Duty on {of}{made}: {}.", spread(it.rate))
        });
        let taxes = print(self.taxes.iter().filter(|row| row.rule.dest == to), day, tax);
        let thresholds = print(self.thresholds.iter().filter(|row| row.rule.dest == to), day, threshold);
        let zones = print(self.freight_zones.iter().filter(|row| row.rule.dest == to), day, |it| {
            let (soonest, latest) = it.days;
            format!("{}: {soonest} to {latest} days with the carrier.", it.speed.label())
        });
        filled([
            ("The way", zones),
            ("What customs counts", bases),
            ("Levies and taxes", taxes),
            ("Limits", thresholds),
            ("Duty", duties),
        ])
    }

    /// What may not travel: with any carrier and out of our warehouse's country, and into one country when one is named.
    #[must_use]
    pub fn printed_limits(&self, from: Country, to: Option<Country>, day: Date) -> Vec<PrintedSection> {
        let dangers = print(&self.acceptances, day, |it| {
            format!("{}: {}.", ruling(it.verdict), it.reason)
        });
        let by = |authority: Authority| {
            let rows = self.restrictions.iter().filter(move |row| {
                row.rule.by == authority
                    && row.rule.origin.fits(Some(&from))
                    && match &row.rule.dest {
                        Match::Any => true,
                        Match::Only(country) => Some(country) == to.as_ref(),
                    }
            });
            print(rows, day, restriction)
        };
        filled([
            ("Dangerous in an aircraft", dangers),
            ("No courier takes it for us", by(Authority::Carrier)),
            ("At the border there", by(Authority::Destination)),
            ("Out of our warehouse's country", by(Authority::Origin)),
        ])
    }

    /// What is doubtful about a country's rows: true while one that every price there rests on is not confirmed.
    #[must_use]
    pub fn has_open_questions(&self, to: Country, day: Date) -> bool {
        let sections = self.printed_country(to, day);
        let open = |rules: &[PrintedRule]| rules.iter().any(|rule| !rule.is_confirmed);
        sections
            .iter()
            .any(|section| section.heading != "Duty" && open(&section.rules))
    }
}

fn named<'a>(counts: &[(&'a str, Views<bool>)], is: impl Fn(&Views<bool>) -> bool) -> Vec<&'a str> {
    counts
        .iter()
        .filter(|(_, views)| is(views))
        .map(|(name, _)| *name)
        .collect()
}

fn spread(rate: Views<Decimal>) -> String {
    if rate.low == rate.high {
        percent(rate.point)
    } else {
        format!(
            "{} (between {} and {})",
            percent(rate.point),
            percent(rate.low),
            percent(rate.high)
        )
    }
}

/// What customs counts into the value of goods, and what of that is not settled.
pub(super) fn value_base(it: &ValueBase) -> String {
    let counts = [
        ("the goods", Views::same(true)),
        ("the store's delivery", it.include_store_delivery),
        ("freight", it.include_freight),
        ("insurance", it.include_insurance),
    ];
    let counted: Vec<&str> = named(&counts, |views| views.point);
    let open: Vec<&str> = named(&counts, |views| views.point != views.low || views.point != views.high);
    let open = if open.is_empty() {
        String::new()
    } else {
        format!(
            " Not settled: {}; the range of the price shows both readings.",
            open.join(", ")
        )
    };
    format!("the customs value counts {}.{open}", counted.join(", "))
}

/// What a tax is a share of, and what of that is not settled.
pub(super) fn tax_base(it: &TaxRule) -> String {
    let freight = match it.include_freight.map(|freight| freight.point) {
        None => "",
        Some(true) => ", with freight",
        Some(false) => ", without freight",
    };
    let mut open = Vec::new();
    if it.include_freight.is_some_and(|freight| freight.low != freight.high) {
        open.push("freight".to_owned());
    }
    if it.base.low != it.base.high {
        open.push(format!("{} or {}", base_name(it.base.low), base_name(it.base.high)));
    }
    let open = if open.is_empty() {
        String::new()
    } else {
        format!(" (not settled: {})", open.join("; "))
    };
    format!("{}{freight}{open}", base_name(it.base.point))
}

fn base_name(base: TaxBase) -> &'static str {
    match base {
        TaxBase::Cif => "the customs value",
        TaxBase::Fob => "the goods",
        TaxBase::CifDuty => "customs value and duty",
        TaxBase::CifDutyExcise => "customs value, duty and excise",
        TaxBase::CifDutyExciseLevies => "customs value, duty, excise and levies",
        TaxBase::Duty => "the duty",
    }
}

fn tax(it: &TaxRule) -> String {
    let base = tax_base(it);
    let of = match it.hs_prefix.digits() {
        "" => String::new(),
        digits => format!(" on goods of customs code {digits}"),
    };
    let least = it.min.map(|min| format!(", at least {}", min.0)).unwrap_or_default();
    let most = it.max.map(|max| format!(", at most {}", max.0)).unwrap_or_default();
    format!("{}{of}: {} of {base}{least}{most}.", it.kind.label(), spread(it.rate))
}

fn threshold(it: &Threshold) -> String {
    let basis = match it.basis {
        ThresholdBasis::Goods => "goods",
        ThresholdBasis::Cif => "customs value",
    };
    let amount = it.amount.0;
    match it.kind {
        ThresholdKind::FormalEntry => {
            format!("From {amount} of {basis} on customs asks for a formal declaration by a broker.")
        }
        ThresholdKind::FlatDuty => {
            let flat = it.flat.map(|flat| flat.0.to_string()).unwrap_or_default();
            format!("Up to {amount} of {basis} the duty is {flat} for each kind of goods.")
        }
        ThresholdKind::Relief => {
            let waived: Vec<String> = it.reliefs.iter().map(|relief| relief_name(*relief)).collect();
            let sure = if it.applies.point {
                ""
            } else {
                "; we do not count on it"
            };
            format!("Up to {amount} of {basis} free of: {}{sure}.", waived.join(", "))
        }
    }
}

fn relief_name(relief: Relief) -> String {
    match relief {
        Relief::Duty => ComponentKind::Duty.label(),
        Relief::Excise => ComponentKind::Excise.label(),
        Relief::Levies => "levies".to_owned(),
        Relief::Vat => ComponentKind::Vat.label(),
    }
}

fn ruling(verdict: Ruling) -> &'static str {
    match verdict {
        Ruling::Ok => "Travels",
        Ruling::Review => "Looked at first",
        Ruling::Permit => "Not without a permit",
        Ruling::Forbid => "Not possible",
    }
}

fn restriction(it: &Restriction) -> String {
    let agency = it
        .agency
        .as_ref()
        .map(|agency| format!(" ({agency})"))
        .unwrap_or_default();
    format!("{}: {}{agency}.", ruling(it.verdict), it.reason)
}
