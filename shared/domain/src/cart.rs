//! A cart: what a shopper means to buy, with the price the store asked when it was put in. It promises nothing; a quote does.

use std::fmt::Write;

use sha2::{Digest, Sha256};

use crate::{
    failure::Failure,
    id::CustomerId,
    money::Money,
    product::{Package, VariantRef},
    timestamp::Timestamp,
};

/// The most lines a cart holds.
pub const MOST_LINES: usize = 50;
/// The most pieces of one line; stores limit a buyer long before that.
pub const MOST_PIECES: u32 = 99;
/// Keys of requests a cart remembers, so that a repeat of one adds nothing.
const REMEMBERED: usize = 20;

/// What one shopper means to buy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cart {
    /// Whose it is.
    pub customer: CustomerId,
    /// Rises by one with every change.
    pub version: u64,
    /// What is in it.
    pub lines: Vec<CartLine>,
    /// Keys of the newest requests that changed it.
    pub keys: Vec<String>,
    /// The number the next line gets; a number is never used twice.
    pub next_number: u32,
    /// When it last changed.
    pub changed_at: Timestamp,
}

/// One line of a cart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CartLine {
    /// Its number within the cart, for ever.
    pub number: u32,
    /// What.
    pub variant: VariantRef,
    /// How many.
    pub quantity: u32,
    /// Title at the store.
    pub title: String,
    /// Option values.
    pub variant_label: String,
    /// A picture.
    pub image: Option<String>,
    /// Who sells it at the store.
    pub seller: Option<String>,
    /// The store's category.
    pub category: Option<String>,
    /// What the store asked for one.
    pub unit_price: Money,
    /// One packed piece, when the store says it.
    pub package: Option<Package>,
    /// When the store said all this.
    pub as_of: Timestamp,
}

impl Cart {
    /// An empty cart.
    #[must_use]
    pub fn empty(customer: CustomerId, now: Timestamp) -> Self {
        Self {
            customer,
            version: 0,
            lines: Vec::new(),
            keys: Vec::new(),
            next_number: 1,
            changed_at: now,
        }
    }

    /// A cart out of which everything was ordered, without having been read: its version is above every one it can have had, because a cart
    /// does not change more than once a second for as long as it lives.
    #[must_use]
    pub fn emptied(customer: CustomerId, now: Timestamp) -> Self {
        Self {
            version: u64::try_from(now.as_seconds()).unwrap_or(u64::MAX),
            ..Self::empty(customer, now)
        }
    }

    /// True when a request under this key has changed this cart before.
    #[must_use]
    pub fn remembers(&self, key: &str) -> bool {
        self.keys.iter().any(|known| known == key)
    }

    /// Puts a line in. The same variant again adds to its line. `key` names the request: the same key again changes nothing.
    ///
    /// # Errors
    /// When the quantity is zero or too large, or the cart is full.
    pub fn add(&mut self, line: CartLine, key: &str, now: Timestamp) -> Result<u32, Failure> {
        let known = self.lines.iter().position(|known| known.variant == line.variant);
        let known = known.and_then(|place| self.lines.get_mut(place));
        if let Some(known) = known {
            if self.keys.iter().any(|seen| seen == key) {
                return Ok(known.number);
            }
            check_quantity(line.quantity)?;
            let quantity = known.quantity.saturating_add(line.quantity);
            check_quantity(quantity)?;
            let number = known.number;
            *known = CartLine {
                number,
                quantity,
                ..line
            };
            self.remember(key, now);
            return Ok(number);
        }
        check_quantity(line.quantity)?;
        if self.lines.len() >= MOST_LINES {
            return Err(Failure::field(
                "variant",
                "cart_full",
                format!("A cart holds at most {MOST_LINES} lines."),
            ));
        }
        let number = self.next_number;
        self.next_number = number.saturating_add(1);
        self.lines.push(CartLine { number, ..line });
        self.remember(key, now);
        Ok(number)
    }

    /// Takes over what a visitor had put in before they said who they are. Of what is in both, the larger number stays, so that taking over
    /// twice adds nothing; what was seen last is kept. Tells how many lines found no room.
    pub fn take_over(&mut self, other: &Self, now: Timestamp) -> usize {
        let mut left = 0_usize;
        for line in &other.lines {
            let is_full = self.lines.len() >= MOST_LINES;
            let known = self.lines.iter_mut().find(|known| known.variant == line.variant);
            match known {
                Some(known) => {
                    let (number, quantity) = (known.number, known.quantity.max(line.quantity));
                    let newer = if line.as_of > known.as_of {
                        line.clone()
                    } else {
                        known.clone()
                    };
                    *known = CartLine {
                        number,
                        quantity,
                        ..newer
                    };
                }
                None if is_full => left = left.saturating_add(1),
                None => {
                    let number = self.next_number;
                    self.next_number = number.saturating_add(1);
                    self.lines.push(CartLine { number, ..line.clone() });
                }
            }
        }
        self.touched(now);
        left
    }

    /// Sets how many of a line.
    ///
    /// # Errors
    /// When there is no such line, or the quantity is zero or too large.
    pub fn set_quantity(&mut self, number: u32, quantity: u32, now: Timestamp) -> Result<(), Failure> {
        check_quantity(quantity)?;
        let line = self
            .lines
            .iter_mut()
            .find(|line| line.number == number)
            .ok_or(Failure::NotFound("cart line"))?;
        line.quantity = quantity;
        self.touched(now);
        Ok(())
    }

    /// Takes a line as the store sells it now; number and quantity stay.
    ///
    /// # Errors
    /// When there is no such line.
    pub fn renew(&mut self, number: u32, line: CartLine, now: Timestamp) -> Result<(), Failure> {
        let found = self.lines.iter_mut().find(|known| known.number == number);
        let known = found.ok_or(Failure::NotFound("cart line"))?;
        *known = CartLine {
            number,
            quantity: known.quantity,
            ..line
        };
        self.touched(now);
        Ok(())
    }

    /// Takes a line out.
    ///
    /// # Errors
    /// When there is no such line.
    pub fn remove(&mut self, number: u32, now: Timestamp) -> Result<(), Failure> {
        let before = self.lines.len();
        self.lines.retain(|line| line.number != number);
        if self.lines.len() == before {
            return Err(Failure::NotFound("cart line"));
        }
        self.touched(now);
        Ok(())
    }

    /// Takes everything out, after it was bought.
    pub fn clear(&mut self, now: Timestamp) {
        self.lines.clear();
        self.touched(now);
    }

    /// The same for carts that would be bought alike: SHA-256 over variants, quantities and prices. A quote is bound to it.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let mut plain = String::new();
        for line in &self.lines {
            let VariantRef {
                store,
                product,
                variant,
            } = &line.variant;
            let price = line.unit_price;
            // Lengths keep "1" + "23" apart from "12" + "3".
            let _infallible = write!(
                plain,
                "{store}|{}:{product}|{}:{variant}|{}|{}|{};",
                product.len(),
                variant.len(),
                line.quantity,
                price.amount(),
                price.currency()
            );
        }
        format!("{:x}", Sha256::digest(plain))
    }

    fn remember(&mut self, key: &str, now: Timestamp) {
        self.keys.push(key.to_owned());
        let surplus = self.keys.len().saturating_sub(REMEMBERED);
        self.keys.drain(..surplus);
        self.touched(now);
    }

    fn touched(&mut self, now: Timestamp) {
        self.version = self.version.saturating_add(1);
        self.changed_at = now;
    }
}

fn check_quantity(quantity: u32) -> Result<(), Failure> {
    if (1..=MOST_PIECES).contains(&quantity) {
        return Ok(());
    }
    Err(Failure::field(
        "quantity",
        "out_of_range",
        format!("Choose between 1 and {MOST_PIECES} pieces."),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Currency, id::RootId};

    fn now() -> Timestamp {
        Timestamp::from_seconds(1_800_000_000)
    }

    fn cart() -> Cart {
        Cart::empty(CustomerId::from_ulid("01JDB7M3N8Q4R5S6T7V8W9X0YZ").unwrap(), now())
    }

    fn line(variant: &str, quantity: u32) -> CartLine {
        CartLine {
            number: 0,
            variant: VariantRef {
                store: "aliexpress".parse().unwrap(),
                product: "1".into(),
                variant: variant.into(),
            },
            quantity,
            title: "Mug".into(),
            variant_label: String::new(),
            image: None,
            seller: None,
            category: None,
            unit_price: Money::new(499, Currency::USD),
            package: None,
            as_of: now(),
        }
    }

    #[test]
    fn the_same_request_twice_adds_once_and_another_adds_up() {
        let mut cart = cart();

        cart.add(line("red", 1), "a", now()).unwrap();
        cart.add(line("red", 1), "a", now()).unwrap();
        cart.add(line("red", 2), "b", now()).unwrap();
        cart.add(line("blue", 1), "c", now()).unwrap();

        let quantities: Vec<_> = cart.lines.iter().map(|line| (line.number, line.quantity)).collect();
        assert_eq!(quantities, [(1, 3), (2, 1)]);
        assert_eq!(cart.version, 3);
    }

    #[test]
    fn a_visitors_cart_is_taken_over_and_a_second_time_adds_nothing() {
        let mut cart = cart();
        cart.add(line("red", 3), "a", now()).unwrap();
        let mut visitors = Cart::empty(cart.customer.clone(), now());
        visitors.add(line("red", 1), "b", now()).unwrap();
        visitors.add(line("blue", 2), "c", now()).unwrap();

        for _ in 0..2 {
            assert_eq!(cart.take_over(&visitors, now()), 0);
            let quantities: Vec<_> = cart.lines.iter().map(|line| (line.number, line.quantity)).collect();
            assert_eq!(quantities, [(1, 3), (2, 2)]);
        }
    }

    #[test]
    fn what_finds_no_room_is_told() {
        let mut cart = cart();
        for number in 0..MOST_LINES {
            cart.add(line(&number.to_string(), 1), &number.to_string(), now())
                .unwrap();
        }
        let mut visitors = Cart::empty(cart.customer.clone(), now());
        visitors.add(line("red", 1), "b", now()).unwrap();
        visitors.add(line("0", 5), "c", now()).unwrap();

        assert_eq!(cart.take_over(&visitors, now()), 1);
        assert_eq!((cart.lines.len(), cart.lines[0].quantity), (MOST_LINES, 5));
    }

    #[test]
    fn no_line_holds_none_or_ten_thousand() {
        let mut cart = cart();
        cart.add(line("red", 98), "a", now()).unwrap();

        for wrong in [0, 10_000] {
            assert!(cart.add(line("blue", wrong), "b", now()).is_err());
            assert!(cart.set_quantity(1, wrong, now()).is_err());
        }
        assert!(cart.add(line("red", 2), "c", now()).is_err());
        assert!(cart.add(line("red", 0), "d", now()).is_err());
        assert_eq!(cart.lines.len(), 1);
        assert_eq!(cart.lines[0].quantity, 98);
    }

    #[test]
    fn the_number_of_a_removed_line_is_not_used_again() {
        let mut cart = cart();
        cart.add(line("red", 1), "a", now()).unwrap();
        cart.remove(1, now()).unwrap();

        assert_eq!(cart.add(line("red", 1), "b", now()).unwrap(), 2);
        assert!(cart.remove(1, now()).is_err());
    }

    #[test]
    fn the_fingerprint_tells_what_would_be_bought() {
        let mut first = cart();
        first.add(line("red", 1), "a", now()).unwrap();
        let mut second = first.clone();
        let same = second.fingerprint();
        second.set_quantity(1, 2, now()).unwrap();

        assert_eq!(first.fingerprint(), same);
        assert_ne!(first.fingerprint(), second.fingerprint());
    }
}
