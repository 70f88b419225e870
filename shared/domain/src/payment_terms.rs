//! What ways of paying take: in which currencies, in which steps, how little and how much at once. The figures are data of the payment
//! providers' adapters; what follows from them for a price and for a payment is decided here.

use serde::{Deserialize, Serialize};

use crate::{currency::Currency, money::Money, product::ProviderCode};

/// One amount may be paid in so many parts at most; more is not one order any more.
pub const MOST_PARTS: i64 = 20;

/// What one way of paying takes at once in one currency, in minor units of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// An amount is a multiple of this.
    pub unit: i64,
    /// The least.
    pub smallest: i64,
    /// The most.
    pub largest: i64,
}

/// The terms of one way of paying.
#[derive(Clone, Debug)]
pub struct PaymentTerms {
    /// Whose they are.
    pub provider: ProviderCode,
    /// What it takes in a currency; nothing when it does not take the currency.
    pub limits: fn(Currency) -> Option<Limits>,
}

/// The terms of every way of paying that the shop has, in the order in which they are offered.
#[derive(Clone, Debug)]
pub struct PaymentMethods(Vec<PaymentTerms>);

/// How an amount can be paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Payable {
    /// At once.
    Whole,
    /// In several payments.
    InParts {
        /// How many.
        parts: i64,
        /// How much in each, and the rest in the last.
        part: Money,
        /// The most that is taken at once.
        most: Money,
    },
}

/// Why an amount cannot be paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unpayable {
    /// Nobody takes the currency.
    #[error("We cannot take payments in {0}.")]
    Currency(Currency),
    /// It is no multiple of what is taken.
    #[error("Only amounts in steps of {0} can be paid.")]
    Step(Money),
    /// It is too little.
    #[error("The least that can be paid is {0}.")]
    TooSmall(Money),
    /// It is too much, even in parts.
    #[error(
        "At most {most} can be paid at once, and an order in at most {} payments.",
        MOST_PARTS
    )]
    TooLarge {
        /// The most that is taken at once.
        most: Money,
    },
}

impl Unpayable {
    /// The stable word for programs.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Currency(_) => "not_offered",
            Self::Step(_) => "bad_step",
            Self::TooSmall(_) => "too_small",
            Self::TooLarge { .. } => "too_large",
        }
    }
}

impl Payable {
    /// How much the next payment is; `due` is what is payable so.
    #[must_use]
    pub fn next_part(self, due: Money) -> Money {
        match self {
            Self::Whole => due,
            Self::InParts { part, .. } => part,
        }
    }

    /// What is said of it to who pays; nothing for an amount that is paid at once.
    #[must_use]
    pub fn sentence(self) -> Option<String> {
        match self {
            Self::Whole => None,
            Self::InParts { parts, part, most } => Some(format!(
                "At most {most} can be paid at once, so this is paid in {parts} payments, for example of {part} each."
            )),
        }
    }
}

impl Limits {
    /// How this amount can be paid.
    ///
    /// # Errors
    /// When it cannot, at once or in parts.
    pub fn payable(&self, amount: Money) -> Result<Payable, Unpayable> {
        let money = |units: i64| Money::new(units, amount.currency());
        let (unit, most) = (self.unit.max(1), self.largest_step());
        if amount.amount() < self.smallest {
            return Err(Unpayable::TooSmall(money(self.smallest)));
        }
        if amount.amount() % unit != 0 {
            return Err(Unpayable::Step(money(unit)));
        }
        if amount.amount() <= most {
            return Ok(Payable::Whole);
        }
        let parts = divided_up(amount.amount(), most);
        if parts > MOST_PARTS {
            return Err(Unpayable::TooLarge { most: money(most) });
        }
        let part = divided_up(divided_up(amount.amount(), parts), unit).saturating_mul(unit);
        Ok(Payable::InParts {
            parts,
            part: money(part),
            most: money(most),
        })
    }

    /// The least amount that can be paid and is not less than this.
    #[must_use]
    pub fn at_least(&self, units: i64) -> i64 {
        let unit = self.unit.max(1);
        divided_up(units.max(self.smallest), unit).saturating_mul(unit)
    }

    /// The most that is taken at once, in whole steps.
    #[must_use]
    pub fn largest_step(&self) -> i64 {
        let unit = self.unit.max(1);
        (self.largest / unit).saturating_mul(unit).max(unit)
    }
}

impl PaymentMethods {
    /// These, in this order.
    #[must_use]
    pub fn new(terms: Vec<PaymentTerms>) -> Self {
        Self(terms)
    }

    /// What one of them takes in a currency.
    #[must_use]
    pub fn limits(&self, provider: &ProviderCode, currency: Currency) -> Option<Limits> {
        let terms = self.0.iter().find(|terms| terms.provider == *provider)?;
        (terms.limits)(currency)
    }

    /// True when somebody takes the currency.
    #[must_use]
    pub fn take(&self, currency: Currency) -> bool {
        self.0.iter().any(|terms| (terms.limits)(currency).is_some())
    }

    /// What an amount has to be a multiple of, so that everybody who takes the currency takes it.
    #[must_use]
    pub fn unit(&self, currency: Currency) -> i64 {
        let limits = self.0.iter().filter_map(|terms| (terms.limits)(currency));
        limits.fold(1, |unit, limits| common_multiple(unit, limits.unit.max(1)))
    }

    /// The best way to pay this amount: at once before in parts, and in few parts before many. Its terms go with it.
    ///
    /// # Errors
    /// Why nobody takes it.
    pub fn payable(&self, amount: Money) -> Result<(Payable, Limits), Unpayable> {
        let mut why = Unpayable::Currency(amount.currency());
        let mut best: Option<(Payable, Limits)> = None;
        for limits in self.0.iter().filter_map(|terms| (terms.limits)(amount.currency())) {
            match limits.payable(amount) {
                Ok(found) if best.is_none_or(|(known, _)| count(found) < count(known)) => best = Some((found, limits)),
                Ok(_) => {}
                Err(reason) => why = reason,
            }
        }
        best.ok_or(why)
    }
}

/// The least number that both divide.
#[must_use]
pub fn common_multiple(one: i64, other: i64) -> i64 {
    let (mut a, mut b) = (one.max(1), other.max(1));
    while b != 0 {
        (a, b) = (b, a % b);
    }
    (one.max(1) / a).saturating_mul(other.max(1))
}

fn count(payable: Payable) -> i64 {
    match payable {
        Payable::Whole => 1,
        Payable::InParts { parts, .. } => parts,
    }
}

/// Divided, and one more for what is left.
fn divided_up(amount: i64, by: i64) -> i64 {
    amount / by + i64::from(amount % by != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CARD: Limits = Limits {
        unit: 1,
        smallest: 50,
        largest: 99_999_999,
    };

    fn ugx(amount: i64) -> Money {
        Money::new(amount, "UGX".parse().unwrap())
    }

    fn card(currency: Currency) -> Option<Limits> {
        (currency.code() != "GHS").then_some(CARD)
    }

    fn phone(currency: Currency) -> Option<Limits> {
        let whole = Limits {
            unit: 100,
            smallest: 100,
            largest: 25_000_000,
        };
        (currency == Currency::KES).then_some(whole)
    }

    fn both() -> PaymentMethods {
        let terms = |code: &str, limits| PaymentTerms {
            provider: code.parse().unwrap(),
            limits,
        };
        PaymentMethods::new(vec![terms("card", card), terms("phone", phone)])
    }

    #[test]
    fn what_is_too_much_at_once_is_paid_in_equal_parts_that_each_can_be_paid() {
        let limits = Limits {
            unit: 7,
            smallest: 50,
            largest: 999,
        };
        for amount in (0..25_000).chain([i64::MAX]) {
            match limits.payable(ugx(amount)) {
                Ok(Payable::Whole) => assert!((50..=999).contains(&amount) && amount % 7 == 0, "{amount}"),
                Ok(Payable::InParts { parts, part, most }) => {
                    let last = amount - part.amount() * (parts - 1);
                    assert!(amount > 994 && most == ugx(994), "{amount}");
                    for paid in [part.amount(), last] {
                        assert_eq!(limits.payable(ugx(paid)), Ok(Payable::Whole), "{paid} of {amount}");
                    }
                }
                Err(Unpayable::TooSmall(_)) => assert!(amount < 50, "{amount}"),
                Err(Unpayable::Step(_)) => assert!(amount % 7 != 0, "{amount}"),
                Err(Unpayable::TooLarge { .. }) => assert!(amount > 20 * 994, "{amount}"),
                Err(Unpayable::Currency(_)) => panic!("limits are of a currency"),
            }
        }
    }

    #[test]
    fn the_way_with_the_fewest_payments_is_taken_and_amounts_suit_every_way() {
        let kes = |amount: i64| Money::new(amount, Currency::KES);

        assert_eq!(both().unit(Currency::KES), 100);
        assert_eq!(both().unit(Currency::USD), 1);
        assert_eq!(both().payable(kes(30_000_000)), Ok((Payable::Whole, CARD)));
        assert_eq!(
            both().payable(Money::new(5, "GHS".parse().unwrap())),
            Err(Unpayable::Currency("GHS".parse().unwrap()))
        );
        assert!(!both().take("GHS".parse().unwrap()) && both().take(Currency::USD));
    }

    #[test]
    fn what_has_to_be_added_is_raised_to_what_can_be_paid() {
        let limits = Limits {
            unit: 100,
            smallest: 250,
            largest: 1000,
        };
        for (wanted, payable) in [(1, 300), (300, 300), (301, 400)] {
            assert_eq!(limits.at_least(wanted), payable);
        }
    }
}
