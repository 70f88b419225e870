//! Rules and exchange rates that change while somebody buys: what was promised stays, the next price is made of what holds then.

use std::time::Duration;

use anyhow::Context;
use domain::{Timestamp, id::OrderId};
use end_to_end::{Played, Stage, play};
use local::actors::Said;
use serde_json::{Value, json};

/// Processes look at the rules once a minute.
const A_LOOK: Duration = Duration::from_secs(61);
const HALF_AN_HOUR: Duration = Duration::from_secs(30 * 60);

/// Lets our fee hold at another share; gives the number of the edition.
async fn fee_becomes(stage: &Stage, share: &str) -> anyhow::Result<u64> {
    let desk = stage.staff().await?.browser;
    let page = desk
        .get("/desk/rules/service_fee/shop.service-fee")
        .await?
        .good("reading the row")?;
    let (mut row, seen) = (page.json["row"].clone(), page.json["based_on"].to_string());
    row["share"] = json!(share);
    let change = json!({ "rows": row.to_string(), "reason": "a story" });
    let made = desk
        .post_at("/desk/rule-editions", &seen, &change)
        .await?
        .good("letting it hold")?;
    stage.pass(A_LOOK)?;
    made.json["edition"].as_u64().context("an edition has a number")
}

/// Lets the publishers tell the rates of now.
async fn rates_are_asked(stage: &Stage) -> anyhow::Result<()> {
    let event = json!({
        "version": "0", "id": "4f1c0f5e-7e5b-4f4d-9d0c-7b6d2a1c9e10", "detail-type": "Scheduled Event", "source": "aws.events",
        "account": "000000000000", "time": stage.now()?.to_string(), "region": "us-east-1", "resources": [], "detail": {}
    });
    stage.invoke("exchange-rates", &event.to_string()).await?;
    stage.pass(A_LOOK)
}

fn total(quote: &Said) -> anyhow::Result<i64> {
    quote.json["total"]["amount"].as_i64().context("a quote has a total")
}

/// The rate from dollars to shillings with the row it names.
fn rate(quote: &Said) -> anyhow::Result<(String, String)> {
    let used = quote.list_at("/exchanges");
    let used = used
        .iter()
        .find(|used| used["from"] == "USD")
        .context("a quote names its rate")?;
    let text = |value: &Value| value.as_str().map(str::to_owned).context("a text");
    Ok((text(&used["rate"])?, text(&used["rules"][0])?))
}

/// Half an hour before the next day begins.
fn late_in_the_day(now: Timestamp) -> anyhow::Result<Timestamp> {
    let midnight = now.date().tomorrow()?;
    let midnight: Timestamp = format!("{midnight}T00:00:00Z").parse()?;
    let until = midnight.since(now);
    Ok(match until.checked_sub(HALF_AN_HOUR) {
        Some(wait) => now.plus(wait),
        None => now.plus(until + Duration::from_secs(24 * 3600) - HALF_AN_HOUR),
    })
}

#[test]
fn a_rule_changed_between_quote_and_order_changes_the_next_quote_only() -> Played {
    play(async |stage| {
        let (shopper, _) = stage.shopper_with_cart().await?;
        let promised = shopper.quote().await?;

        let edition = fee_becomes(stage, "0.16").await?;
        let next = shopper.quote().await?;
        let order: OrderId = shopper.order(&promised.text_at("/id")?).await?.parse()?;
        fee_becomes(stage, "0.08").await?;

        assert_eq!(stage.order(&order).await?.total.amount(), total(&promised)?);
        assert!(
            total(&next)? > total(&promised)?,
            "{} after {}",
            total(&next)?,
            total(&promised)?
        );
        let version = next.text_at("/rules_version")?;
        assert!(version.contains(&format!("+{edition}")), "{version}");
        assert_ne!(promised.text_at("/rules_version")?, version);
        Ok(())
    })
}

#[test]
fn a_rate_that_moves_between_quote_and_order_moves_the_next_quote_only() -> Played {
    play(async |stage| {
        stage.jump_to(late_in_the_day(stage.now()?)?).await?;
        rates_are_asked(stage).await?;
        let (shopper, _) = stage.shopper_with_cart().await?;
        let promised = shopper.quote().await?;
        let world = stage.world()?;
        world
            .act("rates/currencies/KES/set", &json!({ "rate": "131.75" }))
            .await?;
        stage.pass(HALF_AN_HOUR * 2)?;
        rates_are_asked(stage).await?;

        let next = shopper.quote().await?;
        let order: OrderId = shopper.order(&promised.text_at("/id")?).await?.parse()?;
        world
            .act("rates/currencies/KES/set", &json!({ "rate": "129.2413" }))
            .await?;

        let ((before, row_before), (after, row_after)) = (rate(&promised)?, rate(&next)?);
        assert_eq!(after, "131.75");
        assert_ne!((before, row_before.clone()), (after, row_after.clone()));
        assert!(
            row_after.starts_with("fx.shop.usd-kes.") && row_after > row_before,
            "{row_before}, {row_after}"
        );
        assert!(total(&next)? > total(&promised)?);
        assert_eq!(stage.order(&order).await?.total.amount(), total(&promised)?);
        Ok(())
    })
}

#[test]
fn a_rate_that_jumps_is_shown_to_the_staff_and_priced_by_nobody() -> Played {
    play(async |stage| {
        stage.jump_to(late_in_the_day(stage.now()?)?).await?;
        let world = stage.world()?;
        world.act("rates/currencies/KES/set", &json!({ "rate": "190" })).await?;
        stage.pass(HALF_AN_HOUR * 2)?;
        rates_are_asked(stage).await?;

        let (shopper, _) = stage.shopper_with_cart().await?;
        let quote = shopper.quote().await?;
        let desk = stage
            .staff()
            .await?
            .browser
            .get("/desk/rules")
            .await?
            .good("looking at the rules")?;
        world
            .act("rates/currencies/KES/set", &json!({ "rate": "129.2413" }))
            .await?;

        assert_ne!(rate(&quote)?.0, "190");
        let refused = desk.list_at("/rates/refused");
        let jump = json!({ "pair": "USD to KES", "said": "190", "why": "jump" });
        let is_it = |row: &&Value| {
            jump.as_object()
                .into_iter()
                .flatten()
                .all(|(name, value)| row[name] == *value)
        };
        assert!(refused.iter().any(|row| is_it(&row)), "{refused:?}");
        Ok(())
    })
}
