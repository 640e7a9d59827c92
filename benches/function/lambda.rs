//! A Lambda service for one instance at a time: a Runtime API on a loopback port, and the function's process.

use std::{
    io::{self, BufRead, BufReader, Write},
    net::SocketAddr,
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::Arc,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use axum::{
    Router,
    body::Bytes,
    extract::{DefaultBodyLimit, State},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use tokio::{
    net::TcpListener,
    sync::{
        Mutex,
        mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
    },
    time::timeout,
};

use crate::limit::Limit;

/// Longer than anything measured here may take.
const PATIENCE: Duration = Duration::from_mins(1);

/// What the Runtime API's handlers share.
struct Api {
    /// When the function asked for an event.
    asked: UnboundedSender<Instant>,
    events: Mutex<UnboundedReceiver<Vec<u8>>>,
    /// When the function replied, and what.
    replies: UnboundedSender<(Instant, StatusCode, Bytes)>,
}

/// A started function.
pub(crate) struct Instance {
    child: Child,
    asked: UnboundedReceiver<Instant>,
    events: UnboundedSender<Vec<u8>>,
    replies: UnboundedReceiver<(Instant, StatusCode, Bytes)>,
    server: tokio::task::JoinHandle<io::Result<()>>,
    idle: bool,
    /// From the start of the process to its first question for an event.
    pub(crate) init: Duration,
}

impl Instance {
    /// Starts a function and waits until it asks for its first event.
    pub(crate) async fn start(launch: Launch<'_>, settings: &[(&str, String)]) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port is free");
        let address = listener.local_addr().expect("a listener has an address");
        let (asked_sender, asked) = unbounded_channel();
        let (events, events_receiver) = unbounded_channel();
        let (replies_sender, replies) = unbounded_channel();
        let api = Api { asked: asked_sender, events: Mutex::new(events_receiver), replies: replies_sender };
        let server = tokio::spawn(axum::serve(listener, routes(api)).into_future());
        let (child, started) = spawn(launch, settings, address);
        let mut instance = Self { child, asked, events, replies, server, idle: false, init: Duration::ZERO };
        instance.init = instance.wait_until_idle().await.unwrap_or(started) - started;
        instance
    }

    /// Ends the function as Lambda does, and waits until it's gone.
    pub(crate) async fn end(mut self) {
        self.wait_until_idle().await;
        let id = self.child.id().to_string();
        // A signal takes unsafe code or a shell.
        let kill = Command::new("/bin/sh").args(["-c", "kill -TERM $0", &id]).status();
        assert!(kill.is_ok_and(|status| status.success()), "the function is there to be ended");
        self.child.wait().expect("the function ends");
    }

    async fn wait_until_idle(&mut self) -> Option<Instant> {
        if self.idle {
            return None;
        }
        let asked = timeout(PATIENCE, self.asked.recv()).await;
        self.idle = true;
        Some(asked.expect("the function asks for an event").expect("the Runtime API runs"))
    }

    /// Hands over an event: how long the reply took, and the reply.
    pub(crate) async fn invoke(&mut self, event: Vec<u8>) -> (Duration, String) {
        self.wait_until_idle().await;
        self.idle = false;
        let started = Instant::now();
        self.events.send(event).expect("the Runtime API runs");
        let reply = timeout(PATIENCE, self.replies.recv()).await;
        let (replied, status, body) = reply.expect("the function replies").expect("the Runtime API runs");
        let body = String::from_utf8_lossy(&body).into_owned();
        assert_eq!(status, StatusCode::ACCEPTED, "the function failed: {body}");
        (replied - started, body)
    }

    /// The CPU time of all threads that the function has. The kernel
    /// accounts for a thread's time when it goes to sleep, which an idle function's threads do in a moment.
    pub(crate) async fn cpu(&mut self) -> Duration {
        self.wait_until_idle().await;
        tokio::time::sleep(Duration::from_millis(2)).await;
        let threads = std::fs::read_dir(format!("/proc/{}/task", self.child.id())).expect("/proc is there");
        let nanoseconds = |thread: io::Result<std::fs::DirEntry>| -> Option<u64> {
            let text = std::fs::read_to_string(thread.ok()?.path().join("schedstat")).ok()?;
            text.split_whitespace().next()?.parse().ok()
        };
        Duration::from_nanos(threads.filter_map(nanoseconds).sum())
    }

    /// The most memory that was resident, in kilobytes.
    pub(crate) fn peak_memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()));
        let status = status.expect("/proc is there");
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kilobytes = line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok());
        kilobytes.expect("the kernel tells the peak of resident memory")
    }
}

impl Drop for Instance {
    fn drop(&mut self) {
        self.server.abort();
        // It may have ended by itself; either way it's gone then.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// How to launch a function.
pub(crate) enum Launch<'a> {
    /// On its own, or under a tool.
    Plain(Command),
    /// With a share of a processor.
    Limited(&'a Limit, PathBuf),
}

/// Launches a function: its process, and when it began.
fn spawn(launch: Launch<'_>, settings: &[(&str, String)], api: SocketAddr) -> (Child, Instant) {
    let (mut command, waits) = match launch {
        Launch::Plain(command) => (command, false),
        Launch::Limited(limit, program) => (limit.command(&program), true),
    };
    let mut started = Instant::now();
    let mut child = command
        .env_clear()
        .env("AWS_LAMBDA_RUNTIME_API", api.to_string())
        .env("AWS_LAMBDA_FUNCTION_NAME", "bench")
        .env("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
        .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "512")
        .env("AWS_LAMBDA_LOG_GROUP_NAME", "bench")
        .env("AWS_LAMBDA_LOG_STREAM_NAME", "bench")
        .envs(settings.iter().map(|(name, value)| (name, value)))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{command:?}: {error}"));
    // The log goes through a pipe, as in Lambda. Errors are worth seeing.
    let mut log = BufReader::new(child.stdout.take().expect("it is piped"));
    if waits {
        log.read_line(&mut String::new()).expect("the shell says when it is in the group");
        started = Instant::now();
        child.stdin.take().expect("it is piped").write_all(b"go\n").expect("the shell waits");
    }
    std::thread::spawn(move || {
        for line in log.lines().map_while(Result::ok).filter(|line| line.contains(r#""level":"ERROR""#)) {
            eprintln!("{line}");
        }
    });
    (child, started)
}

fn routes(api: Api) -> Router {
    Router::new()
        .route("/2018-06-01/runtime/invocation/next", get(next))
        .route("/2018-06-01/runtime/invocation/{id}/response", post(response))
        .route("/2018-06-01/runtime/invocation/{id}/error", post(error))
        .route("/2018-06-01/runtime/init/error", post(error))
        .layer(DefaultBodyLimit::disable())
        .with_state(Arc::new(api))
}

async fn next(State(api): State<Arc<Api>>) -> Response {
    // Nobody listens any more where the measurement is over.
    let _ = api.asked.send(Instant::now());
    let Some(event) = api.events.lock().await.recv().await else {
        return StatusCode::GONE.into_response();
    };
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let headers = [
        ("content-type", "application/json".to_owned()),
        ("lambda-runtime-aws-request-id", "8476a536-e9f4-11e8-9739-2dfe598c3fcd".to_owned()),
        ("lambda-runtime-deadline-ms", (now.as_millis() + 3000).to_string()),
        (
            "lambda-runtime-invoked-function-arn",
            "arn:aws:lambda:us-east-1:123456789012:function:bench".to_owned(),
        ),
        (
            "lambda-runtime-trace-id",
            "Root=1-6392ef8e-000000000000000000000001;Parent=53995c3f42cd8ad8;Sampled=0".to_owned(),
        ),
    ];
    (headers, event).into_response()
}

async fn response(State(api): State<Arc<Api>>, body: Bytes) -> StatusCode {
    let _ = api.replies.send((Instant::now(), StatusCode::ACCEPTED, body));
    StatusCode::ACCEPTED
}

async fn error(State(api): State<Arc<Api>>, body: Bytes) -> StatusCode {
    let _ = api.replies.send((Instant::now(), StatusCode::INTERNAL_SERVER_ERROR, body));
    StatusCode::ACCEPTED
}
