//! What would come in the way of buying what is in a cart: the store asks another price or has too few, it must not travel there, or it is too
//! large for the carrier. Each is told with the button that puts it right.

use std::time::Duration;

use domain::{
    Failure, Money,
    address::Country,
    cart::{Cart, CartLine},
    landed_cost::{Described, NotPriced, Route, Rules, Ruling, Verdict, WantedLine, estimate_parcel, inspect},
};
use futures::future::join_all;
use tokio::time::timeout;

use crate::{Deps, look};

/// What a store said a short while ago still counts.
const FRESH: Duration = Duration::from_secs(15 * 60);
/// A reader waits no longer for stores; who does not answer in time is asked again at the quote.
const PATIENCE: Duration = Duration::from_secs(3);
/// Stores are asked about so many lines at a time.
const MOST_ASKED: usize = 12;

/// Something that has to be put right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Problem {
    /// The line's number.
    pub(crate) line: u32,
    pub(crate) kind: Kind,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// It costs this now.
    PriceMoved(Money),
    /// There are only so many.
    TooFew(u32),
    /// The store does not sell it any more.
    Gone,
    /// It must not travel there, as this rule says.
    Restricted(Verdict),
    /// It is too large or too heavy for the carrier.
    OverCarrierLimit,
}

pub(crate) async fn run(deps: &Deps, rules: &Rules, cart: &Cart, to: Country) -> Vec<Problem> {
    let now = deps.clock.now();
    let mut found: Vec<Problem> = Vec::new();
    for line in &cart.lines {
        let kind = on_the_way(deps, rules, line, to);
        found.extend(kind.map(|kind| Problem {
            line: line.number,
            kind,
        }));
    }
    let is_old = |line: &&CartLine| now.since(line.as_of) > FRESH;
    let old: Vec<&CartLine> = cart.lines.iter().filter(is_old).take(MOST_ASKED).collect();
    let asked = old.iter().map(|line| at_the_store(deps, line));
    for (line, kinds) in old.iter().zip(join_all(asked).await) {
        found.extend(kinds.into_iter().map(|kind| Problem {
            line: line.number,
            kind,
        }));
    }
    found.sort_by_key(|problem| problem.line);
    found
}

fn on_the_way(deps: &Deps, rules: &Rules, line: &CartLine, to: Country) -> Option<Kind> {
    let now = deps.clock.now();
    let thing = Described {
        title: &line.title,
        category: line.category.as_deref(),
        hs_code: None,
    };
    let route = Route {
        from: deps.terms.ship_to,
        to,
        carrier: &deps.carrier,
    };
    if let Some(verdict) = inspect(rules, thing, route, now).verdicts.into_iter().next()
        && verdict.ruling >= Ruling::Permit
    {
        return Some(Kind::Restricted(verdict));
    }
    let wanted = WantedLine {
        category: line.category.clone(),
        package: line.package,
        ..WantedLine::new(line.variant.clone(), line.title.clone(), 1, line.unit_price)
    };
    let parcel = estimate_parcel(rules, std::slice::from_ref(&wanted), &deps.carrier, now);
    matches!(parcel, Err(NotPriced::Refused(_))).then_some(Kind::OverCarrierLimit)
}

async fn at_the_store(deps: &Deps, line: &CartLine) -> Vec<Kind> {
    let variant = &line.variant;
    let looking = look::run(
        deps,
        variant.store.as_str(),
        &variant.product,
        &variant.variant,
        line.quantity,
    );
    let looked = match timeout(PATIENCE, looking).await {
        Ok(Ok(looked)) => looked,
        Ok(Err(Failure::NotFound(_) | Failure::Invalid(_))) => return vec![Kind::Gone],
        Ok(Err(failure)) => {
            tracing::info!(failure = ?failure, "A store could not be asked about a line of a cart");
            return Vec::new();
        }
        Err(_) => return Vec::new(),
    };
    let mut kinds = Vec::new();
    match looked.stock {
        Some(0) => return vec![Kind::Gone],
        Some(stock) if stock < line.quantity => kinds.push(Kind::TooFew(stock)),
        Some(_) | None => {}
    }
    if looked.line.unit_price != line.unit_price {
        kinds.push(Kind::PriceMoved(looked.line.unit_price));
    }
    kinds
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{self, COAL, RED};

    /// A cart whose lines were looked at an hour ago.
    async fn problems(lines: Vec<CartLine>, to: &str) -> Vec<(u32, Kind)> {
        let deps = fixture::deps();
        let mut cart = Cart::empty(fixture::customer(), fixture::now());
        for (number, line) in lines.into_iter().enumerate() {
            let line = CartLine {
                as_of: fixture::now().minus(Duration::from_secs(3600)),
                ..line
            };
            cart.add(line, &format!("k{number}"), fixture::now()).unwrap();
        }
        let rules = deps.rules.current(fixture::now()).await.unwrap();
        let found = run(&deps, &rules, &cart, to.parse().unwrap()).await;
        found.into_iter().map(|problem| (problem.line, problem.kind)).collect()
    }

    #[tokio::test]
    async fn what_moved_at_the_store_is_told_line_by_line() {
        let dearer = CartLine {
            unit_price: Money::new(1_500, domain::Currency::USD),
            ..fixture::line(COAL)
        };
        let many = CartLine {
            quantity: 20,
            ..fixture::line(COAL)
        };
        assert_eq!(
            problems(vec![dearer, fixture::line(RED)], "KE").await,
            [
                (1, Kind::PriceMoved(Money::new(1_674, domain::Currency::USD))),
                (2, Kind::Gone)
            ]
        );
        assert_eq!(problems(vec![many], "KE").await, [(1, Kind::TooFew(14))]);
        assert_eq!(problems(vec![fixture::line(COAL)], "KE").await, []);
    }

    #[tokio::test]
    async fn what_must_not_travel_or_is_too_heavy_is_told_before_anything_is_paid() {
        let weapon = CartLine {
            title: "Air rifle pellet gun".into(),
            ..fixture::line(COAL)
        };
        let heavy = CartLine {
            package: Some(domain::product::Package {
                weight: domain::Grams(900_000),
                size: None,
            }),
            ..fixture::line(COAL)
        };

        let found = problems(vec![weapon], "KE").await;
        let [(1, Kind::Restricted(verdict))] = found.as_slice() else {
            panic!("{found:?}")
        };
        assert!(!verdict.source.is_empty(), "{verdict:?}");
        assert_eq!(problems(vec![heavy], "KE").await, [(1, Kind::OverCarrierLimit)]);
    }
}
