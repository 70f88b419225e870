//! What a call costs, by DynamoDB's, SQS's and S3's rules (read 2026-11): a read unit is 4 KB read consistently, half of one read eventually; a
//! write unit is 1 KB written; transactions cost twice; an index costs like a table for what is projected into it.

use aws_sdk_dynamodb::types::AttributeValue;

use crate::item::{Item, Write, text};

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

/// The indexes of the table of orders: what is projected into each stands in `infra/template.yaml`.
const INDEXES: [Index; 3] = [
    Index {
        name: "due",
        whole: false,
    },
    Index {
        name: "customer",
        whole: true,
    },
    Index {
        name: "board",
        whole: true,
    },
];

struct Index {
    name: &'static str,
    /// All attributes are projected, not the keys alone.
    whole: bool,
}

const READ_UNIT: u64 = 4096;
const WRITE_UNIT: u64 = 1024;
const QUEUE_UNIT: u64 = 64 * 1024;

/// The size of an item by DynamoDB's rule: names and values, and a little for numbers, lists and maps.
pub(crate) fn size(item: &Item) -> u64 {
    item.iter()
        .map(|(name, value)| length(name).saturating_add(value_size(value)))
        .sum()
}

fn length(text: &str) -> u64 {
    u64::try_from(text.len()).unwrap_or(u64::MAX)
}

fn value_size(value: &AttributeValue) -> u64 {
    match value {
        AttributeValue::S(text) => length(text),
        AttributeValue::N(number) => length(number).div_ceil(2).saturating_add(1),
        AttributeValue::Bool(_) | AttributeValue::Null(_) => 1,
        AttributeValue::B(bytes) => u64::try_from(bytes.as_ref().len()).unwrap_or(u64::MAX),
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
        AttributeValue::Ss(texts) | AttributeValue::Ns(texts) => texts.iter().map(|text| length(text)).sum(),
        // Nothing here writes sets of bytes or what is newer than this client.
        AttributeValue::Bs(_) | _ => 0,
    }
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

pub(crate) fn of_write(writes: &[Write], before: &[Option<Item>], is_transaction: bool) -> Cost {
    let mut cost = Cost {
        calls: 1,
        ..Cost::default()
    };
    for (number, write) in writes.iter().enumerate() {
        let before = before.get(number).and_then(Option::as_ref);
        let after = match write {
            Write::Put(item, _) => Some(item),
            // A check and a counter cost as an item of their size, and a counter is small.
            Write::Delete(..) | Write::Check(..) | Write::Count(_) => None,
        };
        let bytes = after.map_or(0, size).max(before.map_or(0, size));
        let units = bytes.div_ceil(WRITE_UNIT).max(1);
        cost.writes = cost
            .writes
            .saturating_add(if is_transaction { units.saturating_mul(2) } else { units })
            .saturating_add(INDEXES.iter().map(|index| index.units(before, after)).sum());
        cost.bytes = cost.bytes.saturating_add(after.map_or(0, size));
    }
    cost
}

impl Index {
    /// An entry that moves is deleted and put; one that keeps its key and changes is put; what is not in the index costs nothing.
    fn units(&self, before: Option<&Item>, after: Option<&Item>) -> u64 {
        let units = |item: &Item| {
            if self.whole {
                size(item).div_ceil(WRITE_UNIT).max(1)
            } else {
                1
            }
        };
        let (old, new) = (
            before.and_then(|item| self.key(item)),
            after.and_then(|item| self.key(item)),
        );
        match (before, after) {
            (Some(before), Some(after)) if old.is_some() && old == new => {
                if self.whole && before != after {
                    units(after)
                } else {
                    0
                }
            }
            (before, after) => {
                let gone = before.filter(|_| old.is_some()).map_or(0, units);
                let come = after.filter(|_| new.is_some()).map_or(0, units);
                gone.saturating_add(come)
            }
        }
    }

    fn key(&self, item: &Item) -> Option<(String, String)> {
        let named = |end: &str| text(item, &format!("{}_{end}", self.name));
        Some((named("pk")?, named("sk")?))
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
