//! The order's books: what stands on its accounts, and every transaction that led there.

use domain::{Money, ledger::LedgerTransaction, order::Order};
use serde::Serialize;

use crate::words::{moment, plain};

/// The books of one order.
#[derive(Serialize)]
pub(crate) struct Ledger {
    /// True when the sums of all accounts are zero in each currency.
    pub(crate) is_balanced: bool,
    pub(crate) balances: Vec<AccountView>,
    /// The newest first.
    pub(crate) journal: Vec<TransactionView>,
}

/// An amount on an account; debit positive.
#[derive(Serialize)]
pub(crate) struct AccountView {
    pub(crate) account: &'static str,
    pub(crate) amount: Money,
    #[serde(skip)]
    pub(crate) label: String,
}

#[derive(Serialize)]
pub(crate) struct TransactionView {
    pub(crate) id: String,
    pub(crate) at: String,
    pub(crate) entries: Vec<AccountView>,
    #[serde(skip)]
    pub(crate) at_text: String,
}

impl Ledger {
    pub(crate) fn of(order: &Order, journal: &[LedgerTransaction]) -> Self {
        Self {
            is_balanced: order.balances.is_balanced(),
            balances: order
                .balances
                .lines()
                .map(|(account, amount)| AccountView::of(account.word(), amount))
                .collect(),
            journal: journal.iter().rev().map(TransactionView::of).collect(),
        }
    }
}

impl AccountView {
    fn of(account: &'static str, amount: Money) -> Self {
        Self {
            account,
            amount,
            label: plain(account),
        }
    }
}

impl TransactionView {
    fn of(transaction: &LedgerTransaction) -> Self {
        let entries = transaction.entries().iter();
        Self {
            id: transaction.id().to_owned(),
            at: transaction.at().to_string(),
            at_text: moment(transaction.at()),
            entries: entries
                .map(|entry| AccountView::of(entry.account.word(), entry.amount))
                .collect(),
        }
    }
}
