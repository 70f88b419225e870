//! The sandbox as a process that is killed in the middle of its work and started again.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use axum::http::Method;
use sandbox::outgoing;
use serde_json::Value;
use tokio::net::TcpListener;

use crate::shop::Shop;
use crate::stripe::SHOES;
use crate::world::fresh_folder;

struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

async fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0")
        .await
        .unwrap()
        .local_addr()
        .unwrap()
        .port()
}

async fn start(port: u16, folder: &Path, shop: &str) -> Process {
    let child = Command::new(env!("CARGO_BIN_EXE_sandbox"))
        .args([
            "--port",
            &port.to_string(),
            "--data",
            folder.to_str().unwrap(),
            "--shop",
            shop,
        ])
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let process = Process(child);
    for _ in 0..100 {
        if ask(port, Method::GET, "/control/health", "").await.is_some() {
            return process;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the sandbox does not answer");
}

async fn ask(port: u16, method: Method, path: &str, body: &str) -> Option<Value> {
    let headers = [("authorization", "Bearer sk_test_sandbox"), ("idempotency-key", "k1")];
    let address = format!("http://127.0.0.1:{port}{path}");
    let sent = outgoing::send(
        method,
        &address,
        &headers,
        body.as_bytes().to_vec(),
        Duration::from_secs(5),
    );
    serde_json::from_slice(&sent.await.ok()?.body).ok()
}

#[tokio::test]
async fn a_killed_sandbox_remembers_everything_and_still_sends_its_webhooks() {
    let folder = fresh_folder();
    let (port, shop_port) = (free_port().await, free_port().await);
    let shop_origin = format!("http://127.0.0.1:{shop_port}");

    let first = start(port, &folder, &shop_origin).await;
    let session = ask(port, Method::POST, "/stripe/v1/checkout/sessions", SHOES)
        .await
        .unwrap();
    let pay = format!("/control/stripe/sessions/{}/pay", session["id"].as_str().unwrap());
    ask(port, Method::POST, &pay, "").await.unwrap();
    let fault = r#"{"provider":"dhl","kind":"slow"}"#;
    ask(port, Method::POST, "/control/faults", fault).await.unwrap();
    drop(first);
    // Only now somebody listens at the shop.
    let shop = Shop::open_at(TcpListener::bind(("127.0.0.1", shop_port)).await.unwrap());
    let _second = start(port, &folder, &shop_origin).await;
    let repeated = ask(port, Method::POST, "/stripe/v1/checkout/sessions", SHOES)
        .await
        .unwrap();
    let books = ask(port, Method::GET, "/control/books", "").await.unwrap();
    let faults = ask(port, Method::GET, "/control/faults", "").await.unwrap();
    let mail = shop.wait_for_mail(1).await;

    assert_eq!(books["stripe"]["sessions"][0]["status"], "complete");
    assert_eq!(repeated["id"], session["id"], "the idempotency key is remembered");
    assert_eq!(faults["faults"].as_array().unwrap().len(), 1);
    assert_eq!(mail[0].event["data"]["object"]["id"], session["id"]);
    std::fs::remove_dir_all(folder).unwrap();
}
