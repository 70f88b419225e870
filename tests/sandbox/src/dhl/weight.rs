//! Chargeable weight: the greater of actual and volumetric, in steps of half a kilogram.

use serde_json::Value;

use crate::json::Fields;
use crate::money::thousandths;

/// Cubic centimetres that count as one kilogram.
const DIVISOR: i128 = 5000;

/// The weights of all packages together, in grams (thousandths of a kilogram).
pub(super) struct Weight {
    pub(super) actual: i64,
    pub(super) volumetric: i64,
}

impl Weight {
    /// Of metric packages; a value the schema let through can be read.
    pub(super) fn of(packages: &[Value]) -> Weight {
        let mut sum = Weight {
            actual: 0,
            volumetric: 0,
        };
        for package in packages {
            sum.actual = sum
                .actual
                .saturating_add(thousandths(package.at("weight")).unwrap_or_default());
            let side = |name: &str| i128::from(thousandths(&package.at("dimensions")[name]).unwrap_or_default());
            let volume = side("length") * side("width") * side("height");
            // Three sides in thousandths of a centimetre make 10^-9 of a cubic centimetre.
            let grams = volume / (DIVISOR * 1_000_000);
            sum.volumetric = sum.volumetric.saturating_add(i64::try_from(grams).unwrap_or(i64::MAX));
        }
        sum
    }

    pub(super) fn half_kilos(&self) -> i64 {
        self.actual.max(self.volumetric).saturating_add(499) / 500
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_greater_weight_counts_in_half_kilograms() {
        for (kilos, sides, volumetric, half_kilos) in [
            (json!(1), [10, 20, 30], 1200, 3),
            (json!(1.8), [40, 30, 15], 3600, 8),
            (json!(2.5), [10, 10, 10], 200, 5),
            (json!(2.501), [10, 10, 10], 200, 6),
        ] {
            let [length, width, height] = sides;
            let package =
                json!({ "weight": kilos, "dimensions": { "length": length, "width": width, "height": height } });

            let weight = Weight::of(&[package]);

            assert_eq!((weight.volumetric, weight.half_kilos()), (volumetric, half_kilos));
        }
    }
}
