//! Makes an order of a quote. It is committed, waiting for money, before any payment provider hears of it.

use domain::{
    Failure, RequestKey,
    address::{Address, AddressInput},
    id::{CustomerId, OrderId, QuoteId},
    order::{Draft, Order, Placing},
    quote::Quote,
};
use serde::Deserialize;
use store::Committed;

use crate::Deps;

/// What a customer sends: the quote and the address, field by field.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct OrderForm {
    quote: String,
    name: String,
    phone: String,
    #[serde(default)]
    email: String,
    line1: String,
    #[serde(default)]
    line2: String,
    #[serde(default)]
    landmark: String,
    city: String,
    #[serde(default)]
    region: String,
    #[serde(default)]
    postcode: String,
    country: String,
}

/// An order, and whether it was placed by an earlier sending of the same request.
pub(crate) struct Made {
    pub(crate) order: Order,
    pub(crate) is_repeated: bool,
}

pub(crate) async fn run(deps: &Deps, customer: &CustomerId, key: &RequestKey, form: OrderForm) -> Result<Made, Failure> {
    match place(deps, customer, key, form).await {
        // The quote may have expired since the first sending; that one still counts.
        Err(refused @ (Failure::Refused(_) | Failure::Invalid(_) | Failure::NotFound(_))) => {
            match deps.orders.repeated(key).await? {
                Some(id) => repeated(deps, &id).await,
                None => Err(refused),
            }
        }
        done => done,
    }
}

async fn place(deps: &Deps, customer: &CustomerId, key: &RequestKey, form: OrderForm) -> Result<Made, Failure> {
    let id: QuoteId = form.quote.parse().map_err(|_| Failure::NotFound("quote"))?;
    let quote = deps.quotes.get_own(&id, customer).await?;
    let destination = Address::try_from(form.address()).map_err(|wrong| Failure::Invalid(wrong.0))?;
    let now = deps.clock.now();
    let placing = Placing { id: deps.ids.next()?, customer: customer.clone(), destination };
    let change = Draft::place(&quote, placing, now)?.finish();
    let order = change.order.clone();
    match deps.orders.commit_once(change, key, order.id.as_str(), now).await? {
        Committed::Written(outgoing) => {
            tracing::info!(order.id = %order.id, quote.id = %id, "Placed order {}", order.id);
            deps.queues.send(outgoing).await;
            empty_cart(deps, &quote).await;
            Ok(Made { order, is_repeated: false })
        }
        Committed::Repeated(id) => repeated(deps, &id).await,
    }
}

async fn repeated(deps: &Deps, id: &str) -> Result<Made, Failure> {
    let id: OrderId = id.parse().map_err(|_| Failure::internal("the request for an order was answered with no order"))?;
    Ok(Made { order: deps.orders.load(&id).await?, is_repeated: true })
}

/// What was ordered leaves the cart; a cart that has changed since stays as it is. The order stands whether this works or not.
async fn empty_cart(deps: &Deps, quote: &Quote) {
    let now = deps.clock.now();
    let emptied = async {
        let mut cart = deps.carts.load(&quote.terms().customer, now).await?;
        if !quote.is_of_cart(&cart.fingerprint()) {
            return Ok(());
        }
        let version = cart.version;
        cart.clear(now);
        deps.carts.save(&cart, version).await
    };
    let emptied: Result<(), Failure> = emptied.await;
    if let Err(failure) = emptied {
        tracing::warn!(failure = ?failure, "An ordered cart could not be emptied");
    }
}

impl OrderForm {
    fn address(self) -> AddressInput {
        AddressInput {
            name: self.name,
            phone: self.phone,
            email: self.email,
            line1: self.line1,
            line2: self.line2,
            landmark: self.landmark,
            city: self.city,
            region: self.region,
            postcode: self.postcode,
            country: self.country,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use domain::{Refusal, id::RootId, lifecycle::State};

    use super::*;
    use crate::fixture::{Shop, key};

    fn form(quote: &Quote) -> OrderForm {
        OrderForm {
            quote: quote.id().to_string(),
            name: "Asha Mwangi".into(),
            phone: "+254712345678".into(),
            line1: "Ngong Road 44".into(),
            city: "Nairobi".into(),
            country: "KE".into(),
            ..OrderForm::default()
        }
    }

    async fn place_as(shop: &Shop, name: &str, hash: &str, form: OrderForm) -> Result<Made, Failure> {
        run(&shop.deps, &shop.customer, &key(name, hash), form).await
    }

    #[tokio::test]
    async fn an_order_waits_for_money_and_takes_what_was_ordered_out_of_the_cart() {
        let shop = Shop::with_cart().await;
        let quote = shop.quote().await;

        let made = place_as(&shop, "a", "1", form(&quote)).await.unwrap();

        let order = shop.deps.orders.load(&made.order.id).await.unwrap();
        assert_eq!(order.life.state(), State::AwaitingPayment);
        assert_eq!((order.total, &order.quote, order.units.len()), (quote.total(), quote.id(), 2));
        assert!(shop.cart().await.lines.is_empty());
        assert!(shop.sent().is_empty());
    }

    #[tokio::test]
    async fn the_same_request_makes_one_order_even_after_its_quote_has_expired() {
        let shop = Shop::with_cart().await;
        let quote = shop.quote().await;
        let first = place_as(&shop, "a", "1", form(&quote)).await.unwrap();

        let again = place_as(&shop, "a", "1", form(&quote)).await.unwrap();
        shop.clock.advance(Duration::from_secs(5 * 3600));
        let late = place_as(&shop, "a", "1", form(&quote)).await.unwrap();

        assert!(again.is_repeated && late.is_repeated && !first.is_repeated);
        assert_eq!((&again.order.id, &late.order.id), (&first.order.id, &first.order.id));
        let other = place_as(&shop, "a", "2", form(&quote)).await;
        assert!(matches!(other, Err(Failure::Refused(Refusal::KeyReused))));
    }

    #[tokio::test]
    async fn an_expired_quote_or_one_for_another_country_is_not_ordered() {
        let shop = Shop::with_cart().await;
        let quote = shop.quote().await;

        let elsewhere = OrderForm { country: "UG".into(), phone: "+256772123456".into(), ..form(&quote) };
        assert!(matches!(place_as(&shop, "a", "1", elsewhere).await, Err(Failure::Invalid(_))));
        shop.clock.advance(Duration::from_secs(4 * 3600));
        let expired = place_as(&shop, "b", "1", form(&quote)).await;

        assert!(matches!(expired, Err(Failure::Refused(Refusal::QuoteExpired))));
        assert_eq!(shop.cart().await.lines.len(), 1);
    }

    #[tokio::test]
    async fn the_quote_of_somebody_else_is_not_found() {
        let shop = Shop::with_cart().await;
        let quote = shop.quote().await;
        let other = CustomerId::from_ulid("01JDB7M3N8Q4R5S6T7V8W9X0YA").unwrap();

        let placed = run(&shop.deps, &other, &key("a", "1"), form(&quote)).await;

        assert!(matches!(placed, Err(Failure::NotFound("quote"))));
    }

    #[tokio::test]
    async fn every_wrong_field_of_the_address_is_named() {
        let shop = Shop::with_cart().await;
        let wrong = OrderForm { phone: "0712".into(), city: String::new(), ..form(&shop.quote().await) };

        let Err(Failure::Invalid(errors)) = place_as(&shop, "a", "1", wrong).await else { panic!("wrong fields") };

        let names: Vec<_> = errors.iter().map(|error| error.pointer.as_str()).collect();
        assert_eq!(names, ["/city", "/phone"]);
    }

    #[tokio::test]
    async fn a_cart_that_was_changed_after_the_quote_stays_as_it_is() {
        let shop = Shop::with_cart().await;
        let quote = shop.quote().await;
        shop.change_cart().await;

        place_as(&shop, "a", "1", form(&quote)).await.unwrap();

        assert_eq!(shop.cart().await.lines.len(), 1);
    }
}
