//! The indexes of the table of orders: what is projected into each stands in `infra/template.yaml`, and a test of `tests/contract` compares.

use crate::{
    cost::size_of_each,
    item::{Item, as_text},
};

/// One sparse index: an item without its two attributes is not in it.
pub(crate) struct Index {
    pub(crate) name: &'static str,
    pub(crate) pk: &'static str,
    pub(crate) sk: &'static str,
    projection: Projection,
}

#[derive(PartialEq, Eq)]
enum Projection {
    All,
    KeysOnly,
}

pub(crate) const INDEXES: [Index; 3] = [
    Index {
        name: "due",
        pk: "due_pk",
        sk: "due_sk",
        projection: Projection::KeysOnly,
    },
    Index {
        name: "customer",
        pk: "customer_pk",
        sk: "customer_sk",
        projection: Projection::All,
    },
    Index {
        name: "board",
        pk: "board_pk",
        sk: "board_sk",
        projection: Projection::All,
    },
];

impl Index {
    /// Where an item stands in the index; nowhere without both attributes.
    pub(crate) fn key<'a>(&self, item: &'a Item) -> Option<(&'a str, &'a str)> {
        Some((as_text(item, self.pk)?, as_text(item, self.sk)?))
    }

    /// What the index keeps of an item.
    pub(crate) fn entry(&self, item: &Item) -> Item {
        match self.projection {
            Projection::All => item.clone(),
            Projection::KeysOnly => only(item, &self.kept()),
        }
    }

    /// The size of that, given the size of the whole item.
    pub(crate) fn entry_size(&self, item: &Item, whole: u64) -> u64 {
        match self.projection {
            Projection::All => whole,
            Projection::KeysOnly => {
                let kept = self.kept();
                size_of_each(kept.iter().filter_map(|name| item.get_key_value(*name)))
            }
        }
    }

    /// True when the index keeps the same of both.
    pub(crate) fn is_same(&self, one: &Item, other: &Item) -> bool {
        match self.projection {
            Projection::All => one == other,
            Projection::KeysOnly => self.kept().iter().all(|name| one.get(*name) == other.get(*name)),
        }
    }

    /// What names a place in the index: its own key and that of the table.
    pub(crate) fn kept(&self) -> [&'static str; 4] {
        ["pk", "sk", self.pk, self.sk]
    }
}

/// An item of these attributes only.
pub(crate) fn only(item: &Item, names: &[&str]) -> Item {
    let kept = names.iter().filter_map(|name| item.get_key_value(*name));
    kept.map(|(name, value)| (name.clone(), value.clone())).collect()
}
