//! An instance between a function's runtime and cargo-lambda, which is played here by a small server.

use std::collections::BTreeMap;

use axum::extract::Request;
use axum::serve;
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::*;
use crate::process::tests::{pid_after, sleeper};
use crate::process::{Group, keep_running};

const SOON: Duration = Duration::from_secs(20);

/// Plays cargo-lambda: hands out what is queued and keeps what is answered.
struct Scene {
    slot: Arc<Slot>,
    api: String,
    queue: mpsc::UnboundedSender<&'static str>,
    answers: mpsc::UnboundedReceiver<(String, String)>,
    wire: Wire,
    _tasks: JoinSet<()>,
}

async fn scene(limit: Duration) -> Scene {
    let mut tasks = JoinSet::new();
    let (queue, queued) = mpsc::unbounded_channel::<&'static str>();
    let (answered, answers) = mpsc::unbounded_channel();
    let queued = Arc::new(tokio::sync::Mutex::new(queued));
    let upstream = Router::new().fallback(move |request: Request| {
        let (queued, answered) = (Arc::clone(&queued), answered.clone());
        async move {
            let path = request.uri().path().to_owned();
            if path == "/.rt/cart/2018-06-01/runtime/invocation/next" {
                let id = queued.lock().await.recv().await.unwrap();
                return (
                    [
                        ("lambda-runtime-aws-request-id", id),
                        ("lambda-runtime-deadline-ms", "1"),
                    ],
                    "{}",
                )
                    .into_response();
            }
            let body = axum::body::to_bytes(request.into_body(), 10_000).await.unwrap();
            answered
                .send((path, String::from_utf8(body.to_vec()).unwrap()))
                .unwrap();
            StatusCode::OK.into_response()
        }
    });
    let cargo_lambda = start(&mut tasks, upstream).await;
    let function = Function {
        name: "cart".to_owned(),
        memory: 128,
        timeout: limit,
        environment: BTreeMap::new(),
        routes: vec![],
        mappings: vec![],
        schedules: vec![],
        permissions: vec![],
    };
    let slot = Arc::new(Slot::new(&function, 1, &cargo_lambda, Wire::new()));
    let api = start(&mut tasks, router(std::iter::once(Arc::clone(&slot)))).await;
    let api = format!("{api}/cart-1/2018-06-01/runtime");
    let wire = Wire::new();
    Scene {
        slot,
        api,
        queue,
        answers,
        wire,
        _tasks: tasks,
    }
}

async fn start(tasks: &mut JoinSet<()>, router: Router) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = crate::listeners::origin(&listener).unwrap();
    tasks.spawn(async move { serve(listener, router).await.unwrap() });
    origin
}

impl Scene {
    async fn next(&self) -> Answer {
        let address = format!("{}/invocation/next", self.api);
        let next = timeout(SOON, self.wire.get(&address)).await;
        next.expect("something is handed out soon").unwrap()
    }

    async fn answer(&self, id: &str) -> StatusCode {
        let address = format!("{}/invocation/{id}/response", self.api);
        self.wire
            .post(&address, Bytes::from_static(b"done"))
            .await
            .unwrap()
            .status
    }

    async fn heard(&mut self) -> (String, String) {
        timeout(SOON, self.answers.recv()).await.unwrap().unwrap()
    }
}

#[tokio::test]
async fn a_function_sees_a_true_deadline_and_its_answer_goes_up() {
    let mut scene = scene(Duration::from_secs(30)).await;
    scene.queue.send("r1").unwrap();

    let event = scene.next().await;
    let accepted = scene.answer("r1").await;
    let again = scene.answer("r1").await;

    let deadline: i64 = event.headers[DEADLINE].to_str().unwrap().parse().unwrap();
    let left = deadline - Timestamp::now().as_millisecond();
    assert!((25_000..=30_000).contains(&left), "{left}");
    assert_eq!(
        event.headers[ARN],
        "arn:aws:lambda:us-east-1:000000000000:function:cart"
    );
    assert_eq!((accepted.as_u16(), again.as_u16()), (202, 400));
    let (path, body) = scene.heard().await;
    assert!(path.ends_with("/invocation/r1/response"), "{path}");
    assert_eq!(body, "done");
}

#[tokio::test]
async fn the_caller_learns_at_once_that_an_instance_died_with_its_request() {
    let mut scene = scene(Duration::from_secs(30)).await;
    scene.queue.send("r1").unwrap();
    scene.next().await;

    scene.slot.ended("signal: 9 (SIGKILL)");

    let (path, body) = scene.heard().await;
    assert!(path.ends_with("/invocation/r1/error"), "{path}");
    assert!(body.contains("Runtime.ExitError") && body.contains("SIGKILL"), "{body}");
}

#[tokio::test]
async fn a_request_that_came_between_two_lives_goes_to_the_next_one() {
    let scene = scene(Duration::from_secs(30)).await;
    let first = timeout(Duration::from_millis(100), scene.next()).await;
    assert!(first.is_err(), "nothing was queued yet");
    scene.slot.ended("signal: 9 (SIGKILL)");
    scene.queue.send("r1").unwrap();
    sleep(Duration::from_millis(50)).await;

    let second = scene.next().await;

    assert_eq!(second.headers[REQUEST_ID], "r1");
}

#[tokio::test]
async fn a_function_that_takes_too_long_is_killed_and_its_late_answer_is_refused() {
    let mut scene = scene(Duration::from_millis(50)).await;
    let folder = std::env::temp_dir().join(format!("limit-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let (mut tasks, group) = (JoinSet::new(), Group::start().unwrap());
    let handle = keep_running(&mut tasks, group.id(), sleeper(&folder), |_| ());
    pid_after(&handle, 1).await;
    assert!(scene.slot.handle.set(handle.clone()).is_ok());
    scene.queue.send("r1").unwrap();
    scene.next().await;

    let (_, body) = scene.heard().await;

    assert!(body.contains("Sandbox.Timedout"), "{body}");
    assert_eq!(scene.answer("r1").await, 400);
    pid_after(&handle, 2).await;
    group.end().await;
    std::fs::remove_dir_all(folder).unwrap();
}

#[tokio::test]
async fn an_instance_that_ends_twice_without_asking_for_work_is_broken_until_it_asks() {
    let scene = scene(Duration::from_secs(30)).await;

    scene.slot.ended("exit status: 1");
    assert!(!scene.slot.is_broken());
    scene.slot.ended("exit status: 1");
    assert!(scene.slot.is_broken());

    scene.queue.send("r1").unwrap();
    scene.next().await;
    assert!(scene.slot.is_ready() && !scene.slot.is_broken());
}
