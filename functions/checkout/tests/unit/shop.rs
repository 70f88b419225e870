//! A shop in memory with one shopper, a cart and a quote of it, and a payment provider that answers as a test says.

use std::sync::{Arc, Mutex, MutexGuard};

use domain::{
    Currency, Money, RequestKey, Secret, Settings, Timestamp,
    cart::{Cart, CartLine},
    id::{CustomerId, OrderId, PaymentId, RootId},
    lifecycle::Task,
    order::{Choices, Draft, Order, Placing},
    product::VariantRef,
    quote::Quote,
};
use providers::{Http, Loss, Request, Response, payments::Payments};
use runtime::{Clock, Ids, Seal};
use serde_json::json;
use store::{Carts, Db, Memory, Orders, People, Queues, Quotes};
use web::{Edge, EdgeSettings};

use crate::Deps;

/// 32 bytes in base64.
const SEALING_KEY: &str = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";
const ULID: &str = "01JDB7M3N8Q4R5S6T7V8W9X0YZ";

type Lost = Arc<dyn Fn() -> Loss + Send + Sync>;

/// What the outside says.
#[derive(Default)]
struct Says {
    payment_lost: Option<Lost>,
    payment_refused: Option<&'static str>,
    email_refused: bool,
    /// Starts are answered with 500, and so is every repeat under the same key.
    start_fails: bool,
    /// The session that the provider has of ours, as it shows it.
    session: Option<serde_json::Value>,
    starts: Vec<(String, Vec<u8>)>,
}

/// The outside world.
#[derive(Clone, Default)]
pub(crate) struct World(Arc<Mutex<Says>>);

impl World {
    fn says(&self) -> MutexGuard<'_, Says> {
        self.0.lock().unwrap()
    }

    pub(crate) fn lose_payment(&self, how: fn() -> Loss) {
        self.says().payment_lost = Some(Arc::new(how));
    }

    pub(crate) fn refuse_payment(&self, code: &'static str) {
        self.says().payment_refused = Some(code);
    }

    /// The provider knows no e-mail address that it is given.
    pub(crate) fn refuse_emails(&self) {
        self.says().email_refused = true;
    }

    /// The provider answers 500 to a start, and to its repeats; questions are answered.
    pub(crate) fn fail_starts(&self) {
        self.says().start_fails = true;
    }

    /// The provider has a session of the payment after all.
    pub(crate) fn has_session(&self, payment: &PaymentId, status: &str, payment_status: &str) {
        let url = (status == "open").then_some("https://pay.example/cs_9");
        self.says().session = Some(json!({
            "id": "cs_9", "url": url, "status": status, "payment_status": payment_status, "amount_total": 100,
            "currency": "kes", "client_reference_id": payment.as_str(), "expires_at": 1_795_430_000
        }));
    }

    pub(crate) fn open_payments(&self) {
        let mut says = self.says();
        says.payment_lost = None;
        says.payment_refused = None;
    }

    /// The idempotency keys under which payments were started.
    pub(crate) fn starts(&self) -> Vec<String> {
        self.says().starts.iter().map(|(key, _)| key.clone()).collect()
    }

    pub(crate) fn start_bodies(&self) -> Vec<Vec<u8>> {
        self.says().starts.iter().map(|(_, body)| body.clone()).collect()
    }

    fn http(&self) -> Http {
        let world = self.clone();
        Http::scripted(move |request| world.payment(request))
    }

    fn payment(&self, request: &Request) -> Result<Response, Loss> {
        assert_eq!(request.url.path(), "/v1/checkout/sessions");
        let mut says = self.says();
        if request.method.as_str() == "GET" {
            let found: Vec<_> = says.session.iter().collect();
            let list = json!({ "data": found, "has_more": false });
            return Ok(Response::new(200, list.to_string()));
        }
        let key = request.headers["idempotency-key"].to_str().unwrap().to_owned();
        says.starts.push((key, request.body.bytes().to_vec()));
        if let Some(lost) = &says.payment_lost {
            return Err(lost());
        }
        if says.start_fails {
            return Ok(Response::new(500, r#"{"error":{"type":"api_error"}}"#.to_owned()));
        }
        let body = String::from_utf8_lossy(&request.body.bytes()).into_owned();
        let has_bad_email = says.email_refused && body.contains("customer_email");
        if let Some(code) = says.payment_refused.or(has_bad_email.then_some("email_invalid")) {
            let refused = json!({ "error": { "type": "invalid_request_error", "code": code } });
            return Ok(Response::new(400, refused.to_string()));
        }
        let id = format!("cs_{}", says.starts.len());
        let page = json!({ "id": id, "url": format!("https://pay.example/{id}"), "expires_at": 1_795_430_000 });
        Ok(Response::new(200, page.to_string()))
    }
}

/// One shopper's shop.
pub(crate) struct Shop {
    pub(crate) deps: Deps,
    pub(crate) world: World,
    pub(crate) clock: Clock,
    pub(crate) customer: CustomerId,
}

impl Shop {
    /// Two pairs of shoes in the cart, at the price the store still asks.
    pub(crate) async fn with_cart() -> Self {
        let world = World::default();
        let mut settings = Settings::new(
            [
                ("STRIPE_BASE_URL", "https://stripe.example"),
                ("STRIPE_SECRET_KEY", "sk_test"),
            ]
            .map(|(name, value)| (name.to_owned(), value.to_owned())),
        );
        let clock = Clock::fixed("2026-11-23T09:00:00Z".parse().unwrap());
        let db = Db::Memory(Memory::default());
        let edge = EdgeSettings {
            shop_origin: "https://shop.example".into(),
            image_sources: String::new(),
        };
        let deps = Deps {
            edge: Edge::new(&edge),
            shop_origin: "https://shop.example".into(),
            people: People::new(Db::Memory(Memory::default())),
            carts: Carts::new(db.clone()),
            quotes: Quotes::new(db.clone()),
            orders: Orders::new(db),
            queues: Queues::Memory(Arc::default()),
            http: world.http(),
            payments: Arc::new(Payments::read(&mut settings)),
            methods: Arc::new(providers::payments::methods()),
            seal: Arc::new(Seal::new(&Secret::new(SEALING_KEY)).unwrap()),
            clock: clock.clone(),
            ids: Ids::seeded(1),
        };
        settings.finish().unwrap();
        let customer = CustomerId::from_ulid(ULID).unwrap();
        let mut cart = Cart::empty(customer.clone(), clock.now());
        cart.add(line(clock.now()), "k", clock.now()).unwrap();
        deps.carts.save(&cart, 0).await.unwrap();
        Self {
            deps,
            world,
            clock,
            customer,
        }
    }

    /// An order that waits for money.
    pub(crate) async fn with_order() -> (Self, Order) {
        let shop = Self::with_cart().await;
        let (quote, now) = (shop.quote().await, shop.clock.now());
        let id = OrderId::from_ulid(ULID).unwrap();
        let placing = Placing {
            id,
            customer: shop.customer.clone(),
            destination: testkit::orders::address().unwrap(),
            choices: Choices::default(),
        };
        let change = Draft::place(&quote, placing, now).unwrap().finish();
        let order = change.order.clone();
        shop.deps.orders.commit(change, now).await.map(drop).unwrap();
        (shop, order)
    }

    pub(crate) async fn cart(&self) -> Cart {
        self.deps.carts.load(&self.customer, self.clock.now()).await.unwrap()
    }

    /// The same cart with one pair more.
    pub(crate) async fn change_cart(&self) {
        let mut cart = self.cart().await;
        let version = cart.version;
        cart.set_quantity(1, 3, self.clock.now()).unwrap();
        self.deps.carts.save(&cart, version).await.unwrap();
    }

    /// A quote of the cart for Kenya.
    pub(crate) async fn quote(&self) -> Quote {
        let fingerprint = self.cart().await.fingerprint();
        let quote = testkit::orders::quote_of_cart(ULID, &fingerprint, self.clock.now()).unwrap();
        self.deps.quotes.put(&quote).await.unwrap();
        quote
    }

    pub(crate) fn sent(&self) -> Vec<Task> {
        match &self.deps.queues {
            Queues::Memory(list) => list.lock().unwrap().iter().map(|message| message.task).collect(),
            Queues::Sqs { .. } | Queues::Watched(..) => panic!("a queue of this process"),
        }
    }
}

fn line(now: Timestamp) -> CartLine {
    CartLine {
        number: 0,
        variant: VariantRef {
            store: "aliexpress".parse().unwrap(),
            product: "1005".into(),
            variant: "12000039870020001|".into(),
        },
        quantity: 2,
        title: "Running shoes".into(),
        variant_label: String::new(),
        image: None,
        seller: None,
        category: None,
        unit_price: Money::new(4_000, Currency::USD),
        package: None,
        as_of: now,
    }
}

pub(crate) fn key(name: &str, hash: &str) -> RequestKey {
    RequestKey {
        scope: "cus_1 POST /x".into(),
        key: name.into(),
        request_hash: hash.into(),
    }
}
