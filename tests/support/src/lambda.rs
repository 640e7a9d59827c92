//! A Lambda service for one instance at a time: a Runtime API on a loopback port, and the function's process.

use std::{
    ffi::OsStr,
    io::{self, Read},
    process::{Child, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    thread::JoinHandle,
    time::{Duration, Instant},
};

use axum::{
    Router,
    body::Bytes,
    extract::{DefaultBodyLimit, State},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde_json::Value;
use tencent_chat_webhook::time::now_millis;
use tokio::{
    net::TcpListener,
    sync::{
        Mutex,
        mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
    },
    task::AbortHandle,
    time::timeout,
};

/// Longer than any start or late reply may take.
const ANSWER_TIMEOUT: Duration = Duration::from_mins(1);

/// The function's deployed timeout.
const TIMEOUT: Duration = Duration::from_secs(3);

/// The result of an invocation.
#[derive(Debug)]
pub struct Invoked {
    /// How long it took, by the Runtime API's clock.
    pub took: Duration,
    /// The function's response, or the error that it reported.
    pub result: Result<Value, Value>,
}

/// A response and its time; whether it is an error.
type Reply = (Instant, bool, Bytes);

/// The state that the Runtime API's handlers share.
struct Api {
    /// Signals that the function asked for an event.
    asked: UnboundedSender<Instant>,
    /// Events, each with the function's time limit for it.
    events: Mutex<UnboundedReceiver<(Vec<u8>, Duration)>>,
    replies: UnboundedSender<Reply>,
    count: AtomicU64,
}

/// A started function. It is stopped when this value is dropped.
#[derive(Debug)]
pub struct Instance {
    /// From the start of the process to its first request for an event.
    pub init: Duration,
    /// The time limit that the function gets with each event.
    pub timeout: Duration,
    child: Child,
    printed: Option<JoinHandle<String>>,
    asked: UnboundedReceiver<Instant>,
    events: UnboundedSender<(Vec<u8>, Duration)>,
    replies: UnboundedReceiver<Reply>,
    server: AbortHandle,
    idle: bool,
}

/// A program with the variables that Lambda sets, these variables, and no others.
pub fn command<'a>(
    program: impl AsRef<OsStr>,
    variables: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> Command {
    let mut command = Command::new(program);
    command
        .env_clear()
        .env("AWS_LAMBDA_RUNTIME_API", "127.0.0.1:1")
        .env("AWS_LAMBDA_FUNCTION_NAME", "test")
        .env("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
        .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "512")
        .env("AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/test")
        .env("AWS_LAMBDA_LOG_STREAM_NAME", "2026/11/21/[1]5e1ff0a2")
        .envs(variables);
    command
}

impl Instance {
    /// Starts a [`command`], and waits until it asks for its first event.
    pub async fn start(command: &mut Command) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port is free");
        let address = listener.local_addr().expect("a listener has an address");
        let (asked_sender, asked) = unbounded_channel();
        let (events, events_receiver) = unbounded_channel();
        let (replies_sender, replies) = unbounded_channel();
        let api = Api {
            asked: asked_sender,
            events: Mutex::new(events_receiver),
            replies: replies_sender,
            count: AtomicU64::default(),
        };
        let server = tokio::spawn(axum::serve(listener, routes(api)).into_future()).abort_handle();
        let started = Instant::now();
        let (child, printed) = spawn(command.env("AWS_LAMBDA_RUNTIME_API", address.to_string()));
        let (init, timeout, idle, printed) = (Duration::ZERO, TIMEOUT, false, Some(printed));
        let mut instance = Self { init, timeout, child, printed, asked, events, replies, server, idle };
        instance.init = instance.wait_until_idle().await.unwrap_or(started) - started;
        instance
    }

    /// Waits until the function asks for an event. Returns when it did, unless it had asked already.
    async fn wait_until_idle(&mut self) -> Option<Instant> {
        if self.idle {
            return None;
        }
        let asked = timeout(ANSWER_TIMEOUT, self.asked.recv()).await;
        self.idle = true;
        Some(asked.expect("the function asks for an event").expect("the Runtime API runs"))
    }

    /// Sends an event, and waits for its result.
    pub async fn invoke(&mut self, event: impl Into<Vec<u8>>) -> Invoked {
        self.wait_until_idle().await;
        self.idle = false;
        let started = Instant::now();
        self.events.send((event.into(), self.timeout)).expect("the Runtime API runs");
        let reply = timeout(self.timeout + ANSWER_TIMEOUT, self.replies.recv()).await;
        let (replied, is_error, body) = reply.expect("the function replies").expect("the Runtime API runs");
        let json = serde_json::from_slice(&body).expect("the runtime posts JSON");
        Invoked { took: replied - started, result: if is_error { Err(json) } else { Ok(json) } }
    }

    /// Stops the function as Lambda does, once it is idle, and returns everything it printed.
    pub async fn end(mut self) -> String {
        self.wait_until_idle().await;
        // Sending a signal needs unsafe code or a program.
        let kill = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status();
        assert!(kill.is_ok_and(|status| status.success()), "the function is there to be ended");
        self.child.wait().expect("the function ends");
        let printed = self.printed.take().map(JoinHandle::join);
        printed.expect("nobody else takes it").expect("what it printed can be read")
    }

    /// The CPU time of all of the function's threads. The kernel updates a thread's time when the thread goes to
    /// sleep, which happens quickly in an idle function.
    pub async fn cpu(&mut self) -> Duration {
        self.wait_until_idle().await;
        tokio::time::sleep(Duration::from_millis(2)).await;
        let threads = std::fs::read_dir(format!("/proc/{}/task", self.child.id())).expect("/proc is there");
        let nanoseconds = |thread: io::Result<std::fs::DirEntry>| -> Option<u64> {
            let text = std::fs::read_to_string(thread.ok()?.path().join("schedstat")).ok()?;
            text.split_whitespace().next()?.parse().ok()
        };
        Duration::from_nanos(threads.filter_map(nanoseconds).sum())
    }

    /// The peak of resident memory, in bytes.
    #[must_use]
    pub fn peak_memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()));
        let status = status.expect("/proc is there");
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kilobytes = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok());
        kilobytes.expect("the kernel reports the peak of resident memory") * 1024
    }
}

impl Drop for Instance {
    fn drop(&mut self) {
        self.server.abort();
        // If it has ended already, killing it fails, which is fine.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Starts a process whose standard output and error share one pipe, as in Lambda.
fn spawn(command: &mut Command) -> (Child, JoinHandle<String>) {
    let (mut output, input) = io::pipe().expect("a pipe can be made");
    let errors = input.try_clone().expect("a pipe has a second end");
    let child = command.stdin(Stdio::null()).stdout(input).stderr(errors).spawn();
    let child = child.unwrap_or_else(|error| panic!("{command:?}: {error}"));
    // Otherwise this process would hold the pipe open, and reading would never end.
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let read = move || {
        let mut printed = String::new();
        output.read_to_string(&mut printed).map(|_| printed).expect("it prints UTF-8")
    };
    (child, std::thread::spawn(read))
}

fn routes(api: Api) -> Router {
    Router::new()
        .route("/2018-06-01/runtime/invocation/next", get(next))
        .route("/2018-06-01/runtime/invocation/{id}/response", post(response))
        .route("/2018-06-01/runtime/invocation/{id}/error", post(error))
        .layer(DefaultBodyLimit::disable())
        .with_state(Arc::new(api))
}

async fn next(State(api): State<Arc<Api>>) -> Response {
    // The receiver is gone if the instance was dropped.
    let _ = api.asked.send(Instant::now());
    let Some((event, timeout)) = api.events.lock().await.recv().await else {
        return StatusCode::GONE.into_response();
    };
    let number = api.count.fetch_add(1, Ordering::Relaxed);
    let deadline = u128::from(now_millis()) + timeout.as_millis();
    let headers = [
        ("content-type", "application/json".to_owned()),
        ("lambda-runtime-aws-request-id", format!("8476a536-e9f4-11e8-9739-{number:012}")),
        ("lambda-runtime-deadline-ms", deadline.to_string()),
        (
            "lambda-runtime-invoked-function-arn",
            "arn:aws:lambda:us-east-1:123456789012:function:test".to_owned(),
        ),
        (
            "lambda-runtime-trace-id",
            "Root=1-6392ef8e-000000000000000000000001;Parent=53995c3f42cd8ad8;Sampled=0".to_owned(),
        ),
    ];
    (headers, event).into_response()
}

async fn response(State(api): State<Arc<Api>>, body: Bytes) -> StatusCode {
    reply(&api, false, body)
}

async fn error(State(api): State<Arc<Api>>, body: Bytes) -> StatusCode {
    reply(&api, true, body)
}

fn reply(api: &Api, is_error: bool, body: Bytes) -> StatusCode {
    // The receiver is gone if the instance was dropped.
    let _ = api.replies.send((Instant::now(), is_error, body));
    StatusCode::ACCEPTED
}
