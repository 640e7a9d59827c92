//! Faults that last, times before- and after-callbacks, times bodies of one item and of several: the reply, in
//! time; the log entry; the number of attempts; and that a redrive of that log brings the callback in, once.

use std::{ops::RangeInclusive, time::Duration};

use serde_json::json;
use tencent_chat_webhook::store::Stored;

use crate::{
    endpoint::Step,
    stage::{Kind, Stage, check_log, in_time},
};

/// Whatever happens, the function has answered by then.
const LIMIT: Duration = Duration::from_millis(1500);

/// Attempts at most, for a fault that a retry may get past.
const RETRIED: RangeInclusive<usize> = 2..=6;
const NOT_RETRIED: RangeInclusive<usize> = 1..=1;

struct Fault {
    name: &'static str,
    scheme: &'static str,
    step: Step,
    /// `reason` of the log entry.
    reason: &'static str,
    attempts: RangeInclusive<usize>,
    /// The same for a transaction, where it differs.
    attempts_large: RangeInclusive<usize>,
}

const fn fault(
    name: &'static str,
    step: Step,
    reason: &'static str,
    attempts: RangeInclusive<usize>,
) -> Fault {
    let attempts_large = RangeInclusive::new(*attempts.start(), *attempts.end());
    Fault { name, scheme: "http", step, reason, attempts, attempts_large }
}

/// An error that DynamoDB answers with.
const fn error(status: u16, code: &'static str, attempts: RangeInclusive<usize>) -> Fault {
    fault(code, Step::Fail(status, code, "It failed.\\nplanted-session"), code, attempts)
}

fn faults() -> Vec<Fault> {
    vec![
        Fault { attempts_large: NOT_RETRIED, ..fault("silent server", Step::Silent, "timeout", 2..=3) },
        Fault { attempts_large: NOT_RETRIED, ..fault("reply that stalls", Step::Stall, "timeout", 2..=3) },
        Fault { scheme: "https", ..fault("slow TLS", Step::Pass, "timeout", 2..=4) },
        fault("connection reset", Step::Reset, "connection", RETRIED),
        fault("half a reply", Step::HalfReply, "response", RETRIED),
        error(400, "ProvisionedThroughputExceededException", RETRIED),
        error(400, "ThrottlingException", RETRIED),
        error(400, "RequestLimitExceeded", RETRIED),
        error(500, "InternalServerError", RETRIED),
        error(503, "ServiceUnavailable", RETRIED),
        error(400, "ValidationException", NOT_RETRIED),
        error(400, "ResourceNotFoundException", NOT_RETRIED),
        error(400, "AccessDeniedException", NOT_RETRIED),
        error(400, "UnrecognizedClientException", NOT_RETRIED),
        error(400, "ExpiredTokenException", NOT_RETRIED),
        error(400, "InvalidSignatureException", NOT_RETRIED),
        error(400, "RequestExpired", NOT_RETRIED),
    ]
}

/// What a case took.
struct Outcome {
    name: String,
    elapsed: Duration,
    attempts: usize,
}

async fn run(fault: &Fault, kind: Kind) -> Result<Outcome, String> {
    let name = format!("{}, {kind}", fault.name);
    let stage = Stage::reaching(fault.scheme, &[fault.step]).await;
    let event = kind.event(1);

    let (status, action_status, elapsed) = stage.deliver(&event).await;
    let expected = if kind.before { (200, "OK") } else { (503, "FAIL") };
    assert_eq!((status, action_status.as_str()), expected, "{name}");
    if elapsed >= LIMIT {
        return Err(format!("{name} took {elapsed:?}"));
    }

    // Without TLS there are no requests, only connections.
    let endpoint = &stage.endpoint;
    let attempts = if fault.scheme == "https" { endpoint.connections() } else { endpoint.requests() };
    let allowed = if kind.large { &fault.attempts_large } else { &fault.attempts };
    assert!(allowed.contains(&attempts), "{name}: {attempts} attempts");

    let entry = check_log(&stage.log, &event);
    assert_eq!(entry["reason"], json!(fault.reason), "{name}");

    // The endpoint let nothing through: the redrive is what brings it in.
    let log = stage.log.text();
    assert_eq!(stage.table.bodies().await, [""; 0], "{name}");
    assert_eq!(stage.table.redrive(&log).await, [Stored::New], "{name}");
    assert_eq!(stage.table.redrive(&log).await, [Stored::Duplicate], "{name}");
    assert_eq!(stage.table.bodies().await, [kind.body(1)], "{name}");
    Ok(Outcome { name, elapsed, attempts })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fault_that_lasts_is_answered_in_time_and_can_be_redriven() {
    let faults = faults();
    let mut outcomes = Vec::new();
    for fault in &faults {
        for kind in Kind::ALL {
            outcomes.push(in_time(async || run(fault, kind).await).await);
        }
    }
    for Outcome { name, elapsed, attempts } in &outcomes {
        println!("{:>5} ms  {attempts} attempts  {name}", elapsed.as_millis());
    }
    let slowest = outcomes.iter().max_by_key(|outcome| outcome.elapsed).expect("there are cases");
    println!(
        "slowest reply: {} ms, {} ({} cases)",
        slowest.elapsed.as_millis(),
        slowest.name,
        outcomes.len()
    );
}

/// A start while DynamoDB is silent: logged, bounded, and no reason not to serve.
#[tokio::test(flavor = "multi_thread")]
async fn a_warm_up_that_fails_is_logged_and_stops_nothing() {
    for (scheme, step) in [("http", Step::Silent), ("https", Step::Pass), ("http", Step::Reset)] {
        let stage = Stage::reaching(scheme, &[step]).await;
        let started = std::time::Instant::now();
        stage.handler.warm_up().await;
        assert!(started.elapsed() < LIMIT, "{step:?}");
        let lines = stage.log.lines();
        assert_eq!((lines.len(), &lines[0]["level"]), (1, &json!("WARN")));
    }
    let stage = Stage::with(&[Step::Fail(400, "AccessDeniedException", "No."), Step::Pass]).await;
    stage.handler.warm_up().await;
    assert_eq!(stage.deliver(&Kind::SMALL.event(1)).await.0, 200);
}

/// What a warm-up is for: the first callback finds a connection.
#[tokio::test(flavor = "multi_thread")]
async fn a_warm_up_writes_nothing_and_leaves_a_connection() {
    let stage = Stage::with(&[Step::Pass]).await;
    stage.handler.warm_up().await;
    assert_eq!(stage.table.items().await.len(), 0);
    assert_eq!(stage.log.text(), "");
    assert_eq!(stage.deliver(&Kind::SMALL.event(1)).await.0, 200);
    assert_eq!((stage.endpoint.requests(), stage.endpoint.connections()), (2, 1));
}
