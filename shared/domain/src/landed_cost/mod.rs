//! The landed price: what it costs until the parcel is at the customer's door, every part with the rule it came from.
//!
//! Rates, duties, restrictions and fees are dated rows with a source (`rules/*.json`), never constants of this code. A row that is
//! missing or doubtful makes a visible remark, never a silent zero.

mod assemble;
mod caps;
mod classify;
mod component;
mod consignment;
mod dangerous;
mod dated;
mod duty;
mod edition;
mod exchange;
mod fees;
mod freight;
mod hs;
mod keys;
mod price;
mod printed;
mod printed_country;
mod rate_sheet;
mod reach;
mod remark;
mod restrict;
mod row;
mod rule_files;
mod rules;
mod speeds;
mod table;
mod taxes;
mod trace;
mod want;
mod weight;
mod words;

#[cfg(test)]
mod tests;

pub use caps::StoreCap;
pub use component::{Component, ComponentKind};
pub use dangerous::Danger;
pub use edition::{Edition, Editor, RowEdits};
pub use exchange::ExchangeUsed;
pub use freight::{FreightChoice, FreightSource, NotASpeed, Speed, TravelDays, days_in_words};
pub use hs::{Classification, HsCode};
pub use price::{CostLine, Inspection, LandedCost, estimate_parcel, inspect, price};
pub use printed::{PrintedRule, PrintedSection};
pub use rate_sheet::{PublishedRates, RateSheet, RefusedRate, TakenRate, WhyRefused};
pub use reach::{Barred, Passage, Reach, passage, reach};
pub use remark::{Remark, Severity};
pub use restrict::{Authority, Route, Ruling, Verdict};
pub use row::RowId;
pub use rules::{Rules, RulesError, RulesVersion};
pub use speeds::price_each;
pub use table::{Destination, Mode};
pub use want::{Described, Freight, FreightOffer, NotPriced, Want, WantedLine};
pub use weight::{Parcel, Piece, WeightSource};
