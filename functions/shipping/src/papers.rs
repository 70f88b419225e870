//! What the carrier and customs must be told about a parcel, put together from what was bought, received and measured.

use std::collections::BTreeMap;

use domain::{
    address::Country,
    id::LineId,
    order::{Line, Order, Shipment},
};
use providers::{
    WarehouseAddress,
    carriers::{
        BookRequest, Charges, CustomsLine, GoodsUnit, Incoterm, Invoice, LabelFormat, Parcel, Party, RateOffer,
        RateQuery,
    },
};
use runtime::{Seal, customs_place};

use crate::planned::Planned;

/// Where goods are made when the store does not say: its sellers are Chinese makers and traders, and customs wants a country. The bench
/// corrects it when the goods say otherwise.
const USUAL_ORIGIN: &str = "CN";

/// The papers of one parcel, complete.
#[derive(Debug)]
pub(crate) struct Papers {
    from: Party,
    to: Party,
    parcel: Parcel,
    customs: Vec<CustomsLine>,
}

/// Why the papers are not complete, in words for the staff.
pub(crate) type Incomplete = String;

impl Papers {
    /// # Errors
    /// When customs would not take them.
    pub(crate) fn of(
        order: &Order,
        shipment: &Shipment,
        warehouse: &WarehouseAddress,
        seal: &Seal,
    ) -> Result<Self, Incomplete> {
        let mut pieces: BTreeMap<LineId, u32> = BTreeMap::new();
        for unit in order.units_in(&shipment.id) {
            let count = pieces.entry(unit.line.clone()).or_default();
            *count = count.saturating_add(1);
        }
        let mut customs = Vec::new();
        for (id, count) in pieces {
            let line = order
                .line(&id)
                .ok_or_else(|| format!("{id} is not a line of the order"))?;
            customs.push(customs_line(line, count)?);
        }
        if customs.is_empty() {
            return Err("the parcel is empty".to_owned());
        }
        let parcel = Parcel {
            weight: shipment.parcel.weight,
            size: shipment.parcel.size,
        };
        Ok(Self {
            from: Party::from(warehouse),
            to: receiver(order, seal)?,
            parcel,
            customs,
        })
    }

    /// The question for prices.
    ///
    /// # Errors
    /// When the goods are in two currencies.
    pub(crate) fn rate_query(&self, planned: &Planned) -> Result<RateQuery, Incomplete> {
        let mut goods_value: Option<domain::Money> = None;
        for line in &self.customs {
            let worth = line
                .unit_value
                .times(line.quantity)
                .map_err(|error| error.to_string())?;
            let sum = goods_value.map_or(Ok(worth), |sum| sum.plus(worth));
            goods_value = Some(sum.map_err(|error| error.to_string())?);
        }
        Ok(RateQuery {
            from: self.from.clone(),
            to: self.to.clone(),
            parcels: vec![self.parcel],
            goods_value: goods_value.ok_or("the parcel is empty")?,
            ship_at: planned.at(),
            ship_offset: planned.offset(),
        })
    }

    /// The booking. Duties are ours to pay where the carrier offers that: the customer has paid for them.
    pub(crate) fn booking(self, shipment: &Shipment, offer: &RateOffer, planned: &Planned) -> BookRequest {
        let pays_duties = offer.extra_services.iter().any(|service| service == "DD");
        BookRequest {
            shipment: shipment.id.clone(),
            service_code: offer.service_code.clone(),
            from: self.from,
            to: self.to,
            parcels: vec![self.parcel],
            customs: self.customs,
            incoterm: if pays_duties { Incoterm::Ddp } else { Incoterm::Dap },
            invoice: Invoice {
                number: shipment.id.to_string(),
                issued_at: planned.now(),
            },
            charges: Charges::default(),
            insured: None,
            label_format: LabelFormat::Pdf,
            ship_at: planned.at(),
            ship_offset: planned.offset(),
        }
    }
}

/// The customer, with the number by which customs knows them: nowhere else is it opened.
fn receiver(order: &Order, seal: &Seal) -> Result<Party, Incomplete> {
    let party = Party::from(&order.destination);
    let Some(sealed) = &order.customs_number else {
        return Ok(party);
    };
    let opened = seal.open(&customs_place(&order.id), sealed);
    let number = opened.map_err(|_| "the customs number of the customer cannot be opened".to_owned())?;
    Ok(Party {
        tax_number: number.expose().to_owned(),
        ..party
    })
}

fn customs_line(line: &Line, count: u32) -> Result<CustomsLine, Incomplete> {
    if line.hs_code.chars().filter(char::is_ascii_digit).count() < 6 {
        return Err(format!("{} has no customs code of six digits", line.title));
    }
    let made_in = if line.origin.is_empty() {
        USUAL_ORIGIN
    } else {
        &line.origin
    };
    let origin: Country = made_in.parse().map_err(|_| format!("{made_in} is not a country"))?;
    let weight = line.weight.times(count);
    Ok(CustomsLine {
        description: described(line),
        quantity: count,
        unit: GoodsUnit::Pieces,
        unit_value: line.unit_price,
        hs_code: line.hs_code.clone(),
        origin,
        net_weight: weight,
        gross_weight: weight,
    })
}

/// What it is and that it is new: a bare trade name is refused at borders.
fn described(line: &Line) -> String {
    let variant = if line.variant_label.is_empty() {
        String::new()
    } else {
        format!(", {}", line.variant_label)
    };
    format!("{}{variant}, new", line.title)
}

#[cfg(test)]
mod tests {
    use domain::Secret;
    use runtime::{Clock, Ids};
    use store::{Db, Memory, Orders, Quotes};

    use super::*;

    fn seal(first: &str) -> Seal {
        // 32 bytes in base64.
        Seal::new(&Secret::new(format!(
            "{first}DEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
        )))
        .unwrap()
    }

    #[tokio::test]
    async fn the_customs_number_is_opened_for_the_papers_of_its_own_order_only() {
        let db = Db::Memory(Memory::default());
        let clock = Clock::fixed("2026-11-23T09:00:00Z".parse().unwrap());
        let (orders, quotes) = (Orders::new(db.clone()), Quotes::new(db));
        let placed = testkit::orders::placed(&orders, &quotes, "01JDB7M3N8Q4R5S6T7V8W9X0YZ", clock.now());
        let mut order = placed.await.unwrap();
        let ids = Ids::seeded(1);
        let without = receiver(&order, &seal("M")).unwrap().tax_number;

        let own = seal("M").seal(&ids, &customs_place(&order.id), "A123456789Z").unwrap();
        order.customs_number = Some(own);
        let with = receiver(&order, &seal("M")).unwrap().tax_number;
        let by_another_key = receiver(&order, &seal("N"));
        let moved = seal("M")
            .seal(&ids, "customs number of another", "A123456789Z")
            .unwrap();
        order.customs_number = Some(moved);

        assert_eq!((without.as_str(), with.as_str()), ("", "A123456789Z"));
        assert!(by_another_key.is_err());
        assert!(receiver(&order, &seal("M")).is_err());
    }
}
