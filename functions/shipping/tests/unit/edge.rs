//! The routes of shipping as the bench and a customer meet them.

use super::*;

const HOME: &str = include_str!("../../../../events/storefront/home-page.json");

impl Stage {
    async fn plays(&self, method: &str, path: &str, token: &str, key: Option<&str>) -> Value {
        let mut event: Value = serde_json::from_str(HOME).unwrap();
        event["rawPath"] = json!(path);
        event["requestContext"]["http"]["method"] = json!(method);
        event["headers"]["accept"] = json!("application/json");
        event["headers"]["origin"] = json!("https://shop.example");
        event["cookies"] = json!([format!("__Host-sid={token}")]);
        if let Some(key) = key {
            event["headers"]["idempotency-key"] = json!(key);
            event["headers"]["content-type"] = json!("application/json");
            event["headers"]["content-length"] = json!("2");
            event["body"] = json!("{}");
        }
        runtime::answer_http(crate::router(self.deps.clone()), &event.to_string())
            .await
            .unwrap()
    }

    async fn hands_over(&self, key: &str, token: &str) -> Value {
        self.plays("POST", &format!("/shipments/{}/handover", shp()), token, Some(key))
            .await
    }

    async fn reads(&self, kind: &str, token: &str) -> (i64, String) {
        let answer = self
            .plays("GET", &format!("/shipments/{}/documents/{kind}", shp()), token, None)
            .await;
        let place = answer["headers"]["location"].as_str().unwrap_or_default().to_owned();
        (answer["statusCode"].as_i64().unwrap(), place)
    }

    async fn labelled() -> Self {
        let stage = Self::with(Manner::Books).await;
        stage.asked(Task::BuyLabel).await;
        stage
    }
}

#[tokio::test]
async fn a_hand_over_that_is_repeated_is_answered_as_the_first_time() {
    let stage = Stage::labelled().await;

    let first = stage.hands_over("k-1", "warehouse").await;
    let again = stage.hands_over("k-1", "warehouse").await;
    let another = stage.hands_over("k-2", "warehouse").await;

    assert_eq!(first["statusCode"], 200, "{first}");
    assert_eq!(
        (&again["statusCode"], &again["body"]),
        (&first["statusCode"], &first["body"])
    );
    assert_eq!(another["statusCode"], 409);
    assert_eq!(stage.state().await, State::InTransit);
    let Queues::Memory(sent) = &stage.deps.queues else {
        panic!("the queues are in memory")
    };
    let tasks: Vec<_> = sent.lock().unwrap().iter().map(|message| message.task).collect();
    assert_eq!(tasks, [Task::AskCarrier]);
}

#[tokio::test]
async fn only_the_warehouse_hands_over() {
    let stage = Stage::labelled().await;

    for token in ["owner", "support"] {
        assert_eq!(stage.hands_over("k-1", token).await["statusCode"], 403, "{token}");
    }

    assert_eq!(stage.state().await, State::Labelled);
}

#[tokio::test]
async fn a_parcel_without_a_label_is_not_handed_over() {
    let stage = Stage::with(Manner::Books).await;

    assert_eq!(stage.hands_over("k-1", "warehouse").await["statusCode"], 409);

    assert_eq!(stage.state().await, State::Packed);
}

#[tokio::test]
async fn the_customer_reads_their_invoice_and_nobody_elses() {
    let stage = Stage::labelled().await;

    let (status, place) = stage.reads("invoice", "owner").await;
    assert_eq!((status, place.contains("/invoice-2.pdf")), (303, true), "{place}");
    assert_eq!(stage.reads("invoice", "stranger").await.0, 404);
    assert_eq!(stage.reads("invoice", "support").await.0, 403);
    assert_eq!(stage.reads("label", "owner").await.0, 404);
    assert_eq!(stage.reads("label", "warehouse").await.0, 303);
}

#[tokio::test]
async fn the_bench_sees_the_parcel_and_its_papers() {
    let stage = Stage::labelled().await;

    let answer = stage
        .plays("GET", &format!("/shipments/{}", shp()), "warehouse", None)
        .await;

    let parcel: Value = serde_json::from_str(answer["body"].as_str().unwrap()).unwrap();
    assert_eq!((&parcel["status"], &parcel["pieces"]), (&json!("labelled"), &json!(3)));
    assert_eq!(parcel["documents"].as_array().unwrap().len(), 3);
    assert_eq!(parcel["can_be_handed_over"], true);
}

#[tokio::test]
async fn a_device_of_the_bench_sees_prints_and_hands_over() {
    let stage = Stage::labelled().await;

    let parcel = stage
        .plays("GET", &format!("/shipments/{}", shp()), "device", None)
        .await;
    assert_eq!(parcel["statusCode"], 200, "{parcel}");
    assert_eq!(stage.reads("label", "device").await.0, 303);
    assert_eq!(stage.hands_over("k-1", "device").await["statusCode"], 200);

    assert_eq!(stage.state().await, State::InTransit);
}
