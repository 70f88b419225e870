//! Stores that sell to us.
