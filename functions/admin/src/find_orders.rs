//! Finds orders by anything a person reads aloud: an id of ours, or a name from outside such as a tracking number or a phone.

use domain::{
    Failure,
    address::Country,
    contact::Phone,
    id::{ExceptionId, LineId, OrderId, PaymentId, RefundId, RootId, ShipmentId, SupplierOrderId, UnitId},
    order::Order,
};

use crate::Deps;

/// More are not shown: a name that leads to so many is no name.
const MOST: usize = 20;
const LONGEST: usize = 200;

pub(crate) async fn run(deps: &Deps, wanted: &str) -> Result<Vec<Order>, Failure> {
    let wanted = wanted.trim();
    if wanted.is_empty() || wanted.len() > LONGEST {
        return Ok(Vec::new());
    }
    let ids = match order_of(wanted) {
        Some(id) => vec![id],
        // A name is compared by its letters and digits; without any it would be everybody's.
        None if wanted.chars().any(|c| c.is_ascii_alphanumeric()) => named(deps, wanted).await?,
        None => Vec::new(),
    };
    let mut found = Vec::new();
    for id in ids.iter().take(MOST) {
        match deps.orders.load(id).await {
            Ok(order) => found.push(order),
            Err(Failure::NotFound(_)) => {}
            Err(failure) => return Err(failure),
        }
    }
    Ok(found)
}

/// By a name as it is known outside; a phone may be said as it is dialled where the shop is.
async fn named(deps: &Deps, wanted: &str) -> Result<Vec<OrderId>, Failure> {
    let found = deps.orders.named(wanted).await?;
    match Phone::new(wanted, Country::KE) {
        Ok(phone) if found.is_empty() => deps.orders.named(phone.as_str()).await,
        Ok(_) | Err(_) => Ok(found),
    }
}

/// The order behind one of our ids, in capitals or not, with its prefix or without.
fn order_of(wanted: &str) -> Option<OrderId> {
    let Some((prefix, rest)) = wanted.split_once('_') else {
        return OrderId::from_ulid(&wanted.to_ascii_uppercase()).ok();
    };
    let id = format!("{}_{}", prefix.to_ascii_lowercase(), rest.to_ascii_uppercase());
    let own = id.parse::<OrderId>().ok();
    own.or_else(|| id.parse::<LineId>().ok().map(|id| id.order()))
        .or_else(|| id.parse::<UnitId>().ok().map(|id| id.order()))
        .or_else(|| id.parse::<PaymentId>().ok().map(|id| id.order()))
        .or_else(|| id.parse::<SupplierOrderId>().ok().map(|id| id.order()))
        .or_else(|| id.parse::<ShipmentId>().ok().map(|id| id.order()))
        .or_else(|| id.parse::<RefundId>().ok().map(|id| id.order()))
        .or_else(|| id.parse::<ExceptionId>().ok().map(|id| id.order()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ULID: &str = "01JDB7M3N8Q4R5S6T7V8W9X0YZ";

    #[test]
    fn every_id_of_ours_leads_to_its_order() {
        for text in [
            format!("ord_{ULID}"),
            ULID.to_owned(),
            ULID.to_lowercase(),
            format!("ORD_{}", ULID.to_lowercase()),
            format!("line_{ULID}-1"),
            format!("unit_{ULID}-12"),
            format!("pay_{ULID}-1"),
            format!("sup_{ULID}-1"),
            format!("shp_{ULID}-1"),
            format!("ref_{ULID}-1"),
            format!("exc_{ULID}-1"),
        ] {
            assert_eq!(
                order_of(&text).map(|id| id.to_string()),
                Some(format!("ord_{ULID}")),
                "{text}"
            );
        }
        for text in ["cs_test_a1", "LP00123", "+254712345678", "ord_1", ""] {
            assert!(order_of(text).is_none(), "{text}");
        }
    }
}
