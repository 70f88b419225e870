//! What a carrier must be told about a shipment: who, from where, to where, which parcels, and what customs wants to know.

use domain::{
    Currency, Dimensions, Grams, Money, MoneyError, Timestamp,
    address::{Address, Country},
    id::ShipmentId,
    label::Label,
};

use crate::warehouse::WarehouseAddress;

/// A question for prices.
#[derive(Clone, Debug)]
pub struct RateQuery {
    /// Our warehouse.
    pub from: Party,
    /// The customer.
    pub to: Party,
    /// As measured, or as the stores say.
    pub parcels: Vec<Parcel>,
    /// What the goods are worth.
    pub goods_value: Money,
    /// When the carrier would get it: at most ten days from now, and not in the past when the question arrives.
    pub ship_at: Timestamp,
    /// The warehouse's difference from UTC on that day.
    pub ship_offset: UtcOffset,
}

/// A shipment to book.
#[derive(Clone, Debug)]
pub struct BookRequest {
    /// Our shipment: the reference in every field that the carrier can search, and at most 35 characters long.
    pub shipment: ShipmentId,
    /// The carrier's product, from a rate.
    pub service_code: String,
    /// Our warehouse.
    pub from: Party,
    /// The customer.
    pub to: Party,
    /// As measured at packing.
    pub parcels: Vec<Parcel>,
    /// The goods, as on the commercial invoice; all in one currency.
    pub customs: Vec<CustomsLine>,
    /// Who pays the duties.
    pub incoterm: Incoterm,
    /// The commercial invoice that the carrier prints.
    pub invoice: Invoice,
    /// What customs adds to the goods' value.
    pub charges: Charges,
    /// The value to insure, if it is to be insured.
    pub insured: Option<Money>,
    /// What the label printer takes.
    pub label_format: LabelFormat,
    /// When the carrier gets it: at most ten days from now, and not in the past when the booking arrives.
    pub ship_at: Timestamp,
    /// The warehouse's difference from UTC on that day.
    pub ship_offset: UtcOffset,
}

impl BookRequest {
    /// What all the goods are worth.
    ///
    /// # Errors
    /// When there are none, or their currencies differ.
    pub fn goods_value(&self) -> Result<Money, MoneyError> {
        let mut total: Option<Money> = None;
        for line in &self.customs {
            let worth = line.unit_value.times(line.quantity)?;
            total = Some(match total {
                Some(sum) => sum.plus(worth)?,
                None => worth,
            });
        }
        total.ok_or(MoneyError::NoShares)
    }

    /// The currency of the goods.
    #[must_use]
    pub fn currency(&self) -> Option<Currency> {
        self.customs.first().map(|line| line.unit_value.currency())
    }
}

/// One end of the way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Party {
    /// A business or a person at home.
    pub kind: PartyKind,
    /// The company; a person's own name where there is none.
    pub company: String,
    /// Whom to call.
    pub contact: String,
    /// With its country code.
    pub phone: String,
    /// May be empty.
    pub email: String,
    /// Pickup point, street, building, landmark; empty ones are left out.
    pub lines: Vec<String>,
    /// Town.
    pub city: String,
    /// State or county, as a short code or a name; may be empty.
    pub region: String,
    /// May be empty.
    pub postcode: String,
    /// The country.
    pub country: Country,
    /// The number by which customs there knows them; may be empty.
    pub tax_number: String,
}

/// What kind of receiver or sender somebody is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PartyKind {
    /// A company.
    Business,
    /// A person who bought for themselves.
    Consumer,
}

impl From<&Address> for Party {
    /// A customer at their delivery address, in letters that a carrier prints.
    fn from(address: &Address) -> Self {
        let parts = address.parts();
        let label = Label::of(address);
        Self {
            kind: PartyKind::Consumer,
            company: label.name.clone(),
            contact: label.name,
            phone: parts.phone.clone(),
            email: parts.email.clone(),
            lines: label.lines,
            city: label.city,
            region: label.region,
            postcode: parts.postcode.clone(),
            country: address.country(),
            tax_number: parts.tax_number.clone(),
        }
    }
}

impl From<&WarehouseAddress> for Party {
    /// Our own warehouse.
    fn from(warehouse: &WarehouseAddress) -> Self {
        Self {
            kind: PartyKind::Business,
            company: warehouse.company.clone(),
            contact: warehouse.contact.clone(),
            phone: warehouse.phone.to_string(),
            email: String::new(),
            lines: vec![warehouse.line.clone()],
            city: warehouse.city.clone(),
            region: warehouse.province.clone(),
            postcode: warehouse.postcode.clone(),
            country: warehouse.country,
            tax_number: String::new(),
        }
    }
}

/// One parcel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parcel {
    /// With everything in it.
    pub weight: Grams,
    /// Outside.
    pub size: Dimensions,
}

/// One line of the commercial invoice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomsLine {
    /// What it is, of what, for whom, new or used. Words like "gift" or "sample" alone are refused at borders.
    pub description: String,
    /// How many.
    pub quantity: u32,
    /// Of what.
    pub unit: GoodsUnit,
    /// What one is worth.
    pub unit_value: Money,
    /// The tariff code of the destination; its first six digits are the same in every country.
    pub hs_code: String,
    /// Where it was made.
    pub origin: Country,
    /// The whole line without packing.
    pub net_weight: Grams,
    /// The whole line with packing.
    pub gross_weight: Grams,
}

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GoodsUnit {
    /// Single things.
    Pieces,
    /// Shoes, gloves.
    Pairs,
    /// Things sold together.
    Sets,
}

/// Who pays duties and taxes at the destination (Incoterms 2020).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Incoterm {
    /// The customer, on delivery.
    Dap,
    /// We do.
    Ddp,
}

/// The commercial invoice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invoice {
    /// Its number, at most 35 characters, the same on all papers.
    pub number: String,
    /// Its day, as the calendar in UTC has it.
    pub issued_at: Timestamp,
}

/// What customs adds to the value of the goods.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Charges {
    /// Carriage.
    pub freight: Option<Money>,
    /// Insurance.
    pub insurance: Option<Money>,
}

/// What the label printer takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LabelFormat {
    /// Any printer.
    #[default]
    Pdf,
    /// A label printer that speaks ZPL.
    Zpl,
}

/// How far a clock is ahead of UTC, in minutes; carriers want local times with it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct UtcOffset(i16);

impl UtcOffset {
    /// UTC itself: right for every place, if less pretty to read there.
    pub const UTC: Self = Self(0);

    /// So many minutes ahead of UTC; nothing beyond the fourteen hours that exist.
    #[must_use]
    pub fn minutes(minutes: i16) -> Option<Self> {
        (-840..=840).contains(&minutes).then_some(Self(minutes))
    }

    /// The clock there at a moment, as `2026-11-25T15:00:00`.
    #[must_use]
    pub fn local_time(self, at: Timestamp) -> String {
        let there = Timestamp::from_millis(at.as_millis().saturating_add(i64::from(self.0) * 60_000));
        there.to_string().chars().take(19).collect()
    }
}

impl std::fmt::Display for UtcOffset {
    /// As `-05:00`.
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let sign = if self.0 < 0 { '-' } else { '+' };
        let minutes = self.0.unsigned_abs();
        write!(out, "{sign}{:02}:{:02}", minutes / 60, minutes % 60)
    }
}

#[cfg(test)]
mod tests {
    use domain::address::AddressInput;

    use super::*;

    #[test]
    fn a_label_to_a_pickup_point_names_courier_point_and_landmark() {
        let typed = AddressInput {
            name: "Asha Mwangi".into(),
            phone: "+254712345678".into(),
            landmark: "opposite the market".into(),
            pickup_point: "Mega City".into(),
            pickup_courier: "Posta".into(),
            city: "Kisumu".into(),
            country: "KE".into(),
            ..AddressInput::default()
        };

        let party = Party::from(&Address::try_from(typed).unwrap());

        assert_eq!(party.lines, ["Posta pickup: Mega City", "opposite the market"]);
        assert_eq!((party.city.as_str(), party.postcode.as_str()), ("Kisumu", ""));
    }

    #[test]
    fn a_local_time_and_its_offset_name_the_same_moment() {
        let at: Timestamp = "2026-11-25T20:00:00Z".parse().unwrap();
        for (minutes, local, shown) in [
            (-300, "2026-11-25T15:00:00", "-05:00"),
            (330, "2026-11-26T01:30:00", "+05:30"),
            (0, "2026-11-25T20:00:00", "+00:00"),
        ] {
            let offset = UtcOffset::minutes(minutes).unwrap();
            assert_eq!(offset.local_time(at), local);
            assert_eq!(offset.to_string(), shown);
        }
        assert_eq!(UtcOffset::minutes(841), None);
    }
}
