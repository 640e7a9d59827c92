//! `reforward` as the real binary, a receiver, a table, and a queue.

use serde_json::Value;
use support::{
    endpoint::{Endpoint, Step},
    lambda::{Instance, command},
    requests::{SDK_APPID, post, signed},
    stand_in::{self, Queue},
    subscription::{self, takes_unforwarded},
};

use crate::{
    faults::stage::TOKEN,
    forward::receiver::{Behaviour, Receiver},
    world::{Table, handler, log_lines, send, variables},
};

const COMMAND: &str = "Group.CallbackAfterGroupFull";

pub(super) const TAKING: Behaviour = Behaviour::Answer(200, r#"{"ErrorCode":0}"#, 0);
pub(super) const FAILING: Behaviour = Behaviour::Answer(500, "", 0);

/// Everything that `reforward` uses.
pub(super) struct Stage {
    pub(super) table: Table,
    pub(super) receiver: Receiver,
    /// The function's log lines of callbacks that the receiver missed.
    pub(super) lines: Vec<String>,
    /// The queue of `reforward`.
    queue: Queue,
}

/// The body of a callback. A large one needs several items.
pub(super) fn body(number: usize, large: bool) -> String {
    let filling = "x".repeat(if large { 900_000 } else { 0 });
    format!(
        r#"{{ "GroupId":"group-{number}", "EventTime":{}, "Name":"群{filling}" }}"#,
        1_670_574_414_123_u64 + number as u64
    )
}

impl Stage {
    /// The function has recorded this many callbacks, and the receiver has missed them.
    pub(super) async fn with_missed(count: usize) -> Self {
        Self::start((0..count).map(|number| body(number, false)), &[Step::Pass]).await
    }

    /// The same, with these bodies. The function's requests to DynamoDB follow a script.
    pub(super) async fn start(bodies: impl IntoIterator<Item = String>, script: &[Step]) -> Self {
        let table = Table::start().await;
        let receiver = Receiver::start(FAILING).await;
        let endpoint = Endpoint::scripted(script, table.dynamodb.address).await;
        let url = format!("http://{}", receiver.address);
        let settings = [("CALLBACK_TOKENS", TOKEN), ("FORWARD_URL", &*url)];
        let (function, log) = handler(&format!("http://{}", endpoint.address), &settings);
        for body in bodies {
            let event = post(&format!("{}&own=planted", signed(SDK_APPID, COMMAND, TOKEN)), &body);
            send(&function, &event).await;
        }
        let lines: Vec<_> = log.text().lines().map(str::to_owned).collect();
        assert!(lines.iter().any(|line| line.contains(r#""unforwarded":{"#)), "{lines:?}");
        receiver.becomes(TAKING);
        Self { table, receiver, lines, queue: Queue::start() }
    }

    pub(super) async fn reforward(&self) -> Instance {
        self.reforward_with(&self.queue.url).await
    }

    /// `reforward` with SQS at this URL.
    pub(super) async fn reforward_with(&self, sqs: &str) -> Instance {
        let mut program = command(env!("CARGO_BIN_EXE_reforward"), variables(&self.table.dynamodb.url()));
        program
            .env(
                "FORWARD_URL",
                format!("http://me:planted-password@{}/im?key=planted-key", self.receiver.address),
            )
            .env("CALLBACK_TOKENS", TOKEN)
            .env("QUEUE_URL", "https://sqs.us-east-1.amazonaws.com/123456789012/queue")
            .env("AWS_ENDPOINT_URL_SQS", sqs);
        let mut function = Instance::start(&mut program).await;
        function.timeout = std::time::Duration::from_mins(1);
        function
    }

    /// The batch with all lines.
    pub(super) fn batch(&self) -> Value {
        batch(&self.lines)
    }

    /// The bodies that the receiver got, sorted.
    pub(super) fn received(&self) -> Vec<String> {
        let body = |request: &String| request.split_once("\r\n\r\n").expect("head and body").1.to_owned();
        let mut bodies: Vec<_> = self.receiver.received().iter().map(body).collect();
        bodies.sort();
        bodies
    }

    /// The messages that were put into the queue since the last call, as events.
    pub(super) fn take_queued(&self) -> Vec<Value> {
        self.queue.take().into_iter().map(Value::from).collect()
    }
}

/// The lines that the subscription selects, as it delivers them.
pub(super) fn batch(lines: &[String]) -> Value {
    subscription::event(lines.iter().map(String::as_str).filter(|line| takes_unforwarded(line)))
}

/// A queue without permission.
pub(super) fn closed_queue() -> String {
    stand_in::serve(|_| (400, r#"{"__type":"AccessDenied","message":"No."}"#.to_owned()))
}

/// Stops the function, and returns its log. It has no secret, and none of its lines is an entry.
pub(super) async fn end(function: Instance) -> Vec<Value> {
    let printed = function.end().await;
    for secret in [TOKEN, "planted", "Sign", "\"unforwarded\":", "\"unrecorded\":{", "example-secret"] {
        assert!(!printed.contains(secret), "{secret} is in the log: {printed}");
    }
    log_lines(&printed)
}
