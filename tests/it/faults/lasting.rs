//! Faults that last, combined with before- and after-callbacks, with bodies of one item and of several, and with a
//! running and a starting function. Checks the reply and its time, the log entry, the number of attempts, and that a
//! redrive of the log records the callback once.

use std::{
    ops::RangeInclusive,
    time::{Duration, Instant},
};

use serde_json::json;
use support::{
    endpoint::{Endpoint, Step},
    lambda::{Instance, command},
};
use tencent_chat_webhook::{outcome::Stored, time::now_millis};

use super::stage::{Kind, Stage, TOKEN, all_in_time, check_log, redrive};
use crate::world::{FUNCTION, Table, status_and_body, variables};

/// The function always answers within these limits: from its invocation, and from the moment the request reached API
/// Gateway.
pub(super) const AFTER_INVOCATION: Duration = Duration::from_millis(1500);
pub(super) const AFTER_ARRIVAL: Duration = Duration::from_millis(1700);

/// Attempts at an item for faults that show at once: pauses are at most 200 ms.
const RETRIED: RangeInclusive<usize> = 4..=100;
/// Attempts for faults that show after 550 ms.
const SLOW: RangeInclusive<usize> = 2..=3;
const ONCE: RangeInclusive<usize> = 1..=1;

struct Fault {
    name: &'static str,
    scheme: &'static str,
    step: Step,
    /// The `reason` in the log entry.
    reason: &'static str,
    attempts: RangeInclusive<usize>,
}

const fn fault(
    name: &'static str,
    step: Step,
    reason: &'static str,
    attempts: RangeInclusive<usize>,
) -> Fault {
    Fault { name, scheme: "http", step, reason, attempts }
}

/// An error response from DynamoDB.
const fn error(status: u16, code: &'static str, attempts: RangeInclusive<usize>) -> Fault {
    fault(code, Step::Fail(status, code, "It failed.\nplanted-session"), code, attempts)
}

const FAULTS: [Fault; 18] = [
    fault("silent server", Step::Silent, "timeout", SLOW),
    fault("reply that stalls", Step::Stall, "timeout", SLOW),
    // Connecting, including TLS, is limited to 400 ms.
    Fault { scheme: "https", ..fault("TLS that never ends", Step::Pass, "connection", 2..=4) },
    fault("connection reset", Step::Reset, "connection", RETRIED),
    fault("half a reply", Step::HalfReply, "response", RETRIED),
    error(400, "ProvisionedThroughputExceededException", RETRIED),
    error(400, "ThrottlingException", RETRIED),
    error(400, "RequestLimitExceeded", RETRIED),
    error(500, "InternalServerError", RETRIED),
    error(503, "ServiceUnavailable", RETRIED),
    error(400, "InvalidSignatureException", RETRIED),
    error(400, "RequestTimeTooSkewed", RETRIED),
    error(400, "RequestExpired", RETRIED),
    // The second attempt is without the body's fields.
    error(400, "ValidationException", 1..=2),
    error(400, "ResourceNotFoundException", ONCE),
    error(400, "AccessDeniedException", ONCE),
    error(400, "UnrecognizedClientException", ONCE),
    error(400, "ExpiredTokenException", ONCE),
];

/// The result of a case.
struct Ran {
    attempts: usize,
    /// From the invocation.
    took: Duration,
    /// From the moment the request reached API Gateway.
    since_arrival: Duration,
    status: u64,
    action_status: String,
    log: String,
}

impl Fault {
    async fn endpoint(&self) -> (Endpoint, Table) {
        let table = Table::start().await;
        (Endpoint::scripted(&[self.step], table.dynamodb.address).await, table)
    }

    /// Without TLS handshakes there are no requests, so connections count.
    fn attempts_at(&self, endpoint: &Endpoint) -> usize {
        if self.scheme == "https" { endpoint.connections() } else { endpoint.requests() }
    }

    /// A running function, in this process.
    async fn warm(&self, kind: Kind) -> (Ran, Table) {
        let (endpoint, table) = self.endpoint().await;
        let stage = Stage::with(self.scheme, endpoint, table);
        let (status, action_status, took) = stage.deliver(&kind.event(1)).await;
        let attempts = self.attempts_at(&stage.endpoint);
        let ran = Ran { attempts, took, since_arrival: took, status, action_status, log: stage.log.text() };
        (ran, stage.table)
    }

    /// A function that starts for this request: its warm-up meets the fault too.
    async fn cold(&self, kind: Kind) -> (Ran, Table) {
        let (endpoint, table) = self.endpoint().await;
        let url = format!("{}://{}", self.scheme, endpoint.address);
        let mut event = kind.event(1);
        event["requestContext"]["timeEpoch"] = json!(now_millis());
        let arrived = Instant::now();
        let mut command = command(FUNCTION, variables(&url));
        let mut function = Instance::start(command.env("CALLBACK_TOKENS", TOKEN)).await;
        let at_warm_up = self.attempts_at(&endpoint);
        let invoked = function.invoke(event.to_string()).await;
        let since_arrival = arrived.elapsed();
        let attempts = self.attempts_at(&endpoint) - at_warm_up;
        let (status, body) = status_and_body(&invoked.result.expect("the function answers"));
        let action_status = body["ActionStatus"].as_str().expect("a string").to_owned();
        let log = function.end().await;
        (Ran { attempts, took: invoked.took, since_arrival, status, action_status, log }, table)
    }

    /// Runs a case, and returns its row.
    async fn run(&self, kind: Kind, cold: bool) -> Result<String, String> {
        let name = format!("{}, {kind}, {}", self.name, if cold { "cold" } else { "warm" });
        let (ran, table) = if cold { self.cold(kind).await } else { self.warm(kind).await };
        assert_eq!((ran.status, ran.action_status.as_str()), kind.failed(), "{name}");

        let (took, since_arrival) = (ran.took.as_millis(), ran.since_arrival.as_millis());
        if ran.took >= AFTER_INVOCATION || ran.since_arrival >= AFTER_ARRIVAL {
            return Err(format!("{name} took {took} ms, {since_arrival} ms in all"));
        }
        // The parts of a body are written at the same time.
        let most = self.attempts.end() * if kind.large { 2 } else { 1 };
        let least = if cold { 1 } else { *self.attempts.start() };
        assert!(ran.attempts <= most, "{name}: {} attempts", ran.attempts);
        if ran.attempts < least {
            return Err(format!("{name}: {} attempts", ran.attempts));
        }

        let entry = check_log(&ran.log, &kind.event(1));
        assert_eq!(entry["reason"], self.reason, "{name}");

        // The endpoint passed nothing on, so only the redrive can have recorded it.
        assert_eq!(table.bodies().await, [""; 0], "{name}");
        assert_eq!(redrive(&table, &ran.log).await, [Stored::New], "{name}");
        assert!(table.bodies().await == [kind.body(1)], "{name}");
        let (attempts, reason) = (ran.attempts, self.reason);
        Ok(format!("{since_arrival:>5} ms  {attempts:>2} attempts  {reason:<38}  {name}"))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn lasting_fault_is_answered_in_time_and_can_be_redriven() {
    let cases = FAULTS.iter().flat_map(|fault| {
        let kinds = Kind::ALL.into_iter();
        kinds.flat_map(move |kind| [false, true].map(|cold| (fault, kind, cold)))
    });
    let rows = all_in_time(cases, async |(fault, kind, cold)| fault.run(kind, cold).await).await;
    for row in &rows {
        println!("{row}");
    }
}
