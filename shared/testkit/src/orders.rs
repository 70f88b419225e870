//! Orders under way, placed, paid and bought through the verbs of the business, for tests of what comes after.

use std::time::Duration;

use domain::{
    Cause, Currency, Failure, Money, Timestamp,
    address::{Address, AddressInput, Country},
    id::{CustomerId, OrderId, PaymentId, QuoteId, RootId},
    landed_cost::{Freight, FreightOffer, Mode, Rules, Speed, Want, WantedLine, price},
    order::{Actor, Bought, Choices, Draft, Order, Placing, Reported, StoreNews},
    product::{Package, VariantRef},
    quote::{Heading, Quote},
};
use store::{Orders, Quotes};

fn failed(error: impl std::error::Error + Send + Sync + 'static) -> Failure {
    Failure::Internal(Cause::with("could not build an order for a test", error))
}

fn line(title: &str, quantity: u32, cents: i64) -> Result<WantedLine, Failure> {
    let variant = VariantRef {
        store: "aliexpress".parse().map_err(failed)?,
        product: "1005".into(),
        // As AliExpress keys a variant: number and attributes, here made of the title's length.
        variant: format!("{0}|14:{0}", title.len()),
    };
    Ok(WantedLine {
        store_service: "CAINIAO_STANDARD".into(),
        store_delivery: Money::new(199, Currency::USD),
        package: Some(Package {
            weight: domain::Grams(400),
            size: None,
        }),
        ..WantedLine::new(variant, title, quantity, Money::new(cents, Currency::USD))
    })
}

/// A quote of the real engine over two lines, three pieces, to Kenya by DHL. `ulid` is that of the quote, its customer and its order.
///
/// # Errors
/// When the rules do not price it.
pub fn quote(ulid: &str, now: Timestamp) -> Result<Quote, Failure> {
    quote_of_cart(ulid, "f", now)
}

/// The same of the cart with this fingerprint.
///
/// # Errors
/// When the rules do not price it.
pub fn quote_of_cart(ulid: &str, fingerprint: &str, now: Timestamp) -> Result<Quote, Failure> {
    let want = Want {
        lines: vec![line("Running shoes", 2, 4_000)?, line("Phone case", 1, 350)?],
        destination: Country::KE,
        export_from: Country::US,
        charge: Currency::KES,
        charge_unit: 1,
        freight: Freight::Live(FreightOffer {
            carrier: "dhl".parse().map_err(failed)?,
            service: "P".into(),
            speed: Speed::Economy,
            price: Money::new(6_120, Currency::USD),
            days: Some((3, 6)),
        }),
        mode: Mode::Air,
        payment: Some("stripe".parse().map_err(failed)?),
    };
    let heading = Heading {
        id: QuoteId::from_ulid(ulid).map_err(failed)?,
        customer: CustomerId::from_ulid(ulid).map_err(failed)?,
        cart_fingerprint: fingerprint.to_owned(),
        made_at: now,
    };
    let cost = price(&Rules::shipped().map_err(failed)?, &want, now).map_err(failed)?;
    Quote::promise(heading, want, cost).map_err(failed)
}

/// Asha in Nairobi.
///
/// # Errors
/// Never.
pub fn address() -> Result<Address, Failure> {
    let input = AddressInput {
        name: "Asha Mwangi".into(),
        phone: "+254712345678".into(),
        line1: "Ngong Road 44".into(),
        city: "Nairobi".into(),
        country: "KE".into(),
        ..AddressInput::default()
    };
    Address::try_from(input).map_err(failed)
}

/// A placed order, stored with its quote.
///
/// # Errors
/// When the store refuses it.
pub async fn placed(orders: &Orders, quotes: &Quotes, ulid: &str, now: Timestamp) -> Result<Order, Failure> {
    let quote = quote(ulid, now)?;
    quotes.put(&quote).await?;
    let placing = Placing {
        id: OrderId::from_ulid(ulid).map_err(failed)?,
        customer: quote.terms().customer.clone(),
        destination: address()?,
        choices: Choices::default(),
    };
    let change = Draft::place(&quote, placing, now)?.finish();
    let order = change.order.clone();
    orders.commit(change, now).await.map(|_outgoing| order)
}

/// The same, paid in full.
///
/// # Errors
/// When the store refuses it.
pub async fn paid(orders: &Orders, quotes: &Quotes, ulid: &str, now: Timestamp) -> Result<Order, Failure> {
    let order = placed(orders, quotes, ulid, now).await?;
    let closes = now.plus(Duration::from_secs(3600));
    let provider: domain::product::ProviderCode = "stripe".parse().map_err(failed)?;
    act(orders, &order.id, now, |draft| {
        draft.start_payment(provider.clone(), closes).map(drop)
    })
    .await?;
    let payment = PaymentId::of(&order.id, 1);
    act(orders, &order.id, now, |draft| {
        draft.settle(&payment, &Reported::Paid(order.total)).map(drop)
    })
    .await
}

/// The same, bought at the store and on its way to the warehouse under `tracking`.
///
/// # Errors
/// When the store refuses it.
pub async fn bought(
    orders: &Orders,
    quotes: &Quotes,
    ulid: &str,
    tracking: &str,
    now: Timestamp,
) -> Result<Order, Failure> {
    let mut order = paid(orders, quotes, ulid, now).await?;
    for planned in order.supplier_orders.clone() {
        let news = StoreNews {
            tracking: vec![tracking.to_owned()],
            is_shipped: true,
            ..StoreNews::default()
        };
        act(orders, &order.id, now, |draft| {
            draft.lease_supplier_order(&planned.id, planned.cap)
        })
        .await?;
        let store_order = format!("{}{}", planned.id.number(), order.id.ulid());
        act(orders, &order.id, now, |draft| {
            draft.bought(&planned.id, Bought::Placed(vec![store_order]))
        })
        .await?;
        order = act(orders, &order.id, now, |draft| draft.store_news(&planned.id, &news)).await?;
    }
    Ok(order)
}

/// One verb and its commit; messages are not sent.
///
/// # Errors
/// What the verb or the store refuses.
pub async fn act(
    orders: &Orders,
    id: &OrderId,
    now: Timestamp,
    verb: impl FnOnce(&mut Draft) -> Result<(), Failure>,
) -> Result<Order, Failure> {
    let mut draft = Draft::of(orders.load(id).await?, Actor::System, now);
    verb(&mut draft)?;
    let change = draft.finish();
    let order = change.order.clone();
    orders.commit(change, now).await.map(|_outgoing| order)
}
