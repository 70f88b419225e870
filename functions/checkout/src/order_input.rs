//! What a customer sends to order: read field by field, with everything that is wrong said at once.

use domain::{
    Currency, Failure, FieldError, Money,
    address::{Address, AddressInput},
    label::Label,
    order::{Choices, Consolidation, DriftPolicy, StockPolicy},
};
use serde::Deserialize;

/// What a customer sends: the quote, the address field by field, the choices, and how to pay if that is to be at once.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct OrderForm {
    pub(crate) quote: String,
    pub(crate) name: String,
    pub(crate) phone: String,
    pub(crate) email: String,
    pub(crate) line1: String,
    pub(crate) line2: String,
    pub(crate) landmark: String,
    pub(crate) pickup_point: String,
    pub(crate) pickup_courier: String,
    pub(crate) city: String,
    pub(crate) region: String,
    pub(crate) postcode: String,
    pub(crate) country: String,
    pub(crate) tax_number: String,
    /// What a page showed its reader of the carrier's label; programs leave it out.
    pub(crate) label: String,
    pub(crate) drift: String,
    /// Decimal text in the quote's currency.
    pub(crate) reserve: String,
    pub(crate) out_of_stock: String,
    pub(crate) consolidation: String,
    pub(crate) provider: String,
}

impl OrderForm {
    fn address(&self) -> AddressInput {
        AddressInput {
            name: self.name.clone(),
            phone: self.phone.clone(),
            email: self.email.clone(),
            line1: self.line1.clone(),
            line2: self.line2.clone(),
            landmark: self.landmark.clone(),
            pickup_point: self.pickup_point.clone(),
            pickup_courier: self.pickup_courier.clone(),
            city: self.city.clone(),
            region: self.region.clone(),
            postcode: self.postcode.clone(),
            country: self.country.clone(),
            tax_number: self.tax_number.clone(),
        }
    }
}

/// Address and choices, with everything that is wrong with either.
pub(crate) fn checked(form: OrderForm, total: Money) -> Result<(Address, Choices), Failure> {
    let (choices, mut wrong) = choices(&form, total.currency());
    match Address::try_from(form.address()) {
        Ok(address) if wrong.is_empty() => Ok((address, choices)),
        Ok(_) => Err(Failure::Invalid(wrong)),
        Err(fields) => {
            wrong.splice(0..0, fields.0);
            Err(Failure::Invalid(wrong))
        }
    }
}

/// An order without a price, with everything else that is wrong with it.
pub(crate) fn without_quote(form: OrderForm) -> Failure {
    let mut wrong = vec![FieldError::new("quote", "missing", "Please fill in this field.")];
    if let Err(fields) = Address::try_from(form.address()) {
        wrong.extend(fields.0);
    }
    Failure::Invalid(wrong)
}

/// Whoever orders on a page sees beforehand how the carrier will write their address in Latin letters.
pub(crate) fn check_label_was_seen(destination: &Address, seen: &str) -> Result<(), Failure> {
    match Label::if_rewritten(destination) {
        Some(label) if !seen.is_empty() && seen != label.to_string() => {
            let message = format!(
                "Carriers print Latin letters. On the parcel will stand: {label}. If that is right, order again; or write the address in \
                 Latin letters as you know it."
            );
            Err(Failure::field("label", "not_seen", message))
        }
        Some(_) | None => Ok(()),
    }
}

/// The choices, and what is wrong with them.
fn choices(form: &OrderForm, currency: Currency) -> (Choices, Vec<FieldError>) {
    let mut wrong = Vec::new();
    let mut unknown = |field: &str| {
        let message = "Please choose one of the values offered.";
        wrong.push(FieldError::new(field, "unknown", message));
    };
    let drift = chosen(&form.drift, DriftPolicy::from_word).unwrap_or_else(|| {
        unknown("drift");
        DriftPolicy::default()
    });
    let out_of_stock = chosen(&form.out_of_stock, StockPolicy::from_word).unwrap_or_else(|| {
        unknown("out_of_stock");
        StockPolicy::default()
    });
    let consolidation = chosen(&form.consolidation, Consolidation::from_word).unwrap_or_else(|| {
        unknown("consolidation");
        Consolidation::default()
    });
    let reserve = match form.reserve.trim() {
        "" => None,
        text => Money::parse(text, currency).map(Some).unwrap_or_else(|_| {
            let message = "Please write an amount, for example 500.";
            wrong.push(FieldError::new("reserve", "bad_amount", message));
            None
        }),
    };
    let choices = Choices {
        drift,
        out_of_stock,
        consolidation,
        reserve,
    };
    (choices, wrong)
}

fn chosen<T: Default>(word: &str, known: impl Fn(&str) -> Option<T>) -> Option<T> {
    if word.is_empty() {
        return Some(T::default());
    }
    known(word)
}
