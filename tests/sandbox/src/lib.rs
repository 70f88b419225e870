//! The outside world in one process: a store, a payment provider and a carrier, served over real HTTP, faithful to
//! their published interfaces, with books that survive a kill and with faults on demand.
//!
//! Base addresses, below the sandbox's own origin:
//! - AliExpress `{sandbox}/aliexpress` is the gateway base; `/sync` and `/rest/...` lie below it.
//! - Stripe `{sandbox}/stripe`; the API is `/stripe/v1/...`, the hosted page `/stripe/pay/{session}`.
//! - Postmark `{sandbox}/postmark` and Africa's Talking `{sandbox}/africas-talking`; what they took is at `/messages`.
//! - DHL `{sandbox}/dhl` stands for `https://express.api.dhl.com/mydhlapi`.
//! - Rates `{sandbox}/ecb` stands for `https://www.ecb.europa.eu`, `{sandbox}/open-rates` for `https://open.er-api.com`.
//! - `/` is the control page for people, `/control/...` the control API for tests and the demo, `/images/...` the
//!   pictures of the products.
//!
//! Webhooks go to `{shop}/webhooks/stripe`. Time is the system clock plus the seconds in `CLOCK_AHEAD_FILE`.

mod aliexpress;
mod answer;
mod background;
mod books;
mod calls;
mod clock;
mod control;
mod dhl;
mod faults;
mod held;
mod json;
mod messages;
mod money;
pub mod outgoing;
mod rates;
mod server;
mod settings;
mod signing;
mod stripe;

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use axum::Router;
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio::task::JoinHandle;

pub use books::BooksError;
pub use settings::{AliExpressAccount, DhlAccount, MessagesAccount, Settings, SettingsError, StripeAccount};

use books::Books;
use clock::Clock;
use held::HeldCalls;

/// Everything the providers share.
pub(crate) struct World {
    pub(crate) settings: Settings,
    pub(crate) clock: Clock,
    pub(crate) books: Mutex<Books>,
    pub(crate) held: HeldCalls,
    /// Idempotency keys whose first call has not been answered yet.
    pub(crate) keys_in_flight: Mutex<BTreeSet<String>>,
    /// Events that are being sent at this moment.
    pub(crate) events_in_flight: Mutex<BTreeSet<String>>,
    bell: Notify,
}

impl World {
    /// Tells the background work that there may be something to do.
    pub(crate) fn wake(&self) {
        self.bell.notify_one();
    }
}

/// Why the sandbox did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error(transparent)]
    Settings(#[from] SettingsError),
    #[error(transparent)]
    Books(#[from] BooksError),
    #[error("cannot listen")]
    Listen(#[from] std::io::Error),
}

/// A sandbox that runs until it is stopped or dropped.
pub struct Running {
    origin: String,
    tasks: [JoinHandle<()>; 2],
}

impl Running {
    /// The sandbox's own address, without a slash at the end.
    pub fn origin(&self) -> &str {
        &self.origin
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

/// Opens the books, listens on the port of the settings (0 picks a free one) and starts to work.
///
/// # Errors
/// When the books cannot be opened or the port is taken.
pub async fn start(mut settings: Settings) -> Result<Running, StartError> {
    let listener = TcpListener::bind(("127.0.0.1", settings.port)).await?;
    settings.port = listener.local_addr()?.port();
    if settings.origin.is_empty() {
        settings.origin = format!("http://127.0.0.1:{}", settings.port);
    }
    let world = Arc::new(World {
        clock: Clock::new(settings.clock_ahead_file.clone()),
        books: Mutex::new(Books::open(&settings.folder)?),
        held: HeldCalls::default(),
        keys_in_flight: Mutex::default(),
        events_in_flight: Mutex::default(),
        bell: Notify::new(),
        settings,
    });
    let origin = world.settings.origin.clone();
    let router = Router::new()
        .merge(aliexpress::router())
        .merge(stripe::router())
        .merge(dhl::router())
        .merge(rates::router())
        .merge(messages::router())
        .merge(control::router())
        .with_state(Arc::clone(&world));
    let serving = background::start(server::serve(listener, router));
    let working = background::start(work(world));
    Ok(Running {
        origin,
        tasks: [serving, working],
    })
}

/// What happens without anybody asking: time passes for orders, sessions and parcels, and webhooks go out.
async fn work(world: Arc<World>) {
    loop {
        let passed = world.turn(None, |turn| {
            aliexpress::pass_time(turn);
            stripe::pass_time(turn);
            dhl::pass_time(turn);
        });
        if passed.is_ok() {
            stripe::send_due_events(&world);
        }
        drop(tokio::time::timeout(std::time::Duration::from_millis(250), world.bell.notified()).await);
    }
}
