//! The landed price as a whole, on the shipped rows and on edited ones.

mod basket;
mod destinations;
mod mutations;
mod rates;
mod reach;
mod refusals;
mod remarks;
mod rule_files;
mod speeds;
mod sums;
mod worked_examples;
