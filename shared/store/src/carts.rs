//! Carts: one item per shopper, written on the version that was read.

use std::time::Duration;

use domain::{
    Failure, Grams, Money, Timestamp,
    cart::{Cart, CartLine},
    id::CustomerId,
    measure::Dimensions,
    product::Package,
};
use serde::{Deserialize, Serialize};

use crate::{
    db::Db,
    item::{Condition, Key, Write, from_item, to_item},
    orders::Beside,
    records::parts::VariantRecord,
};

/// A cart nobody has touched for this long is forgotten.
const KEPT: Duration = Duration::from_secs(90 * 24 * 3600);

/// The carts of the shop.
#[derive(Clone)]
pub struct Carts {
    db: Db,
}

#[derive(Serialize, Deserialize)]
struct CartRecord {
    format: u32,
    v: u64,
    customer: CustomerId,
    lines: Vec<CartLineRecord>,
    keys: Vec<String>,
    next_number: u32,
    /// Of what is in it; only written, for conditions.
    #[serde(default)]
    fingerprint: String,
    changed_at: Timestamp,
    expires_at: i64,
}

#[derive(Serialize, Deserialize)]
struct CartLineRecord {
    number: u32,
    variant: VariantRecord,
    quantity: u32,
    title: String,
    variant_label: String,
    image: Option<String>,
    seller: Option<String>,
    category: Option<String>,
    unit_price: Money,
    package_weight: Option<Grams>,
    package_size: Option<Dimensions>,
    as_of: Timestamp,
}

fn key(customer: &CustomerId) -> Key {
    Key::new(format!("C#{customer}"), "A")
}

impl Carts {
    /// The carts in a table.
    #[must_use]
    pub fn new(db: Db) -> Self {
        Self { db }
    }

    /// A shopper's cart; one that was never touched is empty.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn load(&self, customer: &CustomerId, now: Timestamp) -> Result<Cart, Failure> {
        match self.db.get(&key(customer)).await? {
            Some(item) => Ok(from_item::<CartRecord>(item)?.into_cart()),
            None => Ok(Cart::empty(customer.clone(), now)),
        }
    }

    /// Writes a cart that was changed since it was loaded.
    ///
    /// # Errors
    /// `Conflict` when it was changed elsewhere meanwhile, as in another tab.
    pub async fn save(&self, cart: &Cart, loaded_version: u64) -> Result<(), Failure> {
        let condition = if loaded_version == 0 {
            Condition::Absent
        } else {
            Condition::VersionIs(loaded_version)
        };
        Ok(self
            .db
            .put(to_item(&key(&cart.customer), &CartRecord::of(cart))?, condition)
            .await?)
    }

    /// Writes a cart that took over a visitor's, and forgets the visitor's, both or neither.
    ///
    /// # Errors
    /// `Conflict` when one of them was changed meanwhile.
    pub async fn save_taken_over(&self, cart: &Cart, loaded_version: u64, other: &Cart) -> Result<(), Failure> {
        let condition = if loaded_version == 0 {
            Condition::Absent
        } else {
            Condition::VersionIs(loaded_version)
        };
        let put = Write::Put(to_item(&key(&cart.customer), &CartRecord::of(cart))?, condition);
        let gone = Write::Delete(key(&other.customer), Condition::VersionIs(other.version));
        Ok(self.db.transact(vec![put, gone]).await?)
    }

    /// Forgets a cart.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn forget(&self, customer: &CustomerId) -> Result<(), Failure> {
        Ok(self.db.delete(&key(customer)).await?)
    }

    /// A write that empties a cart if it still holds what has this fingerprint, for the transaction that orders it.
    ///
    /// # Errors
    /// Never for a cart.
    pub fn emptying(&self, customer: &CustomerId, fingerprint: &str, now: Timestamp) -> Result<Beside, Failure> {
        let emptied = CartRecord::of(&Cart::emptied(customer.clone(), now));
        let condition = Condition::AbsentOrSame("fingerprint", fingerprint.to_owned());
        Ok(Beside(Write::Put(to_item(&key(customer), &emptied)?, condition)))
    }
}

impl CartRecord {
    fn of(cart: &Cart) -> Self {
        Self {
            format: 1,
            v: cart.version,
            customer: cart.customer.clone(),
            lines: cart.lines.iter().map(CartLineRecord::of).collect(),
            keys: cart.keys.clone(),
            next_number: cart.next_number,
            fingerprint: cart.fingerprint(),
            changed_at: cart.changed_at,
            expires_at: cart.changed_at.plus(KEPT).as_seconds(),
        }
    }

    fn into_cart(self) -> Cart {
        Cart {
            customer: self.customer,
            version: self.v,
            lines: self.lines.into_iter().map(CartLineRecord::into_line).collect(),
            keys: self.keys,
            next_number: self.next_number,
            changed_at: self.changed_at,
        }
    }
}

impl CartLineRecord {
    fn of(line: &CartLine) -> Self {
        let CartLine {
            number,
            quantity,
            title,
            variant_label,
            image,
            seller,
            category,
            unit_price,
            as_of,
            ..
        } = line.clone();
        Self {
            number,
            variant: VariantRecord::of(&line.variant),
            quantity,
            title,
            variant_label,
            image,
            seller,
            category,
            unit_price,
            package_weight: line.package.map(|package| package.weight),
            package_size: line.package.and_then(|package| package.size),
            as_of,
        }
    }

    fn into_line(self) -> CartLine {
        let Self {
            number,
            variant,
            quantity,
            title,
            variant_label,
            image,
            seller,
            category,
            unit_price,
            as_of,
            ..
        } = self;
        CartLine {
            number,
            variant: variant.into_variant(),
            quantity,
            title,
            variant_label,
            image,
            seller,
            category,
            unit_price,
            package: self.package_weight.map(|weight| Package {
                weight,
                size: self.package_size,
            }),
            as_of,
        }
    }
}
