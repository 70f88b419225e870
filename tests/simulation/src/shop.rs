//! The shop: the production functions, each over the town's storage, world and a clock that may be wrong.

use std::{pin::Pin, sync::Arc};

use axum::{
    Router,
    body::{Body, to_bytes},
    http::Request,
};
use domain::{Failure, Settings};
use providers::Http;
use runtime::{Clock, Ids, Tick};
use store::{Clients, MessageRecord};
use tower::ServiceExt;

/// The largest answer a person's browser takes here.
const LARGEST_ANSWER: usize = 4 * 1024 * 1024;
/// Clocks of instances are wrong by at most so many milliseconds.
const SKEW_MS: i64 = 5 * 60_000;

/// What a function answered.
pub(crate) enum Answer {
    Http {
        status: u16,
        cookie: Option<String>,
        body: Vec<u8>,
    },
    Work(Result<(), Failure>),
}

/// Work of an instance that is under way.
pub(crate) type Work = Pin<Box<dyn Future<Output = Answer>>>;

/// Every function.
pub(crate) struct Shop {
    cart: Router,
    quotes: Router,
    checkout: Router,
    orders: Router,
    webhook: Router,
    desk: Router,
    profile: Router,
    buyer: Router,
    bench: Router,
    parcels: Router,
    settlement: Arc<payment_settlement::Deps>,
    supplier_order: Arc<supplier_order::Deps>,
    shipping: Arc<shipping::Deps>,
    tracking: Arc<tracking::Deps>,
    deadlines: Arc<deadlines::Deps>,
}

/// Where everything is in a simulation. No value here is a secret.
const SETTINGS: &[(&str, &str)] = &[
    ("AWS_REGION", "eu-west-1"),
    ("AWS_ACCESS_KEY_ID", "simulation"),
    ("AWS_SECRET_ACCESS_KEY", "simulation"),
    ("ORDERS_TABLE", "orders"),
    ("SESSIONS_TABLE", "sessions"),
    ("RULES_TABLE", "rules"),
    ("PARCEL_CARRIER", "dhl"),
    ("ACCOUNTS_TABLE", "accounts"),
    ("NOTIFICATIONS_QUEUE_URL", "notifications"),
    ("FILES_BUCKET", "files"),
    ("PAYMENT_SETTLEMENT_QUEUE_URL", "payment-settlement"),
    ("SUPPLIER_ORDER_QUEUE_URL", "supplier-order"),
    ("SHIPPING_QUEUE_URL", "shipping"),
    ("TRACKING_QUEUE_URL", "tracking"),
    ("PAYMENT_PROVIDER", "stripe"),
    ("SHOP_ORIGIN", "https://shop.test"),
    ("IMAGE_SOURCES", "https://ae01.test"),
    ("ALIEXPRESS_BASE_URL", "https://aliexpress.test"),
    ("ALIEXPRESS_APP_KEY", "500000"),
    ("ALIEXPRESS_APP_SECRET", "app-secret"),
    ("ALIEXPRESS_SESSION_TOKEN", "session"),
    ("STRIPE_BASE_URL", "https://stripe.test"),
    ("PEPPER", PEPPER),
    ("SEALING_KEY", "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="),
    ("STRIPE_SECRET_KEY", "sk_test"),
    ("DHL_BASE_URL", "https://dhl.test"),
    ("DHL_API_KEY", "key"),
    ("DHL_API_SECRET", "secret"),
    ("DHL_ACCOUNT_NUMBER", "123456789"),
    ("WAREHOUSE_CONTACT", "Inbound desk"),
    ("WAREHOUSE_COMPANY", "Bandari Fulfilment"),
    ("WAREHOUSE_PHONE", "+1 3025550100"),
    ("WAREHOUSE_ADDRESS_LINE", "100 Harbour Road"),
    ("WAREHOUSE_CITY", "New Castle"),
    ("WAREHOUSE_PROVINCE", "Delaware"),
    ("WAREHOUSE_POSTCODE", "19720"),
    ("WAREHOUSE_COUNTRY", "US"),
];

/// What goes into keys made of personal data.
pub(crate) const PEPPER: &str = "bG9jYWwgcGVwcGVyLCAzMiBieXRlcyBvZiBpdCwgbmV3";
/// The secret that signs webhooks.
pub(crate) const WEBHOOK_SECRET: &str = "whsec_town";
/// The secret of somebody who is not the payment provider.
pub(crate) const FORGER_SECRET: &str = "whsec_forger";

fn settings(webhook_secrets: &str) -> Settings {
    let secrets = ("STRIPE_WEBHOOK_SECRETS".to_owned(), webhook_secrets.to_owned());
    let fixed = SETTINGS
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Settings::new(fixed.chain([secrets]))
}

/// What every function stands on.
pub(crate) struct Ground<'a> {
    pub(crate) clients: &'a Clients,
    pub(crate) http: &'a Http,
    pub(crate) clock: &'a Clock,
    pub(crate) seed: u64,
    pub(crate) believes_forgers: bool,
}

/// Which of the clocks is that of the function that wakes what is overdue.
const WAKERS_CLOCK: u64 = 11;

impl Ground<'_> {
    /// What time it is for the function that wakes what is overdue.
    pub(crate) fn wakers_clock(&self) -> Clock {
        self.wrong(WAKERS_CLOCK)
    }

    fn wrong(&self, number: u64) -> Clock {
        let mut chance = crate::chance::Chance::of(self.seed, number);
        self.clock.wrong_by(chance.between(-SKEW_MS, SKEW_MS))
    }
}

macro_rules! config {
    ($function:ident, $ground:expr) => {{
        let secrets = if $ground.believes_forgers {
            format!("{WEBHOOK_SECRET},{FORGER_SECRET}")
        } else {
            WEBHOOK_SECRET.to_owned()
        };
        $function::Config::read(settings(&secrets)).map_err(|wrong| Failure::internal(wrong.to_string()))?
    }};
}

impl Shop {
    /// # Errors
    /// When a setting is missing here that a function wants.
    pub(crate) async fn open(on: &Ground<'_>) -> Result<Self, Failure> {
        let (clients, http) = (on.clients, || on.http.clone());
        let clocks: Vec<Clock> = (0..13).map(|number| on.wrong(number)).collect();
        let clock = |number: usize| clocks.get(number).cloned().unwrap_or_else(|| on.clock.clone());
        let ids = |number: usize| {
            let number = u64::try_from(number).unwrap_or(0);
            Ids::seeded_by(
                on.seed.wrapping_add(number.wrapping_mul(0x1000)),
                clock(usize::try_from(number).unwrap_or(0)),
            )
        };
        let supplier = supplier_order::Deps::over(config!(supplier_order, on), clients, http(), clock(6)).await?;
        let shipping = Arc::new(shipping::Deps::over(config!(shipping, on), clients, http(), clock(8), ids(8)).await?);
        let desk = admin::Deps::over(config!(admin, on), clients, clock(5), ids(5)).await?;
        let profile = profile::Deps::over(config!(profile, on), clients, clock(12), ids(12)).await?;
        let orders = orders::Deps::over(config!(orders, on), clients, clock(3), ids(3)).await?;
        let checkout = checkout::Deps::over(config!(checkout, on), clients, http(), clock(2), ids(2)).await?;
        let bench = warehouse_scan::Deps::over(config!(warehouse_scan, on), clients, clock(7), ids(7)).await?;
        let settlement =
            payment_settlement::Deps::over(config!(payment_settlement, on), clients, http(), clock(9)).await?;
        let tracking = tracking::Deps::over(config!(tracking, on), clients, http(), clock(10)).await?;
        let deadlines = deadlines::Deps::over(config!(deadlines, on), clients, clock(11)).await?;
        Ok(Self {
            cart: cart::router(cart::Deps::over(config!(cart, on), clients, http(), clock(0), ids(0)).await?),
            quotes: quotes::router(quotes::Deps::over(config!(quotes, on), clients, http(), clock(1), ids(1)).await?),
            checkout: checkout::router(checkout),
            orders: orders::router(Arc::new(orders)),
            // Its clock decides about signatures of five minutes; that it may be wrong is the provider's late webhook.
            webhook: payment_webhook::router(
                payment_webhook::Deps::over(config!(payment_webhook, on), clients, on.clock.clone()).await?,
            ),
            desk: admin::router(Arc::new(desk)),
            profile: profile::router(Arc::new(profile)),
            buyer: supplier_order::router(supplier.clone()),
            bench: warehouse_scan::router(bench),
            parcels: shipping::router(Arc::clone(&shipping)),
            settlement: Arc::new(settlement),
            supplier_order: Arc::new(supplier),
            shipping,
            tracking: Arc::new(tracking),
            deadlines: Arc::new(deadlines),
        })
    }

    /// A request at the gateway; the name of the work it is comes with it.
    pub(crate) fn request(&self, request: Request<Body>) -> (String, Work) {
        let path = request.uri().path().to_owned();
        let (function, router) = self.function_of(request.method().as_str(), &path);
        let plain = |part: &&str| !part.chars().any(|c| c.is_ascii_digit());
        let shape: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).filter(plain).collect();
        let name = format!("{function} {} {}", request.method(), shape.join("/"));
        let router = router.clone();
        let work = async move {
            let Ok(response) = router.oneshot(request).await;
            let status = response.status().as_u16();
            let cookie = response
                .headers()
                .get("set-cookie")
                .and_then(|value| value.to_str().ok());
            let cookie = cookie.map(str::to_owned);
            let body = to_bytes(response.into_body(), LARGEST_ANSWER).await.unwrap_or_default();
            Answer::Http {
                status,
                cookie,
                body: body.to_vec(),
            }
        };
        (name, Box::pin(work))
    }

    fn function_of(&self, method: &str, path: &str) -> (&'static str, &Router) {
        let mut parts = path.trim_start_matches('/').split('/');
        match (method, parts.next(), parts.nth(1)) {
            (_, Some("cart"), _) => ("cart", &self.cart),
            (_, Some("quotes"), _) => ("quotes", &self.quotes),
            ("POST", Some("orders"), None | Some("payments" | "pay-links")) => ("checkout", &self.checkout),
            (_, Some("payments" | "pay" | "checkout"), _) => ("checkout", &self.checkout),
            (_, Some("orders"), _) => ("orders", &self.orders),
            (_, Some("webhooks"), _) => ("payment-webhook", &self.webhook),
            (_, Some("supplier-orders"), _) => ("supplier-order", &self.buyer),
            (_, Some("me"), _) => ("profile", &self.profile),
            (_, Some("warehouse"), _) => ("warehouse-scan", &self.bench),
            (_, Some("shipments"), _) => ("shipping", &self.parcels),
            _ => ("admin", &self.desk),
        }
    }

    /// A message of a queue.
    pub(crate) fn message(&self, message: MessageRecord) -> (String, Work) {
        let consumer = message.task.consumer();
        let name = format!("{consumer} {}", message.task);
        let work: Work = match consumer {
            "payment-settlement" => {
                let deps = Arc::clone(&self.settlement);
                Box::pin(async move { Answer::Work(payment_settlement::handle(&deps, message).await) })
            }
            "supplier-order" => {
                let deps = Arc::clone(&self.supplier_order);
                Box::pin(async move { Answer::Work(supplier_order::handle(&deps, message).await) })
            }
            "shipping" => {
                let deps = Arc::clone(&self.shipping);
                Box::pin(async move { Answer::Work(shipping::handle(&deps, message).await) })
            }
            _ => {
                let deps = Arc::clone(&self.tracking);
                Box::pin(async move { Answer::Work(tracking::handle(&deps, message).await) })
            }
        };
        (name, work)
    }

    /// The minute's tick.
    pub(crate) fn tick(&self, tick: Tick) -> (String, Work) {
        let deps = Arc::clone(&self.deadlines);
        let work = Box::pin(async move { Answer::Work(deadlines::handle(&deps, tick).await) });
        ("deadlines tick".to_owned(), work)
    }
}
