//! Asks every store for the same words at the same time and makes one list of what comes back in time.

use std::{
    cmp::Reverse,
    future::poll_fn,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use domain::{
    Currency, Failure,
    product::{Hit, ProviderCode},
};
use providers::suppliers::{Capability, HitPage, SearchQuery, Supplier};
use tokio::time::timeout;

use crate::{
    Deps,
    asked::{Asked, MOST_PAGES, Sort},
};

/// How long a store may take. People leave a list that is slower than this, and the other stores are waiting in it.
const DEADLINE: Duration = Duration::from_millis(1_200);
/// How many products the adapters ask for at once.
const STORE_PAGE: u64 = 20;

/// What the stores answered.
#[derive(Default)]
pub(crate) struct Found {
    pub(crate) hits: Vec<Hit>,
    /// Stores that are missing in the list.
    pub(crate) missing: Vec<Missing>,
    /// The number of the next page, if a store has one.
    pub(crate) next: Option<u32>,
}

/// A store that is not in the list, and why.
pub(crate) struct Missing {
    pub(crate) store: ProviderCode,
    pub(crate) reason: Reason,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reason {
    Late,
    Failed,
}

/// Nothing when no words were given: then nobody is asked.
pub(crate) async fn run(deps: &Deps, asked: &Asked) -> Result<Option<Found>, Failure> {
    let Some(query) = asked.query()? else {
        return Ok(None);
    };
    let stores = deps
        .suppliers
        .all()
        .filter(|store| store.capabilities().search == Capability::Api);
    let asks: Vec<Ask<'_>> = stores
        .map(|store| -> Ask<'_> { Box::pin(ask(deps, store, &query)) })
        .collect();
    let mut pages = Vec::new();
    let mut missing = Vec::new();
    for answer in all(asks).await {
        match answer {
            Ok(page) => pages.push(page),
            Err(absent) => missing.push(absent),
        }
    }
    let is_more = query.page < MOST_PAGES && pages.iter().any(|page| has_more(page, query.page));
    let hits = merged(pages, asked.sort, deps.terms.currency);
    tracing::info!(
        hits = hits.len(),
        stores_missing = missing.len(),
        "Found {} products",
        hits.len()
    );
    let next = is_more.then(|| query.page.saturating_add(1));
    Ok(Some(Found { hits, missing, next }))
}

type Answer = Result<HitPage, Missing>;
type Ask<'a> = Pin<Box<dyn Future<Output = Answer> + Send + 'a>>;

async fn ask(deps: &Deps, store: &dyn Supplier, query: &SearchQuery) -> Answer {
    let missing = |reason| Missing {
        store: store.code().clone(),
        reason,
    };
    let answer = match store.search(query, deps.terms, deps.clock.now()) {
        Ok(exchange) => timeout(DEADLINE, deps.http.send(exchange)).await,
        Err(error) => Ok(Err(error)),
    };
    match answer {
        Ok(Ok(page)) => Ok(page),
        Ok(Err(error)) => {
            tracing::warn!(store = %store.code(), ending = error.word(), error = %error, "Shown without a store: {error}");
            Err(missing(Reason::Failed))
        }
        Err(_) => {
            tracing::warn!(store = %store.code(), "Shown without a store: {} was late", store.code());
            Err(missing(Reason::Late))
        }
    }
}

/// Waits for all of them at once, in this task: nothing can be left running behind the answer.
async fn all(mut asks: Vec<Ask<'_>>) -> Vec<Answer> {
    let mut answers: Vec<Option<Answer>> = asks.iter().map(|_| None).collect();
    poll_fn(|context: &mut Context<'_>| {
        let mut is_complete = true;
        for (ask, answer) in asks.iter_mut().zip(&mut answers).filter(|(_, answer)| answer.is_none()) {
            match ask.as_mut().poll(context) {
                Poll::Ready(value) => *answer = Some(value),
                Poll::Pending => is_complete = false,
            }
        }
        if is_complete { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
    answers.into_iter().flatten().collect()
}

fn has_more(found: &HitPage, page: u32) -> bool {
    match found.total {
        Some(total) => u64::from(page) * STORE_PAGE < total,
        None => !found.hits.is_empty(),
    }
}

/// The first of each store, then the second of each, so that no store hides behind another; by price where a price decides.
fn merged(pages: Vec<HitPage>, sort: Sort, currency: Currency) -> Vec<Hit> {
    let longest = pages.iter().map(|page| page.hits.len()).max().unwrap_or(0);
    let mut stores: Vec<_> = pages.into_iter().map(|page| page.hits.into_iter()).collect();
    let mut hits = Vec::new();
    for _ in 0..longest {
        hits.extend(stores.iter_mut().filter_map(Iterator::next));
    }
    let price = |hit: &Hit| {
        hit.price
            .filter(|price| price.currency() == currency)
            .map(domain::Money::amount)
    };
    match sort {
        Sort::Cheapest => hits.sort_by_key(|hit| (price(hit).is_none(), price(hit))),
        Sort::Dearest => hits.sort_by_key(|hit| Reverse(price(hit))),
        Sort::BestMatch | Sort::MostSold | Sort::Newest => {}
    }
    hits
}

#[cfg(test)]
mod tests {
    use domain::{Money, Timestamp, product::ProductRef};

    use super::*;

    fn hit(store: &str, product: &str, cents: Option<i64>) -> Hit {
        Hit {
            product: ProductRef {
                store: store.parse().unwrap(),
                product: product.into(),
            },
            title: product.into(),
            image: None,
            price: cents.map(|cents| Money::new(cents, Currency::USD)),
            rating_tenths: None,
            as_of: Timestamp::from_seconds(1_800_000_000),
        }
    }

    fn pages() -> Vec<HitPage> {
        let first = vec![
            hit("one", "a", Some(300)),
            hit("one", "b", None),
            hit("one", "c", Some(100)),
        ];
        let second = vec![hit("two", "x", Some(200))];
        [first, second].map(|hits| HitPage { hits, total: None }).into()
    }

    #[test]
    fn the_stores_take_turns_unless_the_price_decides() {
        for (sort, order) in [
            (Sort::BestMatch, ["a", "x", "b", "c"]),
            (Sort::Cheapest, ["c", "x", "a", "b"]),
            (Sort::Dearest, ["a", "x", "c", "b"]),
        ] {
            let hits = merged(pages(), sort, Currency::USD);

            let products: Vec<_> = hits.iter().map(|hit| hit.product.product.as_str()).collect();
            assert_eq!(products, order, "{sort:?}");
        }
    }

    #[test]
    fn pages_end_where_the_store_or_the_shop_ends() {
        let page = |total, hits: usize| HitPage {
            hits: vec![hit("one", "a", None); hits],
            total,
        };

        assert!(has_more(&page(Some(41), 20), 2));
        assert!(!has_more(&page(Some(40), 20), 2));
        assert!(has_more(&page(None, 1), 2));
        assert!(!has_more(&page(None, 0), 2));
    }
}
