//! Double entry: every movement of money of an order is a transaction whose entries sum to zero in each currency. Entries never change.
//!
//! Debits are positive, credits negative. What is held for a customer is owed to them, so the held accounts stand below zero until the
//! money is spent on what it was held for or goes back.

use std::collections::BTreeMap;

use crate::{currency::Currency, money::Money, timestamp::Timestamp};

macro_rules! accounts {
    ($($(#[$doc:meta])* $name:ident = $word:literal,)*) => {
        /// An account of one order.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Account { $($(#[$doc])* $name,)* }

        impl Account {
            /// Every account.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// Its text form, as stored.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self { $(Self::$name => $word,)* }
            }
        }
    };
}

accounts! {
    /// Money with the payment providers.
    Provider = "provider",
    /// Held for the goods and the store's delivery to us.
    HeldStore = "held_store",
    /// Held for the way from our warehouse to the customer, with insurance.
    HeldFreight = "held_freight",
    /// Held for duty, taxes and levies.
    HeldDuties = "held_duties",
    /// Held for our service, packing, the payment fee and rounding.
    HeldFees = "held_fees",
    /// Came in parts for an order that is not covered yet.
    HeldParts = "held_parts",
    /// What the customer added for price rises, until it is used or goes back.
    HeldReserve = "held_reserve",
    /// Owed back to payers.
    RefundPayable = "refund_payable",
    /// Taken by the payment provider while a dispute is undecided.
    Disputed = "disputed",
    /// Sent back by ourselves, another way than by the payment provider.
    PaidOut = "paid_out",
    /// Where one currency is given for another; its value is our gain or loss.
    Exchange = "exchange",
    /// Owed or paid to stores.
    StorePayable = "store_payable",
    /// Owed or paid to carriers.
    CarrierPayable = "carrier_payable",
    /// Owed to the carrier for duty and taxes paid at the border.
    DutiesPayable = "duties_payable",
    /// Earned fees.
    Fees = "fees",
    /// What the guaranteed price left over, or cost us.
    Margin = "margin",
}

impl Account {
    /// The accounts that hold a customer's money.
    pub const HELD: [Self; 4] = [Self::HeldStore, Self::HeldFreight, Self::HeldDuties, Self::HeldFees];

    /// The account with this text form.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|account| account.word() == word)
    }
}

/// One side of a movement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The account.
    pub account: Account,
    /// Debit positive, credit negative.
    pub amount: Money,
}

/// A balanced movement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LedgerTransaction {
    id: String,
    at: Timestamp,
    entries: Vec<Entry>,
}

/// The entries do not sum to zero, or the sums do not fit.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("ledger transaction {0} is not balanced")]
pub struct Unbalanced(pub String);

impl LedgerTransaction {
    /// A transaction named after its cause; zero entries are left out.
    ///
    /// # Errors
    /// When the entries do not sum to zero in each currency.
    pub fn new(id: impl Into<String>, at: Timestamp, entries: Vec<Entry>) -> Result<Self, Unbalanced> {
        let id = id.into();
        let mut sums: BTreeMap<Currency, i64> = BTreeMap::new();
        for entry in &entries {
            let sum = sums.entry(entry.amount.currency()).or_default();
            *sum = sum
                .checked_add(entry.amount.amount())
                .ok_or_else(|| Unbalanced(id.clone()))?;
        }
        if sums.values().any(|sum| *sum != 0) {
            return Err(Unbalanced(id));
        }
        let entries = entries.into_iter().filter(|entry| !entry.amount.is_zero()).collect();
        Ok(Self { id, at, entries })
    }

    /// Its cause, unique within the order.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// When it was written.
    #[must_use]
    pub fn at(&self) -> Timestamp {
        self.at
    }

    /// Its entries.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }
}

/// What stands on the accounts of one order: the sum of its transactions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Balances(BTreeMap<(Account, Currency), i64>);

impl Balances {
    /// Balances as stored.
    #[must_use]
    pub fn restored(lines: impl IntoIterator<Item = (Account, Money)>) -> Self {
        Self(
            lines
                .into_iter()
                .map(|(account, money)| ((account, money.currency()), money.amount()))
                .collect(),
        )
    }

    /// After one more transaction; accounts at zero are forgotten.
    ///
    /// # Errors
    /// When a sum does not fit.
    pub fn posted(mut self, transaction: &LedgerTransaction) -> Result<Self, Unbalanced> {
        for entry in transaction.entries() {
            let sum = self.0.entry((entry.account, entry.amount.currency())).or_default();
            *sum = sum
                .checked_add(entry.amount.amount())
                .ok_or_else(|| Unbalanced(transaction.id.clone()))?;
        }
        self.0.retain(|_, sum| *sum != 0);
        Ok(self)
    }

    /// What stands on one account in one currency; debit positive.
    #[must_use]
    pub fn of(&self, account: Account, currency: Currency) -> Money {
        Money::new(self.0.get(&(account, currency)).copied().unwrap_or(0), currency)
    }

    /// Every account that is not at zero.
    pub fn lines(&self) -> impl Iterator<Item = (Account, Money)> + '_ {
        self.0
            .iter()
            .map(|((account, currency), sum)| (*account, Money::new(*sum, *currency)))
    }

    /// True when the sums of all accounts are zero in each currency: holds for every sum of balanced transactions.
    #[must_use]
    pub fn is_balanced(&self) -> bool {
        let mut sums: BTreeMap<Currency, i128> = BTreeMap::new();
        for ((_, currency), sum) in &self.0 {
            *sums.entry(*currency).or_default() += i128::from(*sum);
        }
        sums.values().all(|sum| *sum == 0)
    }

    /// True when nothing is held for the customer and nothing is owed back.
    #[must_use]
    pub fn is_level(&self) -> bool {
        self.0.iter().all(|((account, _), sum)| {
            let owed = [Account::HeldParts, Account::HeldReserve, Account::RefundPayable];
            *sum == 0 || !(Account::HELD.contains(account) || owed.contains(account))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(account: Account, amount: i64, currency: Currency) -> Entry {
        Entry {
            account,
            amount: Money::new(amount, currency),
        }
    }

    #[test]
    fn a_transaction_balances_in_each_currency_by_itself() {
        use Account::{Exchange, HeldStore, StorePayable};
        let at = Timestamp::from_seconds(1);
        let good = vec![
            entry(HeldStore, 100, Currency::KES),
            entry(Exchange, -100, Currency::KES),
            entry(Exchange, 1, Currency::USD),
            entry(StorePayable, -1, Currency::USD),
        ];
        let mut bad = good.clone();
        bad[1] = entry(Exchange, -100, Currency::USD);

        assert!(LedgerTransaction::new("a", at, good).is_ok());
        assert_eq!(LedgerTransaction::new("b", at, bad), Err(Unbalanced("b".into())));
    }

    #[test]
    fn balances_are_level_when_nothing_is_held_or_owed_back() {
        let at = Timestamp::from_seconds(1);
        let capture = vec![
            entry(Account::Provider, 10, Currency::KES),
            entry(Account::HeldStore, -10, Currency::KES),
        ];
        let refund = vec![
            entry(Account::HeldStore, 10, Currency::KES),
            entry(Account::Provider, -10, Currency::KES),
        ];

        let held = Balances::default()
            .posted(&LedgerTransaction::new("a", at, capture).unwrap())
            .unwrap();
        let level = held
            .clone()
            .posted(&LedgerTransaction::new("b", at, refund).unwrap())
            .unwrap();

        assert!(held.is_balanced() && !held.is_level());
        assert!(level.is_balanced() && level.is_level());
        assert_eq!(level.lines().count(), 0);
    }

    #[test]
    fn every_account_is_found_by_its_word() {
        for account in Account::ALL {
            assert_eq!(Account::from_word(account.word()), Some(*account));
        }
    }
}
