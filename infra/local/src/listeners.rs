//! Which port each part listens on: fixed ones for a person, free ones for tests.

use std::time::Duration;

use anyhow::{Context, bail};
use tokio::net::TcpListener;
use tokio::time::{Instant, sleep};

/// How ports are chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ports {
    /// `base` is the shop, the next ones the other parts; cargo-lambda is at `base + 1000`,
    /// so that with base 8000 a plain `cargo lambda invoke NAME` finds it.
    Fixed(u16),
    /// Whatever is free.
    Free,
}

/// Our own listeners, bound, and the ports that the child processes are to bind.
pub(crate) struct Listeners {
    pub gateway: TcpListener,
    pub control: TcpListener,
    pub dynamodb: TcpListener,
    pub sqs: TcpListener,
    pub s3: TcpListener,
    pub runtime_api: TcpListener,
    pub sandbox: u16,
    pub cargo_lambda: u16,
}

impl Listeners {
    pub(crate) async fn bind(ports: Ports) -> anyhow::Result<Self> {
        let offset = |step: u16| match ports {
            Ports::Fixed(base) => base.checked_add(step).context("the port is too high"),
            Ports::Free => Ok(0),
        };
        Ok(Self {
            gateway: listen(offset(0)?).await?,
            sandbox: port_for_child(offset(1)?).await?,
            control: listen(offset(2)?).await?,
            dynamodb: listen(offset(3)?).await?,
            sqs: listen(offset(4)?).await?,
            s3: listen(offset(5)?).await?,
            runtime_api: listen(offset(6)?).await?,
            cargo_lambda: port_for_child(offset(1000)?).await?,
        })
    }
}

/// `http://127.0.0.1:port` of a bound listener.
pub(crate) fn origin(listener: &TcpListener) -> anyhow::Result<String> {
    Ok(origin_at(listener.local_addr()?.port()))
}

pub(crate) fn origin_at(port: u16) -> String {
    format!("http://127.0.0.1:{port}")
}

/// Waits a little: after a killed stack its children need a moment to let their ports go.
async fn listen(port: u16) -> anyhow::Result<TcpListener> {
    let patience = Instant::now() + Duration::from_secs(3);
    loop {
        match TcpListener::bind(("127.0.0.1", port)).await {
            Ok(listener) => return Ok(listener),
            Err(_) if Instant::now() < patience => sleep(Duration::from_millis(100)).await,
            Err(error) => {
                bail!("port {port} is taken ({error}); is the shop running already? `--port N` uses others")
            }
        }
    }
}

async fn port_for_child(port: u16) -> anyhow::Result<u16> {
    Ok(listen(port).await?.local_addr()?.port())
}
