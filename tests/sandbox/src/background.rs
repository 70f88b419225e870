//! The one place where work is started that nobody waits for at once.

use std::future::Future;

use tokio::task::JoinHandle;

#[expect(
    clippy::disallowed_methods,
    reason = "a server of its own has work between its calls; unlike a function it is never frozen"
)]
pub(crate) fn start<T: Send + 'static>(work: impl Future<Output = T> + Send + 'static) -> JoinHandle<T> {
    tokio::spawn(work)
}
