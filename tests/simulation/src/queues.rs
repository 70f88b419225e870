//! Queues and ticks: what was sent is delivered, sometimes late, twice or never; what is overdue is woken by the minute.

use std::{sync::PoisonError, time::Duration};

use domain::{Timestamp, id::OrderId};
use runtime::{Tick, judge};
use store::{MessageRecord, Query, Range, as_text};

use crate::{
    faults::Fault,
    people::{NAME, PHONE},
    shop::Answer,
    town::{Event, Origin, Town, at_once},
};

const MINUTE_MS: i64 = 60_000;
/// The waking function runs every minute; here it comes late, which saves looks that find little, and nothing may depend on it.
const TICK_MS: i64 = 10 * MINUTE_MS;
const HOUR_MS: i64 = 60 * MINUTE_MS;
/// Six times the timeout of a function (infra/template.yaml).
const VISIBILITY_MS: i64 = 180_000;
/// `maxReceiveCount` of every queue.
const MOST_RECEIVES: u32 = 5;

impl Town {
    /// What was sent goes into the queues, what the payment provider has to tell goes out, what changed is looked at.
    pub(crate) fn collect(&mut self) {
        let sent = std::mem::take(&mut *self.sent.lock().unwrap_or_else(PoisonError::into_inner));
        for record in sent {
            let words = format!("{record:?}");
            if words.contains(NAME) || words.contains(PHONE) {
                self.broken(32, format!("a message tells of a person: {words}"));
            }
            let copies = if self.strikes(Fault::RepeatMessage) {
                self.between(2, 5)
            } else {
                1
            };
            for _ in 0..copies {
                let most = if self.strikes(Fault::LateMessage) {
                    15 * MINUTE_MS
                } else {
                    2_000
                };
                let when = self.between(20, most);
                self.later(when, Event::Deliver(record.clone(), 0));
            }
        }
        self.collect_events();
        let changed = std::mem::take(&mut self.checks.lock().unwrap_or_else(PoisonError::into_inner).changed);
        for id in changed {
            if let Ok(id) = id.parse::<OrderId>()
                && self.looked_at.insert(id.clone())
            {
                let when = self.between(10 * MINUTE_MS, 2 * HOUR_MS);
                self.later(when, Event::Staff(id));
            }
        }
    }

    pub(crate) fn answered(&mut self, record: MessageRecord, receives: u32, answer: Option<Answer>) {
        let is_done = match answer {
            Some(Answer::Work(Ok(()))) => true,
            Some(Answer::Work(Err(failure))) => {
                let words: String = format!("{failure:?}").chars().take(200).collect();
                self.control.note(format_args!("a message failed: {words}"));
                judge(&failure) == runtime::Verdict::Acknowledge
            }
            Some(Answer::Http { .. }) | None => false,
        };
        if is_done {
            return;
        }
        if receives >= MOST_RECEIVES {
            self.given_up.push(record);
        } else {
            self.later(VISIBILITY_MS, Event::Deliver(record, receives));
        }
    }

    pub(crate) fn tick(&mut self) {
        self.last_tick = self.now().as_millis();
        self.ticking = true;
        let tick = Tick {
            planned_at: self.now(),
            time_to_start: Duration::from_secs(25),
        };
        let work = self.shop.tick(tick);
        self.start(work, Origin::Tick);
    }

    /// The next tick at which something will be overdue; ticks in between would find nothing.
    pub(crate) fn next_tick(&mut self) -> Option<i64> {
        if self.ticking {
            return None;
        }
        self.look_at_dues();
        let due = self.first_due()?.saturating_add(self.wakes_late);
        let tick = |at: i64| at.div_euclid(TICK_MS).saturating_add(1).saturating_mul(TICK_MS);
        Some(tick(due.max(self.now().as_millis()).max(self.last_tick)))
    }

    pub(crate) fn first_due(&self) -> Option<i64> {
        self.dues.values().copied().flatten().min()
    }

    fn look_at_dues(&mut self) {
        let changed = std::mem::take(&mut self.checks.lock().unwrap_or_else(PoisonError::into_inner).dues);
        for partition in changed {
            let first = self.first_in(&partition);
            self.dues.insert(partition, first);
        }
    }

    fn first_in(&self, partition: &str) -> Option<i64> {
        let query = Query {
            index: Some("due"),
            limit: Some(1),
            ..Query::of(partition, Range::All)
        };
        let page = at_once(self.table.query(query))?.ok()?;
        let sort_key = as_text(page.items.first()?, "due_sk")?;
        let at: Timestamp = sort_key.split('#').next()?.parse().ok()?;
        Some(at.as_millis())
    }
}
