//! A Lambda Runtime API, and the function's real binary as a process behind it, as Lambda runs it.

use std::{
    collections::HashMap,
    fs::File,
    net::SocketAddr,
    path::PathBuf,
    process::{Child, Command},
    sync::{Arc, Mutex},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use axum::{
    Router,
    extract::{DefaultBodyLimit, Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde_json::Value;
use tokio::{
    net::TcpListener,
    sync::{mpsc, oneshot},
};

/// How long an invocation may take: the function's own timeout is far below.
const PATIENCE: Duration = Duration::from_secs(30);

/// What became of an invocation.
#[derive(Debug, PartialEq)]
pub(crate) enum Invoked {
    /// The function's response.
    Response(Value),
    /// The function's report that it could not handle the event.
    Error(Value),
}

struct Invocation {
    event: String,
    answer: oneshot::Sender<Invoked>,
}

/// The API that a function polls for events, at a loopback address.
pub(crate) struct RuntimeApi {
    pub(crate) address: SocketAddr,
    queue: mpsc::UnboundedSender<Invocation>,
}

struct Shared {
    waiting: tokio::sync::Mutex<mpsc::UnboundedReceiver<Invocation>>,
    running: Mutex<HashMap<String, oneshot::Sender<Invoked>>>,
    count: Mutex<u64>,
}

impl RuntimeApi {
    pub(crate) async fn start() -> Self {
        let (queue, waiting) = mpsc::unbounded_channel();
        let shared = Arc::new(Shared {
            waiting: tokio::sync::Mutex::new(waiting),
            running: Mutex::default(),
            count: Mutex::default(),
        });
        let routes = Router::new()
            .route("/2018-06-01/runtime/invocation/next", get(next))
            .route("/2018-06-01/runtime/invocation/{id}/response", post(response))
            .route("/2018-06-01/runtime/invocation/{id}/error", post(error))
            .layer(DefaultBodyLimit::disable())
            .with_state(shared);
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("a listener has an address");
        tokio::spawn(axum::serve(listener, routes).into_future());
        Self { address, queue }
    }

    /// Hands an event to the next function that asks for one, and waits for what becomes of it.
    pub(crate) async fn invoke(&self, event: impl Into<String>) -> Invoked {
        let (answer, answered) = oneshot::channel();
        let event = event.into();
        self.queue.send(Invocation { event, answer }).expect("the server runs");
        tokio::time::timeout(PATIENCE, answered)
            .await
            .expect("the function answers in time")
            .expect("the function answers")
    }
}

async fn next(State(shared): State<Arc<Shared>>) -> Response {
    let Some(invocation) = shared.waiting.lock().await.recv().await else {
        return StatusCode::GONE.into_response();
    };
    let id = {
        let mut count = shared.count.lock().expect("no holder panicked");
        *count += 1;
        format!("00000000-0000-4000-8000-{count:012}")
    };
    let running = &shared.running;
    running.lock().expect("no holder panicked").insert(id.clone(), invocation.answer);
    let deadline = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default() + Duration::from_secs(3);
    let headers = [
        ("lambda-runtime-aws-request-id", id),
        ("lambda-runtime-deadline-ms", deadline.as_millis().to_string()),
        (
            "lambda-runtime-invoked-function-arn",
            "arn:aws:lambda:us-east-1:123456789012:function:test".to_owned(),
        ),
        ("content-type", "application/json".to_owned()),
    ];
    (headers, invocation.event).into_response()
}

async fn response(State(shared): State<Arc<Shared>>, Path(id): Path<String>, body: String) -> StatusCode {
    finish(&shared, &id, Invoked::Response(json(&body)))
}

async fn error(State(shared): State<Arc<Shared>>, Path(id): Path<String>, body: String) -> StatusCode {
    finish(&shared, &id, Invoked::Error(json(&body)))
}

fn json(body: &str) -> Value {
    serde_json::from_str(body).expect("the runtime posts JSON")
}

fn finish(shared: &Shared, id: &str, invoked: Invoked) -> StatusCode {
    let answer = shared.running.lock().expect("no holder panicked").remove(id);
    match answer.map(|answer| answer.send(invoked)) {
        Some(Ok(())) => StatusCode::ACCEPTED,
        _ => StatusCode::NOT_FOUND,
    }
}

/// The function's binary as a process; it ends with this value.
pub(crate) struct Process {
    child: Child,
    output: PathBuf,
}

impl Process {
    /// Starts the binary behind a Runtime API, with these variables and no others. `name` names the file that
    /// holds what it prints.
    pub(crate) fn start(name: &str, api: &RuntimeApi, variables: &[(&str, &str)]) -> Self {
        let output = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.log"));
        let file = File::create(&output).expect("the output can be written");
        let child = command(variables)
            .env("AWS_LAMBDA_RUNTIME_API", api.address.to_string())
            .stdout(file.try_clone().expect("a file has a second handle"))
            .stderr(file)
            .spawn()
            .expect("the binary starts");
        Self { child, output }
    }

    /// Ends the process, and gives all that it printed.
    pub(crate) fn stop(mut self) -> String {
        self.end();
        std::fs::read_to_string(&self.output).expect("the output is text")
    }

    fn end(&mut self) {
        // It may have ended by itself: then there is nothing to kill.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.end();
    }
}

/// The binary with what Lambda sets, these variables, and no others.
pub(crate) fn command(variables: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tencent-chat-webhook"));
    command
        .env_clear()
        .env("AWS_LAMBDA_FUNCTION_NAME", "test")
        .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "512")
        .env("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
        .env("AWS_LAMBDA_RUNTIME_API", "127.0.0.1:1")
        .envs(variables.iter().copied());
    command
}
