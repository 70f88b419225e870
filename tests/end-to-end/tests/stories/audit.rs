//! The audit of the staff: every route by which they move something leaves an entry that names them and where they were.

use std::{collections::BTreeSet, time::Duration};

use anyhow::Context;
use domain::{
    lifecycle::{ExceptionKind, State},
    order::Order,
};
use end_to_end::{Fault, Played, Purchase, Stage, play};
use local::{
    actors::{Browser, Said, Staff},
    seed::Login,
};
use serde_json::{Value, json};
use web::{Caller, ROUTES, Route};

/// What each route writes. A route of the staff that is not here, and not below, fails.
const DEEDS: &[(&str, &str)] = &[
    ("/invitations/{token}", "staff.joined"),
    ("/supplier-orders/{id}/placement", "supplier_order.placement_recorded"),
    ("/supplier-orders/{id}/absence", "supplier_order.absence_recorded"),
    ("/warehouse/receipts", "units.received"),
    ("/warehouse/uploads", "photo.announced"),
    ("/warehouse/parcels", "parcel.packed"),
    ("/shipments/{id}/handover", "shipment.handed_over"),
    ("/staff/second-factor", "second_factor.enrolled"),
    ("/staff/sessions", "staff.logged_in"),
    ("/staff/invitations", "staff.invited"),
    ("/staff/{id}/roles", "staff.roles_changed"),
    ("/staff/{id}/suspension", "staff.suspended"),
    ("/staff/{id}/suspension/deletion", "staff.readmitted"),
    ("/staff/{id}/second-factor/deletion", "second_factor.removed"),
    ("/staff/devices", "device.added"),
    ("/staff/devices/{id}/revocation", "device.revoked"),
    ("/scanner", "device.enrolled"),
    ("/desk/exceptions/{id}/resolution", "exception.give_up.proposed"),
    ("/desk/proposals/{id}/approval", "exception.give_up.approved"),
    ("/desk/proposals/{id}/deletion", "exception.give_up.withdrawn"),
    ("/desk/rule-editions", "rules.published"),
];

/// A code of an authenticator app.
const CODE_LASTS: Duration = Duration::from_secs(30);

/// These look or show, and move nothing.
const LOOKS: [&str; 2] = ["/warehouse/scans", "/desk/rule-previews"];

/// True for a route by which only people and devices of the shop move something.
fn is_of_staff(route: &Route) -> bool {
    let staff = [Caller::Admin, Caller::Unproven, Caller::Device];
    route.method != "GET" && !route.admits(Caller::Customer) && staff.into_iter().any(|caller| route.admits(caller))
}

#[test]
fn every_route_by_which_the_staff_moves_something_leaves_an_entry_in_the_audit() -> Played {
    play(async |stage| {
        for route in ROUTES.iter().filter(|route| is_of_staff(route)) {
            let is_known = DEEDS.iter().any(|(path, _)| *path == route.path) || LOOKS.contains(&route.path);
            assert!(is_known, "what does {} leave in the audit?", route.path);
        }

        at_the_stores(stage).await?;
        at_the_bench(stage).await?;
        among_the_staff(stage).await?;
        at_the_desk(stage).await?;

        let told = told(stage).await?;
        let missing: Vec<_> = DEEDS.iter().filter(|(_, word)| !told.contains(*word)).collect();
        assert!(missing.is_empty(), "{missing:?} of {told:?}");
        Ok(())
    })
}

/// A buyer looks into the store's account: for two purchases that cannot be told apart, and for one that is to be cancelled and that the
/// store may have or not.
async fn at_the_stores(stage: &Stage) -> anyhow::Result<()> {
    let path = |purchase: &Purchase, what: &str| format!("/supplier-orders/sup_{}-1/{what}", purchase.order.ulid());
    let lost = Fault::at("aliexpress", "order.create", "lose_answer").with("count", 2);
    stage.fault(&lost).await?;
    let (one, two) = (stage.paid().await?, stage.paid().await?);
    let told = |order: &Order| {
        let mut open = order.open_exceptions();
        open.any(|open| open.kind == ExceptionKind::UnsureBuy)
    };
    for purchase in [&one, &two] {
        stage.until(&purchase.order, "a person is told", told).await?;
    }
    let books = stage.world()?.books().await?;
    let at_store = books["aliexpress"]["orders"].as_array().cloned().unwrap_or_default();
    let is_ours = |bought: &&Value| bought["out_order_id"].to_string().contains(one.order.ulid());
    let found = at_store.iter().find(is_ours).context("the store knows the first one")?;
    let buyer = stage.staff().await?.browser;
    did(&buyer, &path(&one, "placement"), &json!({ "store_order": found["id"] })).await?;

    stage
        .fault(&Fault::at("aliexpress", "order.create", "error_500_before"))
        .await?;
    let unsure = stage.paid_for("curtains").await?;
    let is = |state: State| move |order: &Order| order.supplier_orders.iter().any(|buy| buy.life.state() == state);
    stage
        .until(&unsure.order, "a store that does not answer", is(State::Unknown))
        .await?;
    stage.cancel(&unsure).await?;
    stage
        .until(&unsure.order, "a decision to take", is(State::StaffDecision))
        .await?;
    let note = json!({ "note": "looked through the whole account" });
    // A session of the staff does not outlast the waiting.
    let buyer = stage.staff().await?.browser;
    did(&buyer, &path(&unsure, "absence"), &note).await.map(drop)
}

async fn at_the_bench(stage: &Stage) -> anyhow::Result<()> {
    let purchase = stage.paid_for("curtains").await?;
    let photo = json!({
        "order": purchase.order, "scan_id": "scan_01JDB7M3N8Q4R5S6T7V8W9X0YC", "bytes": 1_000, "media_type": "image/jpeg",
        "sha256": "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
    });
    did(&stage.staff().await?.browser, "/warehouse/uploads", &photo).await?;
    stage.deliver(&purchase.order).await.map(drop)
}

/// Somebody joins, changes, goes and comes back; a device comes and goes.
async fn among_the_staff(stage: &Stage) -> anyhow::Result<()> {
    let admin = stage.staff().await?.browser;
    join(stage, &admin, "clerk@example.com", "support").await?;
    let members = admin.get("/staff").await?.list_at("/members");
    let clerk = members.iter().find(|member| member["email"] == "clerk@example.com");
    let clerk = clerk
        .and_then(|member| member["id"].as_str())
        .context("nobody joined")?;
    let member = |what: &str| format!("/staff/{clerk}/{what}");
    let reason = json!({ "reason": "a story tells it" });
    did(&admin, &member("roles"), &json!({ "roles": ["buyer"] })).await?;
    did(&admin, &member("second-factor/deletion"), &reason).await?;
    did(&admin, &member("suspension"), &reason).await?;
    did(&admin, &member("suspension/deletion"), &reason).await?;

    let added = did(&admin, "/staff/devices", &json!({ "name": "Audited bench" })).await?;
    let device = added.text_at("/devices/0/id")?;
    let code = json!({ "code": added.text_at("/code")? });
    did(&Browser::new(stage.shop()?), "/scanner", &code).await?;
    did(&admin, &format!("/staff/devices/{device}/revocation"), &json!({})).await?;
    Ok(())
}

/// An answer by which money leaves is proposed, taken back, proposed again and approved by somebody else; and a rule is changed.
async fn at_the_desk(stage: &Stage) -> anyhow::Result<()> {
    let purchase = stage.refused_by_the_store().await?;
    let order = stage.order(&purchase.order).await?;
    let open = order.open_exceptions().next().context("nobody was told")?;
    let (resolution, proposal) = (
        format!("/desk/exceptions/{}/resolution", open.id),
        format!("/desk/proposals/{}", open.id),
    );
    let admin = stage.staff().await?.browser;
    let answer = json!({ "action": "give_up", "reason": "the store sells none" });
    let withdrawal = json!({ "reason": "asked the store once more" });
    did(&admin, &resolution, &answer).await?;
    did(&admin, &format!("{proposal}/deletion"), &withdrawal).await?;
    did(&admin, &resolution, &answer).await?;
    let second = join(stage, &admin, "second@example.com", "finance").await?;
    stage.pass(CODE_LASTS)?;
    let second = Staff::log_in(stage.shop()?, &second, stage.now()?).await?.browser;
    did(&second, &format!("{proposal}/approval"), &json!({})).await?;

    let page = second.get("/desk/rules/service_fee/shop.service-fee").await?;
    let (mut row, seen) = (page.json["row"].clone(), page.json["based_on"].to_string());
    row["source"] = json!("The shop's own decision, as the audit tells it");
    let change = json!({ "rows": row.to_string(), "reason": "a story tells it" });
    let made = second.post_at("/desk/rule-editions", &seen, &change).await?;
    made.good("changing a rule").map(drop)
}

/// Somebody follows an invitation and sets up their second factor.
async fn join(stage: &Stage, admin: &Browser, email: &str, role: &str) -> anyhow::Result<Login> {
    let invited = did(admin, "/staff/invitations", &json!({ "email": email, "roles": [role] })).await?;
    let link = invited.text_at("/link")?;
    let token = link.rsplit('/').next().unwrap_or_default();
    Staff::join(stage.shop()?, token, email, stage.now()?).await
}

async fn did(browser: &Browser, path: &str, body: &Value) -> anyhow::Result<Said> {
    browser.post(path, body).await?.good(path)
}

/// Every deed that the audit tells of; each names who did it and from where.
async fn told(stage: &Stage) -> anyhow::Result<BTreeSet<String>> {
    let admin = stage.staff().await?.browser;
    let (mut told, mut path) = (BTreeSet::new(), "/staff/audit".to_owned());
    loop {
        let page = admin.get(&path).await?.good("reading the audit")?;
        for entry in page.list_at("/entries") {
            let text = |name: &str| entry[name].as_str().unwrap_or_default().to_owned();
            anyhow::ensure!(!text("actor").is_empty() && !text("source").is_empty(), "{entry}");
            told.insert(text("action"));
        }
        match page.text_at("/next") {
            Ok(next) => path = format!("/staff/audit?cursor={}", next.replace('#', "%23")),
            Err(_) => return Ok(told),
        }
    }
}
