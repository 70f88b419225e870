//! Every id of the product: a prefix that says what it is, then a ULID; what belongs to an order is numbered below the order's ULID.
//!
//! `ord_01JD…` is an order and `unit_01JD…-3` the third unit of that order, so that any child id leads to its order without an index,
//! and a decision needs no source of randomness to name what it makes.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// The text is not an id of the wanted kind.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a {kind} id")]
pub struct NotAnId {
    /// The kind that was wanted.
    pub kind: &'static str,
}

/// A root id can be made from fresh random text; `runtime` does that, nobody else.
pub trait RootId: Sized {
    /// Wraps a ULID of 26 characters.
    ///
    /// # Errors
    /// When the text is not a ULID.
    fn from_ulid(ulid: &str) -> Result<Self, NotAnId>;
}

fn is_ulid(text: &str) -> bool {
    text.len() == 26
        && text.starts_with(|first: char| ('0'..='7').contains(&first))
        && text
            .bytes()
            .all(|b| b.is_ascii_digit() || (b.is_ascii_uppercase() && !b"ILOU".contains(&b)))
}

macro_rules! text_form {
    ($name:ident) => {
        impl fmt::Display for $name {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str(&self.0)
            }
        }
        impl TryFrom<String> for $name {
            type Error = NotAnId;
            fn try_from(text: String) -> Result<Self, NotAnId> {
                text.parse()
            }
        }
        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }
        impl $name {
            /// The id as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
    };
}

macro_rules! root_ids {
    ($($(#[$doc:meta])* $name:ident $prefix:literal;)*) => { $(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        text_form!($name);

        impl RootId for $name {
            fn from_ulid(ulid: &str) -> Result<Self, NotAnId> {
                if is_ulid(ulid) { Ok(Self(format!("{}{ulid}", $prefix))) } else { Err(NotAnId { kind: $prefix }) }
            }
        }

        impl $name {
            /// The ULID behind the prefix.
            #[must_use]
            pub fn ulid(&self) -> &str {
                self.0.strip_prefix($prefix).unwrap_or_default()
            }
        }

        impl FromStr for $name {
            type Err = NotAnId;
            fn from_str(text: &str) -> Result<Self, NotAnId> {
                match text.strip_prefix($prefix) {
                    Some(ulid) => Self::from_ulid(ulid),
                    None => Err(NotAnId { kind: $prefix }),
                }
            }
        }
    )* };
}

macro_rules! child_ids {
    ($($(#[$doc:meta])* $name:ident $prefix:literal;)*) => { $(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        text_form!($name);

        impl $name {
            /// The `number`th of its kind in `order`, counted from 1.
            #[must_use]
            pub fn of(order: &OrderId, number: u32) -> Self {
                Self(format!("{}{}-{number}", $prefix, order.ulid()))
            }

            /// The order it belongs to.
            #[must_use]
            pub fn order(&self) -> OrderId {
                let rest = self.0.strip_prefix($prefix).unwrap_or_default();
                let ulid = rest.split_once('-').map_or(rest, |(ulid, _)| ulid);
                OrderId(format!("ord_{ulid}"))
            }

            /// Its number within the order.
            #[must_use]
            pub fn number(&self) -> u32 {
                self.0.rsplit_once('-').and_then(|(_, number)| number.parse().ok()).unwrap_or(0)
            }
        }

        impl FromStr for $name {
            type Err = NotAnId;
            fn from_str(text: &str) -> Result<Self, NotAnId> {
                let wrong = NotAnId { kind: $prefix };
                let rest = text.strip_prefix($prefix).ok_or(wrong.clone())?;
                let (ulid, number) = rest.split_once('-').ok_or(wrong.clone())?;
                let plain = !number.is_empty() && number.len() <= 6 && !number.starts_with('0') && number.bytes().all(|b| b.is_ascii_digit());
                if is_ulid(ulid) && plain { Ok(Self(text.to_owned())) } else { Err(wrong) }
            }
        }
    )* };
}

// Alphabetical and append-only: a prefix, once used, keeps its meaning for ever.
root_ids! {
    /// A delivery address of a customer.
    AddressId "adr_";
    /// A person who shops, registered or not.
    CustomerId "cus_";
    /// A scanner or another device of the warehouse.
    DeviceId "dev_";
    /// A message to a person, by mail or as a text.
    NoticeId "ntc_";
    /// An order.
    OrderId "ord_";
    /// A quote: one immutable landed price.
    QuoteId "quo_";
    /// One scan of a warehouse device, made by the device.
    ScanId "scan_";
    /// A member of the staff.
    StaffId "stf_";
}

child_ids! {
    /// A dispute about a payment.
    DisputeId "dsp_";
    /// A matter that needs a person.
    ExceptionId "exc_";
    /// A line of an order.
    LineId "line_";
    /// A link by which somebody else pays.
    PayLinkId "lnk_";
    /// A payment: one try to cover an order.
    PaymentId "pay_";
    /// A refund.
    RefundId "ref_";
    /// A shipment from our warehouse to the customer.
    ShipmentId "shp_";
    /// What we buy at one store for one order.
    SupplierOrderId "sup_";
    /// One physical piece.
    UnitId "unit_";
}

#[cfg(test)]
mod tests {
    use super::*;

    const ULID: &str = "01JDB7M3N8Q4R5S6T7V8W9X0YZ";

    #[test]
    fn a_child_id_leads_to_its_order() {
        let order = OrderId::from_ulid(ULID).unwrap();

        let unit = UnitId::of(&order, 3);

        assert_eq!(unit.as_str(), "unit_01JDB7M3N8Q4R5S6T7V8W9X0YZ-3");
        assert_eq!(unit.order(), order);
        assert_eq!(unit.number(), 3);
        assert_eq!(unit.as_str().parse::<UnitId>().unwrap(), unit);
    }

    #[test]
    fn ids_of_another_kind_or_shape_are_refused() {
        for text in [
            "",
            "ord_",
            "ord_01JD",
            "cus_01JDB7M3N8Q4R5S6T7V8W9X0YZ",
            "ord_01JDB7M3N8Q4R5S6T7V8W9X0YI",
            "ord_81JDB7M3N8Q4R5S6T7V8W9X0YZ",
        ] {
            assert!(text.parse::<OrderId>().is_err(), "{text}");
        }
        for text in [
            "unit_01JDB7M3N8Q4R5S6T7V8W9X0YZ",
            "unit_01JDB7M3N8Q4R5S6T7V8W9X0YZ-0",
            "unit_01JDB7M3N8Q4R5S6T7V8W9X0YZ-1a",
            "unit_-1",
        ] {
            assert!(text.parse::<UnitId>().is_err(), "{text}");
        }
    }

    #[test]
    fn every_child_id_fits_the_35_characters_that_carriers_give_a_reference() {
        let order = OrderId::from_ulid(ULID).unwrap();

        assert!(ShipmentId::of(&order, 999).as_str().len() <= 35);
        assert!(SupplierOrderId::of(&order, 999).as_str().len() <= 35);
    }
}
