//! A town: some customers, one staff, the shop and the world, in one thread and in time that only moves when nothing is left to do.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll, Waker},
};

use domain::{Failure, Pepper, Secret, Timestamp, id::OrderId};
use runtime::Clock;
use store::{Credentials, Db, MessageRecord, Orders, People, Sessions};

use crate::{
    bugs::Bug,
    chance::Chance,
    control::{Control, FUNCTION_TIMEOUT_MS, Running, Verdict},
    faults::{Fault, Rates},
    ledgers::Checks,
    people::{Customer, Step},
    plan::Plan,
    shop::{Answer, Ground, PEPPER, Shop, Work},
    storage::{self, Storage, Tables},
    world,
};

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;
const DAY_MS: i64 = 24 * HOUR_MS;
/// From here on nothing goes wrong any more.
const FAULTS_STOP_MS: i64 = 5 * DAY_MS;
/// All timers of an order together are shorter.
const END_MS: i64 = 90 * DAY_MS;
/// A town in which this much happens goes round in circles.
const MOST_WORK: u64 = 400;
/// The moment at which every town begins.
const BEGINS: i64 = 1_795_680_000;

/// Something that happens at a time.
pub(crate) enum Event {
    Wake(usize),
    Deliver(MessageRecord, u32),
    Webhook(Notice),
    Customer(usize),
    Staff(OrderId),
    Calm,
}

/// A webhook on its way.
#[derive(Clone)]
pub(crate) struct Notice {
    pub(crate) event: String,
    pub(crate) body: String,
    pub(crate) is_forged: bool,
    pub(crate) tries: u32,
}

/// Who waits for a piece of work.
pub(crate) enum Origin {
    Customer(usize, Step, String),
    Message(MessageRecord, u32),
    Notice(Notice),
    Tick,
    Staff,
}

struct Task {
    work: Work,
    running: Running,
    ends_at: i64,
    origin: Origin,
}

/// See the head of this file.
pub(crate) struct Town {
    pub(crate) control: Control,
    pub(crate) clock: Clock,
    pub(crate) world: world::Shared,
    pub(crate) checks: Arc<Mutex<Checks>>,
    pub(crate) orders: Orders,
    pub(crate) sessions: Sessions,
    pub(crate) people: People,
    pub(crate) credentials: Credentials,
    pub(crate) customers: Vec<Customer>,
    pub(crate) bug: Option<Bug>,
    pub(crate) looked_at: BTreeSet<OrderId>,
    pub(crate) given_up: Vec<MessageRecord>,
    pub(crate) number: u64,
    pub(crate) table: Db,
    pub(crate) shop: Shop,
    pub(crate) sent: Arc<Mutex<Vec<MessageRecord>>>,
    tasks: Vec<Option<Task>>,
    free: Vec<usize>,
    ready: Vec<usize>,
    /// What will happen, by its time and then in the order in which it was foreseen.
    events: BTreeMap<(i64, u64), Event>,
    pub(crate) last_tick: i64,
    pub(crate) ticking: bool,
    /// What is due first in each partition of the due index.
    pub(crate) dues: BTreeMap<String, Option<i64>>,
    /// Pieces of work so far.
    begun: u64,
    /// How many milliseconds the clock of the waking function is behind.
    pub(crate) wakes_late: i64,
}

/// A future that needs nobody: storage without a watch answers at once.
pub(crate) fn at_once<T>(future: impl Future<Output = T>) -> Option<T> {
    let mut future = std::pin::pin!(future);
    match future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => Some(value),
        Poll::Pending => None,
    }
}

impl Town {
    /// # Errors
    /// When the shop does not open.
    pub(crate) fn found(plan: &Plan, tables: Tables) -> Result<Self, Failure> {
        let mut chance = Chance::new(plan.seed);
        let rates = plan.rates.clone().unwrap_or_else(|| Rates::drawn(&mut chance));
        let clock = Clock::fixed(Timestamp::from_seconds(BEGINS));
        let control = Control::new(chance, Rates::none(), clock.clone());
        control.lock().aim = plan.aim.clone();
        control.lock().places = plan.maps.then(BTreeMap::new);
        if plan.tells {
            control.lock().trace.lines = Some(Vec::new());
        }
        let checks: Arc<Mutex<Checks>> = Arc::default();
        let watch = Arc::new(Storage {
            control: control.clone(),
            checks: Arc::clone(&checks),
            bug: plan.bug,
            counts: plan.counts,
        });
        let sent: Arc<Mutex<Vec<MessageRecord>>> = Arc::default();
        let clients = storage::clients(&tables, &watch, &sent);
        let world = world::Shared::default();
        let http = world.http(&control, plan.bug);
        let ground = Ground {
            clients: &clients,
            http: &http,
            clock: &clock,
            seed: plan.seed,
            believes_forgers: plan.bug == Some(Bug::BelievesForgery),
        };
        let wakers_clock = ground.wakers_clock();
        let wakes_late = clock.now().as_millis().saturating_sub(wakers_clock.now().as_millis());
        let shop = at_once(Shop::open(&ground)).ok_or_else(|| Failure::internal("the shop waits while it opens"))??;
        control.lock().rates = rates;
        let mut town = Self {
            orders: Orders::new(tables.orders.clone()),
            sessions: Sessions::new(tables.sessions.clone()),
            people: People::new(tables.accounts.clone()),
            credentials: Credentials::new(tables.accounts.clone(), Pepper::new(&Secret::new(PEPPER))?),
            table: tables.orders,
            customers: Vec::new(),
            bug: plan.bug,
            looked_at: BTreeSet::new(),
            given_up: Vec::new(),
            number: 0,
            control,
            clock,
            world,
            checks,
            shop,
            sent,
            tasks: Vec::new(),
            free: Vec::new(),
            ready: Vec::new(),
            events: BTreeMap::new(),
            last_tick: 0,
            ticking: false,
            dues: BTreeMap::new(),
            begun: 0,
            wakes_late,
        };
        town.settle(plan.customers);
        Ok(town)
    }

    fn settle(&mut self, customers: usize) {
        for number in 0..customers {
            let customer = Customer::drawn(&mut self.control.lock());
            self.customers.push(customer);
            if self.strikes(Fault::DeletesAccount) {
                self.joins(number);
            }
            let when = self.between(0, 2 * HOUR_MS);
            self.later(when, Event::Customer(number));
        }
        self.plan_outages(FAULTS_STOP_MS);
        self.later(FAULTS_STOP_MS, Event::Calm);
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(crate) fn between(&self, least: i64, most: i64) -> i64 {
        self.control.lock().chance.between(least, most)
    }

    pub(crate) fn strikes(&self, fault: Fault) -> bool {
        self.control.strikes(fault)
    }

    pub(crate) fn broken(&self, invariant: u8, what: impl Into<String>) {
        let what = what.into();
        self.control.note(format_args!("VIOLATION {invariant}: {what}"));
        self.checks
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .broken(invariant, what);
    }

    /// Something that happens in so many milliseconds.
    pub(crate) fn later(&mut self, millis: i64, event: Event) {
        let at = self.now().as_millis().saturating_add(millis.max(0));
        self.number = self.number.saturating_add(1);
        self.events.insert((at, self.number), event);
    }

    /// Lives until nothing is left to happen.
    pub(crate) fn live(&mut self) {
        let end = self.now().as_millis().saturating_add(END_MS);
        loop {
            self.collect();
            if let Some(task) = self.choose() {
                self.go_on(task);
                continue;
            }
            let next = self.events.first_key_value().map(|((at, _), _)| *at);
            let tick = self.next_tick();
            let Some(at) = next.into_iter().chain(tick).min() else {
                break;
            };
            if at > end || self.is_over() || self.is_going_round() {
                break;
            }
            if at > self.now().as_millis() {
                self.clock.set(Timestamp::from_millis(at));
            }
            if tick == Some(at) {
                self.tick();
            } else if let Some((_, event)) = self.events.pop_first() {
                self.happen(event);
            }
        }
    }

    fn is_over(&self) -> bool {
        let is_calm = self.now().as_seconds() > BEGINS.saturating_add(FAULTS_STOP_MS / 1000);
        is_calm
            && self.free.len() == self.tasks.len()
            && self.customers.iter().all(|customer| customer.step == Step::Rest)
            && self.first_due().is_none()
            && self
                .customers
                .iter()
                .all(|customer| customer.order.as_ref().is_none_or(|id| self.is_done(id)))
    }

    /// More work than any number of faults explains. The reckoning says which orders are in it.
    fn is_going_round(&self) -> bool {
        let customers = u64::try_from(self.customers.len()).unwrap_or(u64::MAX);
        self.begun > customers.saturating_mul(MOST_WORK)
    }

    /// One of those that can go on, whichever chance wants.
    fn choose(&mut self) -> Option<usize> {
        match self.ready.len() {
            0 => None,
            1 => self.ready.pop(),
            several => {
                let place = self.control.lock().chance.index(several);
                Some(self.ready.swap_remove(place))
            }
        }
    }

    /// A piece of work begins.
    pub(crate) fn start(&mut self, (name, work): (String, Work), origin: Origin) {
        self.control.note(format_args!("begins: {name}"));
        self.begun = self.begun.saturating_add(1);
        let running = self.control.lock().begin(&name);
        let ends_at = self.now().as_millis().saturating_add(FUNCTION_TIMEOUT_MS);
        let task = Task {
            work,
            running,
            ends_at,
            origin,
        };
        let place = match self.free.pop() {
            Some(place) => place,
            None => {
                self.tasks.push(None);
                self.tasks.len().saturating_sub(1)
            }
        };
        if let Some(slot) = self.tasks.get_mut(place) {
            *slot = Some(task);
        }
        self.ready.push(place);
    }

    fn go_on(&mut self, place: usize) {
        let Some(task) = self.tasks.get_mut(place).and_then(Option::as_mut) else {
            return;
        };
        {
            let mut control = self.control.lock();
            control.running = Some(task.running.clone());
            control.verdict = Verdict::Runs;
        }
        let polled = task.work.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        let verdict = {
            let mut control = self.control.lock();
            if let Some(running) = control.running.take() {
                task.running = running;
            }
            control.verdict
        };
        match (polled, verdict) {
            (Poll::Ready(answer), _) => self.end(place, Some(answer)),
            (Poll::Pending, Verdict::Waits(until)) => {
                let until = until.min(task.ends_at);
                let wait = until.saturating_sub(self.now().as_millis());
                self.later(wait, Event::Wake(place));
            }
            (Poll::Pending, Verdict::Dies) => self.end(place, None),
            (Poll::Pending, Verdict::Runs) => {
                let work = task.running.work.clone();
                self.broken(17, format!("{work} waits for something that will not come"));
                self.end(place, None);
            }
        }
    }

    fn end(&mut self, place: usize, answer: Option<Answer>) {
        let Some(task) = self.tasks.get_mut(place).and_then(Option::take) else {
            return;
        };
        self.free.push(place);
        let Task {
            work, running, origin, ..
        } = task;
        drop(work);
        self.control.note(format_args!("ends: {}", running.work));
        match origin {
            Origin::Message(record, receives) => self.answered(record, receives, answer),
            Origin::Customer(who, step, key) => self.customer_answered(who, step, &key, answer),
            Origin::Notice(notice) => self.notice_answered(notice, answer),
            Origin::Tick => self.ticking = false,
            Origin::Staff => {}
        }
    }

    fn happen(&mut self, event: Event) {
        match event {
            Event::Wake(place) => {
                let now = self.now().as_millis();
                match self.tasks.get(place).and_then(Option::as_ref) {
                    Some(task) if now >= task.ends_at => {
                        self.control.note(format_args!("the time of an instance was up"));
                        self.end(place, None);
                    }
                    Some(_) => self.ready.push(place),
                    None => {}
                }
            }
            Event::Deliver(record, receives) => {
                let work = self.shop.message(record.clone());
                self.start(work, Origin::Message(record, receives.saturating_add(1)));
            }
            Event::Webhook(notice) => self.tell(notice),
            Event::Customer(who) => self.customer_steps(who),
            Event::Staff(order) => self.staff_looks(&order),
            Event::Calm => {
                self.control.note(format_args!("nothing goes wrong any more"));
                let mut control = self.control.lock();
                control.rates.stop();
                control.outages.clear();
            }
        }
    }

    pub(crate) fn request(&mut self, request: axum::http::Request<axum::body::Body>, origin: Origin) {
        let work = self.shop.request(request);
        self.start(work, origin);
    }
}
