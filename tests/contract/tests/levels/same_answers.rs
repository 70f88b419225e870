//! Random sequences of operations on both levels: the same results, errors, items in the way and pages after each step.

use contract::{Dynoxide, Fate};
use futures::FutureExt;
use store::{Db, Error, Item, Memory, Page, Query};

use crate::{
    plan::{Step, step},
    random::Random,
};

const SEQUENCES: u64 = 10_000;
const STEPS: u64 = 2;
/// Both levels begin empty again after so many sequences; within them, what earlier sequences left is what later ones meet.
const AFRESH: u64 = 500;

/// What a step came to, in a form that can be compared.
#[derive(Debug, PartialEq)]
pub(crate) enum Answer {
    Item(Option<Item>),
    Pages(Vec<(Vec<Item>, Option<Item>)>),
    Written,
    InTheWay(Vec<Option<Item>>),
    Defect,
    Unavailable,
}

impl Answer {
    fn of(error: Error) -> Self {
        match error {
            Error::Condition(items) => Self::InTheWay(items),
            Error::Defect { .. } => Self::Defect,
            Error::Unavailable { .. } => Self::Unavailable,
        }
    }

    fn written(result: Result<(), Error>) -> Self {
        result.map_or_else(Self::of, |()| Self::Written)
    }
}

/// The table of orders and a second one for transactions over both.
pub(crate) struct Level {
    pub(crate) orders: Db,
    pub(crate) second: Db,
}

impl Level {
    pub(crate) fn memory() -> Self {
        Self {
            orders: Db::Memory(Memory::default()),
            second: Db::Memory(Memory::default()),
        }
    }

    pub(crate) fn dynoxide() -> Self {
        let clients = Dynoxide::start().unwrap().clients(|_| Fate::Answered).unwrap();
        Self {
            orders: clients.table("OrdersTable"),
            second: clients.table("AccountsTable"),
        }
    }

    pub(crate) async fn play(&self, step: Step) -> Answer {
        match step {
            Step::Get(key) => self.orders.get(&key).await.map_or_else(Answer::of, Answer::Item),
            Step::GetEventually(key) => self
                .orders
                .get_eventually(&key)
                .await
                .map_or_else(Answer::of, Answer::Item),
            Step::Put(item, condition) => Answer::written(self.orders.put(item, condition).await),
            Step::Delete(key) => Answer::written(self.orders.delete(&key).await),
            Step::Query(query) => match self.orders.query(query).await {
                Ok(page) => Answer::Pages(vec![parts(page)]),
                Err(error) => Answer::of(error),
            },
            Step::Walk(query) => self.walk(query).await,
            Step::Transact(writes) => Answer::written(self.orders.transact(writes).await),
            Step::TransactWith(writes, more) => {
                Answer::written(self.orders.transact_with(writes, &self.second, more).await)
            }
        }
    }

    async fn walk(&self, mut query: Query) -> Answer {
        let mut pages = Vec::new();
        loop {
            let page = match self.orders.query(query.clone()).await {
                Ok(page) => page,
                Err(error) => return Answer::of(error),
            };
            query.after.clone_from(&page.next);
            pages.push(parts(page));
            assert!(pages.len() < 10_000, "the pages of {query:?} have no end");
            if query.after.is_none() {
                return Answer::Pages(pages);
            }
        }
    }
}

fn parts(page: Page) -> (Vec<Item>, Option<Item>) {
    (page.items, page.next)
}

fn compare(memory: &Level, dynoxide: &Level, seed: u64, steps: u64, bulk: u64) {
    let mut random = Random::new(seed);
    for number in 0..steps {
        let step = step(&mut random, bulk);
        let one = memory.play(step.clone()).now_or_never().unwrap();
        let other = dynoxide.play(step.clone()).now_or_never().unwrap();
        if one != other {
            let shown = format!("{step:?}\nin memory: {one:?}\nDynamoDB:  {other:?}");
            let short: String = shown.chars().take(6000).collect();
            panic!("seed {seed}, step {number}: {short}");
        }
    }
}

#[test]
fn ten_thousand_sequences_are_answered_alike() {
    for first in (0..SEQUENCES).step_by(usize::try_from(AFRESH).unwrap()) {
        let (memory, dynoxide) = (Level::memory(), Level::dynoxide());
        for seed in first..first + AFRESH {
            compare(&memory, &dynoxide, seed, STEPS, 0);
        }
    }
}

/// Pages end before 1 MB, transactions at 4 MB and items at 400 KB.
#[test]
fn large_items_are_answered_alike() {
    for seed in 0..4 {
        let (memory, dynoxide) = (Level::memory(), Level::dynoxide());
        compare(&memory, &dynoxide, seed, 40, 380 * 1024);
    }
}
