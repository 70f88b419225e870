//! What makes an item dangerous in an aircraft.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// The kind of danger, as carriers sort it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Danger {
    /// None that the words give away.
    #[default]
    None,
    /// Lithium battery built into the device (UN3481 PI967, UN3091 PI970).
    BatteryIn,
    /// Lithium battery packed beside its device (UN3481 PI966, UN3091 PI969).
    BatteryWith,
    /// Lithium battery alone; a power bank is one (UN3480, UN3090).
    BatteryAlone,
    /// Spray cans (UN1950).
    Aerosol,
    /// Paint, glue, fuel, alcohol (UN1263, UN1133, UN1993, UN1170).
    FlammableLiquid,
    /// Perfume with flammable solvents (UN1266).
    Perfume,
    /// Strong magnets (UN2807).
    Magnet,
    /// Dry ice (UN1845).
    DryIce,
    /// Anything else dangerous.
    Other,
}

/// The text names no danger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a kind of danger")]
pub struct NotADanger;

const ALL: &[Danger] = &[
    Danger::None,
    Danger::BatteryIn,
    Danger::BatteryWith,
    Danger::BatteryAlone,
    Danger::Aerosol,
    Danger::FlammableLiquid,
    Danger::Perfume,
    Danger::Magnet,
    Danger::DryIce,
    Danger::Other,
];

impl Danger {
    /// The larger, the more a carrier minds: of several dangers the largest is told.
    #[must_use]
    pub fn rank(self) -> u8 {
        match self {
            Self::None => 0,
            Self::Magnet => 1,
            Self::BatteryIn => 2,
            Self::BatteryWith => 3,
            Self::Perfume => 4,
            Self::Other => 5,
            Self::DryIce => 6,
            Self::FlammableLiquid => 7,
            Self::Aerosol => 8,
            Self::BatteryAlone => 9,
        }
    }

    /// The stable word for programs and rule rows.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::BatteryIn => "battery_in",
            Self::BatteryWith => "battery_with",
            Self::BatteryAlone => "battery_alone",
            Self::Aerosol => "aerosol",
            Self::FlammableLiquid => "flammable_liquid",
            Self::Perfume => "perfume",
            Self::Magnet => "magnet",
            Self::DryIce => "dry_ice",
            Self::Other => "other",
        }
    }
}

impl fmt::Display for Danger {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.code())
    }
}

impl FromStr for Danger {
    type Err = NotADanger;

    fn from_str(text: &str) -> Result<Self, NotADanger> {
        ALL.iter()
            .copied()
            .find(|danger| danger.code() == text)
            .ok_or(NotADanger)
    }
}
