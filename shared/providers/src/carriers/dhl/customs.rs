//! What customs is told about the goods of a booking.

use domain::Money;

use super::{
    booking::CALL,
    wire::{Number, shipments as wire},
    words,
};
use crate::{
    carriers::{BookRequest, CustomsLine, GoodsUnit},
    error::Error,
};

/// The word for goods that were sold, on the declaration and on each of its lines.
const SOLD: &str = "commercial_purpose_or_sale";

pub(super) fn declaration(shipment: &BookRequest, value: Money) -> Result<wire::Declaration<'_>, Error> {
    let mut line_items = Vec::with_capacity(shipment.customs.len());
    for (number, line) in (1..).zip(&shipment.customs) {
        line_items.push(declared(number, line)?);
    }
    let mut additional_charges = Vec::new();
    for (type_code, charge) in [
        ("freight", shipment.charges.freight),
        ("insurance", shipment.charges.insurance),
    ] {
        let Some(charge) = charge.filter(|charge| !charge.is_zero()) else {
            continue;
        };
        // A charge has no currency of its own on the wire.
        if charge.currency() != value.currency() {
            return Err(Error::Invalid {
                call: CALL,
                problem: "charges in another currency than the goods",
            });
        }
        additional_charges.push(wire::Charge {
            value: Number::money(CALL, charge)?,
            type_code,
        });
    }
    Ok(wire::Declaration {
        line_items,
        invoice: wire::Invoice {
            number: &shipment.invoice.number,
            date: shipment.invoice.issued_at.date().to_string(),
        },
        additional_charges,
        export_reason: "sale",
        export_reason_type: SOLD,
        shipment_type: "commercial",
        place_of_incoterm: words::fit(&shipment.to.city, 45),
    })
}

fn declared(number: usize, line: &CustomsLine) -> Result<wire::Line<'_>, Error> {
    let code: String = line.hs_code.chars().filter(char::is_ascii_digit).collect();
    let Some(world_wide) = code.get(..6).filter(|_| code.len() <= 18) else {
        return Err(Error::Invalid {
            call: CALL,
            problem: "a line without a tariff code of at least six digits",
        });
    };
    if line.description.trim().is_empty() || line.quantity == 0 {
        return Err(Error::Invalid {
            call: CALL,
            problem: "a line without goods",
        });
    }
    Ok(wire::Line {
        number,
        description: words::fit(&line.description, 512),
        price: Number::money(CALL, line.unit_value)?,
        quantity: wire::Quantity {
            value: line.quantity,
            unit_of_measurement: match line.unit {
                GoodsUnit::Pieces => "PCS",
                GoodsUnit::Pairs => "PRS",
                GoodsUnit::Sets => "SET",
            },
        },
        commodity_codes: vec![
            wire::CommodityCode {
                type_code: "outbound",
                value: world_wide.to_owned(),
            },
            wire::CommodityCode {
                type_code: "inbound",
                value: code.clone(),
            },
        ],
        export_reason_type: SOLD,
        manufacturer_country: line.origin.code(),
        weight: wire::LineWeight {
            net_value: Number::kilograms(CALL, line.net_weight)?,
            gross_value: Number::kilograms(CALL, line.gross_weight)?,
        },
    })
}
