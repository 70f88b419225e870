//! A shop in memory with one order under way, and a payment provider that answers as a test says.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use domain::{
    Currency, Failure, Money, Settings, Timestamp,
    address::{Address, AddressInput, Country},
    id::{CustomerId, OrderId, PaymentId, QuoteId, RefundId, RootId},
    landed_cost::{Freight, Mode, Rules, Speed, Want, WantedLine, price},
    lifecycle::Task,
    order::{Actor, Choices, Draft, Order, Placing, Reported},
    product::VariantRef,
    quote::{Heading, Quote},
};
use providers::{
    Http, Loss, Request, Response,
    payments::{Payments, Webhooks},
};
use runtime::Clock;
use store::{Db, Inbox, Memory, Orders, Queues, Stored};

use crate::{Deps, commit::commit};

const ULID: &str = "01JDB7M3N8Q4R5S6T7V8W9X0YZ";

type Answer = Arc<dyn Fn() -> Result<Response, Loss> + Send + Sync>;

/// A call and the idempotency key it came with.
type Asked = (String, Option<String>);

/// The payment provider: what it answers where, and what it was asked.
#[derive(Clone, Default)]
pub(crate) struct World {
    answers: Arc<Mutex<BTreeMap<String, Answer>>>,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl World {
    pub(crate) fn answers(&self, method: &str, path: &str, status: u16, body: String) {
        self.sets(
            format!("{method} {path}"),
            Arc::new(move || Ok(Response::new(status, body.clone()))),
        );
    }

    pub(crate) fn loses(&self, method: &str, path: &str, loss: fn() -> Loss) {
        self.sets(format!("{method} {path}"), Arc::new(move || Err(loss())));
    }

    /// Nothing is answered any more.
    pub(crate) fn fails(&self, loss: fn() -> Loss) {
        self.answers.lock().unwrap().clear();
        self.sets(String::new(), Arc::new(move || Err(loss())));
    }

    fn sets(&self, call: String, answer: Answer) {
        self.answers.lock().unwrap().insert(call, answer);
    }

    pub(crate) fn calls(&self) -> Vec<String> {
        self.asked
            .lock()
            .unwrap()
            .iter()
            .map(|(call, _)| call.clone())
            .collect()
    }

    pub(crate) fn count(&self, call: &str) -> usize {
        self.calls().iter().filter(|asked| *asked == call).count()
    }

    /// The idempotency keys that came with calls.
    pub(crate) fn keys(&self) -> Vec<String> {
        self.asked
            .lock()
            .unwrap()
            .iter()
            .filter_map(|(_, key)| key.clone())
            .collect()
    }

    fn http(&self) -> Http {
        let world = self.clone();
        Http::scripted(move |request| world.answer(request))
    }

    fn answer(&self, request: &Request) -> Result<Response, Loss> {
        let call = format!("{} {}", request.method, request.url.path());
        let key = request
            .headers
            .get("idempotency-key")
            .map(|key| key.to_str().unwrap().to_owned());
        self.asked.lock().unwrap().push((call.clone(), key));
        let answers = self.answers.lock().unwrap();
        let answer = answers
            .get(&call)
            .or_else(|| answers.get(""))
            .unwrap_or_else(|| panic!("nobody answers {call}"));
        answer()
    }
}

/// The order and everything around it.
pub(crate) struct Shop {
    pub(crate) deps: Deps,
    pub(crate) world: World,
    pub(crate) clock: Clock,
    pub(crate) payment: PaymentId,
}

impl Shop {
    /// An order whose payment page is open at the provider as `cs_1`.
    pub(crate) async fn with_payment() -> Self {
        let shop = Self::with_lost_start().await;
        shop.act(|draft| draft.note_payment_page(&shop.payment, "cs_1", "https://pay.example/cs_1"))
            .await;
        shop
    }

    /// An order whose payment was started, but nobody knows whether that reached the provider.
    pub(crate) async fn with_lost_start() -> Self {
        let world = World::default();
        let clock = Clock::fixed("2026-11-23T09:00:00Z".parse().unwrap());
        let db = Db::Memory(Memory::default());
        let mut stripe = Settings::new([
            ("STRIPE_BASE_URL".into(), "https://stripe.example".into()),
            ("STRIPE_SECRET_KEY".into(), "sk_test".into()),
        ]);
        let deps = Deps {
            orders: Orders::new(db.clone()),
            inbox: Inbox::new(db),
            queues: Queues::Memory(Arc::default()),
            payments: Payments::read(&mut stripe),
            webhooks: Webhooks::read(&mut Settings::new([])),
            http: world.http(),
            clock: clock.clone(),
        };
        let order = placed(clock.now());
        let payment = PaymentId::of(&order.order().id, 1);
        deps.orders.commit(order.finish(), clock.now()).await.map(drop).unwrap();
        let shop = Self {
            deps,
            world,
            clock,
            payment,
        };
        shop.start().await;
        shop
    }

    /// A paid order all of whose money is to go back.
    pub(crate) async fn with_refund() -> (Self, RefundId) {
        let shop = Self::with_payment().await;
        let total = shop.order().await.total;
        shop.cancel().await;
        shop.act(|draft| draft.settle(&shop.payment, &Reported::Paid(total)))
            .await;
        shop.world
            .answers("GET", "/v1/checkout/sessions/cs_1", 200, paid(&shop.order().await));
        let refund = shop.order().await.refunds[0].id.clone();
        (shop, refund)
    }

    async fn start(&self) -> PaymentId {
        let expires_at = self.clock.now().plus(Duration::from_secs(2 * 3600));
        self.act(|draft| draft.start_payment("stripe".parse().unwrap(), expires_at))
            .await
    }

    /// A second payment with its page; what its start sent is forgotten.
    pub(crate) async fn start_another(&self, reference: &str) -> PaymentId {
        let id = self.start().await;
        self.act(|draft| draft.note_payment_page(&id, reference, "https://pay.example/2"))
            .await;
        self.messages().lock().unwrap().clear();
        id
    }

    pub(crate) async fn cancel(&self) {
        self.act(Draft::cancel).await;
    }

    async fn act<T>(&self, decide: impl Fn(&mut Draft) -> Result<T, Failure>) -> T {
        let (result, _) = commit(&self.deps, self.order().await, Actor::Customer, decide)
            .await
            .unwrap();
        result
    }

    pub(crate) async fn order(&self) -> Order {
        self.deps.orders.load(&self.payment.order()).await.unwrap()
    }

    fn messages(&self) -> &Mutex<Vec<store::MessageRecord>> {
        match &self.deps.queues {
            Queues::Memory(list) => list,
            Queues::Sqs { .. } | Queues::Watched(..) => panic!("a queue of this process"),
        }
    }

    pub(crate) fn sent(&self) -> Vec<Task> {
        self.messages()
            .lock()
            .unwrap()
            .iter()
            .map(|message| message.task)
            .collect()
    }

    /// Stores a webhook as the function that receives them does.
    pub(crate) async fn webhook(&self, body: &str) -> String {
        let now = self.clock.now();
        let event: serde_json::Value = serde_json::from_str(body).unwrap();
        let id = event["id"].as_str().unwrap_or("unreadable").to_owned();
        match self
            .deps
            .inbox
            .store("stripe", &id, body, now, now.plus(Duration::from_secs(60)))
            .await
            .unwrap()
        {
            Stored::New(key) | Stored::Known(key) => key,
        }
    }
}

fn placed(now: Timestamp) -> Draft {
    let customer = CustomerId::from_ulid(ULID).unwrap();
    let variant = VariantRef {
        store: "aliexpress".parse().unwrap(),
        product: "1005".into(),
        variant: "12|".into(),
    };
    let want = Want {
        lines: vec![WantedLine::new(
            variant,
            "Running shoes",
            1,
            Money::new(4_000, Currency::USD),
        )],
        destination: Country::KE,
        export_from: Country::US,
        charge: Currency::KES,
        charge_unit: 1,
        freight: Freight::Tariff("dhl".parse().unwrap(), Speed::Economy),
        mode: Mode::Air,
        payment: Some("stripe".parse().unwrap()),
    };
    let heading = Heading {
        id: QuoteId::from_ulid(ULID).unwrap(),
        customer: customer.clone(),
        cart_fingerprint: "f".into(),
        made_at: now,
    };
    let cost = price(&Rules::shipped().unwrap(), &want, now).unwrap();
    let quote = Quote::promise(heading, want, cost).unwrap();
    let destination = AddressInput {
        name: "Asha Mwangi".into(),
        phone: "+254712345678".into(),
        line1: "Ngong Road 44".into(),
        city: "Nairobi".into(),
        country: "KE".into(),
        ..AddressInput::default()
    };
    let destination = Address::try_from(destination).unwrap();
    Draft::place(
        &quote,
        Placing {
            id: OrderId::from_ulid(ULID).unwrap(),
            customer,
            destination,
            choices: Choices::default(),
        },
        now,
    )
    .unwrap()
}

/// A session as Stripe shows it.
pub(crate) fn session(payment: &PaymentId, status: &str, payment_status: &str, amount: i64) -> String {
    serde_json::json!({
        "id": "cs_1", "url": null, "status": status, "payment_status": payment_status, "amount_total": amount, "currency": "kes",
        "client_reference_id": payment.as_str(), "expires_at": 1_795_430_000, "payment_intent": { "id": "pi_1", "status": "succeeded" },
        "metadata": { "payment_id": payment.as_str() }
    })
    .to_string()
}

/// The session of the order's first payment, paid in full.
pub(crate) fn paid(order: &Order) -> String {
    session(&order.payments[0].id, "complete", "paid", order.total.amount())
}

/// A list of one session.
pub(crate) fn list(session: &str) -> String {
    format!(r#"{{"data":[{session}],"has_more":false}}"#)
}

/// A webhook that says a session was completed.
pub(crate) fn event(id: &str, payment: &PaymentId) -> String {
    serde_json::json!({
        "id": id, "type": "checkout.session.completed",
        "data": { "object": { "id": "cs_1", "client_reference_id": payment.as_str(), "payment_status": "paid" } }
    })
    .to_string()
}

/// The order's first refund as Stripe shows it.
pub(crate) fn refund_answer(order: &Order, status: &str) -> String {
    let refund = &order.refunds[0];
    serde_json::json!({
        "id": "re_1", "amount": refund.amount.amount(), "currency": "kes", "status": status, "failure_reason": null,
        "metadata": { "refund_id": refund.id.as_str(), "attempt": refund.attempt.to_string() }
    })
    .to_string()
}
