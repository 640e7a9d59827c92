//! The redrive function, invoked automatically by the log group's subscription and by the queue.

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
    subscription::{self, queued},
};

use crate::{
    Rows, broken,
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

/// The running redrive function.
pub(crate) struct Redrive {
    function: Instance,
    batches: VecDeque<Batch>,
    invocations: usize,
    failed_invocations: usize,
    /// Batches that the queue has given up.
    pub(crate) dead_letters: usize,
}

impl Redrive {
    /// Builds and starts it, with DynamoDB at this URL.
    pub(crate) async fn start(dynamodb_url: &str) -> io::Result<Self> {
        let built = cargo()
            .args(["build", "--locked", "--release", "--quiet", "--bin", "redrive"])
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .status()?;
        if !built.success() {
            return Err(broken("the redrive function can't be built"));
        }
        let this = env::current_exe()?;
        let target = this.ancestors().nth(3).ok_or_else(|| broken("this is not in target/debug/examples"))?;
        let mut command = command(target.join("release/redrive"), settings(dynamodb_url));
        let mut function = Instance::start(&mut command).await;
        function.timeout = TIMEOUT;
        let (invocations, failed_invocations, dead_letters) = (0, 0, 0);
        Ok(Self { function, batches: VecDeque::new(), invocations, failed_invocations, dead_letters })
    }

    /// Follows the log until no lines are added and no batch waits for a retry.
    pub(crate) async fn follow(&mut self, mut log: Tail, ended: &AtomicBool) -> io::Result<()> {
        loop {
            let last = ended.load(Ordering::SeqCst);
            self.take(&log.lines()?);
            let due = self.batches.iter().position(|batch| batch.not_before <= Instant::now());
            match due.and_then(|due| self.batches.remove(due)) {
                Some(batch) => self.invoke(batch).await,
                None if last && self.batches.is_empty() => return Ok(()),
                None => tokio::time::sleep(Duration::from_secs(1)).await,
            }
        }
    }

    pub(crate) fn rows(&self) -> Rows {
        vec![
            ("invocations of the redrive", self.invocations.to_string()),
            ("of these failed", self.failed_invocations.to_string()),
            ("batches in the dead-letter queue", self.dead_letters.to_string()),
        ]
    }

    /// Stops it, and returns its log.
    pub(crate) async fn end(self) -> String {
        self.function.end().await
    }

    /// Makes batches of the lines that match the subscription.
    fn take(&mut self, log: &str) {
        let mut lines: Vec<String> = Vec::new();
        for line in log.lines().filter(|line| subscription::takes(line)) {
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
}
