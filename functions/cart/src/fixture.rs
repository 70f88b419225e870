//! A cart function with a table in memory and a store that sells one kettle, for tests.

use domain::{
    Failure, Money, Timestamp,
    cart::CartLine,
    id::{CustomerId, RootId},
    product::VariantRef,
};
use providers::{Response, exchange::Loss};
use store::Memory;

use super::*;

const KETTLE: &str = include_str!("../../../shared/providers/src/suppliers/aliexpress/samples/detail.ok.json");
const UNKNOWN: &str = include_str!("../../../shared/providers/src/suppliers/aliexpress/samples/detail.unknown.json");
pub(crate) const PRODUCT: &str = "1005007210045501";
/// There are 14.
pub(crate) const COAL: &str = "12000039870010012|14:193#Coal;200007763:201336106";
/// There are none.
pub(crate) const RED: &str = "12000039870010013|14:10";

pub(crate) fn now() -> Timestamp {
    Timestamp::from_seconds(1_800_000_000)
}

pub(crate) fn customer() -> CustomerId {
    CustomerId::from_ulid("01JDB7M3N8Q4R5S6T7V8W9X0YZ").unwrap()
}

pub(crate) fn deps() -> Deps {
    let settings = [
        ("ALIEXPRESS_BASE_URL", "https://store.example"),
        ("ALIEXPRESS_APP_KEY", "500000"),
        ("ALIEXPRESS_APP_SECRET", "secret"),
        ("ALIEXPRESS_SESSION_TOKEN", "token"),
    ];
    let named = settings.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let (sessions, clock) = (Sessions::new(Db::Memory(Memory::default())), Clock::fixed(now()));
    let settings = web::EdgeSettings {
        shop_origin: "https://shop.example".into(),
        image_sources: String::new(),
    };
    Deps {
        carts: Carts::new(Db::Memory(Memory::default())),
        edge: web::Edge::new(&settings).with_sessions(sessions.finder(clock.reader())),
        sessions,
        suppliers: Suppliers::read(&mut domain::Settings::new(named)),
        terms: Terms {
            ship_to: Country::US,
            currency: Currency::USD,
        },
        rules: store::RuleBooks::new(Db::Memory(Memory::default())),
        carrier: "dhl".parse().unwrap(),
        http: kettle_store(),
        clock,
        ids: Ids::seeded(7),
    }
}

fn kettle_store() -> Http {
    Http::scripted(|request| {
        let asked = String::from_utf8(request.body.bytes().to_vec()).unwrap();
        let whole = format!("{}{asked}", request.url);
        let answer = if whole.contains(PRODUCT) { KETTLE } else { UNKNOWN };
        Ok(Response::new(200, answer))
    })
}

/// A store that sells the kettle under another name.
pub(crate) fn selling(title: &str) -> Http {
    let detail = KETTLE.replace("Stovetop Kettle with Whistle", title);
    Http::scripted(move |_| Ok(Response::new(200, detail.clone())))
}

/// A store that sells nothing any more.
pub(crate) fn sold_out() -> Http {
    Http::scripted(|_| Ok(Response::new(200, UNKNOWN)))
}

/// A store that cannot be reached.
pub(crate) fn closed() -> Http {
    Http::scripted(|_| Err(Loss::NotConnected("closed".into())))
}

pub(crate) fn line(variant: &str) -> CartLine {
    CartLine {
        number: 0,
        variant: VariantRef {
            store: "aliexpress".parse().unwrap(),
            product: PRODUCT.into(),
            variant: variant.into(),
        },
        quantity: 1,
        title: "Kettle".into(),
        variant_label: String::new(),
        image: None,
        seller: None,
        category: None,
        unit_price: Money::new(1_674, Currency::USD),
        package: None,
        as_of: now(),
    }
}

/// The table in memory answers at once, so its futures need no runtime.
pub(crate) fn at_once<T>(work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    match std::pin::pin!(work).as_mut().poll(&mut context) {
        std::task::Poll::Ready(result) => result,
        std::task::Poll::Pending => panic!("the table in memory waits for nothing"),
    }
}
