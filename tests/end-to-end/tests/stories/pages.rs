//! Every page of the shop, the account, the staff, the desk, the bench and the rules in a real browser: on the narrowest phone, on a desk and
//! with text twice as large nothing is wider than the window, and axe finds nothing. A page that nobody visits here fails the story.

use std::{collections::BTreeSet, path::PathBuf};

use anyhow::{Context, ensure};
use domain::{
    lifecycle::State,
    order::{Order, SupplierOrder},
};
use end_to_end::{Fault, Played, Purchase, Sight, Stage, play};
use local::actors::{Browser, Shopper, Staff, account::register};
use serde_json::json;
use web::ROUTES;

/// Addresses that are no pages: files, JSON for programs, and ways that lead on at once.
const NO_PAGES: [&str; 8] = [
    "/static/{file}",
    "/healthz",
    "/robots.txt",
    "/favicon.ico",
    "/stores",
    "/me/export",
    "/shipments/{id}/documents/{kind}",
    "/payments/{id}/return",
];

/// What a visitor opens, and the routes that were seen by it.
struct Tour<'a> {
    shop: String,
    sight: &'a mut Sight,
    seen: BTreeSet<&'static str>,
}

impl<'a> Tour<'a> {
    fn of(stage: &Stage, sight: &'a mut Sight) -> anyhow::Result<Self> {
        Ok(Self {
            shop: stage.shop()?.to_owned(),
            sight,
            seen: BTreeSet::new(),
        })
    }

    /// Whatever was wrong, and the pages of this part that nobody looked at.
    fn end(self, is_mine: impl Fn(&str) -> bool) -> anyhow::Result<()> {
        let pages = ROUTES
            .iter()
            .filter(|row| row.method == "GET" && is_mine(row.path) && !NO_PAGES.contains(&row.path));
        let missed: Vec<&str> = pages
            .map(|row| row.path)
            .filter(|path| !self.seen.contains(path))
            .collect();
        let (count, wrong) = self.sight.verdict();
        ensure!(
            wrong.is_empty(),
            "{} faults on {count} pages:\n{}",
            wrong.len(),
            wrong.join("\n")
        );
        ensure!(missed.is_empty(), "nobody looked at {}", missed.join(", "));
        Ok(())
    }

    fn visit(&mut self, path: &str) -> anyhow::Result<()> {
        self.visit_as(path, path, 200)
    }

    fn visit_as(&mut self, name: &str, path: &str, status: u64) -> anyhow::Result<()> {
        self.seen.extend(route(path));
        self.sight.visit(name, &format!("{}{path}", self.shop), status)
    }

    /// Opens a page and sends one of its forms as it stands: what is wrong with it is shown on a page too.
    fn send(&mut self, path: &str, form: &str) -> anyhow::Result<()> {
        self.visit(path)?;
        self.sight.send(&format!("{form} of {path}"), form)
    }

    fn enter(&mut self, who: &Browser) -> anyhow::Result<()> {
        let cookie = who.cookie().context("a browser without a session")?;
        let (_, token) = cookie.split_once('=').context("a cookie without a value")?;
        self.sight.enter(Some(token))
    }

    fn leave(&mut self) -> anyhow::Result<()> {
        self.sight.enter(None)
    }
}

/// The page's route in the table: the one with the most words of its own.
fn route(path: &str) -> Option<&'static str> {
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let fits = |route: &str| {
        let (parts, wanted): (Vec<_>, Vec<_>) = (path.split('/').collect(), route.split('/').collect());
        let alike = |(part, wanted): (&&str, &&str)| wanted.starts_with('{') || part == wanted;
        parts.len() == wanted.len() && parts.iter().zip(&wanted).all(alike)
    };
    let found = ROUTES.iter().filter(|row| row.method == "GET" && fits(row.path));
    found.map(|row| row.path).min_by_key(|path| path.matches('{').count())
}

#[test]
fn every_page_of_shop_and_account_fits_every_window_and_axe_finds_nothing() -> Played {
    play(async |stage| {
        let Some(mut sight) = Sight::open(&folder("shop"))? else {
            return Ok(());
        };
        let orders = Orders::of(stage).await?;
        let mut tour = Tour::of(stage, &mut sight)?;

        visitor(&mut tour)?;
        accounts(&mut tour, stage).await?;
        shopper(&mut tour, stage, &orders).await?;
        customer(&mut tour, stage).await?;

        tour.end(|path| !is_of_staff(path))
    })
}

#[test]
fn every_page_of_desk_bench_and_rules_fits_every_window_and_axe_finds_nothing() -> Played {
    play(async |stage| {
        let Some(mut sight) = Sight::open(&folder("staff"))? else {
            return Ok(());
        };
        let orders = Orders::of(stage).await?;
        let mut tour = Tour::of(stage, &mut sight)?;

        staff(&mut tour, stage, &orders).await?;

        tour.end(is_of_staff)
    })
}

fn is_of_staff(path: &str) -> bool {
    ["/desk", "/staff", "/warehouse", "/shipments", "/scanner"]
        .iter()
        .any(|area| path.starts_with(area))
}

/// Where a browser keeps its profile.
fn folder(name: &str) -> PathBuf {
    std::env::temp_dir().join(format!("end-to-end-browser-{name}-{}", std::process::id()))
}

/// Orders at every station.
struct Orders {
    placed: Purchase,
    payment: String,
    asked: Purchase,
    refused: Purchase,
    back: Purchase,
    here: Purchase,
    held: Purchase,
    labelled: Purchase,
    delivered: Purchase,
}

impl Orders {
    async fn of(stage: &Stage) -> anyhow::Result<Self> {
        let delivered = stage.paid().await?;
        stage.deliver(&delivered.order).await?;
        let here = received(stage, stage.paid_for("lamp").await?, "good").await?;
        let held = received(stage, stage.paid_for("headphones").await?, "bad").await?;
        let labelled = stage.paid().await?;
        let is_labelled = |order: &Order| {
            order
                .shipments
                .iter()
                .any(|parcel| parcel.life.state() == State::Labelled)
        };
        stage.carry(&labelled.order, "the label", is_labelled).await?;
        let back = stage.cancelled_after_payment().await?;
        stage
            .until(&back.order, "the refund", |order| {
                order.refunds.iter().any(|refund| refund.life.state() == State::Done)
            })
            .await?;
        let refused = stage.refused_by_the_store().await?;
        let asked = asked(stage).await?;
        let placed = stage.placed().await?;
        let payment = placed
            .shopper
            .start_payment(placed.order.as_str())
            .await?
            .text_at("/id")?;
        Ok(Self {
            placed,
            payment,
            asked,
            refused,
            back,
            here,
            held,
            labelled,
            delivered,
        })
    }
}

/// Its goods came to the warehouse, in this condition.
async fn received(stage: &Stage, purchase: Purchase, condition: &str) -> anyhow::Result<Purchase> {
    let is_sent = |bought: &SupplierOrder| bought.life.state() == State::Dispatched;
    let order = stage
        .carry(&purchase.order, "dispatch", |order| {
            order.supplier_orders.iter().any(is_sent)
        })
        .await?;
    let staff = stage.staff().await?;
    let receipt = json!({
        "order": order.id, "line": order.lines[0].id, "code": order.supplier_orders[0].tracking[0], "count": 1,
        "weight_grams": 850, "condition": condition, "note": "the box is wet and the left one is missing",
        "scan_id": format!("scan_{}", order.id.ulid())
    });
    staff
        .browser
        .post("/warehouse/receipts", &receipt)
        .await?
        .good("receiving")?;
    Ok(purchase)
}

/// It became dearer, and the customer is asked.
async fn asked(stage: &Stage) -> anyhow::Result<Purchase> {
    let (shopper, _) = stage.shopper_with_cart().await?;
    let mut form = Shopper::placing(&shopper.quote().await?.text_at("/id")?);
    form["provider"] = json!("stripe");
    form["drift"] = json!("ask");
    let placed = shopper.browser.post("/orders", &form).await?.good("ordering")?;
    let dearer = Fault::at("aliexpress", "product.get", "dearer");
    stage.fault(&dearer.with("amount", 30).with("count", 100)).await?;
    stage.world()?.pay(&placed.text_at("/payment/redirect_url")?).await?;
    let order = placed.text_at("/id")?.parse()?;
    let is_asked = |order: &Order| {
        order
            .supplier_orders
            .iter()
            .any(|bought| bought.life.state() == State::Asked)
    };
    stage.until(&order, "the question", is_asked).await?;
    stage.clear_faults().await?;
    Ok(Purchase { shopper, order })
}

/// What everybody may read.
fn visitor(tour: &mut Tour) -> anyhow::Result<()> {
    for path in [
        "/",
        "/help",
        "/help/delivery",
        "/help/privacy",
        "/help/problems",
        "/help/fees",
        "/help/countries",
        "/help/countries/KE",
        "/help/restricted-items",
        "/search",
        "/search?q=shoes",
        "/search?q=nothingofthekind",
        "/cart",
        "/quotes",
        "/reset/sent",
    ] {
        tour.visit(path)?;
    }
    for (path, form) in [
        ("/login", "form[action='/sessions']"),
        ("/register", "form[action='/registrations']"),
        ("/reset", "form[action='/resets']"),
    ] {
        tour.send(path, form)?;
    }
    tour.visit_as("a wrong address", "/nowhere", 404)?;
    tour.visit_as("a used code", "/register/code?ticket=x", 410)?;
    tour.visit("/search?q=shoes")?;
    let first = tour
        .sight
        .run("new URL(document.querySelector('a.card').href).pathname")?;
    tour.visit(first.as_str().context("a hit has an address")?)
}

/// Links and codes that serve once: before, and after they have served.
async fn accounts(tour: &mut Tour<'_>, stage: &Stage) -> anyhow::Result<()> {
    let (shop, world, contact) = (stage.shop()?, stage.world()?, "seen@example.com");
    register(&Browser::new(shop), &world, contact).await?;
    let asked = json!({ "name": "Asha Mwangi", "contact": "asks@example.com", "password": "a pass phrase of mine" });
    let asked = Browser::new(shop)
        .post("/registrations", &asked)
        .await?
        .good("asking")?;
    tour.visit(&format!("/register/code?ticket={}", asked.text_at("/ticket")?))?;
    let somebody = Browser::new(shop);
    somebody
        .post("/resets", &json!({ "contact": contact }))
        .await?
        .good("asking")?;
    let letter = world.message_to(contact, "/reset/").await?;
    let link = letter.split("/reset/").nth(1).context("a letter without a link")?;
    let token = link.split_whitespace().next().context("a link without a token")?;
    tour.visit(&format!("/reset/{token}"))?;
    let chosen = json!({ "token": token, "password": "a pass phrase nobody had before" });
    somebody.post("/passwords", &chosen).await?.good("choosing")?;
    tour.visit_as("a used link", &format!("/reset/{token}"), 410)?;

    let admin = stage.staff().await?.browser;
    let invited = json!({ "email": "joins@bandari.example", "roles": ["buyer"] });
    let invited = admin.post("/staff/invitations", &invited).await?.good("inviting")?;
    let link = invited.text_at("/link")?;
    let path = link.split_once("/invitations/").context("an invitation has a link")?.1;
    tour.visit(&format!("/invitations/{path}"))?;
    tour.send(&format!("/invitations/{path}"), "main form")
}

/// What a shopper without an account sees of orders at every station.
async fn shopper(tour: &mut Tour<'_>, stage: &Stage, orders: &Orders) -> anyhow::Result<()> {
    let (shopper, _) = stage.shopper_with_cart().await?;
    let quote = shopper.quote().await?.text_at("/id")?;
    tour.enter(&shopper.browser)?;
    tour.visit("/cart")?;
    tour.visit("/cart?ship_to=KE")?;
    tour.visit(&format!("/quotes/{quote}"))?;
    tour.send(&format!("/checkout/{quote}"), "form[action='/orders']")?;
    tour.visit("/orders")?;
    let stations = [
        &orders.placed,
        &orders.asked,
        &orders.refused,
        &orders.back,
        &orders.here,
        &orders.held,
        &orders.labelled,
        &orders.delivered,
    ];
    for purchase in stations {
        tour.enter(&purchase.shopper.browser)?;
        let order = format!("/orders/{}", purchase.order);
        for path in [
            "/orders",
            &order,
            &format!("{order}/money"),
            &format!("{order}/timeline"),
        ] {
            tour.visit(path)?;
        }
    }
    tour.enter(&orders.placed.shopper.browser)?;
    tour.visit(&format!("/payments/{}", orders.payment))?;
    let link = orders
        .placed
        .shopper
        .browser
        .post(&format!("/orders/{}/pay-links", orders.placed.order), &json!({}))
        .await?;
    let link = link.good("making a link")?.text_at("/url")?;
    tour.visit(&format!("/orders/{}", orders.placed.order))?;
    tour.leave()?;
    tour.visit(&format!("/payments/{}/thanks", orders.payment))?;
    tour.visit(link.strip_prefix(&tour.shop.clone()).unwrap_or(&link))
}

/// What somebody with an account sees.
async fn customer(tour: &mut Tour<'_>, stage: &Stage) -> anyhow::Result<()> {
    let (contact, browser) = ("account@example.com", Browser::new(stage.shop()?));
    register(&browser, &stage.world()?, contact).await?;
    let address = json!({
        "name": "Asha Mwangi", "phone": "+254712345678", "line1": "Ngong Road 44", "landmark": "opposite the market",
        "city": "Nairobi", "country": "KE"
    });
    browser
        .post("/me/addresses", &address)
        .await?
        .good("keeping an address")?;
    let change = json!({ "contact": "other-account@example.com" });
    let change = browser.post("/me/contact-changes", &change).await?.good("changing")?;
    tour.enter(&browser)?;
    for path in [
        "/me",
        "/me/profile",
        "/me/tax-number",
        "/me/deletion",
        "/me/contact",
        "/me/addresses",
        "/sessions",
    ] {
        tour.visit(path)?;
    }
    tour.visit(&format!("/me/contact-changes/{}", change.text_at("/ticket")?))?;
    tour.send("/me/addresses", "form[action='/me/addresses']")?;
    tour.send("/me/deletion", "main form")
}

/// What the staff sees: themselves, the desk, the rules, the bench.
async fn staff(tour: &mut Tour<'_>, stage: &Stage, orders: &Orders) -> anyhow::Result<()> {
    let staff = stage.staff().await?;
    let admin = &staff.browser;
    let device = json!({ "name": "The bench in the yard" });
    let device = admin.post("/staff/devices", &device).await?.good("adding a device")?;
    let scanner = Browser::new(stage.shop()?);
    let code = json!({ "code": device.text_at("/code")? });
    scanner.post("/scanner", &code).await?.good("enrolling")?;
    propose(stage, &staff, orders).await?;
    let edition = publish(admin).await?;

    tour.enter(admin)?;
    for path in [
        "/me",
        "/sessions",
        "/staff",
        "/staff/devices",
        "/staff/audit",
        "/desk",
        "/desk/proposals",
        "/desk/orders?q=%2B254712345678",
        "/desk/orders?q=nothing",
        "/desk/rules",
        "/desk/rules/service_fee",
        "/desk/rules/service_fee/shop.service-fee",
        "/warehouse",
    ] {
        tour.visit(path)?;
    }
    tour.visit(&format!("/desk/rule-editions/{edition}"))?;
    tour.send("/staff", "form[action='/staff/invitations']")?;
    tour.send(
        "/desk/rules/service_fee/shop.service-fee",
        "main form[action='/desk/rule-previews']",
    )?;
    for purchase in [
        &orders.placed,
        &orders.asked,
        &orders.refused,
        &orders.back,
        &orders.held,
        &orders.delivered,
    ] {
        tour.visit(&format!("/desk/orders/{}", purchase.order))?;
    }
    bench(tour, stage, orders).await?;
    tour.enter(&scanner)?;
    tour.visit_as("the bench of a device", "/warehouse", 200)?;
    bench(tour, stage, orders).await?;

    tour.leave()?;
    tour.send("/scanner", "main form")?;
    tour.enter(&stage.half_in().await?)?;
    tour.send("/staff/second-factor", "form[action='/staff/sessions']")
}

/// Receiving, packing, what is held, and a parcel with its papers.
async fn bench(tour: &mut Tour<'_>, stage: &Stage, orders: &Orders) -> anyhow::Result<()> {
    for purchase in [&orders.here, &orders.held, &orders.labelled] {
        tour.visit(&format!("/warehouse/orders/{}", purchase.order))?;
    }
    let parcel = stage.order(&orders.labelled.order).await?.shipments[0].id.to_string();
    tour.visit(&format!("/shipments/{parcel}"))
}

/// Our fee changes and changes back; gives the number of the last edition.
async fn publish(admin: &Browser) -> anyhow::Result<u64> {
    let mut edition = 0;
    for share in ["0.09", "0.08"] {
        let page = admin
            .get("/desk/rules/service_fee/shop.service-fee")
            .await?
            .good("reading the row")?;
        let (mut row, seen) = (page.json["row"].clone(), page.json["based_on"].to_string());
        row["share"] = json!(share);
        let change = json!({ "rows": row.to_string(), "reason": "a story" });
        let made = admin
            .post_at("/desk/rule-editions", &seen, &change)
            .await?
            .good("letting it hold")?;
        edition = made.json["edition"].as_u64().context("an edition has a number")?;
    }
    Ok(edition)
}

/// An answer by which money leaves waits for a second person.
async fn propose(stage: &Stage, staff: &Staff, orders: &Orders) -> anyhow::Result<()> {
    let order = stage.order(&orders.refused.order).await?;
    let open = order.open_exceptions().next().context("nobody was told")?;
    let answer = json!({ "action": "give_up", "reason": "the store sells none of these any more" });
    let path = format!("/desk/exceptions/{}/resolution", open.id);
    staff.browser.post(&path, &answer).await?.good("proposing").map(drop)
}
