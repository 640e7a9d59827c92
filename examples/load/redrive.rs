//! The redrive function, fed as a subscription of the function's log group feeds it: no hand is in it.

use std::{
    collections::VecDeque,
    env, io,
    sync::atomic::{AtomicBool, Ordering},
    time::{Duration, Instant},
};

use support::{
    cargo::cargo,
    lambda::{Instance, command},
    subscription,
};

use crate::{
    Rows, broken,
    function::{Tail, settings},
};

/// How much goes into one batch, in bytes.
const BATCH_BYTES: usize = 1024 * 1024;

/// How long an invocation may take.
const TIMEOUT: Duration = Duration::from_mins(5);

/// Lambda's pauses before it tries again what failed. After the last one it goes to the dead-letter queue.
const PAUSES: [Duration; 2] = [Duration::from_mins(1), Duration::from_mins(2)];

/// A batch of log lines, and how often it failed.
struct Batch {
    lines: Vec<String>,
    failed: usize,
    not_before: Instant,
}

/// The running redrive function.
pub(crate) struct Redrive {
    function: Instance,
    batches: VecDeque<Batch>,
    invocations: usize,
    failed_invocations: usize,
    /// Batches that Lambda has given up.
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

    /// Follows the log, until no more comes and nothing waits to be tried again.
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

    /// Ends it, and gives its log.
    pub(crate) async fn end(self) -> String {
        self.function.end().await
    }

    /// Makes batches of the lines that the subscription is for.
    fn take(&mut self, log: &str) {
        let mut lines: Vec<String> = Vec::new();
        for line in log.lines().filter(|line| subscription::takes(line)) {
            if lines.iter().map(String::len).sum::<usize>() + line.len() > BATCH_BYTES {
                self.batches.push_back(Batch::new(std::mem::take(&mut lines)));
            }
            lines.push(line.to_owned());
        }
        if !lines.is_empty() {
            self.batches.push_back(Batch::new(lines));
        }
    }

    async fn invoke(&mut self, mut batch: Batch) {
        self.invocations += 1;
        let event = subscription::event(batch.lines.iter().map(String::as_str));
        if self.function.invoke(event.to_string()).await.result.is_ok() {
            return;
        }
        self.failed_invocations += 1;
        match PAUSES.get(batch.failed) {
            None => self.dead_letters += 1,
            Some(pause) => {
                batch.failed += 1;
                batch.not_before = Instant::now() + *pause;
                self.batches.push_back(batch);
            }
        }
    }
}

impl Batch {
    fn new(lines: Vec<String>) -> Self {
        Self { lines, failed: 0, not_before: Instant::now() }
    }
}
