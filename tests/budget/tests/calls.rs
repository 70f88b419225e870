//! How many calls to DynamoDB a purchase needs, from the first thing in a cart until its payment is recorded, and until the order is paid.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "all of this is a test")]

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use domain::{Settings, lifecycle::State};
use hmac::{Hmac, Mac};
use local::actors::World;
use providers::Http;
use runtime::{Clock, Ids};
use serde_json::{Value, json};
use sha2::Sha256;
use store::{Call, Clients, Db, Files, InProcess, Memory, Orders, Queues, Verdict, Watch};

/// Cart, price, order with its payment, and the provider's word stored. Ten are needed today.
const UNTIL_RECORDED: usize = 12;
/// The same until the order is paid, what to buy is written down, and the webhook is marked as applied. Twelve are needed today.
const UNTIL_PAID: usize = 12;

/// Every call, in its order.
#[derive(Default)]
struct Counted(Mutex<Vec<String>>);

impl Watch for Counted {
    fn before<'a>(&'a self, call: &'a Call) -> Verdict<'a> {
        // A look at whether the table answers, when a function starts, and the rules, read once a minute, belong to no purchase.
        if call.about != "-" && !call.place.contains("rules") {
            self.0
                .lock()
                .unwrap()
                .push(format!("{} {}", call.operation, call.about.split('#').next().unwrap()));
        }
        Box::pin(async { Ok(()) })
    }

    fn after<'a>(&'a self, _: &'a Call, _: store::Cost) -> Verdict<'a> {
        Box::pin(async { Ok(()) })
    }
}

struct Shop {
    counted: Arc<Counted>,
    clients: Clients,
    queues: Queues,
    orders: Db,
    sandbox: String,
    clock: Clock,
    cookie: Option<String>,
}

impl Shop {
    fn open(sandbox: &str) -> Self {
        let counted = Arc::new(Counted::default());
        let tables: Arc<Mutex<BTreeMap<String, Memory>>> = Arc::default();
        let watch: Arc<dyn Watch> = counted.clone();
        let known = tables.clone();
        let table = move |name: &str| {
            let memory = known.lock().unwrap().entry(name.to_owned()).or_default().clone();
            Db::Memory(memory).watched(name, watch.clone())
        };
        let queues = Queues::Memory(Arc::default());
        let orders = tables.lock().unwrap().entry("orders".to_owned()).or_default().clone();
        Self {
            counted,
            clients: Clients::from(InProcess {
                table: Box::new(table),
                queues: queues.clone(),
                files: Files::Memory(Arc::default()),
            }),
            queues,
            orders: Db::Memory(orders),
            sandbox: sandbox.to_owned(),
            clock: Clock::system(),
            cookie: None,
        }
    }

    fn settings(&self) -> Settings {
        let address = |provider: &str| format!("{}/{provider}", self.sandbox);
        let named = [
            ("ORDERS_TABLE", "orders".to_owned()),
            ("ACCOUNTS_TABLE", "accounts".to_owned()),
            ("SESSIONS_TABLE", "sessions".to_owned()),
            ("RULES_TABLE", "rules".to_owned()),
            ("PAYMENT_PROVIDER", "stripe".to_owned()),
            ("PARCEL_CARRIER", "dhl".to_owned()),
            ("PAYMENT_SETTLEMENT_QUEUE_URL", "q".to_owned()),
            ("SUPPLIER_ORDER_QUEUE_URL", "q".to_owned()),
            ("SHOP_ORIGIN", "https://shop.example".to_owned()),
            ("IMAGE_SOURCES", String::from("https://pictures.example")),
            ("AWS_REGION", "eu-west-1".to_owned()),
            ("AWS_ACCESS_KEY_ID", "key".to_owned()),
            ("AWS_SECRET_ACCESS_KEY", "secret".to_owned()),
            ("ALIEXPRESS_BASE_URL", address("aliexpress")),
            ("ALIEXPRESS_APP_KEY", "500000".to_owned()),
            ("ALIEXPRESS_APP_SECRET", "sandbox-app-secret".to_owned()),
            ("ALIEXPRESS_SESSION_TOKEN", "sandbox-session".to_owned()),
            ("STRIPE_BASE_URL", address("stripe")),
            ("PEPPER", "bG9jYWwgcGVwcGVyLCAzMiBieXRlcyBvZiBpdCwgbmV3".to_owned()),
            ("SEALING_KEY", "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=".to_owned()),
            ("STRIPE_SECRET_KEY", "sk_test_sandbox".to_owned()),
            ("STRIPE_WEBHOOK_SECRETS", "whsec_sandbox".to_owned()),
            ("DHL_BASE_URL", address("dhl")),
            ("DHL_API_KEY", "sandbox".to_owned()),
            ("DHL_API_SECRET", "sandbox".to_owned()),
            ("DHL_ACCOUNT_NUMBER", "123456789".to_owned()),
            ("WAREHOUSE_CONTACT", "Inbound desk".to_owned()),
            ("WAREHOUSE_COMPANY", "Bandari Fulfilment".to_owned()),
            ("WAREHOUSE_PHONE", "+1 3025550100".to_owned()),
            ("WAREHOUSE_ADDRESS_LINE", "100 Harbour Road".to_owned()),
            ("WAREHOUSE_CITY", "New Castle".to_owned()),
            ("WAREHOUSE_PROVINCE", "Delaware".to_owned()),
            ("WAREHOUSE_POSTCODE", "19720".to_owned()),
            ("WAREHOUSE_COUNTRY", "US".to_owned()),
        ];
        Settings::new(named.map(|(name, value)| (name.to_owned(), value)))
    }

    fn http() -> Http {
        Http::new().unwrap()
    }

    fn event(&self, path: &str, headers: &[(&str, &str)], body: &str) -> String {
        let mut all = json!({
            "accept": "application/json", "content-type": "application/json", "host": "shop.example",
            "idempotency-key": format!("key-of-{}", path.replace("/", "-")), "x-forwarded-for": "192.0.2.7", "x-forwarded-proto": "https"
        });
        for (name, value) in headers {
            all[name] = json!(value);
        }
        if let Some(cookie) = &self.cookie {
            all["cookie"] = json!(cookie);
        }
        json!({
            "version": "2.0", "routeKey": "$default", "rawPath": path, "rawQueryString": "", "headers": all,
            "requestContext": {
                "accountId": "0", "apiId": "a", "domainName": "shop.example", "domainPrefix": "shop",
                "http": { "method": "POST", "path": path, "protocol": "HTTP/1.1", "sourceIp": "192.0.2.7", "userAgent": "u" },
                "requestId": "r", "routeKey": "$default", "stage": "$default", "time": "26/Nov/2026:07:43:00 +0000",
                "timeEpoch": 1_795_419_780_000_i64
            },
            "body": body, "isBase64Encoded": false
        })
        .to_string()
    }

    fn calls(&self) -> Vec<String> {
        self.counted.0.lock().unwrap().clone()
    }
}

fn good(answer: &Value) -> Value {
    assert!(answer["statusCode"].as_u64().unwrap() < 300, "{answer}");
    serde_json::from_str(answer["body"].as_str().unwrap_or("null")).unwrap_or(Value::Null)
}

fn signature(time: i64, body: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(b"whsec_sandbox").unwrap();
    mac.update(format!("{time}.{body}").as_bytes());
    let hex: String = mac
        .finalize()
        .into_bytes()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("t={time},v1={hex}")
}

async fn something_to_buy(shop: &Shop) -> Value {
    let suppliers = providers::suppliers::Suppliers::read(&mut shop.settings());
    let store = suppliers.get(&"aliexpress".parse().unwrap()).unwrap();
    let terms = providers::suppliers::Terms {
        ship_to: "US".parse().unwrap(),
        currency: "USD".parse().unwrap(),
    };
    let exchange = store.detail(PRODUCT, terms, shop.clock.now()).unwrap();
    let product = Shop::http().send(exchange).await.unwrap().unwrap();
    let variant = product
        .variants
        .iter()
        .find(|variant| variant.stock.unwrap_or(9) > 2)
        .unwrap();
    json!({ "store": "aliexpress", "product": PRODUCT, "variant": variant.key, "quantity": 2 })
}

/// Running shoes in the sandbox's catalogue.
const PRODUCT: &str = "1005006361463169";

/// The functions of a purchase.
struct Functions {
    cart: axum::Router,
    quotes: axum::Router,
    checkout: axum::Router,
    webhook: axum::Router,
    settlement: payment_settlement::Deps,
}

async fn functions(shop: &Shop) -> Functions {
    let (clients, http, clock) = (&shop.clients, Shop::http, || shop.clock.clone());
    let ids = || Ids::new(shop.clock.clone());
    let cart = cart::Deps::over(read(cart::Config::read, shop), clients, http(), clock(), ids());
    let quotes = quotes::Deps::over(read(quotes::Config::read, shop), clients, http(), clock(), ids());
    let checkout = checkout::Deps::over(read(checkout::Config::read, shop), clients, http(), clock(), ids());
    let webhook = payment_webhook::Deps::over(read(payment_webhook::Config::read, shop), clients, clock());
    let settlement = read(payment_settlement::Config::read, shop);
    let settlement = payment_settlement::Deps::over(settlement, clients, http(), clock());
    Functions {
        cart: cart::router(cart.await.unwrap()),
        quotes: quotes::router(quotes.await.unwrap()),
        checkout: checkout::router(checkout.await.unwrap()),
        webhook: payment_webhook::router(webhook.await.unwrap()),
        settlement: settlement.await.unwrap(),
    }
}

/// From the first thing in a cart to an order whose payment page is open.
async fn order(shop: &mut Shop, functions: &Functions) -> Value {
    let line = something_to_buy(shop).await;
    shop.counted.0.lock().unwrap().clear();
    let added = shop.event("/cart/lines", &[], &line.to_string());
    let added = runtime::answer_http(functions.cart.clone(), &added).await.unwrap();
    let set = &added["multiValueHeaders"]["set-cookie"][0];
    let cookie = added["cookies"][0].as_str().or(set.as_str()).unwrap();
    shop.cookie = Some(cookie.split(';').next().unwrap().to_owned());
    let asked = shop.event("/quotes", &[], r#"{"country":"KE"}"#);
    let quote = good(&runtime::answer_http(functions.quotes.clone(), &asked).await.unwrap());
    let mut placing = local::actors::Shopper::placing(quote["id"].as_str().unwrap());
    placing["provider"] = json!("stripe");
    let placing = shop.event("/orders", &[], &placing.to_string());
    good(
        &runtime::answer_http(functions.checkout.clone(), &placing)
            .await
            .unwrap(),
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn a_purchase_needs_few_calls_to_the_table() {
    let folder = std::env::temp_dir().join(format!("bandari-calls-{}", std::process::id()));
    let outside = sandbox::Settings::new(0, folder.clone(), "http://127.0.0.1:9");
    let running = sandbox::start(outside).await.unwrap();
    let mut shop = Shop::open(running.origin());
    let functions = functions(&shop).await;

    let placed = order(&mut shop, &functions).await;
    let page = placed["payment"]["redirect_url"].as_str().unwrap();
    World::new(running.origin(), running.origin()).pay(page).await.unwrap();
    let object = json!({
        "id": page.rsplit('/').next().unwrap(), "object": "checkout.session",
        "client_reference_id": placed["payment"]["id"]
    });
    let body = json!({
        "id": "evt_1", "object": "event", "type": "checkout.session.completed", "data": { "object": object }
    });
    let (body, time) = (body.to_string(), shop.clock.now().as_seconds());
    let told = shop.event(
        "/webhooks/stripe",
        &[("stripe-signature", &signature(time, &body))],
        &body,
    );
    good(&runtime::answer_http(functions.webhook.clone(), &told).await.unwrap());
    let recorded = shop.calls();
    let Queues::Memory(sent) = &shop.queues else {
        panic!("queues of this process")
    };
    let message = sent.lock().unwrap().pop().unwrap();
    payment_settlement::handle(&functions.settlement, message)
        .await
        .unwrap();
    let paid = shop.calls();

    let order = placed["id"].as_str().unwrap().parse().unwrap();
    let order = Orders::new(shop.orders.clone()).load(&order).await.unwrap();
    assert_eq!(order.life.state(), State::Paid);
    assert!(recorded.len() <= UNTIL_RECORDED, "{}: {recorded:#?}", recorded.len());
    assert!(paid.len() <= UNTIL_PAID, "{}: {paid:#?}", paid.len());
    drop(running);
    let _gone = std::fs::remove_dir_all(folder);
}

fn read<T, E: std::fmt::Debug>(read: impl Fn(Settings) -> Result<T, E>, shop: &Shop) -> T {
    read(shop.settings()).unwrap()
}
