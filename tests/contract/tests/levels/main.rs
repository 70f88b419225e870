//! The two levels of storage answer alike: the table in memory, and DynamoDB behind the real client.

mod costs;
mod lost_answers;
mod plan;
mod random;
mod same_answers;
