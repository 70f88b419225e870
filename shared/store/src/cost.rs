//! What a call costs, by DynamoDB's, SQS's and S3's rules (read 2026-11): a read unit is 4 KB read consistently, half of one read eventually; a
//! write unit is 1 KB written; transactions cost twice; an index costs like a table for what is projected into it.

use crate::{
    indexes::{INDEXES, Index},
    item::{AttributeValue, Item},
    memory::{Done, Replaced, Stored},
};

/// What calls cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cost {
    /// Calls made.
    pub calls: u64,
    /// Halves of DynamoDB read units.
    pub half_reads: u64,
    /// DynamoDB write units, indexes included.
    pub writes: u64,
    /// Requests of SQS, of 64 KB each.
    pub queue_requests: u64,
    /// Writes of S3.
    pub file_puts: u64,
    /// Reads of S3.
    pub file_gets: u64,
    /// Bytes of items, messages and files moved.
    pub bytes: u64,
}

impl Cost {
    /// Both together.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            calls: self.calls.saturating_add(other.calls),
            half_reads: self.half_reads.saturating_add(other.half_reads),
            writes: self.writes.saturating_add(other.writes),
            queue_requests: self.queue_requests.saturating_add(other.queue_requests),
            file_puts: self.file_puts.saturating_add(other.file_puts),
            file_gets: self.file_gets.saturating_add(other.file_gets),
            bytes: self.bytes.saturating_add(other.bytes),
        }
    }
}

const READ_UNIT: u64 = 4096;
const WRITE_UNIT: u64 = 1024;
const QUEUE_UNIT: u64 = 64 * 1024;

/// The size of an item by DynamoDB's rule: names and values, and a little for numbers, lists and maps.
pub(crate) fn size(item: &Item) -> u64 {
    size_of_each(item)
}

/// The same for some attributes of an item.
pub(crate) fn size_of_each<'a>(attributes: impl IntoIterator<Item = (&'a String, &'a AttributeValue)>) -> u64 {
    let each = attributes.into_iter();
    each.map(|(name, value)| length(name).saturating_add(value_size(value)))
        .sum()
}

fn length(text: &str) -> u64 {
    u64::try_from(text.len()).unwrap_or(u64::MAX)
}

fn value_size(value: &AttributeValue) -> u64 {
    match value {
        AttributeValue::S(text) => length(text),
        AttributeValue::N(number) => number_size(number),
        AttributeValue::Bool(_) | AttributeValue::Null(_) => 1,
        AttributeValue::B(bytes) => u64::try_from(bytes.len()).unwrap_or(u64::MAX),
        AttributeValue::L(list) => {
            3_u64.saturating_add(list.iter().map(|value| value_size(value).saturating_add(1)).sum())
        }
        AttributeValue::M(map) => {
            let inner: u64 = map
                .iter()
                .map(|(name, value)| length(name).saturating_add(value_size(value)).saturating_add(1))
                .sum();
            inner.saturating_add(3)
        }
        AttributeValue::Ss(texts) => texts.iter().map(|text| length(text)).sum(),
        AttributeValue::Ns(numbers) => numbers.iter().map(|number| number_size(number)).sum(),
        AttributeValue::Bs(list) => {
            let bytes: usize = list.iter().map(Vec::len).sum();
            u64::try_from(bytes).unwrap_or(u64::MAX)
        }
    }
}

/// One byte, one for each two significant digits before and after the point, and one for a minus. Nothing here writes exponents.
fn number_size(number: &str) -> u64 {
    let digits = number.trim_start_matches(['-', '+']);
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let (mut whole, mut part) = (whole.trim_start_matches('0'), part.trim_end_matches('0'));
    // Zeros next to the point count only when a significant digit stands behind them.
    if part.is_empty() {
        whole = whole.trim_end_matches('0');
    }
    if whole.is_empty() {
        part = part.trim_start_matches('0');
    }
    let is_negative = number.starts_with('-') && !(whole.is_empty() && part.is_empty());
    let halves = length(whole).div_ceil(2).saturating_add(length(part).div_ceil(2));
    halves.saturating_add(1).saturating_add(u64::from(is_negative))
}

pub(crate) fn of_read(items: &[Item], is_consistent: bool) -> Cost {
    let bytes: u64 = items.iter().map(size).sum();
    let units = bytes.div_ceil(READ_UNIT).max(1);
    Cost {
        calls: 1,
        half_reads: if is_consistent { units.saturating_mul(2) } else { units },
        bytes,
        ..Cost::default()
    }
}

/// Each item costs as the larger of what it was and what it is; one whose condition does not hold costs that too, but writes no index. A
/// transaction doubles the table's share and not the indexes'.
pub(crate) fn of_write(done: &Done, is_transaction: bool) -> Cost {
    let is_written = done.result.is_ok();
    let mut cost = Cost {
        calls: 1,
        ..Cost::default()
    };
    for Replaced { before, after } in &done.written {
        let (before, after) = (before.as_deref(), after.as_deref());
        let units = before
            .map_or(0, Stored::units)
            .max(after.map_or(0, Stored::units))
            .max(1);
        cost.writes = cost
            .writes
            .saturating_add(if is_transaction { units.saturating_mul(2) } else { units });
        if is_written {
            let indexes = INDEXES.iter().map(|index| index_units(index, before, after));
            cost.writes = cost.writes.saturating_add(indexes.sum());
        }
        cost.bytes = cost.bytes.saturating_add(after.map_or(0, |after| after.size));
    }
    cost
}

impl Stored {
    fn units(&self) -> u64 {
        write_units(self.size)
    }
}

fn write_units(bytes: u64) -> u64 {
    bytes.div_ceil(WRITE_UNIT).max(1)
}

/// An entry that moves is deleted and put; one that changes in its place costs as the larger; what is not in the index costs nothing.
fn index_units(index: &Index, before: Option<&Stored>, after: Option<&Stored>) -> u64 {
    let entry = |stored: &Stored| write_units(index.entry_size(&stored.item, stored.size));
    let old = before.filter(|before| index.key(&before.item).is_some());
    let new = after.filter(|after| index.key(&after.item).is_some());
    match (old, new) {
        (Some(old), Some(new)) if index.key(&old.item) == index.key(&new.item) => {
            if index.is_same(&old.item, &new.item) {
                0
            } else {
                entry(old).max(entry(new))
            }
        }
        (old, new) => old.map_or(0, entry).saturating_add(new.map_or(0, entry)),
    }
}

/// A batch that is sent: one request for each 64 KB. Receiving and deleting it are two more, which its reader causes.
pub(crate) fn of_messages(bytes: u64) -> Cost {
    Cost {
        calls: 1,
        queue_requests: bytes.div_ceil(QUEUE_UNIT).max(1),
        bytes,
        ..Cost::default()
    }
}

pub(crate) fn of_file(bytes: usize, is_put: bool) -> Cost {
    Cost {
        calls: 1,
        file_puts: u64::from(is_put),
        file_gets: u64::from(!is_put),
        bytes: u64::try_from(bytes).unwrap_or(u64::MAX),
        ..Cost::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stored(texts: &[(&str, &str)]) -> Option<std::sync::Arc<Stored>> {
        let pair = |(name, text): &(&str, &str)| ((*name).to_owned(), AttributeValue::S((*text).to_owned()));
        let item: Item = texts.iter().map(pair).collect();
        Some(std::sync::Arc::new(Stored::from(item)))
    }

    fn writes(before: Option<std::sync::Arc<Stored>>, after: Option<std::sync::Arc<Stored>>) -> u64 {
        let done = Done {
            result: Ok(()),
            written: vec![Replaced { before, after }],
        };
        of_write(&done, false).writes
    }

    #[test]
    fn a_number_costs_half_a_byte_for_each_significant_digit() {
        for (number, bytes) in [
            ("0", 1),
            ("-0", 1),
            ("7", 2),
            ("42", 2),
            ("-42", 3),
            ("100", 2),
            ("123", 3),
            ("0.5", 2),
            ("0.005", 2),
            ("10.5", 3),
            ("-1.25", 4),
        ] {
            assert_eq!(value_size(&AttributeValue::N(number.into())), bytes, "{number}");
        }
    }

    #[test]
    fn names_count_and_lists_and_maps_cost_a_little_more_than_what_is_in_them() {
        let text = AttributeValue::S("ab".into());
        let list = AttributeValue::L(vec![text.clone(), AttributeValue::Bool(true)]);
        let map = AttributeValue::M(Item::from([("k".to_owned(), text.clone())]));

        assert_eq!(value_size(&list), 3 + (2 + 1) + (1 + 1));
        assert_eq!(value_size(&map), 3 + 1 + 2 + 1);
        assert_eq!(size(&Item::from([("name".to_owned(), text)])), 6);
    }

    #[test]
    fn a_write_costs_as_the_larger_of_before_and_after() {
        let (small, large) = (stored(&[("pk", "P")]), stored(&[("pk", "P"), ("x", &"x".repeat(3000))]));

        assert_eq!(writes(None, small.clone()), 1);
        assert_eq!(writes(large.clone(), small), 3);
        assert_eq!(writes(large, None), 3);
        assert_eq!(writes(None, None), 1);
    }

    #[test]
    fn an_entry_of_an_index_that_moves_costs_twice_and_one_that_stays_the_same_nothing() {
        let due = |at, word| {
            stored(&[
                ("pk", "P"),
                ("sk", "S"),
                ("due_pk", "D"),
                ("due_sk", at),
                ("word", word),
            ])
        };

        assert_eq!(writes(None, due("1", "a")), 1 + 1);
        assert_eq!(writes(due("1", "a"), due("2", "a")), 1 + 2);
        assert_eq!(
            writes(due("1", "a"), due("1", "b")),
            1,
            "only keys are kept in this index"
        );
        assert_eq!(writes(due("1", "a"), stored(&[("pk", "P"), ("sk", "S")])), 1 + 1);
    }

    #[test]
    fn a_transaction_doubles_what_the_table_costs_and_a_failed_one_writes_no_index() {
        let written = || {
            vec![Replaced {
                before: None,
                after: stored(&[("pk", "P"), ("sk", "S"), ("due_pk", "D"), ("due_sk", "1")]),
            }]
        };
        let done = |result| Done {
            result,
            written: written(),
        };

        assert_eq!(of_write(&done(Ok(())), true).writes, 2 + 1);
        let failed = Err(crate::Error::Condition(vec![None]));
        assert_eq!(of_write(&done(failed), true).writes, 2);
    }
}
