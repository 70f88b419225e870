//! The two levels of storage answer alike.

mod lost_answers;
