//! The AWS SDK against the embedded tables, queues and files, with the project's own template.

use std::collections::BTreeMap;
use std::time::Duration;

use aws_credential_types::Credentials;
use aws_sdk_dynamodb::types::AttributeValue;
use aws_sdk_s3::presigning::PresigningConfig;
use aws_sdk_s3::primitives::ByteStream;
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method};
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::queues::Queues;
use crate::wire::Wire;
use template::{Parameters, Surroundings, Template};

const SHOP: &str = "http://shop.test";

struct Scene {
    folder: std::path::PathBuf,
    template: Template,
    tasks: JoinSet<()>,
}

impl Scene {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let root = crate::stack::project();
        let addresses = [("gateway", SHOP), ("sandbox", "http://box.test")];
        let overrides = BTreeMap::from([("QueueVisibilitySeconds".to_owned(), "0".to_owned())]);
        let file = root.join("infra/local/parameters.toml");
        let parameters = Parameters::read(&file, &addresses, &overrides).unwrap();
        let around = Surroundings { sqs: String::new() };
        let template = Template::read(&root.join("infra/template.yaml"), &parameters, &around).unwrap();
        let tasks = JoinSet::new();
        Self {
            folder,
            template,
            tasks,
        }
    }
}

impl Drop for Scene {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.folder).ok();
    }
}

async fn listen() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = crate::listeners::origin(&listener).unwrap();
    (listener, origin)
}

/// The settings every client of the SDK shares here.
macro_rules! config {
    ($sdk:ident, $origin:expr) => {
        $sdk::Config::builder()
            .behavior_version($sdk::config::BehaviorVersion::latest())
            .region($sdk::config::Region::new(crate::REGION))
            .credentials_provider(Credentials::new(crate::KEY, crate::KEY, None, None, "test"))
            .http_client(aws_smithy_http_client::Builder::new().build_http())
            .endpoint_url($origin)
            .build()
    };
}

fn text(value: &str) -> AttributeValue {
    AttributeValue::S(value.to_owned())
}

async fn tables(scene: &mut Scene) -> aws_sdk_dynamodb::Client {
    let (listener, origin) = listen().await;
    let file = scene.folder.join("tables.sqlite");
    crate::dynamodb::start(&mut scene.tasks, listener, &file, &scene.template.tables).unwrap();
    aws_sdk_dynamodb::Client::from_conf(config!(aws_sdk_dynamodb, origin))
}

#[tokio::test]
async fn an_item_is_put_once_and_found_through_the_due_index() {
    let mut scene = Scene::new("tables");
    let client = tables(&mut scene).await;
    let put = || {
        client
            .put_item()
            .table_name("OrdersTable")
            .item("pk", text("O#1"))
            .item("sk", text("A"))
            .item("due_pk", text("D#0"))
            .item("due_sk", text("2026-11-23T10:00:00Z#1"))
            .condition_expression("attribute_not_exists(pk)")
    };
    put().send().await.unwrap();

    let again = put().send().await.unwrap_err().into_service_error();
    let due = client.query().table_name("OrdersTable").index_name("due");
    let due = due.key_condition_expression("due_pk = :d AND due_sk < :now");
    let due = due.expression_attribute_values(":d", text("D#0"));
    let found = due
        .expression_attribute_values(":now", text("2026-11-24"))
        .send()
        .await
        .unwrap();

    assert!(again.is_conditional_check_failed_exception(), "{again:?}");
    assert_eq!(found.items().len(), 1);
    assert_eq!(found.items()[0]["pk"], text("O#1"));
}

#[tokio::test]
async fn tables_keep_their_items_over_a_restart() {
    let mut scene = Scene::new("restart");
    let client = tables(&mut scene).await;
    let item = client
        .put_item()
        .table_name("SessionsTable")
        .item("pk", text("S#1"))
        .item("sk", text("A"));
    item.send().await.unwrap();
    scene.tasks.shutdown().await;

    let client = tables(&mut scene).await;
    let key = client
        .get_item()
        .table_name("SessionsTable")
        .key("pk", text("S#1"))
        .key("sk", text("A"));

    assert!(key.send().await.unwrap().item.is_some());
}

#[tokio::test]
async fn a_table_that_the_template_has_changed_asks_for_a_reset() {
    let mut scene = Scene::new("changed");
    tables(&mut scene).await;
    scene.tasks.shutdown().await;
    let orders = scene
        .template
        .tables
        .iter_mut()
        .find(|table| table.name == "OrdersTable")
        .unwrap();
    orders.definition["GlobalSecondaryIndexes"]
        .as_array_mut()
        .unwrap()
        .pop();

    let (listener, _) = listen().await;
    let file = scene.folder.join("tables.sqlite");
    let error = crate::dynamodb::start(&mut scene.tasks, listener, &file, &scene.template.tables).unwrap_err();

    assert!(format!("{error:#}").contains("reset"), "{error:#}");
}

#[tokio::test]
async fn a_message_that_fails_five_times_is_a_dead_letter() {
    let mut scene = Scene::new("queues");
    let (listener, origin) = listen().await;
    let queues = Queues::start(&mut scene.tasks, listener, &scene.template.queues)
        .await
        .unwrap();
    let client = aws_sdk_sqs::Client::from_conf(config!(aws_sdk_sqs, origin.clone()));
    let address = format!("{origin}/{}/shipping-queue", crate::ACCOUNT);
    client
        .send_message()
        .queue_url(&address)
        .message_body("hello")
        .send()
        .await
        .unwrap();

    let mut tries = 0;
    let end = Instant::now() + Duration::from_secs(20);
    while tries < 10 && queues.depth("shipping-dead-letters").await.unwrap().0 == 0 {
        assert!(Instant::now() < end, "it is no dead letter after {tries} tries");
        let received = client.receive_message().queue_url(&address).send().await.unwrap();
        tries += received.messages().len();
        tokio::time::sleep(Duration::from_millis(20)).await;
    }

    assert_eq!(tries, 5);
    let dead = queues.receive("shipping-dead-letters", 10, 0).await.unwrap();
    assert_eq!(dead[0].body.as_deref(), Some("hello"));
}

#[tokio::test]
async fn only_as_many_messages_are_lost_as_were_asked_for() {
    let mut scene = Scene::new("lost");
    let (listener, _) = listen().await;
    let queues = Queues::start(&mut scene.tasks, listener, &scene.template.queues)
        .await
        .unwrap();

    queues.lose_next("tracking-queue", 2).unwrap();

    let lost: Vec<bool> = (0..3).map(|_| queues.is_next_lost("tracking-queue")).collect();
    assert_eq!(lost, [true, true, false]);
    assert!(!queues.is_next_lost("shipping-queue"));
    assert!(queues.lose_next("no-queue", 1).is_err());
}

#[tokio::test]
async fn the_shops_pages_may_put_a_file_with_a_signed_address_and_no_one_else_may() {
    let mut scene = Scene::new("files");
    let (listener, origin) = listen().await;
    let folder = scene.folder.join("files");
    crate::s3::start(&mut scene.tasks, listener, &folder, &scene.template).unwrap();
    let client = aws_sdk_s3::Client::from_conf(config!(aws_sdk_s3, &origin));
    let signing = PresigningConfig::expires_in(Duration::from_secs(60)).unwrap();
    let put = client
        .put_object()
        .bucket("files-bucket")
        .key("photos/1.png")
        .content_length(3);
    let signed = put.presigned(signing).await.unwrap();
    let wire = Wire::new();
    let mut headers = HeaderMap::new();
    headers.insert("origin", HeaderValue::from_static(SHOP));
    let send = async |address: String| {
        let sent = wire.send(Method::PUT, &address, &headers, Bytes::from_static(b"png"));
        sent.await.unwrap()
    };

    let accepted = send(signed.uri().to_owned()).await;
    let unsigned = send(format!("{origin}/files-bucket/photos/2.png")).await;
    let forged = send(
        signed
            .uri()
            .replace("photos%2F1", "photos%2F3")
            .replace("photos/1", "photos/3"),
    )
    .await;

    assert_eq!(accepted.status, 200);
    assert_eq!(accepted.headers["access-control-allow-origin"], SHOP);
    assert_eq!((unsigned.status.as_u16(), forged.status.as_u16()), (403, 403));
    let stored = client
        .get_object()
        .bucket("files-bucket")
        .key("photos/1.png")
        .send()
        .await
        .unwrap();
    let stored: ByteStream = stored.body;
    assert_eq!(stored.collect().await.unwrap().into_bytes().as_ref(), b"png");
}
