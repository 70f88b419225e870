//! A shop in memory with one shopper and a cart, and a store and a carrier that answer as a test says.

use std::sync::{Arc, Mutex, MutexGuard};

use domain::{
    Currency, Money, RequestKey, Settings, Timestamp,
    cart::{Cart, CartLine},
    id::{CustomerId, RootId},
    product::VariantRef,
};
use providers::{
    Http, Loss, Request, Response, WarehouseAddress, WarehouseHours, carriers::Carriers, error::Source,
    suppliers::Suppliers,
};
use runtime::{Clock, Ids};
use serde_json::{Value, json};
use store::{Carts, Db, Memory, Orders, Quotes, RuleBooks};
use web::{Edge, EdgeSettings};

use crate::{Deps, make_quote::QuoteForm};

const ULID: &str = "01JDB7M3N8Q4R5S6T7V8W9X0YZ";
const VARIANT: &str = "12000039870020001|";

type Lost = Arc<dyn Fn() -> Loss + Send + Sync>;

/// What the outside says.
struct Says {
    price: &'static str,
    stock: u32,
    knows_product: bool,
    delivers: bool,
    store_lost: bool,
    carrier_lost: Option<Lost>,
}

/// The outside world.
#[derive(Clone)]
pub(crate) struct World(Arc<Mutex<Says>>);

impl World {
    fn new() -> Self {
        Self(Arc::new(Mutex::new(Says {
            price: "40.00",
            stock: 200,
            knows_product: true,
            delivers: true,
            store_lost: false,
            carrier_lost: None,
        })))
    }

    fn says(&self) -> MutexGuard<'_, Says> {
        self.0.lock().unwrap()
    }

    pub(crate) fn sell_for(&self, price: &'static str) {
        self.says().price = price;
    }

    pub(crate) fn sell_out(&self) {
        self.says().stock = 1;
    }

    pub(crate) fn forget_product(&self) {
        self.says().knows_product = false;
    }

    pub(crate) fn stop_delivery(&self) {
        self.says().delivers = false;
    }

    pub(crate) fn lose_store(&self) {
        self.says().store_lost = true;
    }

    pub(crate) fn loses_carrier(&self, how: fn(Source) -> Loss) {
        self.says().carrier_lost = Some(Arc::new(move || how("lost".into())));
    }

    fn http(&self) -> Http {
        let world = self.clone();
        Http::scripted(move |request| world.answer(request))
    }

    fn answer(&self, request: &Request) -> Result<Response, Loss> {
        match request.url.host_str() {
            Some("store.example") => self.store(request),
            Some("dhl.example") => self.carrier(),
            other => panic!("nobody is at {other:?}"),
        }
    }

    fn store(&self, request: &Request) -> Result<Response, Loss> {
        let says = self.says();
        if says.store_lost {
            return Err(Loss::NoAnswer("lost".into()));
        }
        let asked = format!("{} {}", request.url, String::from_utf8_lossy(&request.body.bytes()));
        let answer = if asked.contains("aliexpress.ds.product.get") {
            product(&says)
        } else {
            delivery(&says)
        };
        Ok(Response::new(200, answer.to_string()))
    }

    fn carrier(&self) -> Result<Response, Loss> {
        match &self.says().carrier_lost {
            Some(lost) => Err(lost()),
            None => Ok(Response::new(200, rates().to_string())),
        }
    }
}

fn product(says: &Says) -> Value {
    if !says.knows_product {
        return json!({ "aliexpress_ds_product_get_response": { "rsp_code": 404, "rsp_msg": "The product does not exist" } });
    }
    json!({ "aliexpress_ds_product_get_response": { "rsp_code": "00", "result": {
        "ae_item_base_info_dto": { "subject": "Running shoes", "product_status_type": "onSelling" },
        "ae_item_sku_info_dtos": [{
            "sku_id": "12000039870020001", "sku_attr": "", "sku_price": says.price, "offer_sale_price": says.price,
            "currency_code": "USD", "sku_available_stock": says.stock
        }],
        "package_info_dto": { "gross_weight": "0.800" }
    } } })
}

fn delivery(says: &Says) -> Value {
    let result = if says.delivers {
        json!({ "code": 200, "success": true, "delivery_options": { "delivery_option_d_t_o": [
            { "code": "UNTRACKED", "free_shipping": true, "guaranteed_delivery_days": "60", "tracking": false },
            {
                "code": "CAINIAO_STANDARD", "shipping_fee_cent": "1.99", "shipping_fee_currency": "USD", "min_delivery_days": 6,
                "max_delivery_days": 11, "tracking": true
            }
        ] } })
    } else {
        json!({ "success": false, "code": 501, "msg": "DELIVERY_INFO_EMPTY" })
    };
    json!({ "aliexpress_ds_freight_query_response": { "result": result } })
}

fn rates() -> Value {
    json!({ "products": [{
        "productName": "EXPRESS WORLDWIDE NONDOC", "productCode": "P",
        "totalPrice": [{ "currencyType": "BILLC", "priceCurrency": "USD", "price": 61.2 }],
        "deliveryCapabilities": { "estimatedDeliveryDateAndTime": "2026-11-30T23:59:00" }
    }, {
        "productName": "EXPRESS 12:00", "productCode": "Y",
        "totalPrice": [{ "currencyType": "BILLC", "priceCurrency": "USD", "price": 74.9 }],
        "deliveryCapabilities": { "estimatedDeliveryDateAndTime": "2026-11-28T12:00:00" }
    }] })
}

fn outside() -> Settings {
    Settings::new(
        [
            ("ALIEXPRESS_BASE_URL", "https://store.example"),
            ("ALIEXPRESS_APP_KEY", "500000"),
            ("ALIEXPRESS_APP_SECRET", "secret"),
            ("ALIEXPRESS_SESSION_TOKEN", "token"),
            ("DHL_BASE_URL", "https://dhl.example"),
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
            ("WAREHOUSE_TIME_ZONE", "EST5EDT,M3.2.0,M11.1.0"),
            ("WAREHOUSE_HOURS", "Mon-Fri 09:00-17:00"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned())),
    )
}

/// One shopper's shop.
pub(crate) struct Shop {
    pub(crate) deps: Deps,
    pub(crate) world: World,
    pub(crate) customer: CustomerId,
}

impl Shop {
    /// Two pairs of shoes in the cart, at the price the store still asks.
    pub(crate) async fn with_cart() -> Self {
        let (world, mut settings) = (World::new(), outside());
        let clock = Clock::fixed("2026-11-23T09:00:00Z".parse().unwrap());
        let db = Db::Memory(Memory::default());
        let edge = EdgeSettings {
            shop_origin: "https://shop.example".into(),
            image_sources: String::new(),
        };
        let deps = Deps {
            edge: Edge::new(&edge),
            shop_origin: "https://shop.example".into(),
            methods: Arc::new(providers::payments::methods()),
            carts: Carts::new(db.clone()),
            quotes: Quotes::new(db.clone()),
            orders: Orders::new(db),
            http: world.http(),
            suppliers: Suppliers::read(&mut settings),
            payment_provider: "stripe".parse().unwrap(),
            carriers: Arc::new(Carriers::read(&mut settings)),
            warehouse: Arc::new(WarehouseAddress::read(&mut settings)),
            hours: Arc::new(WarehouseHours::read(&mut settings)),
            rules: RuleBooks::new(Db::Memory(Memory::default())),
            clock,
            ids: Ids::seeded(1),
        };
        settings.finish().unwrap();
        let (customer, now) = (CustomerId::from_ulid(ULID).unwrap(), deps.clock.now());
        let mut cart = Cart::empty(customer.clone(), now);
        cart.add(line(now), "k", now).unwrap();
        deps.carts.save(&cart, 0).await.unwrap();
        Self { deps, world, customer }
    }

    pub(crate) async fn cart(&self) -> Cart {
        self.deps
            .carts
            .load(&self.customer, self.deps.clock.now())
            .await
            .unwrap()
    }
}

fn line(now: Timestamp) -> CartLine {
    CartLine {
        number: 0,
        variant: VariantRef {
            store: "aliexpress".parse().unwrap(),
            product: "1005".into(),
            variant: VARIANT.into(),
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

pub(crate) fn form(country: &str, currency: &str) -> QuoteForm {
    serde_json::from_value(json!({ "country": country, "currency": currency })).unwrap()
}

pub(crate) fn key(name: &str, hash: &str) -> RequestKey {
    RequestKey {
        scope: "cus_1 POST /x".into(),
        key: name.into(),
        request_hash: hash.into(),
    }
}
