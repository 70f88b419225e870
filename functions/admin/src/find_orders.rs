//! Finds orders by anything a person reads aloud: an id of ours, or a name from outside such as a tracking number or a phone.

use domain::{
    Failure,
    id::{ExceptionId, LineId, OrderId, PaymentId, RefundId, RootId, ShipmentId, SupplierOrderId, UnitId},
    order::Order,
};

use crate::Deps;

/// More are not shown: a name that leads to so many is no name.
const MOST: usize = 20;
const LONGEST: usize = 200;
/// Kenya, Tanzania, Uganda, Rwanda, Nigeria, Ghana (ITU-T E.164, list of assigned country codes).
const CALLING_CODES: [&str; 6] = ["254", "255", "256", "250", "234", "233"];

pub(crate) async fn run(deps: &Deps, wanted: &str) -> Result<Vec<Order>, Failure> {
    let wanted = wanted.trim();
    if wanted.is_empty() || wanted.len() > LONGEST {
        return Ok(Vec::new());
    }
    let ids = match order_of(wanted) {
        Some(id) => vec![id],
        // A name is compared by its letters and digits; without any it would be everybody's.
        None if wanted.chars().any(char::is_alphanumeric) => named(deps, wanted).await?,
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

/// By the name as it was typed, and by a phone as people of its country write it.
async fn named(deps: &Deps, wanted: &str) -> Result<Vec<OrderId>, Failure> {
    let mut ids = deps.orders.named(wanted).await?;
    for phone in international(wanted) {
        ids.extend(deps.orders.named(&phone).await?);
    }
    // Ids begin with their time: the newest orders are the likely ones.
    ids.sort();
    ids.dedup();
    ids.reverse();
    Ok(ids)
}

/// `0712 345 678` as it may be stored, for each country that writes its numbers with a zero in front and that we deliver to.
fn international(wanted: &str) -> Vec<String> {
    let digits: String = wanted.chars().filter(char::is_ascii_digit).collect();
    let is_phone = wanted.chars().all(|c| c.is_ascii_digit() || " -./()".contains(c));
    match digits.strip_prefix('0') {
        Some(rest) if is_phone && (8..=10).contains(&rest.len()) && !rest.starts_with('0') => {
            CALLING_CODES.iter().map(|code| format!("{code}{rest}")).collect()
        }
        Some(_) | None => Vec::new(),
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
    fn a_phone_is_looked_for_as_its_country_writes_it() {
        for text in ["0712345678", "0712 345 678", "0712-345-678"] {
            assert_eq!(international(text)[0], "254712345678", "{text}");
        }
        for text in ["+254712345678", "00254712345678", "LP0712345678", "0123", ""] {
            assert!(international(text).is_empty(), "{text}");
        }
    }

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
