//! Providers through which customers pay.
