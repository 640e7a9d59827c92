//! The redrive or `reforward`, invoked automatically by the log group's subscription and by its queue.

use std::{
    collections::VecDeque,
    env, io,
    sync::atomic::{AtomicBool, Ordering},
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use support::{
    cargo::cargo,
    lambda::{Instance, command},
    stand_in::Queue,
    subscription::{self, queued, takes_unforwarded, takes_unrecorded},
};

use crate::{
    Rows, broken,
    callbacks::TOKEN,
    function::{Tail, settings},
};

/// The size of a batch, in bytes.
const BATCH_BYTES: usize = 1024 * 1024;

/// The limit of an invocation.
const TIMEOUT: Duration = Duration::from_mins(1);

/// How long a message stays hidden after a failed try. When deployed, 15 minutes.
const VISIBILITY_TIMEOUT: Duration = Duration::from_secs(30);

/// After this many receives a message counts as a dead letter. When deployed, the receives last ten days.
const RECEIVES: usize = 10;

/// A batch of log lines: an event from the subscription, and after its first try a message in the queue.
struct Batch {
    event: Value,
    tries: usize,
    not_before: Instant,
}

/// The running function.
pub(crate) struct Healer {
    function: Instance,
    /// Whether its subscription selects a line.
    takes: fn(&str) -> bool,
    /// The messages that the function itself puts into its queue.
    queue: Queue,
    batches: VecDeque<Batch>,
    invocations: usize,
    failed_invocations: usize,
    /// Batches that the queue has given up.
    pub(crate) dead_letters: usize,
}

impl Healer {
    /// Builds and starts the redrive, with DynamoDB at this URL.
    pub(crate) async fn redrive(dynamodb_url: &str) -> io::Result<Self> {
        Self::start("redrive", dynamodb_url, takes_unrecorded, &[]).await
    }

    /// Builds and starts `reforward`, with DynamoDB and the receiver at these URLs.
    pub(crate) async fn reforward(dynamodb_url: &str, receiver: &str) -> io::Result<Self> {
        let settings = [("FORWARD_URL", receiver), ("CALLBACK_TOKENS", TOKEN)];
        Self::start("reforward", dynamodb_url, takes_unforwarded, &settings).await
    }

    async fn start(
        binary: &str,
        dynamodb_url: &str,
        takes: fn(&str) -> bool,
        more: &[(&str, &str)],
    ) -> io::Result<Self> {
        let built = cargo()
            .args(["build", "--locked", "--release", "--quiet", "--bin", binary])
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .status()?;
        if !built.success() {
            return Err(broken("the function can't be built"));
        }
        let this = env::current_exe()?;
        let target = this.ancestors().nth(3).ok_or_else(|| broken("this is not in target/debug/examples"))?;
        let queue = Queue::start();
        let mut command = command(target.join("release").join(binary), settings(dynamodb_url));
        command
            .envs(more.iter().copied())
            .env("QUEUE_URL", &queue.url)
            .env("AWS_ENDPOINT_URL_SQS", &queue.url);
        let mut function = Instance::start(&mut command).await;
        function.timeout = TIMEOUT;
        let (invocations, failed_invocations, dead_letters) = (0, 0, 0);
        let batches = VecDeque::new();
        Ok(Self { function, takes, queue, batches, invocations, failed_invocations, dead_letters })
    }

    /// Follows the log until no lines are added and no batch waits for a retry.
    pub(crate) async fn follow(&mut self, mut log: Tail, ended: &AtomicBool) -> io::Result<()> {
        loop {
            let last = ended.load(Ordering::SeqCst);
            self.take(&log.lines()?);
            self.batches.extend(self.queue.take().into_iter().map(Batch::of_message));
            let due = self.batches.iter().position(|batch| batch.not_before <= Instant::now());
            match due.and_then(|due| self.batches.remove(due)) {
                Some(batch) => self.invoke(batch).await,
                None if last && self.batches.is_empty() => return Ok(()),
                None => tokio::time::sleep(Duration::from_secs(1)).await,
            }
        }
    }

    /// The rows of its invocations, under these names.
    pub(crate) fn rows(&self, names: [&'static str; 3]) -> Rows {
        let counts = [self.invocations, self.failed_invocations, self.dead_letters];
        names.into_iter().zip(counts.map(|count| count.to_string())).collect()
    }

    /// Stops it, and returns its log.
    pub(crate) async fn end(self) -> String {
        self.function.end().await
    }

    /// Makes batches of the lines that match the subscription.
    fn take(&mut self, log: &str) {
        let mut lines: Vec<String> = Vec::new();
        for line in log.lines().filter(|line| (self.takes)(line)) {
            if lines.iter().map(String::len).sum::<usize>() + line.len() > BATCH_BYTES {
                self.batches.push_back(Batch::new(&std::mem::take(&mut lines)));
            }
            lines.push(line.to_owned());
        }
        if !lines.is_empty() {
            self.batches.push_back(Batch::new(&lines));
        }
    }

    async fn invoke(&mut self, mut batch: Batch) {
        self.invocations += 1;
        let is_message = batch.tries > 0;
        let event = if is_message { queued(std::slice::from_ref(&batch.event)) } else { batch.event.clone() };
        let is_done = match self.function.invoke(event.to_string()).await.result {
            Ok(response) => !is_message || response["batchItemFailures"] == json!([]),
            Err(_) => false,
        };
        if is_done {
            return;
        }
        self.failed_invocations += 1;
        batch.tries += 1;
        if batch.tries > RECEIVES {
            self.dead_letters += 1;
            return;
        }
        batch.not_before = Instant::now() + if is_message { VISIBILITY_TIMEOUT } else { Duration::ZERO };
        self.batches.push_back(batch);
    }
}

impl Batch {
    fn new(lines: &[String]) -> Self {
        let event = subscription::event(lines.iter().map(String::as_str));
        Self { event, tries: 0, not_before: Instant::now() }
    }

    fn of_message(body: String) -> Self {
        Self { event: Value::from(body), tries: 1, not_before: Instant::now() }
    }
}
