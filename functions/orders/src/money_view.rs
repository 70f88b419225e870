//! "Where your money is": the order's ledger in plain words. The lines sum to what was paid, whatever happened to the order.

use askama::Template;
use domain::{
    Cause, Currency, Failure, Money, MoneyError,
    ledger::{Account, Entry, LedgerTransaction},
    lifecycle::State,
    order::{Order, Refund},
    progress,
};
use serde::Serialize;

use crate::refund_view::RefundView;

/// Where the money of one order is.
#[derive(Serialize, Template)]
#[template(path = "money.html")]
pub(crate) struct MoneyPage {
    order: String,
    money_status: &'static str,
    paid: Money,
    lines: Vec<MoneyLine>,
    refunds: Vec<RefundView>,
    #[serde(skip)]
    total: String,
}

/// A part of the money, and where it is.
#[derive(Serialize)]
struct MoneyLine {
    /// Stable word.
    place: &'static str,
    label: &'static str,
    #[serde(skip)]
    note: &'static str,
    amount: Money,
}

/// What moved, read from the journal: its transactions are named after the part they are about.
struct Moved {
    paid: Money,
    stores: Money,
    carrier: Money,
    back: Money,
}

impl MoneyPage {
    pub(crate) fn of(order: &Order, journal: &[LedgerTransaction]) -> Result<Self, Failure> {
        let too_large = |error| Failure::Internal(Cause::with("could not sum an order's money", error));
        let moved = Moved::read(order.total.currency(), journal).map_err(too_large)?;
        let lines = lines(order, &moved).map_err(too_large)?;
        Ok(Self {
            order: order.id.to_string(),
            money_status: progress::money_status(order).word(),
            paid: moved.paid,
            lines,
            refunds: shown(order).map(RefundView::of).collect(),
            total: moved.paid.to_string(),
        })
    }
}

/// Refunds that still mean something: one that was dropped went back in another way, which stands beside it.
fn shown(order: &Order) -> impl Iterator<Item = &Refund> {
    order
        .refunds
        .iter()
        .filter(|refund| refund.life.state() != State::Dropped)
}

impl Moved {
    fn read(currency: Currency, journal: &[LedgerTransaction]) -> Result<Self, MoneyError> {
        let zero = Money::zero(currency);
        let mut moved = Self {
            paid: zero,
            stores: zero,
            carrier: zero,
            back: zero,
        };
        for transaction in journal {
            for entry in transaction
                .entries()
                .iter()
                .filter(|entry| entry.amount.currency() == currency)
            {
                moved.count(transaction.id(), entry)?;
            }
        }
        Ok(moved)
    }

    fn count(&mut self, cause: &str, entry: &Entry) -> Result<(), MoneyError> {
        let kind = cause.split('_').next().unwrap_or_default();
        let is_held = Account::HELD.contains(&entry.account) || entry.account == Account::HeldReserve;
        let place = match (kind, entry.account) {
            ("pay", Account::Provider) => &mut self.paid,
            // What a dispute took is back with the payer, unless it is undecided: that stands for itself.
            ("ref" | "dsp", Account::Provider) | ("ref", Account::PaidOut) | ("dsp", Account::Disputed) => {
                self.back = self.back.minus(entry.amount)?;
                return Ok(());
            }
            ("sup", _) if is_held => &mut self.stores,
            ("shp", _) if is_held => &mut self.carrier,
            _ => return Ok(()),
        };
        *place = place.plus(entry.amount)?;
        Ok(())
    }
}

fn lines(order: &Order, moved: &Moved) -> Result<Vec<MoneyLine>, MoneyError> {
    let currency = order.total.currency();
    let owed = |account| order.balances.of(account, currency).negated();
    let mut lines = vec![
        line("stores", "With the stores", "for the items you ordered", moved.stores),
        line(
            "carrier",
            "With the carrier",
            "flight, insurance, duty, taxes",
            moved.carrier,
        ),
    ];
    lines.extend(held(order)?);
    lines.extend([
        line(
            "on_its_way_back",
            "On its way back to you",
            "",
            owed(Account::RefundPayable)?,
        ),
        line(
            "disputed",
            "Taken by a dispute",
            "until that is settled",
            order.balances.of(Account::Disputed, currency),
        ),
        line("back", "Back with you", "", moved.back),
    ]);
    let mut ours = moved.paid;
    for line in &lines {
        ours = ours.minus(line.amount)?;
    }
    lines.push(match ours.is_negative() {
        false => line("ours", "Our service", "and what was left over", ours),
        true => line("ours", "Added by us", "it cost more than you paid", ours),
    });
    lines.retain(|line| !line.amount.is_zero());
    Ok(lines)
}

/// What is still kept of it, each for what it is kept for.
fn held(order: &Order) -> Result<Vec<MoneyLine>, MoneyError> {
    let owed = |account| order.balances.of(account, order.total.currency()).negated();
    Ok(vec![
        line(
            "held_store",
            "Kept for the stores",
            "until they sell to us",
            owed(Account::HeldStore)?,
        ),
        line(
            "held_freight",
            "Kept for the way to you",
            "",
            owed(Account::HeldFreight)?,
        ),
        line("held_duties", "Kept for duty and taxes", "", owed(Account::HeldDuties)?),
        line(
            "held_fees",
            "Kept for our service",
            "earned on delivery",
            owed(Account::HeldFees)?,
        ),
        line(
            "held_parts",
            "Kept until the rest is paid",
            "nothing is bought before",
            owed(Account::HeldParts)?,
        ),
        line(
            "held_reserve",
            "Kept in case the price rises",
            "comes back unused",
            owed(Account::HeldReserve)?,
        ),
    ])
}

fn line(place: &'static str, label: &'static str, note: &'static str, amount: Money) -> MoneyLine {
    MoneyLine {
        place,
        label,
        note,
        amount,
    }
}

#[cfg(test)]
mod tests {
    use domain::{
        Dimensions, Grams, Millimetres, Timestamp,
        id::{ScanId, ShipmentId, UnitId},
        order::{Booked, Condition, Draft, Packing, Parcel, Received},
    };
    use store::{Db, Memory, Orders, Quotes};
    use testkit::orders::{act, bought, paid};

    use super::*;

    const ULID: &str = "01JDB7M3N8Q4R5S6T7V8W9X0YZ";

    fn shelf() -> (Orders, Quotes) {
        let db = Db::Memory(Memory::default());
        (Orders::new(db.clone()), Quotes::new(db))
    }

    async fn page(orders: &Orders, order: &Order) -> MoneyPage {
        MoneyPage::of(order, &orders.journal(&order.id).await.unwrap()).unwrap()
    }

    fn amount(page: &MoneyPage, place: &str) -> i64 {
        page.lines
            .iter()
            .find(|line| line.place == place)
            .map_or(0, |line| line.amount.amount())
    }

    fn sum(page: &MoneyPage) -> i64 {
        page.lines.iter().map(|line| line.amount.amount()).sum()
    }

    #[tokio::test]
    async fn what_was_paid_is_first_kept_and_then_with_the_stores() {
        let (orders, quotes) = shelf();
        let now = "2026-11-23T09:00:00Z".parse().unwrap();

        let before = paid(&orders, &quotes, ULID, now).await.unwrap();
        let kept = page(&orders, &before).await;
        let (orders, quotes) = shelf();
        let after = bought(&orders, &quotes, ULID, "LP1", now).await.unwrap();
        let spent = page(&orders, &after).await;

        assert_eq!(kept.paid, before.total);
        assert_eq!((amount(&kept, "stores"), amount(&kept, "ours")), (0, 0));
        assert!(amount(&kept, "held_store") > 0);
        assert_eq!(amount(&spent, "stores"), amount(&kept, "held_store"));
        assert_eq!(amount(&spent, "held_store"), 0);
        for page in [&kept, &spent] {
            assert_eq!(sum(page), before.total.amount());
        }
    }

    #[tokio::test]
    async fn a_booked_parcel_takes_its_part_of_freight_and_duty_to_the_carrier() {
        let (orders, quotes) = shelf();
        let now = "2026-11-23T09:00:00Z".parse().unwrap();
        let order = bought(&orders, &quotes, ULID, "LP1", now).await.unwrap();
        let kept = page(&orders, &order).await;

        let order = shipped(&orders, &order, now).await;
        let gone = page(&orders, &order).await;

        let held = |page| amount(page, "held_freight") + amount(page, "held_duties");
        assert!(amount(&gone, "carrier") > 0);
        assert_eq!(amount(&gone, "carrier") + held(&gone), held(&kept));
        assert_eq!((amount(&gone, "ours"), sum(&gone)), (0, order.total.amount()));
    }

    /// The first two pieces in a parcel that the carrier has booked.
    async fn shipped(orders: &Orders, order: &Order, now: Timestamp) -> Order {
        let scan = |last: char| {
            format!("scan_01JDB7M3N8Q4R5S6T7V8W9X0Y{last}")
                .parse::<ScanId>()
                .unwrap()
        };
        let received = Received {
            scan: scan('1'),
            code: "LP1".into(),
            line: order.lines[0].id.clone(),
            count: 2,
            weight: None,
            condition: Condition::Good,
            note: String::new(),
        };
        let side = Millimetres(200);
        let packing = Packing {
            scan: scan('2'),
            units: vec![UnitId::of(&order.id, 1), UnitId::of(&order.id, 2)],
            parcel: Parcel {
                weight: Grams(900),
                size: Dimensions::new(side, side, side),
            },
            carrier: "dhl".parse().unwrap(),
        };
        let booked = Booked {
            tracking_number: "1".into(),
            price: None,
            documents: Vec::new(),
        };
        let shipment = ShipmentId::of(&order.id, 1);
        act(orders, &order.id, now, |draft| draft.receive(&received).map(drop))
            .await
            .unwrap();
        let rest = Received {
            scan: scan('3'),
            line: order.lines[1].id.clone(),
            count: 1,
            ..received
        };
        act(orders, &order.id, now, |draft| draft.receive(&rest).map(drop))
            .await
            .unwrap();
        act(orders, &order.id, now, |draft| draft.pack(&packing).map(drop))
            .await
            .unwrap();
        act(orders, &order.id, now, |draft| draft.lease_shipment(&shipment, true))
            .await
            .unwrap();
        act(orders, &order.id, now, |draft| draft.booked(&shipment, booked))
            .await
            .unwrap()
    }

    #[tokio::test]
    async fn all_money_of_a_cancelled_order_is_on_its_way_back_and_then_back() {
        let (orders, quotes) = shelf();
        let now = "2026-11-23T09:00:00Z".parse().unwrap();
        let order = paid(&orders, &quotes, ULID, now).await.unwrap();

        let order = act(&orders, &order.id, now, Draft::cancel).await.unwrap();
        let going = page(&orders, &order).await;
        let refund = order.refunds[0].id.clone();
        act(&orders, &order.id, now, |draft| draft.lease_refund(&refund, true))
            .await
            .unwrap();
        let order = act(&orders, &order.id, now, |draft| draft.refunded(&refund, "re_1"))
            .await
            .unwrap();
        let gone = page(&orders, &order).await;

        assert_eq!(amount(&going, "on_its_way_back"), order.total.amount());
        assert_eq!(amount(&gone, "back"), order.total.amount());
        assert_eq!((sum(&going), sum(&gone)), (order.total.amount(), order.total.amount()));
        assert_eq!((gone.refunds[0].status, gone.money_status), ("done", "refunded"));
    }

    #[tokio::test]
    async fn what_we_lose_with_a_piece_is_said_and_the_sum_still_holds() {
        let (orders, quotes) = shelf();
        let now = "2026-11-23T09:00:00Z".parse().unwrap();
        let order = bought(&orders, &quotes, ULID, "LP1", now).await.unwrap();

        let mut order = order;
        for number in 1..=3 {
            let unit = UnitId::of(&order.id, number);
            order = act(&orders, &order.id, now, |draft| draft.write_off_unit(&unit))
                .await
                .unwrap();
        }
        let page = page(&orders, &order).await;

        assert_eq!(amount(&page, "on_its_way_back"), order.total.amount());
        assert!(amount(&page, "ours") < 0);
        assert_eq!(sum(&page), order.total.amount());
    }
}
