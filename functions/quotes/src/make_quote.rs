//! Makes a quote of a cart: stores and carrier are asked again, the rules price it, and what comes out is promised.

use domain::{
    Cause, Failure, Refusal, RequestKey, Timestamp,
    address::{Country, postcode, town},
    cart::Cart,
    id::QuoteId,
    landed_cost::{Freight, Mode, Remark, Rules, Speed, Want, price_each},
    quote::{Heading, Quote},
};
use serde::Deserialize;
use store::Promised;

use crate::{
    Deps, Made, ask_carrier, ask_stores,
    charge::{charge_in, payable},
    gateway_town::gateway_town,
};

/// Lines and pieces together: an order is written in one transaction, which DynamoDB limits to 100 items (2026).
const MOST_PARTS: usize = 80;

/// What a customer asks a price for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct QuoteForm {
    /// Where the parcel goes.
    pub(crate) country: Country,
    /// In which money the customer pays; the country's own when nothing is said.
    #[serde(default)]
    pub(crate) currency: String,
    /// The town, if the customer has named it already; carriers ask more for remote ones.
    #[serde(default)]
    city: String,
    /// Its postcode.
    #[serde(default)]
    postcode: String,
}

/// Where a parcel goes, as far as it is known before there is an address.
pub(crate) struct Destination {
    pub(crate) country: Country,
    pub(crate) town: String,
    pub(crate) postcode: String,
}

/// A repeat is found out by the write; whatever stopped it before that is only answered after looking whether it was one.
pub(crate) async fn run(deps: &Deps, cart: &Cart, key: &RequestKey, form: QuoteForm) -> Result<Made<Quote>, Failure> {
    match make(deps, cart, key, form).await {
        Err(failure) => match deps.orders.repeated(key).await? {
            Some(id) => repeated(deps, &id).await,
            None => Err(failure),
        },
        made => made,
    }
}

async fn make(deps: &Deps, cart: &Cart, key: &RequestKey, form: QuoteForm) -> Result<Made<Quote>, Failure> {
    let now = deps.clock.now();
    check_size(cart)?;
    let rules = deps.rules.current(now).await?;
    let charge = charge_in((deps, &rules), &form, now)?;
    let to = destination(&form)?;
    let lines = ask_stores::run(deps, &cart.lines, now).await?;
    let ways = ask_carrier::run((deps, &rules), &lines, &to, now).await?;
    let (freight, faster) = plain_first(deps, ways)?;
    let moved = ask_stores::moved_prices(&cart.lines, &lines);
    let want = Want {
        lines,
        destination: to.country,
        export_from: deps.warehouse.country,
        charge,
        charge_unit: u32::try_from(deps.methods.unit(charge)).unwrap_or(u32::MAX),
        freight,
        mode: Mode::Air,
        payment: Some(deps.payment_provider.clone()),
    };
    let quotes = promise((deps, &rules), (cart, &moved), &want, faster, now)?;
    match deps.quotes.put_once(&quotes, key, now).await? {
        Promised::Written => {
            let ways = quotes.len();
            let quote = first(quotes)?;
            tracing::info!(quote.id = %quote.id(), lines = quote.lines().len(), ways, "Promised quote {}", quote.id());
            Ok(Made {
                thing: quote,
                is_repeated: false,
            })
        }
        Promised::Repeated(id) => repeated(deps, &id).await,
    }
}

/// The plain way, and the others. Where there is none, the plain way of our table stands in, and the price says what it lacks.
fn plain_first(deps: &Deps, ways: Vec<Freight>) -> Result<(Freight, Vec<Freight>), Failure> {
    let mut ways = ways.into_iter();
    if let Some(plain) = ways.next() {
        return Ok((plain, ways.collect()));
    }
    let mut carriers = deps.carriers.iter();
    let carrier = carriers
        .next()
        .ok_or_else(|| Failure::internal("no carrier is set up"))?;
    Ok((Freight::Tariff(carrier.code(), Speed::default()), Vec::new()))
}

/// One quote for each way; the way that was wanted first.
fn promise(
    (deps, rules): (&Deps, &Rules),
    (cart, moved): (&Cart, &[Remark]),
    want: &Want,
    others: Vec<Freight>,
    now: Timestamp,
) -> Result<Vec<(Quote, Want)>, Failure> {
    let ways = std::iter::once(want.freight.clone()).chain(others).collect();
    let (mut promised, mut inputs) = (Vec::new(), Vec::new());
    for (want, mut cost) in payable(deps, price_each(rules, want, ways, now)?)? {
        cost.remarks.extend_from_slice(moved);
        let heading = Heading {
            id: deps.ids.next()?,
            customer: cart.customer.clone(),
            cart_fingerprint: cart.fingerprint(),
            made_at: now,
        };
        inputs.push(want.clone());
        promised.push((heading, want, cost));
    }
    let quotes = Quote::promise_each(promised)
        .map_err(|error| Failure::Internal(Cause::with("could not make a quote of a price", error)))?;
    Ok(quotes.into_iter().zip(inputs).collect())
}

fn first(quotes: Vec<(Quote, Want)>) -> Result<Quote, Failure> {
    let first = quotes.into_iter().next().map(|(quote, _)| quote);
    first.ok_or_else(|| Failure::internal("a basket with a price has no quote"))
}

async fn repeated(deps: &Deps, id: &str) -> Result<Made<Quote>, Failure> {
    let id: QuoteId = id
        .parse()
        .map_err(|_| Failure::internal("the request for a quote was answered with no quote"))?;
    Ok(Made {
        thing: deps.quotes.get(&id).await?,
        is_repeated: true,
    })
}

fn check_size(cart: &Cart) -> Result<(), Failure> {
    let pieces = cart.lines.iter().filter_map(|line| usize::try_from(line.quantity).ok());
    let parts = pieces.fold(cart.lines.len(), usize::saturating_add);
    match cart.lines.len() {
        0 => Err(Refusal::CartEmpty.into()),
        _ if parts > MOST_PARTS => {
            let sentence = "This is more than goes into one order. Please order it in two parts.";
            Err(Failure::field("lines", "too_many", sentence))
        }
        _ => Ok(()),
    }
}

fn destination(form: &QuoteForm) -> Result<Destination, Failure> {
    let (town, postcode) = match (town(&form.city), postcode(&form.postcode, form.country)) {
        (Ok(town), Ok(postcode)) => (town, postcode),
        (town, postcode) => {
            return Err(Failure::Invalid(
                [town.err(), postcode.err()].into_iter().flatten().collect(),
            ));
        }
    };
    Ok(match gateway_town(form.country) {
        Some((gateway, its_postcode)) if town.is_empty() => Destination {
            country: form.country,
            town: gateway.to_owned(),
            postcode: its_postcode.to_owned(),
        },
        Some(_) | None => Destination {
            country: form.country,
            town,
            postcode,
        },
    })
}

#[cfg(test)]
#[path = "../tests/unit/make_quote.rs"]
mod tests;
