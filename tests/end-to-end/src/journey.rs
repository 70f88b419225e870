//! An order on its way: everything that people and providers do for it, each thing when its time has come and only once.

use std::time::Duration;

use anyhow::{Context, bail, ensure};
use domain::{
    id::OrderId,
    lifecycle::State,
    order::{Order, Shipment, SupplierOrder},
};
use local::actors::{Basket, Said, Shopper};
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use crate::{
    stage::{GLANCE, Stage},
    trouble::Fault,
    truth::{Effects, describe},
};

/// How long a webhook may take; one that cannot be delivered is tried again much later.
const PATIENCE: Duration = Duration::from_secs(3);
/// Steps of people and providers; an order that needs more goes round in circles.
const MOST_STEPS: u32 = 30;

/// Somebody and what they ordered.
pub struct Purchase {
    /// Who.
    pub shopper: Shopper,
    /// What.
    pub order: OrderId,
}

impl Stage {
    /// A shopper with something in the cart.
    ///
    /// # Errors
    /// When the shop refuses.
    pub async fn shopper_with_cart(&self) -> anyhow::Result<(Shopper, Basket)> {
        self.shopper_with("shoes").await
    }

    /// An order that waits for money.
    ///
    /// # Errors
    /// When the shop refuses.
    pub async fn placed(&self) -> anyhow::Result<Purchase> {
        self.placed_for("shoes").await
    }

    /// An order whose payment page was paid; what follows from that has begun.
    ///
    /// # Errors
    /// When the shop or the page refuses.
    pub async fn paid(&self) -> anyhow::Result<Purchase> {
        self.paid_for("shoes").await
    }

    /// The same for what is found under these words: goods that nobody else orders cannot be taken for somebody else's.
    ///
    /// # Errors
    /// When the shop or the page refuses.
    pub async fn paid_for(&self, words: &str) -> anyhow::Result<Purchase> {
        let purchase = self.placed_for(words).await?;
        self.pay(&purchase).await?;
        Ok(purchase)
    }

    async fn shopper_with(&self, words: &str) -> anyhow::Result<(Shopper, Basket)> {
        let shopper = Shopper::at(self.shop()?);
        let basket = shopper.find(words).await?;
        shopper.take(&basket, 2).await?;
        Ok((shopper, basket))
    }

    async fn placed_for(&self, words: &str) -> anyhow::Result<Purchase> {
        let (shopper, _) = self.shopper_with(words).await?;
        let quote = shopper.quote().await?.text_at("/id")?;
        let order = shopper.order(&quote).await?.parse()?;
        Ok(Purchase { shopper, order })
    }

    /// Starts a payment and pays its page.
    ///
    /// # Errors
    /// When the shop or the page refuses.
    pub async fn pay(&self, purchase: &Purchase) -> anyhow::Result<()> {
        let started = purchase.shopper.start_payment(purchase.order.as_str()).await?;
        self.pay_page(&started).await
    }

    /// Pays the page that a started payment leads to, and waits until the provider has told the shop, or will not.
    ///
    /// # Errors
    /// When the page refuses.
    pub async fn pay_page(&self, started: &Said) -> anyhow::Result<()> {
        let page = started.text_at("/redirect_url")?;
        let session = page.rsplit('/').next().unwrap_or_default();
        let world = self.world()?;
        world.pay(&page).await?;
        let began = Instant::now();
        while began.elapsed() < PATIENCE && is_untold(&world.books().await?, session) {
            sleep(GLANCE).await;
        }
        Ok(())
    }

    /// A paid order that its store does not take.
    ///
    /// # Errors
    /// When it does not come to that.
    pub async fn refused_by_the_store(&self) -> anyhow::Result<Purchase> {
        let code = "INVENTORY_HOLD_ERROR";
        self.fault(&Fault::at("aliexpress", "order.create", "refuse").with("code", code))
            .await?;
        let purchase = self.paid().await?;
        let refused = |order: &Order| {
            order
                .supplier_orders
                .iter()
                .any(|bought| bought.life.state() == State::Refused)
        };
        self.until(&purchase.order, "the store's refusal", refused).await?;
        Ok(purchase)
    }

    /// The shopper cancels.
    ///
    /// # Errors
    /// When the shop refuses.
    pub async fn cancel(&self, purchase: &Purchase) -> anyhow::Result<()> {
        let path = format!("/orders/{}/cancellation", purchase.order);
        purchase
            .shopper
            .browser
            .post(&path, &json!({}))
            .await?
            .good("cancelling")
            .map(drop)
    }

    /// A paid order that its store did not take and its shopper cancelled: its money is to go back.
    ///
    /// # Errors
    /// When it does not come to that.
    pub async fn cancelled_after_payment(&self) -> anyhow::Result<Purchase> {
        let purchase = self.refused_by_the_store().await?;
        self.cancel(&purchase).await?;
        Ok(purchase)
    }

    /// Lets people and providers do what the order needs until it is closed.
    ///
    /// # Errors
    /// With where it stands, when it does not come to its end.
    pub async fn deliver(&self, id: &OrderId) -> anyhow::Result<Order> {
        self.carry(id, "the end", |order| order.life.state() == State::Closed)
            .await
    }

    /// Lets people and providers do what the order needs until it is as wanted.
    ///
    /// # Errors
    /// With where it stands, when it does not come to that.
    pub async fn carry(&self, id: &OrderId, what: &str, wanted: impl Fn(&Order) -> bool) -> anyhow::Result<Order> {
        for _ in 0..MOST_STEPS {
            let ready = |order: &Order| wanted(order) || needs(order).is_some();
            let order = self.until(id, what, ready).await?;
            match needs(&order) {
                _ if wanted(&order) => return Ok(order),
                Some(need) => self.fulfil(&order, need).await?,
                None => bail!("{what} is out of reach. {}", describe(&order)),
            }
        }
        bail!("{what} was not reached. {}", describe(&self.order(id).await?))
    }

    /// Delivers the order and checks that the outside did everything once and that the ledger is level.
    ///
    /// # Errors
    /// With what was done too often or is missing.
    pub async fn deliver_once(&self, id: &OrderId) -> anyhow::Result<Order> {
        let order = self.deliver(id).await?;
        let effects = self.effects(&order).await?;
        ensure!(
            effects == Effects::DELIVERED,
            "the outside did {effects:?}. {}",
            describe(&order)
        );
        self.ledger_is_level(&order).await?;
        Ok(order)
    }

    async fn fulfil(&self, order: &Order, need: Need) -> anyhow::Result<()> {
        let world = self.world()?;
        match need {
            Need::Dispatch(store_orders) => {
                let books = world.books().await?;
                let at_store = books
                    .pointer("/aliexpress/orders")
                    .and_then(Value::as_array)
                    .into_iter()
                    .flatten();
                // With enough time gone by the store has sent it without being told.
                let waiting = at_store
                    .filter(|known| known["shipped_at"].is_null())
                    .filter_map(|known| known["id"].as_str());
                for number in waiting.filter(|number| store_orders.iter().any(|ours| ours == number)) {
                    world.store_ships(number).await?;
                }
                let moved = |now: &Order| !matches!(needs(now), Some(Need::Dispatch(_)));
                self.until(&order.id, "news of the store", moved).await.map(drop)
            }
            Need::Receipt(code) => {
                let staff = self.staff().await?;
                staff.scan(&code).await?;
                staff.receive_all(order.id.as_str(), &code).await.map(drop)
            }
            Need::Packing => self.staff().await?.pack(order.id.as_str()).await.map(drop),
            Need::Handover(shipment, number) => {
                self.staff().await?.hand_over(&shipment).await?;
                world.carrier_delivers(&number).await
            }
        }
    }
}

/// What an order needs from people and providers before it can go on.
enum Need {
    /// The store sends these.
    Dispatch(Vec<String>),
    /// The parcel with this number comes to the bench.
    Receipt(String),
    /// Everything received goes into a parcel.
    Packing,
    /// The carrier takes this shipment, with this number.
    Handover(String, String),
}

fn needs(order: &Order) -> Option<Need> {
    if order.life.state() != State::Paid {
        return None;
    }
    let labelled = |parcel: &&Shipment| parcel.life.state() == State::Labelled;
    if let Some(parcel) = order.shipments.iter().find(labelled) {
        let number = parcel.tracking_number.clone()?;
        return Some(Need::Handover(parcel.id.to_string(), number));
    }
    let units = |wanted: State| {
        order
            .units
            .iter()
            .filter(move |unit| unit.life.state() == wanted)
            .count()
    };
    if units(State::Received) > 0 && units(State::Expected) == 0 {
        return Some(Need::Packing);
    }
    let in_state = |wanted: State| move |bought: &&SupplierOrder| bought.life.state() == wanted;
    if let Some(sent) = order.supplier_orders.iter().find(in_state(State::Dispatched)) {
        return Some(Need::Receipt(sent.tracking.first()?.clone()));
    }
    let placed = order.supplier_orders.iter().find(in_state(State::Placed))?;
    Some(Need::Dispatch(placed.store_orders.clone()))
}

/// Whether the provider still has something to tell about a payment page.
fn is_untold(books: &Value, session: &str) -> bool {
    let mut events = books
        .pointer("/stripe/events")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    let says = |event: &Value, pointer: &str, word: &str| event.pointer(pointer).is_some_and(|said| said == word);
    events.any(|event| says(event, "/fate", "waiting") && says(event, "/object/id", session))
}

impl Purchase {
    /// The order as its shopper sees it now.
    ///
    /// # Errors
    /// When the shop does not show it.
    pub async fn status(&self) -> anyhow::Result<String> {
        self.shopper
            .status(self.order.as_str())
            .await
            .context("looking at the order")
    }
}
