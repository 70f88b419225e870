//! Stored forms: separate structs at the edge of the domain, each with a number for its form.

pub(crate) mod header;
pub(crate) mod history;
pub(crate) mod life;
pub(crate) mod parts;
pub(crate) mod quote;
pub(crate) mod rules;
pub(crate) mod want;
pub(crate) mod ways;
