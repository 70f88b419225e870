//! What tests of several packages need: orders under way, made by the same verbs as in the shop.
//!
//! Invariant: never part of what ships. It knows everything of ours and nothing of AWS.

pub mod orders;
