//! The landed price: what it costs until the parcel is at the customer's door, every part with the rule it came from.
//!
//! Rates, duties, restrictions and fees are dated rows with a source (`rules/*.json`), never constants of this code. A row that is
//! missing or doubtful makes a visible remark, never a silent zero.

pub mod component;
pub mod dangerous;
pub mod hs;
pub mod remark;
pub mod row;
pub mod weight;

pub use component::{Component, ComponentKind};
pub use dangerous::Danger;
pub use hs::{Classification, HsCode};
pub use remark::{Remark, Severity};
pub use row::RowId;
pub use weight::WeightSource;
