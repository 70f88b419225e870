//! What was priced, beside the quote it became: with the rows of that version it gives the same price again.

use domain::{
    Currency, Money,
    address::Country,
    landed_cost::{Freight, FreightOffer, HsCode, Mode, Speed, TravelDays, Want, WantedLine},
    measure::{Dimensions, Grams},
    product::{Package, ProviderCode},
};
use serde::{Deserialize, Serialize};

use super::parts::VariantRecord;

#[derive(Serialize, Deserialize)]
pub(crate) struct WantRecord {
    lines: Vec<WantedLineRecord>,
    destination: Country,
    export_from: Country,
    charge: Currency,
    #[serde(default = "one")]
    charge_unit: u32,
    freight: FreightRecord,
    mode: Mode,
    payment: Option<ProviderCode>,
}

fn one() -> u32 {
    1
}

#[derive(Serialize, Deserialize)]
struct WantedLineRecord {
    variant: VariantRecord,
    title: String,
    variant_label: String,
    category: Option<String>,
    image: Option<String>,
    seller: Option<String>,
    quantity: u32,
    unit_price: Money,
    store_service: String,
    store_delivery: Money,
    package_weight: Option<Grams>,
    package_size: Option<Dimensions>,
    origin: Option<Country>,
    hs_code: Option<HsCode>,
}

/// A price that the carrier gave has its service; one of our own table has none.
#[derive(Serialize, Deserialize)]
struct FreightRecord {
    carrier: ProviderCode,
    speed: Speed,
    live: Option<LiveRecord>,
}

#[derive(Serialize, Deserialize)]
struct LiveRecord {
    service: String,
    price: Money,
    days: Option<TravelDays>,
}

impl WantRecord {
    pub(crate) fn of(want: &Want) -> Self {
        Self {
            lines: want.lines.iter().map(WantedLineRecord::of).collect(),
            destination: want.destination,
            export_from: want.export_from,
            charge: want.charge,
            charge_unit: want.charge_unit,
            freight: FreightRecord::of(&want.freight),
            mode: want.mode,
            payment: want.payment.clone(),
        }
    }

    pub(crate) fn into_want(self) -> Want {
        Want {
            lines: self.lines.into_iter().map(WantedLineRecord::into_line).collect(),
            destination: self.destination,
            export_from: self.export_from,
            charge: self.charge,
            charge_unit: self.charge_unit,
            freight: self.freight.into_freight(),
            mode: self.mode,
            payment: self.payment,
        }
    }
}

impl WantedLineRecord {
    fn of(line: &WantedLine) -> Self {
        Self {
            variant: VariantRecord::of(&line.variant),
            title: line.title.clone(),
            variant_label: line.variant_label.clone(),
            category: line.category.clone(),
            image: line.image.clone(),
            seller: line.seller.clone(),
            quantity: line.quantity,
            unit_price: line.unit_price,
            store_service: line.store_service.clone(),
            store_delivery: line.store_delivery,
            package_weight: line.package.map(|package| package.weight),
            package_size: line.package.and_then(|package| package.size),
            origin: line.origin,
            hs_code: line.hs_code.clone(),
        }
    }

    fn into_line(self) -> WantedLine {
        let size = self.package_size;
        WantedLine {
            variant: self.variant.into_variant(),
            title: self.title,
            variant_label: self.variant_label,
            category: self.category,
            image: self.image,
            seller: self.seller,
            quantity: self.quantity,
            unit_price: self.unit_price,
            store_service: self.store_service,
            store_delivery: self.store_delivery,
            package: self.package_weight.map(|weight| Package { weight, size }),
            origin: self.origin,
            hs_code: self.hs_code,
        }
    }
}

impl FreightRecord {
    fn of(freight: &Freight) -> Self {
        let live = match freight {
            Freight::Live(offer) => Some(LiveRecord {
                service: offer.service.clone(),
                price: offer.price,
                days: offer.days,
            }),
            Freight::Tariff(..) => None,
        };
        Self {
            carrier: freight.carrier().clone(),
            speed: freight.speed(),
            live,
        }
    }

    fn into_freight(self) -> Freight {
        let Self { carrier, speed, live } = self;
        match live {
            Some(LiveRecord { service, price, days }) => Freight::Live(FreightOffer {
                carrier,
                service,
                speed,
                price,
                days,
            }),
            None => Freight::Tariff(carrier, speed),
        }
    }
}
