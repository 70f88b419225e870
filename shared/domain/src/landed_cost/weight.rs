//! What a parcel weighs before anybody has weighed it, and what of it a carrier bills.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use super::{
    dated::Dated,
    freight::Speed,
    hs::Classification,
    rules::{Rules, holding},
    table::{HsPrefix, Table},
    trace::{Cites, Trace},
    want::{NotPriced, WantedLine},
};
use crate::{
    decimal::Decimal,
    measure::{Dimensions, Grams, Millimetres},
    product::ProviderCode,
    refusal::Refusal,
};

/// Where a weight comes from, the most certain first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WeightSource {
    /// The store's figure for one packed piece, with our margin on top.
    Catalogue,
    /// A dated row for this kind of goods, because the store says nothing.
    Assumed,
}

/// The text names no source of a weight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a source of a weight")]
pub struct NotAWeightSource;

/// How a carrier bills weight, and what it refuses.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CarrierRule {
    /// The carrier.
    pub carrier: ProviderCode,
    /// How fast ...
    pub speed: Speed,
    /// ... this service of it is; our own table prices it too.
    pub service: String,
    /// Cubic centimetres that count as a kilogram.
    pub divisor: u32,
    /// Whether volume is compared for each piece or for the whole.
    pub compares: Compares,
    /// Weight is billed in steps of so many grams ...
    pub step_g: u32,
    /// ... up to here ...
    pub step_until_g: u32,
    /// ... and in these above.
    pub step_above_g: u32,
    /// The heaviest piece.
    pub max_piece_g: u32,
    /// The longest side.
    pub max_side_mm: u32,
}

/// What a carrier compares with the volume.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Compares {
    /// Each piece counts with the larger of the two, then they are added.
    Piece,
    /// The larger of the two sums.
    Shipment,
}

/// The margin on catalogue weights until our own history is better.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WeightMargin {
    /// Share added to the weight.
    pub share: Decimal,
}

/// What one packed piece of a kind of goods weighs when the store says nothing.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WeightAssumption {
    /// The kind of goods.
    pub hs_prefix: HsPrefix,
    /// The weight.
    pub weight_g: u32,
    /// The three sides.
    pub size_mm: [u32; 3],
}

/// One packed piece as estimated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece {
    /// The weight as the store or our table says it.
    pub weight: Grams,
    /// With the margin.
    pub with_margin: Grams,
    /// The size.
    pub size: Dimensions,
    /// Where the weight comes from.
    pub source: WeightSource,
}

/// The parcel as estimated: enough to ask a carrier for its price.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parcel {
    /// One piece of each line, in the order of the lines.
    pub pieces: Vec<Piece>,
    /// All pieces with the margin.
    pub weight: Grams,
    /// A box that holds all pieces, one on the other.
    pub size: Dimensions,
    /// What the carrier bills.
    pub chargeable: Grams,
    /// Where the weight comes from, the least certain line deciding.
    pub source: WeightSource,
}

impl WeightSource {
    /// The stable word for programs.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Catalogue => "catalogue",
            Self::Assumed => "assumed",
        }
    }
}

impl fmt::Display for WeightSource {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.code())
    }
}

impl FromStr for WeightSource {
    type Err = NotAWeightSource;

    fn from_str(text: &str) -> Result<Self, NotAWeightSource> {
        [Self::Catalogue, Self::Assumed]
            .into_iter()
            .find(|source| source.code() == text)
            .ok_or(NotAWeightSource)
    }
}

impl Table for CarrierRule {
    fn key(&self) -> String {
        format!("{} {}", self.carrier, self.speed)
    }

    fn check(&self) -> Result<(), String> {
        let all = [
            self.divisor,
            self.step_g,
            self.step_above_g,
            self.max_piece_g,
            self.max_side_mm,
        ];
        if all.contains(&0) {
            Err("divisor, steps and limits are above zero".into())
        } else {
            Ok(())
        }
    }
}

impl Table for WeightMargin {
    fn key(&self) -> String {
        String::new()
    }

    fn check(&self) -> Result<(), String> {
        if self.share.is_negative() {
            Err("a margin is not below zero".into())
        } else {
            Ok(())
        }
    }
}

impl Table for WeightAssumption {
    fn key(&self) -> String {
        self.hs_prefix.digits().to_owned()
    }

    fn check(&self) -> Result<(), String> {
        if self.weight_g == 0 || self.size_mm.contains(&0) {
            Err("weight and size are above zero".into())
        } else {
            Ok(())
        }
    }
}

impl CarrierRule {
    /// What is billed: up to the next step.
    #[must_use]
    pub(super) fn billed(&self, weight: Grams) -> Grams {
        let step = if weight.0 <= self.step_until_g {
            self.step_g
        } else {
            self.step_above_g
        };
        Grams(weight.0.div_ceil(step.max(1)).saturating_mul(step))
    }
}

/// The rule of a carrier.
pub(super) fn carrier<'a>(
    rules: &'a Rules,
    (carrier, speed): (&ProviderCode, Speed),
    trace: &mut Trace,
) -> Result<&'a Dated<CarrierRule>, NotPriced> {
    let row = holding(&rules.carriers, trace.day).find(|row| (&row.rule.carrier, row.rule.speed) == (carrier, speed));
    let row = row.ok_or_else(|| NotPriced::NoRow {
        table: "carrier",
        wanted: format!("{carrier} {speed}"),
    })?;
    trace.uses(row);
    Ok(row)
}

/// The parcel of these lines with this carrier.
///
/// # Errors
/// When a piece is too heavy or too long for the carrier, or a row of ours is missing.
pub(super) fn parcel(
    rules: &Rules,
    lines: &[(&WantedLine, &Classification)],
    rule: &CarrierRule,
    trace: &mut Trace,
) -> Result<(Parcel, Cites), NotPriced> {
    let (margin, mut cites) = margin(rules, trace)?;
    let mut sums = Sums::default();
    let mut pieces = Vec::with_capacity(lines.len());
    for (number, (line, class)) in (1_u32..).zip(lines) {
        let piece = piece(rules, number, (line, class, rule.divisor), margin, trace, &mut cites)?;
        if piece.weight.0 > rule.max_piece_g || piece.size.length.0 > rule.max_side_mm {
            let reason = format!("it is heavier or longer than the carrier takes ({})", line.title);
            return Err(Refusal::NotShippable(reason).into());
        }
        sums.add(piece, line.quantity, rule.divisor);
        pieces.push(piece);
    }
    let billed_from = match rule.compares {
        Compares::Piece => sums.larger,
        Compares::Shipment => sums.weight.max(sums.volumetric),
    };
    let source = pieces
        .iter()
        .map(|piece| piece.source)
        .max()
        .unwrap_or(WeightSource::Catalogue);
    let parcel = Parcel {
        pieces,
        weight: sums.weight,
        size: sums.stack,
        chargeable: rule.billed(billed_from),
        source,
    };
    Ok((parcel, cites))
}

#[derive(Default)]
struct Sums {
    weight: Grams,
    volumetric: Grams,
    larger: Grams,
    stack: Dimensions,
}

impl Sums {
    fn add(&mut self, piece: Piece, quantity: u32, divisor: u32) {
        let volumetric = piece.size.volumetric_weight(divisor);
        self.weight = self.weight.plus(piece.with_margin.times(quantity));
        self.volumetric = self.volumetric.plus(volumetric.times(quantity));
        self.larger = self.larger.plus(piece.with_margin.max(volumetric).times(quantity));
        let height = piece
            .size
            .height
            .0
            .saturating_mul(quantity)
            .saturating_add(self.stack.height.0);
        self.stack.length = self.stack.length.max(piece.size.length);
        self.stack.width = self.stack.width.max(piece.size.width);
        self.stack.height = Millimetres(height);
    }
}

fn margin(rules: &Rules, trace: &mut Trace) -> Result<(Decimal, Cites), NotPriced> {
    let row = holding(&rules.weight_margins, trace.day).next();
    let row = row.ok_or_else(|| NotPriced::NoRow {
        table: "weight_margin",
        wanted: "catalogue weights".into(),
    })?;
    Ok((row.rule.share, trace.uses(row)))
}

fn piece(
    rules: &Rules,
    number: u32,
    (line, class, divisor): (&WantedLine, &Classification, u32),
    margin: Decimal,
    trace: &mut Trace,
    cites: &mut Cites,
) -> Result<Piece, NotPriced> {
    let known = line.package.filter(|package| package.weight.0 > 0);
    let (weight, size, source) = match known {
        Some(package) => (
            package.weight,
            package.size.unwrap_or_else(|| cube(package.weight, divisor)),
            WeightSource::Catalogue,
        ),
        None => {
            let row = assumed(rules, class, trace)?;
            cites.add(trace.uses(row));
            let [a, b, c] = row.rule.size_mm;
            let size = Dimensions::new(Millimetres(a), Millimetres(b), Millimetres(c));
            (Grams(row.rule.weight_g), size, WeightSource::Assumed)
        }
    };
    if source == WeightSource::Assumed {
        let sentence = "The store gives no weight; that of similar goods was taken.";
        trace.say(super::Severity::Assumption, "weight_assumed", Some(number), sentence);
    } else if known.is_some_and(|package| package.size.is_none()) {
        let sentence = "The store gives no size; it was taken to bill as much as it weighs.";
        trace.say(super::Severity::Assumption, "size_assumed", Some(number), sentence);
    }
    let extra = margin
        .of(i64::from(weight.0))
        .and_then(|grams| u32::try_from(grams).ok())
        .unwrap_or(0);
    Ok(Piece {
        weight,
        with_margin: weight.plus(Grams(extra)),
        size,
        source,
    })
}

fn assumed<'a>(
    rules: &'a Rules,
    class: &Classification,
    trace: &Trace,
) -> Result<&'a Dated<WeightAssumption>, NotPriced> {
    holding(&rules.weight_assumptions, trace.day)
        .filter(|row| row.rule.hs_prefix.fits(class.digits()))
        .max_by_key(|row| row.rule.hs_prefix.length())
        .ok_or_else(|| NotPriced::NoRow {
            table: "weight_assumption",
            wanted: class.digits().to_owned(),
        })
}

/// A cube whose volume bills just as much as it weighs.
fn cube(weight: Grams, divisor: u32) -> Dimensions {
    let cubic_millimetres = u64::from(weight.0) * u64::from(divisor);
    let side = (1_u32..=5000)
        .find(|side| u64::from(*side).pow(3) >= cubic_millimetres)
        .unwrap_or(5000);
    // Down to the whole centimetre: carriers round each side up, and that must not make it bill more than its weight.
    let side = Millimetres((side / 10).max(1) * 10);
    Dimensions::new(side, side, side)
}
