//! Closes a parcel to the customer: what is in it, weighed and measured. The carrier is the one the customer's price was made with.

use std::collections::BTreeSet;

use domain::{
    Dimensions, Failure, FieldError, Grams, Millimetres,
    audit::Hand,
    id::{OrderId, ScanId, UnitId},
    lifecycle::State,
    order::{Draft, Order, Packing, Parcel},
};
use serde::{Deserialize, Serialize};
use store::{OnRecord, Request};
use web::Several;

use crate::{Deps, receive_units::HEAVIEST_GRAMS, scan_id};

/// No parcel of ours is longer; more is a typing mistake.
pub(crate) const LONGEST_MM: u32 = 3_000;

/// The closed parcel.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ParcelForm {
    pub(crate) order: OrderId,
    pub(crate) units: Picked,
    pub(crate) weight_grams: u32,
    pub(crate) length_mm: u32,
    pub(crate) width_mm: u32,
    pub(crate) height_mm: u32,
    #[serde(deserialize_with = "scan_id::read")]
    pub(crate) scan_id: ScanId,
}

/// What goes in: `"all"` that is here, one unit, or a list of units.
pub(crate) type Picked = Several<String>;

/// The facts of a packed parcel, the same for every sending of it.
#[derive(Debug, Serialize)]
pub(crate) struct Packed {
    pub(crate) shipment: String,
    pub(crate) order: String,
    carrier: String,
    scan_id: String,
    #[serde(skip)]
    pub(crate) is_repeat: bool,
}

pub(crate) async fn run(deps: &Deps, by: &Hand, typed: ParcelForm) -> Result<Packed, Failure> {
    let parcel = measured(&typed)?;
    let picked = Selection::of(&typed.units)?;
    let quote = deps.orders.load(&typed.order).await?.quote;
    let carrier = deps.quotes.get(&quote).await?.terms().freight.carrier.clone();
    let sizes = [typed.weight_grams, typed.length_mm, typed.width_mm, typed.height_mm].map(|size| size.to_string());
    let units = picked.to_string();
    let mut facts = vec![typed.order.as_str(), units.as_str()];
    facts.extend(sizes.iter().map(String::as_str));
    let key = scan_id::key("POST /warehouse/parcels", &typed.scan_id, &facts);
    let request = Request {
        id: &typed.order,
        actor: by.actor.clone(),
        key: &key,
        now: deps.clock.now(),
    };
    let pack = |draft: &mut Draft| {
        let units = picked.units(draft.order());
        let is_known = draft
            .order()
            .shipments
            .iter()
            .any(|shipment| shipment.scan == typed.scan_id);
        if units.is_empty() && !is_known {
            return Err(Failure::field(
                "units",
                "missing",
                "Nothing of this order is here to be packed.",
            ));
        }
        let packing = Packing {
            scan: typed.scan_id.clone(),
            units,
            parcel,
            carrier: carrier.clone(),
        };
        draft.pack(&packing).map(|shipment| shipment.to_string())
    };
    let entry = by.did(String::new(), request.now, "parcel.packed", typed.order.as_str());
    let record = OnRecord::of(entry);
    let once = deps
        .orders
        .decide_on_record(&deps.queues, request, &record, pack)
        .await?;
    if !once.is_repeat {
        tracing::info!(order.id = %typed.order, shipment.id = once.result, weight_grams = parcel.weight.0, "Packed {}", once.result);
    }
    Ok(Packed {
        shipment: once.result,
        order: typed.order.to_string(),
        carrier: carrier.to_string(),
        scan_id: typed.scan_id.to_string(),
        is_repeat: once.is_repeat,
    })
}

fn measured(typed: &ParcelForm) -> Result<Parcel, Failure> {
    let mut wrong = Vec::new();
    if !(1..=HEAVIEST_GRAMS).contains(&typed.weight_grams) {
        let message = "Weigh the closed parcel: 1 to 100,000 grams.";
        wrong.push(FieldError::new("weight_grams", "out_of_range", message));
    }
    for (field, size) in [
        ("length_mm", typed.length_mm),
        ("width_mm", typed.width_mm),
        ("height_mm", typed.height_mm),
    ] {
        if !(1..=LONGEST_MM).contains(&size) {
            wrong.push(FieldError::new(
                field,
                "out_of_range",
                "Measure outside: 1 to 3,000 millimetres.",
            ));
        }
    }
    if !wrong.is_empty() {
        return Err(Failure::Invalid(wrong));
    }
    let [a, b, c] = [typed.length_mm, typed.width_mm, typed.height_mm].map(Millimetres);
    Ok(Parcel {
        weight: Grams(typed.weight_grams),
        size: Dimensions::new(a, b, c),
    })
}

/// What was picked, each unit once.
enum Selection {
    Everything,
    These(BTreeSet<UnitId>),
}

impl Selection {
    fn of(picked: &Picked) -> Result<Self, Failure> {
        let Several(texts) = picked;
        if let [all] = texts.as_slice()
            && all == "all"
        {
            return Ok(Self::Everything);
        }
        let wrong = |_| Failure::field("units", "invalid", "Pick pieces of this order.");
        let units = texts.iter().map(|text| text.parse().map_err(wrong));
        Ok(Self::These(units.collect::<Result<_, _>>()?))
    }

    fn units(&self, order: &Order) -> Vec<UnitId> {
        match self {
            Self::Everything => to_pack(order).map(|unit| unit.id.clone()).collect(),
            Self::These(units) => units.iter().cloned().collect(),
        }
    }
}

impl std::fmt::Display for Selection {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Everything => out.write_str("all"),
            Self::These(units) => units.iter().try_for_each(|unit| write!(out, "{unit} ")),
        }
    }
}

/// What is here, in good shape, and in no parcel yet.
pub(crate) fn to_pack(order: &Order) -> impl Iterator<Item = &domain::order::Unit> {
    order.units.iter().filter(|unit| unit.life.state() == State::Received)
}

#[cfg(test)]
mod tests {
    use domain::{Refusal, id::ShipmentId, lifecycle::Task};

    use super::*;
    use crate::tests::{Shop, ULID, scan};

    fn form(number: u32, units: Picked) -> ParcelForm {
        ParcelForm {
            order: format!("ord_{ULID}").parse().unwrap(),
            units,
            weight_grams: 1_300,
            length_mm: 200,
            width_mm: 300,
            height_mm: 100,
            scan_id: scan(number),
        }
    }

    fn all() -> Picked {
        Several(vec!["all".into()])
    }

    fn unit(number: u32) -> String {
        format!("unit_{ULID}-{number}")
    }

    #[tokio::test]
    async fn everything_that_is_here_goes_into_one_parcel_with_the_carrier_of_the_quote_and_a_label_is_asked_for() {
        let shop = Shop::with_received().await;

        let packed = run(&shop.deps, &shop.staff, form(9, all())).await.unwrap();

        assert_eq!(packed.shipment, format!("shp_{ULID}-1"));
        let order = shop.order().await;
        let shipment = order.shipment(&packed.shipment.parse::<ShipmentId>().unwrap()).unwrap();
        assert_eq!(shipment.carrier.to_string(), "dhl");
        assert_eq!(shipment.parcel.weight, Grams(1_300));
        assert_eq!(shipment.parcel.size.length, Millimetres(300));
        assert_eq!(order.units_in(&shipment.id).count(), 3);
        assert_eq!(shop.sent(), [Task::BuyLabel]);
    }

    #[tokio::test]
    async fn a_closing_scan_sent_again_makes_no_second_parcel() {
        let shop = Shop::with_received().await;
        let first = run(&shop.deps, &shop.staff, form(9, all())).await.unwrap();

        let again = run(&shop.deps, &shop.staff, form(9, all())).await.unwrap();

        assert_eq!(again.shipment, first.shipment);
        assert!(again.is_repeat);
        assert_eq!(shop.order().await.shipments.len(), 1);
        assert_eq!(shop.sent(), [Task::BuyLabel]);
    }

    #[tokio::test]
    async fn a_unit_goes_into_one_parcel_only() {
        let shop = Shop::with_received().await;
        run(
            &shop.deps,
            &shop.staff,
            form(8, Several(vec![unit(1), unit(1), unit(2)])),
        )
        .await
        .unwrap();

        let twice = run(&shop.deps, &shop.staff, form(9, Several(vec![unit(1)]))).await;
        assert!(matches!(twice, Err(Failure::Refused(Refusal::AlreadyApplied))));
        run(&shop.deps, &shop.staff, form(7, all())).await.unwrap();

        let order = shop.order().await;
        assert_eq!(order.shipments.len(), 2);
        assert_eq!(order.units_in(&order.shipments[1].id).count(), 1);
    }

    #[tokio::test]
    async fn what_is_not_here_is_not_packed() {
        let shop = Shop::with_bought().await;

        let nothing = run(&shop.deps, &shop.staff, form(9, all())).await;
        assert!(matches!(nothing, Err(Failure::Invalid(_))));
        let expected = run(&shop.deps, &shop.staff, form(9, Several(vec![unit(1)]))).await;
        assert!(matches!(expected, Err(Failure::Refused(Refusal::NotAllowed { .. }))));
        let nonsense = run(&shop.deps, &shop.staff, form(9, Several(vec!["everything".into()]))).await;
        assert!(matches!(nonsense, Err(Failure::Invalid(_))));

        assert!(shop.order().await.shipments.is_empty());
        assert!(shop.sent().is_empty());
    }

    #[tokio::test]
    async fn every_impossible_measure_is_named_at_once() {
        let shop = Shop::with_received().await;
        let form = ParcelForm {
            weight_grams: 0,
            length_mm: LONGEST_MM + 1,
            ..form(9, all())
        };

        let Err(Failure::Invalid(errors)) = run(&shop.deps, &shop.staff, form).await else {
            panic!("it was packed")
        };

        assert_eq!(
            errors.iter().map(|error| &*error.pointer).collect::<Vec<_>>(),
            ["/weight_grams", "/length_mm"]
        );
    }
}
