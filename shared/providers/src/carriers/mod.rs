//! Carriers that bring parcels to customers.
