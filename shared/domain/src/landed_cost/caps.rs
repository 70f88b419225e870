//! What we may spend at each store without asking the customer again.

use super::{
    exchange, fees,
    row::RowId,
    rules::{Rules, holding},
    table::Purpose,
    trace::Trace,
    want::{NotPriced, Want},
};
use crate::{money::Money, product::ProviderCode};

/// The most we pay at one store for one order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoreCap {
    /// The store.
    pub store: ProviderCode,
    /// The numbers of its lines, counted from 1.
    pub lines: Vec<u32>,
    /// Goods and store delivery as quoted, in the store's currency.
    pub expected: Money,
    /// The most we pay: `expected` and the printed tolerance.
    pub max_total: Money,
    /// The row of the tolerance.
    pub rule: RowId,
}

/// One cap for each store, in the order of the basket.
///
/// # Errors
/// When one store asks for two currencies, or a row of ours is missing.
pub(super) fn store_caps(rules: &Rules, want: &Want, trace: &mut Trace) -> Result<Vec<StoreCap>, NotPriced> {
    let row = holding(&rules.tolerances, trace.day).next();
    let row = row.ok_or_else(|| NotPriced::NoRow {
        table: "tolerance",
        wanted: "store caps".into(),
    })?;
    trace.uses(row);
    let mut caps: Vec<StoreCap> = Vec::new();
    for (number, line) in (1_u32..).zip(&want.lines) {
        let amount = line.goods()?.plus(line.store_delivery)?;
        if let Some(cap) = caps.iter_mut().find(|cap| cap.store == line.variant.store) {
            cap.expected = cap.expected.plus(amount)?;
            cap.lines.push(number);
            continue;
        }
        let (store, rule) = (line.variant.store.clone(), row.id.clone());
        caps.push(StoreCap {
            store,
            lines: vec![number],
            expected: amount,
            max_total: amount,
            rule,
        });
    }
    for cap in &mut caps {
        let pair = (row.rule.floor.0.currency(), cap.expected.currency());
        let (rate, _) = exchange::rate(rules, Purpose::Shop, pair, trace)?;
        let floor = row.rule.floor.0.exchanged(rate.rate, cap.expected.currency())?;
        let tolerance = fees::at_least(cap.expected.share(row.rule.share)?, floor);
        cap.max_total = cap.expected.plus(tolerance)?;
    }
    Ok(caps)
}
