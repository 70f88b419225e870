//! `cargo run -- demo`: one order from search to door on free ports with fresh data, as a customer, the staff, the store and the carrier
//! would do it. Every step is told with its time; it fails unless the order is delivered and its ledger balances.

use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use serde_json::Value;

use super::{Line, start::show};
use crate::{
    Options, Ports, Profile, Stack,
    actors::{Shopper, Staff, World},
    seed,
};

/// A code of an authenticator app, in seconds.
const CODE_LASTS: i64 = 30;
/// So long a step may take before the demo gives up on it.
const PATIENCE: Duration = Duration::from_secs(60);

pub(super) async fn run(line: &Line) -> anyhow::Result<()> {
    let data = line.data.join("demo");
    if data.exists() {
        std::fs::remove_dir_all(&data)?;
    }
    let options = Options {
        ports: Ports::Free,
        build: line.build,
        profile: if line.release { Profile::Release } else { Profile::Debug },
        ..Options::new(&data)
    };
    let stack = Stack::start(options).await?;
    let told = tell(&stack).await;
    stack.stop().await;
    told
}

/// Tells steps with the time each took.
struct Teller {
    began: Instant,
    last: Instant,
}

impl Teller {
    fn step(&mut self, text: &str) -> anyhow::Result<()> {
        let now = Instant::now();
        show(&format!(
            "  {:>6} ms  {text}",
            now.duration_since(self.last).as_millis()
        ))?;
        self.last = now;
        Ok(())
    }
}

/// Where the staff comes in. Hours pass between its visits, and whoever does nothing for half an hour is logged out.
struct Door<'a> {
    stack: &'a Stack,
    login: seed::Login,
}

impl Door<'_> {
    /// No code is taken twice, so whoever comes again waits for the next one.
    async fn log_in(&self) -> anyhow::Result<Staff> {
        let ahead = self.stack.ahead().saturating_add(CODE_LASTS);
        self.stack.set_ahead(ahead)?;
        Staff::log_in(self.stack.gateway(), &self.login, seed::now(ahead)).await
    }
}

async fn tell(stack: &Stack) -> anyhow::Result<()> {
    let now = Instant::now();
    let mut teller = Teller { began: now, last: now };
    let shopper = Shopper::at(stack.gateway());
    let world = World::new(stack.sandbox(), stack.control());
    show("\nOne order, from search to door:")?;
    let order = buy(&shopper, &world, &mut teller).await?;
    let login = seed::staff(stack).await?;
    let staff = Door { stack, login };
    staff.log_in().await?;
    teller.step("the staff logs in, with a password and a second factor")?;
    let numbers = receive(&shopper, &staff, &world, &order, &mut teller).await?;
    deliver(&shopper, &staff, &world, &order, &mut teller).await?;
    let desk = staff.log_in().await?.desk(&order).await?;
    check_ledger(&desk)?;
    teller.step("the ledger balances in every currency and nothing is held any more")?;
    ensure!(numbers == 1, "the store has {numbers} orders of ours, not one");
    show(&format!(
        "\nDelivered. {} in {:.1} s",
        order,
        teller.began.elapsed().as_secs_f32()
    ))
}

async fn buy(shopper: &Shopper, world: &World, teller: &mut Teller) -> anyhow::Result<String> {
    let basket = shopper.find("shoes").await?;
    teller.step(&format!("searches, and opens «{}»", basket.title))?;
    shopper.take(&basket, 2).await?;
    teller.step("puts two into the cart")?;
    let quote = shopper.quote().await?;
    teller.step(&format!("gets one price to Nairobi: {}", total(&quote.json)))?;
    let order = shopper.order(&quote.text_at("/id")?).await?;
    teller.step(&format!("places {order}; it is {}", shopper.status(&order).await?))?;
    let page = shopper.start_payment(&order).await?.text_at("/redirect_url")?;
    world.pay(&page).await?;
    teller.step("pays on the payment provider's page")?;
    until(shopper, &order, "ordered").await?;
    teller.step("the signed webhook settles it, and the item is bought at the store")?;
    Ok(order)
}

async fn receive(
    shopper: &Shopper,
    staff: &Door<'_>,
    world: &World,
    order: &str,
    teller: &mut Teller,
) -> anyhow::Result<usize> {
    let store_orders = world.store_orders().await?;
    for bought in &store_orders {
        let number = text(bought, "/id").context("a store order has a number")?;
        world.store_ships(number).await?;
    }
    let parcel = wait_for(world, || async {
        tracking_number(&staff.log_in().await?.desk(order).await?)
    })
    .await?;
    teller.step(&format!("the store sends it to our warehouse as {parcel}"))?;
    let staff = staff.log_in().await?;
    staff.scan(&parcel).await?;
    let pieces = staff.receive_all(order, &parcel).await?;
    until(shopper, order, "received").await?;
    teller.step(&format!("the bench scans the parcel and receives {pieces} pieces"))?;
    Ok(store_orders.len())
}

async fn deliver(
    shopper: &Shopper,
    staff: &Door<'_>,
    world: &World,
    order: &str,
    teller: &mut Teller,
) -> anyhow::Result<()> {
    let staff = staff.log_in().await?;
    let shipment = staff.pack(order).await?;
    let number = patiently(|| async {
        let parcel = staff.parcel(&shipment).await?;
        Ok(Some(parcel.text_at("/tracking_number")?).filter(|number| !number.is_empty()))
    })
    .await?;
    teller.step(&format!(
        "packs, and the carrier's label and customs papers come: {number}"
    ))?;
    staff.hand_over(&shipment).await?;
    until(shopper, order, "shipped").await?;
    teller.step("hands the parcel to the carrier")?;
    world.carrier_delivers(&number).await?;
    wait_for(world, || delivered(shopper, order)).await?;
    teller.step("the carrier delivers")
}

async fn delivered(shopper: &Shopper, order: &str) -> anyhow::Result<Option<()>> {
    Ok((shopper.status(order).await? == "delivered").then_some(()))
}

/// Waits until the order says a word.
async fn until(shopper: &Shopper, order: &str, word: &str) -> anyhow::Result<()> {
    let seen = patiently(|| async { Ok((shopper.status(order).await? == word).then_some(())) }).await;
    match seen {
        Ok(()) => Ok(()),
        Err(error) => {
            let status = shopper.status(order).await?;
            Err(error.context(format!("{order} is {status}, not {word}")))
        }
    }
}

/// Asks again and again until there is an answer.
async fn patiently<T, F: Future<Output = anyhow::Result<Option<T>>>>(ask: impl Fn() -> F) -> anyhow::Result<T> {
    let began = Instant::now();
    loop {
        if let Some(answer) = ask().await? {
            return Ok(answer);
        }
        ensure!(
            began.elapsed() < PATIENCE,
            "nothing happened for {} s",
            PATIENCE.as_secs()
        );
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// The same, while hours pass on the pretended clock: stores and carriers are asked only so often.
async fn wait_for<T, F: Future<Output = anyhow::Result<Option<T>>>>(
    world: &World,
    ask: impl Fn() -> F,
) -> anyhow::Result<T> {
    for _ in 0..12 {
        world.wait(3 * 3600).await?;
        for _ in 0..20 {
            if let Some(answer) = ask().await? {
                return Ok(answer);
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
    anyhow::bail!("nothing came in a day and a half")
}

fn tracking_number(desk: &Value) -> anyhow::Result<Option<String>> {
    let bought = desk
        .get("supplier_orders")
        .and_then(Value::as_array)
        .context("the desk shows supplier orders")?;
    Ok(bought
        .iter()
        .find_map(|bought| text(bought, "/tracking/0").map(str::to_owned)))
}

fn check_ledger(desk: &Value) -> anyhow::Result<()> {
    let ledger = desk.get("ledger").context("the desk shows the ledger")?;
    ensure!(
        ledger.get("is_balanced") == Some(&Value::Bool(true)),
        "the ledger does not balance: {ledger}"
    );
    let balances = ledger
        .get("balances")
        .and_then(Value::as_array)
        .context("the desk shows balances")?;
    let held = |line: &&Value| {
        let account = text(line, "/account").unwrap_or_default();
        account.starts_with("held_") || account == "refund_payable"
    };
    ensure!(!balances.is_empty(), "nothing was posted");
    ensure!(balances.iter().find(held).is_none(), "money is still held: {ledger}");
    Ok(())
}

fn text<'a>(value: &'a Value, pointer: &str) -> Option<&'a str> {
    value.pointer(pointer).and_then(Value::as_str)
}

fn total(quote: &Value) -> String {
    let units = quote.pointer("/total/amount").and_then(Value::as_i64).unwrap_or(0);
    format!(
        "{} {}.{:02}",
        text(quote, "/total/currency").unwrap_or_default(),
        units / 100,
        units % 100
    )
}
