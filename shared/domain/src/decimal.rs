//! Exact decimal factors: duty rates, margins, exchange rates. A whole number and how many of its digits stand behind the point.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// An exact decimal number of at most 18 digits behind the point.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Decimal {
    digits: i64,
    scale: u8,
}

/// The text is not a plain decimal number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a decimal number")]
pub struct NotADecimal;

fn power_of_ten(exponent: u8) -> Option<i128> {
    10_i128.checked_pow(u32::from(exponent))
}

/// Rounds half away from zero; `divisor` is positive.
fn divide_rounded(value: i128, divisor: i128) -> i128 {
    let half = divisor / 2;
    if value >= 0 {
        (value + half) / divisor
    } else {
        -((-value + half) / divisor)
    }
}

impl Decimal {
    /// `digits` divided by ten to the power of `scale`.
    #[must_use]
    pub const fn new(digits: i64, scale: u8) -> Self {
        Self { digits, scale }
    }

    /// True for zero.
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.digits == 0
    }

    /// True for less than zero.
    #[must_use]
    pub const fn is_negative(self) -> bool {
        self.digits < 0
    }

    /// This factor of a whole number, rounded half away from zero; nothing when it does not fit.
    #[must_use]
    pub fn of(self, whole: i64) -> Option<i64> {
        let product = i128::from(whole).checked_mul(i128::from(self.digits))?;
        i64::try_from(divide_rounded(product, power_of_ten(self.scale)?)).ok()
    }

    /// One plus this factor, as a margin is applied.
    #[must_use]
    pub fn plus_one(self) -> Option<Self> {
        let one = i64::try_from(power_of_ten(self.scale)?).ok()?;
        Some(Self {
            digits: self.digits.checked_add(one)?,
            scale: self.scale,
        })
    }

    /// Times ten to the power of `up` minus `down`.
    #[must_use]
    pub fn shifted(self, up: u8, down: u8) -> Option<Self> {
        let scale = i16::from(self.scale) + i16::from(down) - i16::from(up);
        match u8::try_from(scale) {
            Ok(scale) => Some(Self {
                digits: self.digits,
                scale,
            }),
            Err(_) => {
                let factor = power_of_ten(u8::try_from(-scale).ok()?)?;
                Some(Self {
                    digits: i64::try_from(i128::from(self.digits).checked_mul(factor)?).ok()?,
                    scale: 0,
                })
            }
        }
    }

    /// The number as whole units of `exponent` decimals; nothing when that would need rounding or does not fit.
    #[must_use]
    pub fn exact_units(self, exponent: u8) -> Option<i64> {
        if self.scale <= exponent {
            let units = i128::from(self.digits).checked_mul(power_of_ten(exponent - self.scale)?)?;
            return i64::try_from(units).ok();
        }
        let divisor = power_of_ten(self.scale - exponent)?;
        let digits = i128::from(self.digits);
        if digits % divisor == 0 {
            i64::try_from(digits / divisor).ok()
        } else {
            None
        }
    }

    /// The quotient with `scale` decimals, rounded half away from zero; nothing for a divisor of zero.
    #[must_use]
    pub fn divided_by(self, divisor: Self, scale: u8) -> Option<Self> {
        let (sign, below) = if divisor.digits < 0 {
            (-1, -i128::from(divisor.digits))
        } else {
            (1, i128::from(divisor.digits))
        };
        if below == 0 {
            return None;
        }
        let up = power_of_ten(scale.checked_add(divisor.scale)?)?;
        let value = i128::from(self.digits).checked_mul(sign)?.checked_mul(up)?;
        let quotient = divide_rounded(value, below.checked_mul(power_of_ten(self.scale)?)?);
        Some(Self {
            digits: i64::try_from(quotient).ok()?,
            scale,
        })
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scale = usize::from(self.scale);
        let sign = if self.digits < 0 { "-" } else { "" };
        let digits = format!("{:0>width$}", self.digits.unsigned_abs(), width = scale + 1);
        let (whole, part) = digits.split_at(digits.len() - scale);
        if scale == 0 {
            write!(out, "{sign}{whole}")
        } else {
            write!(out, "{sign}{whole}.{part}")
        }
    }
}

impl FromStr for Decimal {
    type Err = NotADecimal;

    fn from_str(text: &str) -> Result<Self, NotADecimal> {
        let (sign, rest) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
        let (whole, part) = rest.split_once('.').unwrap_or((rest, ""));
        let plain = |digits: &str| digits.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty()
            || !plain(whole)
            || !plain(part)
            || part.len() > 18
            || (part.is_empty() && rest.contains('.'))
        {
            return Err(NotADecimal);
        }
        let digits: i64 = format!("{whole}{part}").parse().map_err(|_| NotADecimal)?;
        Ok(Self {
            digits: digits * sign,
            scale: u8::try_from(part.len()).map_err(|_| NotADecimal)?,
        })
    }
}

impl TryFrom<String> for Decimal {
    type Error = NotADecimal;

    fn try_from(text: String) -> Result<Self, NotADecimal> {
        text.parse()
    }
}

impl From<Decimal> for String {
    fn from(value: Decimal) -> Self {
        value.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_survives_and_nonsense_is_refused() {
        for text in ["0.025", "129.50", "-0.5", "7", "0"] {
            assert_eq!(text.parse::<Decimal>().unwrap().to_string(), text);
        }
        for text in ["", ".", "1.", ".5", "1e3", "+1", "--1", "1.2.3", "99999999999999999999"] {
            assert!(text.parse::<Decimal>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_quotient_is_rounded_to_the_wanted_decimals() {
        let one: Decimal = "1".parse().unwrap();

        assert_eq!(
            one.divided_by("129.50".parse().unwrap(), 8).unwrap().to_string(),
            "0.00772201"
        );
        assert_eq!(one.divided_by(Decimal::default(), 4), None);
    }
}
