//! Amounts of money: whole minor units with their currency. Nothing here rounds without being told to, and no minor unit is ever lost.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{currency::Currency, decimal::Decimal};

/// An amount in whole minor units of one currency.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Money {
    amount: i64,
    currency: Currency,
}

/// Why a calculation with money is not possible.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// Two currencies met without an exchange rate.
    #[error("{0} and {1} cannot be added")]
    CurrencyMismatch(Currency, Currency),
    /// The result does not fit.
    #[error("the amount is too large")]
    TooLarge,
    /// The text is not an amount with at most the decimals of its currency.
    #[error("not an amount of {0}")]
    NotAnAmount(Currency),
    /// There is nothing to split among.
    #[error("nothing to split among")]
    NoShares,
}

impl Money {
    /// So many minor units: `Money::new(129_900, KES)` is 1,299 shillings.
    #[must_use]
    pub const fn new(amount: i64, currency: Currency) -> Self {
        Self { amount, currency }
    }

    /// Nothing of a currency.
    #[must_use]
    pub const fn zero(currency: Currency) -> Self {
        Self { amount: 0, currency }
    }

    /// Minor units.
    #[must_use]
    pub const fn amount(self) -> i64 {
        self.amount
    }

    /// The currency.
    #[must_use]
    pub const fn currency(self) -> Currency {
        self.currency
    }

    /// True for nothing at all.
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.amount == 0
    }

    /// True for less than nothing.
    #[must_use]
    pub const fn is_negative(self) -> bool {
        self.amount < 0
    }

    /// The sum of two amounts of one currency.
    ///
    /// # Errors
    /// When the currencies differ or the sum does not fit.
    pub fn plus(self, other: Self) -> Result<Self, MoneyError> {
        if self.currency != other.currency {
            return Err(MoneyError::CurrencyMismatch(self.currency, other.currency));
        }
        let amount = self.amount.checked_add(other.amount).ok_or(MoneyError::TooLarge)?;
        Ok(Self { amount, ..self })
    }

    /// The difference of two amounts of one currency.
    ///
    /// # Errors
    /// When the currencies differ or the difference does not fit.
    pub fn minus(self, other: Self) -> Result<Self, MoneyError> {
        self.plus(other.negated()?)
    }

    /// The same amount the other way.
    ///
    /// # Errors
    /// Only for the one amount that has no opposite.
    pub fn negated(self) -> Result<Self, MoneyError> {
        let amount = self.amount.checked_neg().ok_or(MoneyError::TooLarge)?;
        Ok(Self { amount, ..self })
    }

    /// So many times this amount.
    ///
    /// # Errors
    /// When the product does not fit.
    pub fn times(self, count: u32) -> Result<Self, MoneyError> {
        let amount = self.amount.checked_mul(i64::from(count)).ok_or(MoneyError::TooLarge)?;
        Ok(Self { amount, ..self })
    }

    /// A share of this amount, rounded half away from zero to the minor unit.
    ///
    /// # Errors
    /// When the product does not fit.
    pub fn share(self, rate: Decimal) -> Result<Self, MoneyError> {
        let amount = rate.of(self.amount).ok_or(MoneyError::TooLarge)?;
        Ok(Self { amount, ..self })
    }

    /// This amount in another currency at `rate` units of `to` for one unit of ours, rounded half away from zero.
    ///
    /// # Errors
    /// When the result does not fit.
    pub fn exchanged(self, rate: Decimal, to: Currency) -> Result<Self, MoneyError> {
        let amount = rate
            .shifted(to.exponent(), self.currency.exponent())
            .and_then(|rate| rate.of(self.amount))
            .ok_or(MoneyError::TooLarge)?;
        Ok(Self { amount, currency: to })
    }

    /// Splits by weights so that the parts sum to the whole: each part gets its floor, the left-over units go to the largest remainders,
    /// earlier parts first. With weights that are all zero the parts are as equal as possible.
    ///
    /// # Errors
    /// When there are no weights.
    pub fn split(self, weights: &[u64]) -> Result<Vec<Self>, MoneyError> {
        if weights.is_empty() {
            return Err(MoneyError::NoShares);
        }
        let total: u128 = weights.iter().map(|w| u128::from(*w)).sum();
        let equal = total == 0;
        let total = if equal {
            u128::try_from(weights.len()).map_err(|_| MoneyError::TooLarge)?
        } else {
            total
        };
        let whole = u128::from(self.amount.unsigned_abs());
        let mut parts: Vec<(usize, u128, u128)> = Vec::with_capacity(weights.len());
        for (index, weight) in weights.iter().enumerate() {
            let product = whole
                .checked_mul(if equal { 1 } else { u128::from(*weight) })
                .ok_or(MoneyError::TooLarge)?;
            parts.push((index, product / total, product % total));
        }
        let given: u128 = parts.iter().map(|part| part.1).sum();
        let left_over = usize::try_from(whole - given).map_err(|_| MoneyError::TooLarge)?;
        parts.sort_by(|a, b| b.2.cmp(&a.2).then(a.0.cmp(&b.0)));
        for part in parts.iter_mut().take(left_over) {
            part.1 += 1;
        }
        parts.sort_by_key(|part| part.0);
        parts
            .into_iter()
            .map(|(_, units, _)| {
                let units = i64::try_from(units).map_err(|_| MoneyError::TooLarge)?;
                Ok(Self {
                    amount: if self.amount < 0 { -units } else { units },
                    ..self
                })
            })
            .collect()
    }

    /// Reads decimal text such as `4.99` or `1,299.00`; the decimals may be fewer than the currency's, never more unless they are zeros.
    ///
    /// # Errors
    /// When the text is no such amount.
    pub fn parse(text: &str, currency: Currency) -> Result<Self, MoneyError> {
        let wrong = MoneyError::NotAnAmount(currency);
        let plain: String = text.trim().chars().filter(|c| *c != ',').collect();
        let value: Decimal = plain.parse().map_err(|_| wrong)?;
        let amount = value.exact_units(currency.exponent()).ok_or(wrong)?;
        Ok(Self { amount, currency })
    }

    /// The amount as plain decimal text without separators or currency, as providers take it: `4.99`.
    #[must_use]
    pub fn decimal(self) -> String {
        let exponent = usize::from(self.currency.exponent());
        let sign = if self.amount < 0 { "-" } else { "" };
        let digits = format!("{:0>width$}", self.amount.unsigned_abs(), width = exponent + 1);
        let (whole, part) = digits.split_at(digits.len() - exponent);
        if exponent == 0 {
            format!("{sign}{whole}")
        } else {
            format!("{sign}{whole}.{part}")
        }
    }
}

impl fmt::Display for Money {
    /// As a person reads it: `KES 1,299.00`.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plain = self.decimal();
        let (sign, plain) = plain.strip_prefix('-').map_or(("", plain.as_str()), |rest| ("-", rest));
        let (whole, part) = plain
            .split_once('.')
            .map_or((plain, None), |(whole, part)| (whole, Some(part)));
        let mut grouped = String::new();
        for (index, digit) in whole.chars().enumerate() {
            if index > 0 && (whole.len() - index).is_multiple_of(3) {
                grouped.push(',');
            }
            grouped.push(digit);
        }
        write!(out, "{sign}{} {grouped}", self.currency)?;
        part.map_or(Ok(()), |part| write!(out, ".{part}"))
    }
}

impl fmt::Debug for Money {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{self}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kes(amount: i64) -> Money {
        Money::new(amount, Currency::KES)
    }

    #[test]
    fn splitting_never_loses_a_minor_unit() {
        for (amount, weights, parts) in [
            (100, vec![1, 1, 1], vec![34, 33, 33]),
            (-100, vec![1, 1, 1], vec![-34, -33, -33]),
            (5, vec![0, 0], vec![3, 2]),
            (0, vec![3, 4], vec![0, 0]),
            (10, vec![0, 7], vec![0, 10]),
            (7, vec![2, 3, 5], vec![1, 2, 4]),
        ] {
            let split = kes(amount).split(&weights).unwrap();
            assert_eq!(
                split.iter().map(|m| m.amount()).collect::<Vec<_>>(),
                parts,
                "{amount} by {weights:?}"
            );
            assert_eq!(split.iter().map(|m| m.amount()).sum::<i64>(), amount);
        }
        assert_eq!(kes(1).split(&[]), Err(MoneyError::NoShares));
    }

    #[test]
    fn two_currencies_do_not_add() {
        let sum = kes(1).plus(Money::new(1, Currency::USD));

        assert_eq!(sum, Err(MoneyError::CurrencyMismatch(Currency::KES, Currency::USD)));
    }

    #[test]
    fn amounts_are_read_with_at_most_the_decimals_of_their_currency() {
        for (text, code, amount) in [
            ("4.99", "USD", Some(499)),
            ("1,299", "KES", Some(129_900)),
            ("8.5", "USD", Some(850)),
            ("5.000", "USD", Some(500)),
            ("5.001", "USD", None),
            ("3500", "UGX", Some(3500)),
            ("3500.5", "UGX", None),
            ("5.124", "KWD", Some(5124)),
            ("", "USD", None),
            ("-0.05", "USD", Some(-5)),
            ("1e3", "USD", None),
        ] {
            let read = Money::parse(text, code.parse().unwrap()).ok().map(Money::amount);
            assert_eq!(read, amount, "{text} {code}");
        }
    }

    #[test]
    fn a_person_reads_separators_and_a_provider_plain_decimals() {
        for (amount, code, shown, plain) in [
            (129_900, "KES", "KES 1,299.00", "1299.00"),
            (5, "USD", "USD 0.05", "0.05"),
            (-123_456_789, "USD", "-USD 1,234,567.89", "-1234567.89"),
            (1500, "UGX", "UGX 1,500", "1500"),
        ] {
            let money = Money::new(amount, code.parse().unwrap());
            assert_eq!(money.to_string(), shown);
            assert_eq!(money.decimal(), plain);
        }
    }

    #[test]
    fn an_exchange_moves_between_exponents() {
        let dollars = Money::new(1000, Currency::USD);

        assert_eq!(
            dollars.exchanged("129.50".parse().unwrap(), Currency::KES).unwrap(),
            kes(129_500)
        );
        assert_eq!(
            dollars
                .exchanged("3650.5".parse().unwrap(), "UGX".parse().unwrap())
                .unwrap()
                .amount(),
            36_505
        );
        assert_eq!(
            kes(129_500)
                .exchanged("0.00772200772".parse().unwrap(), Currency::USD)
                .unwrap()
                .amount(),
            1000
        );
    }

    #[test]
    fn a_share_rounds_half_away_from_zero() {
        assert_eq!(kes(3_133_900).share("0.025".parse().unwrap()).unwrap(), kes(78_348));
        assert_eq!(kes(-50).share("0.01".parse().unwrap()).unwrap(), kes(-1));
    }
}
