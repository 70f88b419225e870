//! POST /pickups and DELETE /pickups/{number}: a courier call hands its parcels over when its time comes.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::planned;
use super::problem::Problem;
use super::rates::judge_accounts;
use super::waybill::Waybill;
use crate::books::Record;
use crate::calls::Turn;
use crate::clock;
use crate::json::Fields;

#[derive(Serialize, Deserialize)]
pub(crate) struct Pickup {
    pub(crate) number: String,
    pub(crate) planned_at: i64,
    pub(crate) awbs: Vec<String>,
    pub(crate) cancelled: Option<String>,
}

impl Record for Pickup {
    const SHELF: &'static str = "dhl-pickups";
    fn key(&self) -> String {
        self.number.clone()
    }
}

/// `PRG`, the date and a number of the day.
pub(super) fn next_number(turn: &mut Turn<'_>) -> String {
    let date = clock::write(turn.now, 0, "%y%m%d");
    format!("PRG{date}{:06}", turn.books.next_number("dhl/pickup"))
}

pub(super) fn order(turn: &mut Turn<'_>, body: &Value) -> Result<Value, Problem> {
    judge_accounts(turn, body.at("accounts"))?;
    let planned_at = planned::read(
        body.at("plannedPickupDateAndTime").as_str().unwrap_or_default(),
        turn.now,
    )?;
    let details = body.at("shipmentDetails").as_array().into_iter().flatten();
    let awbs: Vec<String> = details
        .filter_map(|detail| detail.at("shipmentTrackingNumber").as_str())
        .map(str::to_owned)
        .collect();
    let pickup = Pickup {
        number: next_number(turn),
        planned_at,
        awbs,
        cancelled: None,
    };
    for awb in &pickup.awbs {
        if let Some(mut waybill) = turn.books.get::<Waybill>(awb) {
            waybill.hand_over_due = planned_at;
            waybill.pickup = Some(pickup.number.clone());
            turn.books.put(&waybill);
        }
    }
    turn.books.put(&pickup);
    Ok(json!({ "dispatchConfirmationNumbers": [pickup.number] }))
}

/// The parcels of a cancelled pickup are handed over some other way, after the usual time.
pub(super) fn cancel(turn: &mut Turn<'_>, number: &str, query: &Value) -> Result<Value, Problem> {
    let missing: Vec<&str> = ["requestorName", "reason"]
        .into_iter()
        .filter(|name| query.at(name).as_str().is_none_or(str::is_empty))
        .collect();
    if !missing.is_empty() {
        return Err(Problem::missing(&missing.join(", ")));
    }
    let pickup = turn
        .books
        .get::<Pickup>(number)
        .filter(|pickup| pickup.cancelled.is_none());
    let Some(mut pickup) = pickup else {
        return Err(Problem::not_found(
            "Cancellation of booking was not successful. Requested Pickup was not found",
        ));
    };
    pickup.cancelled = query.at("reason").as_str().map(str::to_owned);
    let wait = turn.settings.dhl.hand_over_seconds.saturating_mul(1000);
    for awb in &pickup.awbs {
        if let Some(mut waybill) = turn
            .books
            .get::<Waybill>(awb)
            .filter(|waybill| waybill.events.is_empty())
        {
            waybill.pickup = None;
            waybill.hand_over_due = turn.now.saturating_add(wait);
            turn.books.put(&waybill);
        }
    }
    turn.books.put(&pickup);
    Ok(json!({}))
}
