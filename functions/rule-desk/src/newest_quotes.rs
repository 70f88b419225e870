//! What was asked for lately, priced again: before a rule changes, its maker sees what real baskets would cost by it. The quotes themselves
//! stay as they were promised.

use domain::{
    Failure, Timestamp,
    landed_cost::{Rules, Want, price},
    quote::Quote,
};

use crate::{
    Deps,
    sample_baskets::{Priced, why},
};

/// So many are priced, the newest first.
const MOST: usize = 20;

/// The baskets of the newest quotes, each with its name.
pub(crate) async fn load(deps: &Deps) -> Result<Vec<(String, Want)>, Failure> {
    let newest = deps.quotes.newest(MOST).await?;
    Ok(newest.into_iter().map(|(quote, want)| (name(&quote), want)).collect())
}

/// Each of them as these rules price it now.
pub(crate) fn price_all(rules: &Rules, baskets: &[(String, Want)], now: Timestamp) -> Vec<Priced> {
    let priced = baskets.iter().map(|(name, want)| Priced {
        name: name.clone(),
        total: price(rules, want, now).map(|cost| cost.total).map_err(why),
    });
    priced.collect()
}

/// What is bought and where it goes; for whom is nobody's business here.
fn name(quote: &Quote) -> String {
    let terms = quote.terms();
    let lines = terms
        .lines
        .iter()
        .map(|line| format!("{} × {}", line.quantity, line.title));
    let lines: Vec<String> = lines.collect();
    let speed = terms.freight.speed.label().to_lowercase();
    format!("{}: {} to {}, {speed}", terms.id, lines.join(", "), terms.destination)
}
