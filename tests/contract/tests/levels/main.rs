//! The two levels of storage answer alike: the table in memory, and DynamoDB behind the real client.

#[cfg(test)]
mod costs;
#[cfg(test)]
mod edges;
#[cfg(test)]
mod lost_answers;
#[cfg(test)]
mod plan;
#[cfg(test)]
mod random;
#[cfg(test)]
mod same_answers;
#[cfg(test)]
mod unsaid;
