//! Weights and sizes as the warehouse takes them: whole grams and millimetres, never mixed with plain numbers.

use serde::{Deserialize, Serialize};

/// A weight in whole grams.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Grams(pub u32);

/// A length in whole millimetres.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Millimetres(pub u32);

/// The outer size of a parcel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dimensions {
    /// The longest side.
    pub length: Millimetres,
    /// The middle side.
    pub width: Millimetres,
    /// The shortest side.
    pub height: Millimetres,
}

impl Grams {
    /// The sum, pulled to the largest value when it would not fit.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// So many times this weight.
    #[must_use]
    pub fn times(self, count: u32) -> Self {
        Self(self.0.saturating_mul(count))
    }

    /// Kilograms as decimal text with three decimals, as carriers take them.
    #[must_use]
    pub fn kilograms(self) -> String {
        format!("{}.{:03}", self.0 / 1000, self.0 % 1000)
    }
}

impl Millimetres {
    /// Whole centimetres, rounded up, as carriers bill them.
    #[must_use]
    pub fn centimetres_up(self) -> u32 {
        self.0.div_ceil(10)
    }
}

impl Dimensions {
    /// Three sides in any order; the longest becomes the length.
    #[must_use]
    pub fn new(a: Millimetres, b: Millimetres, c: Millimetres) -> Self {
        let mut sides = [a, b, c];
        sides.sort_unstable();
        let [height, width, length] = sides;
        Self { length, width, height }
    }

    /// Cubic centimetres, each side rounded up first.
    #[must_use]
    pub fn cubic_centimetres_up(self) -> u64 {
        u64::from(self.length.centimetres_up())
            * u64::from(self.width.centimetres_up())
            * u64::from(self.height.centimetres_up())
    }

    /// Volumetric weight for a divisor in cubic centimetres per kilogram (5000 at DHL Express, sheet of 2026-11), rounded up to the gram.
    #[must_use]
    pub fn volumetric_weight(self, divisor: u32) -> Grams {
        let grams = (self.cubic_centimetres_up() * 1000).div_ceil(u64::from(divisor.max(1)));
        Grams(u32::try_from(grams).unwrap_or(u32::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn volumetric_weight_rounds_each_side_up_to_the_centimetre() {
        for (sides, grams) in [
            ((400, 300, 150), 3600),
            ((100, 200, 300), 1200),
            ((600, 400, 400), 19_200),
            ((601, 401, 401), 20_509),
        ] {
            let (a, b, c) = sides;
            let size = Dimensions::new(Millimetres(a), Millimetres(b), Millimetres(c));
            assert_eq!(size.volumetric_weight(5000), Grams(grams), "{sides:?}");
        }
    }

    #[test]
    fn kilograms_keep_their_three_decimals() {
        assert_eq!(Grams(1805).kilograms(), "1.805");
        assert_eq!(Grams(50).kilograms(), "0.050");
    }
}
