//! Receives pieces of one line out of one parcel: they are here, or they are here and a person must look at them.

use domain::{
    Failure, Grams, Refusal,
    audit::Hand,
    barcode::Scan,
    id::{LineId, OrderId, ScanId, UnitId},
    lifecycle::{Event, State},
    order::{Condition, Draft, Order, Received},
    text::{Needs, TextRule},
};
use serde::{Deserialize, Serialize};
use store::{OnRecord, Request};

use crate::{Deps, scan_id};

/// Above this the scale was misread.
pub(crate) const HEAVIEST_GRAMS: u32 = 100_000;
const NOTE: TextRule = TextRule {
    field: "note",
    least: 0,
    most: 500,
    needs: Needs::LetterOrDigit,
};

/// What was counted.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Receipt {
    pub(crate) order: OrderId,
    pub(crate) line: LineId,
    /// The code on the parcel; left out when it cannot be read.
    #[serde(default)]
    pub(crate) code: String,
    pub(crate) count: u32,
    #[serde(default)]
    pub(crate) weight_grams: Option<u32>,
    pub(crate) condition: Shape,
    #[serde(default)]
    pub(crate) note: String,
    #[serde(deserialize_with = "scan_id::read")]
    pub(crate) scan_id: ScanId,
}

/// In what shape it came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Shape {
    Good,
    Bad,
}

impl Shape {
    const fn word(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Bad => "bad",
        }
    }
}

/// The facts of a receipt, the same for every sending of it.
#[derive(Debug, Serialize)]
pub(crate) struct Receiving {
    order: String,
    line: String,
    code: String,
    units: Vec<String>,
    condition: Shape,
    scan_id: String,
    #[serde(skip)]
    pub(crate) is_repeat: bool,
}

pub(crate) async fn run(deps: &Deps, by: &Hand, typed: Receipt) -> Result<Receiving, Failure> {
    let received = checked(&typed)?;
    let weight = typed.weight_grams.map(|grams| grams.to_string()).unwrap_or_default();
    let (count, condition) = (typed.count.to_string(), typed.condition.word());
    let facts = [
        typed.order.as_str(),
        typed.line.as_str(),
        &received.code,
        &count,
        &weight,
        condition,
        &received.note,
    ];
    let key = scan_id::key("POST /warehouse/receipts", &typed.scan_id, &facts);
    let request = Request {
        id: &typed.order,
        actor: by.actor.clone(),
        key: &key,
        now: deps.clock.now(),
    };
    let receive = |draft: &mut Draft| {
        may_come(draft.order(), &typed.line)?;
        let units = match draft.receive(&received)? {
            Some(units) => units,
            None => units_of(draft.order(), &typed.scan_id),
        };
        Ok(units.iter().map(UnitId::as_str).collect::<Vec<_>>().join(" "))
    };
    let entry = by.did(String::new(), request.now, "units.received", typed.order.as_str());
    let record = OnRecord::of(entry);
    let once = deps
        .orders
        .decide_on_record(&deps.queues, request, &record, receive)
        .await?;
    let units: Vec<String> = once.result.split_whitespace().map(str::to_owned).collect();
    if !once.is_repeat {
        tracing::info!(order.id = %typed.order, line.id = %typed.line, units = units.len(), condition, "Received {} of {}", units.len(), typed.line);
    }
    Ok(Receiving {
        order: typed.order.to_string(),
        line: typed.line.to_string(),
        code: received.code,
        units,
        condition: typed.condition,
        scan_id: typed.scan_id.to_string(),
        is_repeat: once.is_repeat,
    })
}

fn checked(typed: &Receipt) -> Result<Received, Failure> {
    if typed
        .weight_grams
        .is_some_and(|grams| !(1..=HEAVIEST_GRAMS).contains(&grams))
    {
        return Err(Failure::field(
            "weight_grams",
            "out_of_range",
            "Write the weight in grams, up to 100,000.",
        ));
    }
    let note = NOTE.note(&typed.note).map_err(|wrong| Failure::Invalid(vec![wrong]))?;
    if typed.condition == Shape::Bad && note.is_empty() {
        return Err(Failure::field(
            "note",
            "missing",
            "Say what is wrong: a person will look at it.",
        ));
    }
    let code = Scan::read(&typed.code).text;
    Ok(Received {
        scan: typed.scan_id.clone(),
        // A parcel whose label cannot be read is found again by its order.
        code: if code.is_empty() { typed.order.to_string() } else { code },
        line: typed.line.clone(),
        count: typed.count,
        weight: typed.weight_grams.map(Grams),
        condition: match typed.condition {
            Shape::Good => Condition::Good,
            Shape::Bad => Condition::Bad,
        },
        note,
    })
}

/// What nobody has paid for, and what was never sent to a store, cannot have come: it is another order's.
fn may_come(order: &Order, line: &LineId) -> Result<(), Failure> {
    let event = Event::Scanned.word();
    let state = order.life.state();
    if matches!(state, State::AwaitingPayment | State::Expired) {
        return Err(Refusal::NotAllowed {
            subject: "order",
            state: state.word(),
            event,
        }
        .into());
    }
    let buying = order.supplier_orders.iter().find(|buying| buying.lines.contains(line));
    match buying {
        Some(buying) if buying.sent_at.is_none() && buying.store_orders.is_empty() => {
            let state = buying.life.state().word();
            Err(Refusal::NotAllowed {
                subject: "supplier order",
                state,
                event,
            }
            .into())
        }
        Some(_) | None => Ok(()),
    }
}

fn units_of(order: &Order, scan: &ScanId) -> Vec<UnitId> {
    let is_of = |unit: &&domain::order::Unit| unit.receipt.as_ref().is_some_and(|receipt| receipt.scan == *scan);
    order.units.iter().filter(is_of).map(|unit| unit.id.clone()).collect()
}

#[cfg(test)]
mod tests {
    use domain::lifecycle::ExceptionKind;

    use super::*;
    use crate::tests::{Shop, ULID, line, scan};

    fn receipt(number: u32, count: u32) -> Receipt {
        Receipt {
            order: OrderId::try_from(format!("ord_{ULID}")).unwrap(),
            line: line(1),
            code: "lp00 1234 5678 9012".into(),
            count,
            weight_grams: Some(900),
            condition: Shape::Good,
            note: String::new(),
            scan_id: scan(number),
        }
    }

    async fn expected(shop: &Shop) -> usize {
        let order = shop.order().await;
        order
            .units
            .iter()
            .filter(|unit| unit.life.state() == State::Expected)
            .count()
    }

    #[tokio::test]
    async fn counted_pieces_are_here_with_their_code_and_weight() {
        let shop = Shop::with_bought().await;

        let done = run(&shop.deps, &shop.staff, receipt(1, 2)).await.unwrap();

        assert_eq!(done.units, [format!("unit_{ULID}-1"), format!("unit_{ULID}-2")]);
        let order = shop.order().await;
        assert_eq!(order.units[1].life.state(), State::Received);
        let kept = order.units[1].receipt.as_ref().unwrap();
        assert_eq!(
            (kept.code.as_str(), kept.weight),
            ("LP00123456789012", Some(Grams(900)))
        );
        assert_eq!(shop.deps.orders.named("LP00123456789012").await.unwrap(), [order.id]);
    }

    #[tokio::test]
    async fn a_scan_sent_again_is_answered_as_the_first_time() {
        let shop = Shop::with_bought().await;
        let first = run(&shop.deps, &shop.staff, receipt(1, 1)).await.unwrap();

        let again = run(&shop.deps, &shop.staff, receipt(1, 1)).await.unwrap();

        assert_eq!(again.units, first.units);
        assert!(again.is_repeat && !first.is_repeat);
        assert_eq!(expected(&shop).await, 2);
    }

    #[tokio::test]
    async fn a_scan_sent_again_after_everything_came_is_still_answered_as_the_first_time() {
        let shop = Shop::with_bought().await;
        run(&shop.deps, &shop.staff, receipt(1, 1)).await.unwrap();
        run(&shop.deps, &shop.staff, receipt(2, 1)).await.unwrap();

        let again = run(&shop.deps, &shop.staff, receipt(1, 1)).await.unwrap();

        assert_eq!(again.units, [format!("unit_{ULID}-1")]);
    }

    #[tokio::test]
    async fn the_id_of_a_scan_is_not_taken_for_another_count() {
        let shop = Shop::with_bought().await;
        run(&shop.deps, &shop.staff, receipt(1, 1)).await.unwrap();

        let other = run(&shop.deps, &shop.staff, receipt(1, 2)).await;

        assert!(matches!(other, Err(Failure::Refused(Refusal::KeyReused))));
        assert_eq!(expected(&shop).await, 2);
    }

    #[tokio::test]
    async fn nothing_too_many_and_ten_thousand_are_refused_and_change_nothing() {
        let shop = Shop::with_bought().await;

        for count in [0, 3, 10_000, u32::MAX] {
            let refused = run(&shop.deps, &shop.staff, receipt(1, count)).await;
            assert!(
                matches!(
                    refused,
                    Err(Failure::Invalid(_) | Failure::Refused(Refusal::TooManyUnits))
                ),
                "{count}"
            );
        }

        assert_eq!(expected(&shop).await, 3);
    }

    #[tokio::test]
    async fn a_damaged_piece_is_held_for_a_person_and_must_be_described() {
        let shop = Shop::with_bought().await;
        let bad = Receipt {
            condition: Shape::Bad,
            ..receipt(1, 1)
        };
        assert!(matches!(
            run(&shop.deps, &shop.staff, bad.clone()).await,
            Err(Failure::Invalid(_))
        ));

        run(
            &shop.deps,
            &shop.staff,
            Receipt {
                note: "sole torn".into(),
                ..bad
            },
        )
        .await
        .unwrap();

        let order = shop.order().await;
        assert_eq!(order.units[0].life.state(), State::OnHold);
        assert_eq!(order.open_exceptions().next().unwrap().kind, ExceptionKind::UnitHeld);
    }

    #[tokio::test]
    async fn what_was_not_bought_cannot_come() {
        let unpaid = Shop::new();
        unpaid.placed(ULID).await;
        assert!(matches!(
            run(&unpaid.deps, &unpaid.staff, receipt(1, 1)).await,
            Err(Failure::Refused(Refusal::NotAllowed { subject: "order", .. }))
        ));
        let paid = Shop::new();
        paid.paid(ULID).await;
        assert!(matches!(
            run(&paid.deps, &paid.staff, receipt(1, 1)).await,
            Err(Failure::Refused(Refusal::NotAllowed {
                subject: "supplier order",
                ..
            }))
        ));
    }

    #[tokio::test]
    async fn a_parcel_without_readable_code_is_received_under_its_order() {
        let shop = Shop::with_bought().await;

        let done = run(
            &shop.deps,
            &shop.staff,
            Receipt {
                code: String::new(),
                ..receipt(1, 1)
            },
        )
        .await
        .unwrap();

        assert_eq!(done.code, format!("ord_{ULID}"));
    }

    #[tokio::test]
    async fn impossible_weights_and_lines_of_other_orders_are_refused() {
        let shop = Shop::with_bought().await;

        for grams in [0, HEAVIEST_GRAMS + 1] {
            let weighed = Receipt {
                weight_grams: Some(grams),
                ..receipt(1, 1)
            };
            assert!(
                matches!(run(&shop.deps, &shop.staff, weighed).await, Err(Failure::Invalid(_))),
                "{grams}"
            );
        }
        let elsewhere = Receipt {
            line: "line_01JDB7M3N8Q4R5S6T7V8W9X0YA-1".parse().unwrap(),
            ..receipt(1, 1)
        };
        assert!(matches!(
            run(&shop.deps, &shop.staff, elsewhere).await,
            Err(Failure::NotFound(_))
        ));
    }
}
