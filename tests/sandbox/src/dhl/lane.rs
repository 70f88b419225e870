//! Where the carrier goes from the United States and what it asks for it: invented tariffs in cents, by zone.

/// A country with its gateway.
pub(super) struct Area {
    pub(super) country: &'static str,
    pub(super) code: &'static str,
    pub(super) city: &'static str,
    pub(super) offset_minutes: i32,
    zone: usize,
}

const fn area(country: &'static str, code: &'static str, city: &'static str, hours: i32, zone: usize) -> Area {
    Area {
        country,
        code,
        city,
        offset_minutes: hours * 60,
        zone,
    }
}

const AREAS: [Area; 30] = [
    area("US", "PHL", "PHILADELPHIA", -5, 0),
    area("CA", "YYZ", "TORONTO", -5, 1),
    area("MX", "MEX", "MEXICO CITY", -6, 1),
    area("GB", "LHR", "LONDON", 0, 2),
    area("IE", "DUB", "DUBLIN", 0, 2),
    area("DE", "FRA", "FRANKFURT", 1, 2),
    area("FR", "CDG", "PARIS", 1, 2),
    area("NL", "AMS", "AMSTERDAM", 1, 2),
    area("BE", "BRU", "BRUSSELS", 1, 2),
    area("ES", "MAD", "MADRID", 1, 2),
    area("IT", "MXP", "MILAN", 1, 2),
    area("PL", "WAW", "WARSAW", 1, 2),
    area("SE", "ARN", "STOCKHOLM", 1, 2),
    area("AE", "DXB", "DUBAI", 4, 3),
    area("IN", "BOM", "MUMBAI", 5, 3),
    area("SG", "SIN", "SINGAPORE", 8, 3),
    area("JP", "NRT", "TOKYO", 9, 3),
    area("AU", "SYD", "SYDNEY", 10, 3),
    area("BR", "GRU", "SAO PAULO", -3, 3),
    area("KE", "NBO", "NAIROBI", 3, 4),
    area("UG", "EBB", "KAMPALA", 3, 4),
    area("TZ", "DAR", "DAR ES SALAAM", 3, 4),
    area("RW", "KGL", "KIGALI", 2, 4),
    area("ET", "ADD", "ADDIS ABABA", 3, 4),
    area("NG", "LOS", "LAGOS", 1, 4),
    area("GH", "ACC", "ACCRA", 0, 4),
    area("ZA", "JNB", "JOHANNESBURG", 2, 4),
    area("EG", "CAI", "CAIRO", 2, 4),
    area("ZM", "LUN", "LUSAKA", 2, 4),
    area("SS", "JUB", "JUBA", 2, 4),
];

/// The list: first half kilogram, and each further one, by zone.
const TARIFF: [(i64, i64); 5] = [(1890, 210), (4310, 480), (5240, 590), (6180, 760), (6890, 890)];

/// A product of the carrier.
pub(super) struct Product {
    pub(super) code: &'static str,
    pub(super) name: &'static str,
    pub(super) short_name: &'static str,
    pub(super) transit_days: i64,
    /// Per cent on top of the tariff.
    premium: i64,
    /// Goods or documents, never both.
    pub(super) for_goods: bool,
}

const PRODUCTS: [Product; 4] = [
    Product {
        code: "P",
        name: "EXPRESS WORLDWIDE NONDOC",
        short_name: "EXPRESS WORLDWIDE",
        transit_days: 5,
        premium: 0,
        for_goods: true,
    },
    Product {
        code: "Y",
        name: "EXPRESS 12:00 NONDOC",
        short_name: "EXPRESS 12:00",
        transit_days: 4,
        premium: 22,
        for_goods: true,
    },
    Product {
        code: "D",
        name: "EXPRESS WORLDWIDE DOC",
        short_name: "EXPRESS WORLDWIDE",
        transit_days: 4,
        premium: 0,
        for_goods: false,
    },
    Product {
        code: "N",
        name: "EXPRESS DOMESTIC",
        short_name: "EXPRESS DOMESTIC",
        transit_days: 2,
        premium: 0,
        for_goods: false,
    },
];

/// Services the carrier knows, with its name for them.
pub(super) const SERVICES: [(&str, &str); 7] = [
    ("II", "SHIPMENT INSURANCE"),
    ("DD", "DUTY TAX PAID"),
    ("WY", "PAPERLESS TRADE"),
    ("AA", "SATURDAY DELIVERY"),
    ("SF", "DIRECT SIGNATURE"),
    ("HD", "LITHIUM ION PI966 SECTION II"),
    ("HV", "LITHIUM ION PI967-SECTION II"),
];

pub(super) fn area_of(country: &str) -> Option<&'static Area> {
    AREAS.iter().find(|area| area.country == country)
}

/// What goes from one country to another.
pub(super) fn products(from: &Area, to: &Area, is_declarable: bool) -> Vec<&'static Product> {
    let is_domestic = from.country == to.country;
    let offered = |product: &&Product| match product.code {
        "N" => is_domestic,
        // The noon promise ends at the doors of the larger gateways.
        "Y" => !is_domestic && is_declarable && to.zone < 4 || to.country == "KE" && is_declarable,
        _ => !is_domestic && product.for_goods == is_declarable,
    };
    PRODUCTS.iter().filter(offered).collect()
}

/// What the account pays of the list, in per cent. Like the list it is invented: no contract was read. The shipped freight rows of
/// 2026-12-01 stand in the same relation to the rows before them.
const ACCOUNT_PER_CENT: i64 = 65;

/// Whose prices are asked for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Payer {
    /// The account in the request.
    Account,
    /// Nobody in particular: the list.
    Anybody,
}

/// The tariff for a weight in half kilograms, before fuel and services.
pub(super) fn tariff(product: &Product, payer: Payer, (from, to): (&Area, &Area), half_kilos: i64) -> i64 {
    let zone = from.zone.max(to.zone);
    let (first, further) = TARIFF.get(zone).copied().unwrap_or_default();
    let plain = first.saturating_add(further.saturating_mul(half_kilos.saturating_sub(1).max(0)));
    let list = plain.saturating_mul(100_i64.saturating_add(product.premium)) / 100;
    match payer {
        Payer::Account => list.saturating_mul(ACCOUNT_PER_CENT) / 100,
        Payer::Anybody => list,
    }
}

/// Fuel in per cent of the tariff.
pub(super) const FUEL_PER_CENT: i64 = 23;

/// Protection costs two per cent of the value, at least eighteen dollars.
pub(super) fn protection(value_cents: i64) -> i64 {
    value_cents.saturating_mul(2).saturating_div(100).max(1800)
}
