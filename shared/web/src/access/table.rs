//! Table: every route of the product with who may call it, in the order of the template. `cargo xtask layout` compares it with the
//! template; `tests/end-to-end` calls every route as everybody and asserts every answer. Whose things a caller sees is not said here.

use super::{
    Caller::{self, Admin, Buyer, Customer, Device, Finance, Guest, Nobody, Support, Unproven, Warehouse, Webhook},
    Route,
};

type Callers = &'static [Caller];

/// Whoever it is, with or without a session.
const ANYONE: Callers = &[
    Nobody, Guest, Customer, Support, Buyer, Warehouse, Finance, Admin, Unproven, Device,
];
/// Whoever shops, or might: the staff buys nothing as itself.
const VISITORS: Callers = &[Nobody, Guest, Customer];
const SHOPPERS: Callers = &[Guest, Customer];
const CUSTOMERS: Callers = &[Customer];
/// Somebody with an account of ours, whatever it is for.
const ACCOUNTS: Callers = &[Customer, Support, Buyer, Warehouse, Finance, Admin];
const STAFF: Callers = &[Support, Buyer, Warehouse, Finance, Admin];
const ADMINS: Callers = &[Admin];
/// Between password and second factor, and nowhere else.
const HALF_IN: Callers = &[Unproven];
const FINANCE: Callers = &[Finance, Admin];
const BUYERS: Callers = &[Buyer, Admin];
/// The bench, from the scan to the carrier: people of the warehouse, and its devices, which may do this and nothing else.
const BENCH: Callers = &[Warehouse, Admin, Device];
/// Who answers for prices.
const ACCOUNTANTS: Callers = &[Finance, Admin];
/// The bench ships with them, and a customer has the invoice of what is theirs.
const PAPERS: Callers = &[Guest, Customer, Warehouse, Admin, Device];
const SIGNED: Callers = &[Webhook];

const fn get(path: &'static str, callers: Callers) -> Route {
    route("GET", path, callers)
}

const fn post(path: &'static str, callers: Callers) -> Route {
    route("POST", path, callers)
}

const fn put(path: &'static str, callers: Callers) -> Route {
    route("PUT", path, callers)
}

const fn delete(path: &'static str, callers: Callers) -> Route {
    route("DELETE", path, callers)
}

const fn route(method: &'static str, path: &'static str, callers: Callers) -> Route {
    Route { method, path, callers }
}

/// Every route. What does not stand here is open to nobody.
pub const ROUTES: &[Route] = &[
    // storefront
    get("/", ANYONE),
    get("/help", ANYONE),
    get("/help/{page}", ANYONE),
    get("/static/{file}", ANYONE),
    get("/healthz", ANYONE),
    get("/robots.txt", ANYONE),
    get("/favicon.ico", ANYONE),
    // price-rules
    get("/help/fees", ANYONE),
    get("/help/countries", ANYONE),
    get("/help/countries/{country}", ANYONE),
    get("/help/restricted-items", ANYONE),
    post("/restriction-checks", ANYONE),
    // accounts
    get("/register", ANYONE),
    post("/registrations", ANYONE),
    get("/register/code", ANYONE),
    post("/accounts", ANYONE),
    get("/reset", ANYONE),
    post("/resets", ANYONE),
    get("/reset/sent", ANYONE),
    get("/reset/{token}", ANYONE),
    post("/passwords", ANYONE),
    get("/login", ANYONE),
    post("/sessions", ANYONE),
    get("/sessions", ACCOUNTS),
    delete("/sessions", ACCOUNTS),
    post("/sessions/deletion", ACCOUNTS),
    delete("/sessions/{id}", ACCOUNTS),
    post("/sessions/{id}/deletion", ACCOUNTS),
    delete("/sessions/current", ANYONE),
    post("/sessions/current/deletion", ANYONE),
    // whoever holds the link of an invitation
    get("/invitations/{token}", ANYONE),
    post("/invitations/{token}", ANYONE),
    // profile
    get("/me", ACCOUNTS),
    get("/me/profile", CUSTOMERS),
    put("/me/profile", CUSTOMERS),
    post("/me/profile", CUSTOMERS),
    get("/me/tax-number", CUSTOMERS),
    put("/me/tax-number", CUSTOMERS),
    post("/me/tax-number", CUSTOMERS),
    delete("/me/tax-number", CUSTOMERS),
    post("/me/tax-number/deletion", CUSTOMERS),
    get("/me/export", CUSTOMERS),
    get("/me/deletion", CUSTOMERS),
    post("/me/deletion", CUSTOMERS),
    get("/me/contact", CUSTOMERS),
    post("/me/contact-changes", CUSTOMERS),
    get("/me/contact-changes/{ticket}", CUSTOMERS),
    post("/me/contact-changes/{ticket}", CUSTOMERS),
    get("/me/addresses", CUSTOMERS),
    post("/me/addresses", CUSTOMERS),
    put("/me/addresses/{id}", CUSTOMERS),
    delete("/me/addresses/{id}", CUSTOMERS),
    post("/me/addresses/{id}", CUSTOMERS),
    post("/me/addresses/{id}/deletion", CUSTOMERS),
    // search
    get("/search", ANYONE),
    get("/stores", ANYONE),
    // product
    get("/products/{store}/{id}", ANYONE),
    // cart: whoever puts something in becomes a guest; who has no cart finds no line in it
    get("/cart", VISITORS),
    post("/cart/lines", VISITORS),
    put("/cart/lines/{id}", VISITORS),
    delete("/cart/lines/{id}", VISITORS),
    post("/cart/lines/{id}", VISITORS),
    post("/cart/lines/{id}/deletion", VISITORS),
    post("/cart/lines/{id}/renewal", VISITORS),
    // quotes: whoever was sent the link of one may see it
    get("/quotes", ANYONE),
    post("/quotes", SHOPPERS),
    get("/quotes/{id}", ANYONE),
    // checkout
    get("/checkout/{quote}", SHOPPERS),
    post("/orders", SHOPPERS),
    post("/orders/{id}/payments", SHOPPERS),
    post("/orders/{id}/pay-links", SHOPPERS),
    delete("/orders/{id}/pay-links/{link}", SHOPPERS),
    post("/orders/{id}/pay-links/{link}/deletion", SHOPPERS),
    get("/payments/{id}", SHOPPERS),
    get("/payments/{id}/return", SHOPPERS),
    // whoever holds a link pays by it; the link says of which order
    get("/pay/{token}", ANYONE),
    post("/pay/{token}/payments", ANYONE),
    get("/payments/{id}/thanks", ANYONE),
    // payment-webhook
    post("/webhooks/stripe", SIGNED),
    // orders
    get("/orders", SHOPPERS),
    get("/orders/{id}", SHOPPERS),
    get("/orders/{id}/timeline", SHOPPERS),
    get("/orders/{id}/money", SHOPPERS),
    post("/orders/{id}/cancellation", SHOPPERS),
    post("/orders/{id}/decisions/{part}", SHOPPERS),
    // supplier-order
    post("/supplier-orders/{id}/placement", BUYERS),
    post("/supplier-orders/{id}/absence", BUYERS),
    // warehouse-scan
    get("/warehouse", BENCH),
    post("/warehouse/scans", BENCH),
    get("/warehouse/orders/{id}", BENCH),
    post("/warehouse/receipts", BENCH),
    post("/warehouse/uploads", BENCH),
    post("/warehouse/parcels", BENCH),
    // shipping
    get("/shipments/{id}", BENCH),
    get("/shipments/{id}/documents/{kind}", PAPERS),
    post("/shipments/{id}/handover", BENCH),
    // staff
    get("/staff/second-factor", HALF_IN),
    post("/staff/second-factor", HALF_IN),
    post("/staff/sessions", HALF_IN),
    get("/staff", ADMINS),
    post("/staff/invitations", ADMINS),
    post("/staff/{id}/roles", ADMINS),
    post("/staff/{id}/suspension", ADMINS),
    post("/staff/{id}/suspension/deletion", ADMINS),
    post("/staff/{id}/second-factor/deletion", ADMINS),
    get("/staff/audit", ADMINS),
    get("/staff/devices", ADMINS),
    post("/staff/devices", ADMINS),
    post("/staff/devices/{id}/revocation", ADMINS),
    // whoever holds the code of a device
    get("/scanner", ANYONE),
    post("/scanner", ANYONE),
    // admin; which answer to an exception a role may give stands in its action.rs
    get("/desk", STAFF),
    get("/desk/orders", STAFF),
    get("/desk/orders/{id}", STAFF),
    post("/desk/exceptions/{id}/resolution", STAFF),
    // two persons for money that leaves: the other one
    get("/desk/proposals", STAFF),
    post("/desk/proposals/{id}/approval", FINANCE),
    post("/desk/proposals/{id}/deletion", STAFF),
    // rule-desk
    get("/desk/rules", STAFF),
    get("/desk/rules/{table}", STAFF),
    get("/desk/rules/{table}/{row}", STAFF),
    post("/desk/rule-previews", ACCOUNTANTS),
    post("/desk/rule-editions", ACCOUNTANTS),
    get("/desk/rule-editions/{number}", STAFF),
];
