//! What the stories need: the whole shop on this machine, people who use it, the world that misbehaves on demand, and the truth to compare with.
//! One stack serves all stories of a test binary, one after the other, because they share its clock and its faults.

mod callers;
mod cast;
mod chromium;
mod journey;
mod mark;
mod raw;
mod sample;
mod sight;
mod stage;
mod times;
mod trouble;
mod truth;

pub use callers::Callers;
pub use cast::Cast;
pub use journey::Purchase;
pub use mark::with_marks;
pub use raw::{Exchange, raw};
pub use sample::{Outcome, Sample, compare, samples};
pub use sight::Sight;
pub use stage::{Played, Stage, Told, play};
pub use trouble::Fault;
pub use truth::{Effects, describe};
