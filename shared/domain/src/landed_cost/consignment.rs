//! The goods as customs sees them: every part of every line in the destination's currency, and what counts into their value.

use super::{
    dated::{Dated, View, Views},
    hs::Classification,
    printed_country::value_base,
    remark::{Remark, Severity},
    rules::{Rules, holding},
    table::{HsPrefix, Mode, Threshold, ThresholdBasis, ThresholdKind, ValueBase},
    trace::{Cites, Trace},
    want::NotPriced,
};
use crate::{
    address::Country,
    currency::Currency,
    money::{Money, MoneyError},
};

/// One line in the currency of customs.
#[derive(Clone, Debug)]
pub(super) struct CustomsLine {
    pub(super) number: u32,
    pub(super) classification: Classification,
    pub(super) origin: Option<Country>,
    pub(super) quantity: u32,
    pub(super) goods: Money,
    pub(super) store_delivery: Money,
    pub(super) freight: Money,
    pub(super) insurance: Money,
}

/// Everything that crosses the border together, in one of the three views.
#[derive(Clone, Debug)]
pub(super) struct Consignment<'a> {
    pub(super) rules: &'a Rules,
    pub(super) to: Country,
    pub(super) mode: Mode,
    pub(super) currency: Currency,
    pub(super) view: View,
    pub(super) lines: Vec<CustomsLine>,
}

/// What counts into the customs value.
#[derive(Clone, Debug)]
pub(super) struct Base {
    freight: bool,
    insurance: bool,
    store_delivery: bool,
    pub(super) cites: Cites,
}

impl Base {
    /// The rule of the destination; when there is none everything counts, and it is flagged.
    pub(super) fn of(consignment: &Consignment<'_>, trace: &mut Trace) -> Self {
        let fits = |row: &&Dated<ValueBase>| row.rule.dest == consignment.to && row.rule.mode == consignment.mode;
        let view = consignment.view;
        let row = holding(&consignment.rules.value_bases, trace.day).find(fits);
        let Some(row) = row else {
            let sentence = "What counts into the customs value there is not known; freight and insurance were counted.";
            trace.say(Severity::NeedsReview, "row_missing", None, sentence);
            return Self {
                freight: true,
                insurance: true,
                store_delivery: true,
                cites: Cites::default(),
            };
        };
        let rule = &row.rule;
        trace.note(Remark {
            severity: Severity::Assumption,
            code: "customs_value_base".into(),
            line: None,
            row: Some(row.id.clone()),
            sentence: format!("For duty {}", value_base(rule)),
        });
        Self {
            freight: rule.include_freight.of(view),
            insurance: rule.include_insurance.of(view),
            store_delivery: rule.include_store_delivery.of(view),
            cites: trace.uses(row),
        }
    }

    /// The goods alone.
    pub(super) fn goods_value(&self, line: &CustomsLine) -> Result<Money, MoneyError> {
        if self.store_delivery {
            line.goods.plus(line.store_delivery)
        } else {
            Ok(line.goods)
        }
    }

    /// The customs value.
    pub(super) fn value(&self, line: &CustomsLine) -> Result<Money, MoneyError> {
        self.value_with(line, None, View::Point)
    }

    /// The customs value, but with freight in or out as a tax's own rule says.
    pub(super) fn value_with(
        &self,
        line: &CustomsLine,
        freight: Option<Views<bool>>,
        view: View,
    ) -> Result<Money, MoneyError> {
        let mut value = self.goods_value(line)?;
        if freight.map_or(self.freight, |own| own.of(view)) {
            value = value.plus(line.freight)?;
        }
        if self.insurance {
            value = value.plus(line.insurance)?;
        }
        Ok(value)
    }
}

impl Consignment<'_> {
    /// The thresholds of this kind under which the consignment lies (at or above which, for a formal entry).
    pub(super) fn thresholds(
        &self,
        kind: ThresholdKind,
        base: &Base,
        trace: &mut Trace,
    ) -> Result<Vec<Dated<Threshold>>, NotPriced> {
        let mut met = Vec::new();
        for row in holding(&self.rules.thresholds, trace.day) {
            if row.rule.dest != self.to || row.rule.kind != kind {
                continue;
            }
            trace.passes(row);
            let limit = super::exchange::at_customs_rate(self.rules, row.rule.amount.0, self.currency, trace)?;
            let sum = self.sum(row.rule.basis, base)?;
            let is_met = match kind {
                ThresholdKind::FormalEntry => sum.amount() >= limit.amount(),
                ThresholdKind::Relief | ThresholdKind::FlatDuty => sum.amount() <= limit.amount(),
            };
            if is_met && row.rule.applies.of(self.view) {
                trace.uses(row);
                met.push(row.clone());
            }
        }
        Ok(met)
    }

    /// Nothing for each line.
    pub(super) fn nothing(&self) -> Vec<Money> {
        vec![Money::zero(self.currency); self.lines.len()]
    }

    fn sum(&self, basis: ThresholdBasis, base: &Base) -> Result<Money, MoneyError> {
        let mut sum = Money::zero(self.currency);
        for line in &self.lines {
            sum = sum.plus(match basis {
                ThresholdBasis::Goods => base.goods_value(line)?,
                ThresholdBasis::Cif => base.value(line)?,
            })?;
        }
        Ok(sum)
    }
}

/// True when a line is one of the goods that a rule leaves out.
pub(super) fn is_excepted(line: &CustomsLine, except: &[HsPrefix]) -> bool {
    except
        .iter()
        .any(|prefix| line.classification.code.is_some() && prefix.fits(line.classification.digits()))
}
