//! Stripe's smallest units against ours. They differ for some currencies (docs.stripe.com "Supported currencies", read 2026-11-23),
//! and a factor of a hundred is the worst mistake money can make: what we are not sure of is refused.

use domain::{Currency, Money};

/// How one of Stripe's units stands to one of our minor units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scale {
    Equal,
    /// Stripe counts in hundredths where ISO 4217 has none.
    Finer,
    /// Stripe counts whole units where ISO 4217 has hundredths.
    Coarser,
    /// Stripe counts in thousandths and wants the last digit to be zero.
    EqualWithoutLastDigit,
}

/// Stripe's currencies without smaller units. Its list names UGX as well; the special case below it wins.
const WHOLE: &str = "BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF";
const FINER: &str = "ISK UGX";
const THOUSANDTHS: &str = "BHD JOD KWD OMR TND";

fn scale(currency: Currency) -> Option<Scale> {
    let listed = |list: &str| list.split(' ').any(|code| code == currency.code());
    match currency.exponent() {
        0 if listed(WHOLE) => Some(Scale::Equal),
        // Whole units for ISO 4217 and for the customer, yet sent as hundredths that must be zero.
        0 if listed(FINER) => Some(Scale::Finer),
        2 if listed(WHOLE) => Some(Scale::Coarser),
        2 => Some(Scale::Equal),
        3 if listed(THOUSANDTHS) => Some(Scale::EqualWithoutLastDigit),
        _ => None,
    }
}

/// Our minor units of which an amount has to be a multiple.
pub(super) fn unit(currency: Currency) -> Option<i64> {
    Some(match scale(currency)? {
        Scale::Equal | Scale::Finer => 1,
        Scale::Coarser => 100,
        Scale::EqualWithoutLastDigit => 10,
    })
}

/// The most that so many of Stripe's units are in ours.
pub(super) fn from_units(units: i64, currency: Currency) -> Option<i64> {
    match scale(currency)? {
        Scale::Equal | Scale::EqualWithoutLastDigit => Some(units),
        Scale::Finer => Some(units / 100),
        Scale::Coarser => units.checked_mul(100),
    }
}

/// Our amount in Stripe's units; nothing when Stripe cannot take it or we cannot be sure how it counts.
pub(super) fn to_stripe(money: Money) -> Option<i64> {
    let amount = money.amount();
    let whole = |divisor: i64| (amount % divisor == 0).then_some(amount / divisor);
    match scale(money.currency())? {
        Scale::Equal => Some(amount),
        Scale::Finer => amount.checked_mul(100),
        Scale::Coarser => whole(100),
        Scale::EqualWithoutLastDigit => whole(10).map(|_| amount),
    }
}

/// Stripe's amount in our units; nothing when we cannot be sure how it counts.
pub(super) fn from_stripe(amount: i64, currency: &str) -> Option<Money> {
    let currency: Currency = currency.parse().ok()?;
    let amount = match scale(currency)? {
        Scale::Equal | Scale::EqualWithoutLastDigit => amount,
        Scale::Finer => (amount % 100 == 0).then_some(amount / 100)?,
        Scale::Coarser => amount.checked_mul(100)?,
    };
    Some(Money::new(amount, currency))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stripe_counts_as_its_own_list_says() {
        for (code, ours, theirs) in [
            ("USD", 7997, Some(7997)),
            ("KES", 150_000, Some(150_000)),
            ("JPY", 500, Some(500)),
            ("ISK", 500, Some(50_000)),
            ("UGX", 5, Some(500)),
            ("UGX", 1_010_861, Some(101_086_100)),
            ("MGA", 50_000, Some(500)),
            ("MGA", 50_001, None),
            ("KWD", 5120, Some(5120)),
            ("KWD", 5124, None),
            ("HUF", 1234, Some(1234)),
        ] {
            let money = Money::new(ours, code.parse().unwrap());
            assert_eq!(to_stripe(money), theirs, "{ours} {code}");
            if let Some(theirs) = theirs {
                assert_eq!(
                    from_stripe(theirs, &code.to_lowercase()),
                    Some(money),
                    "{theirs} {code}"
                );
            }
        }
    }

    #[test]
    fn a_currency_we_are_not_sure_of_is_refused_both_ways() {
        for code in ["IQD", "LYD"] {
            assert_eq!(to_stripe(Money::new(1000, code.parse().unwrap())), None, "{code}");
            assert_eq!(from_stripe(1000, code), None, "{code}");
        }
        assert_eq!(from_stripe(1000, "zzz"), None);
        assert_eq!(from_stripe(1050, "isk"), None);
        assert_eq!(from_stripe(1050, "ugx"), None);
    }
}
