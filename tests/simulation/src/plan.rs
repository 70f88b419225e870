//! What a town is made of.

use crate::{bugs::Bug, control::Place, faults::Rates};

/// Everything that makes one town another than the next.
#[derive(Clone)]
pub(crate) struct Plan {
    pub(crate) seed: u64,
    pub(crate) customers: usize,
    pub(crate) rates: Option<Rates>,
    pub(crate) bug: Option<Bug>,
    pub(crate) aim: Option<Place>,
    pub(crate) tells: bool,
    /// Whether every point that is passed is written down.
    pub(crate) maps: bool,
    /// Whether what calls cost is counted.
    pub(crate) counts: bool,
}
