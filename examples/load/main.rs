//! A load test of the whole: `make load`.
//!
//! The release binary runs in several instances under `cargo lambda watch`, and its DynamoDB, an embedded one,
//! stands behind a proxy that throttles, drops, delays and resets, and has an outage in the middle. Callbacks go
//! in as Tencent sends them, with repeats. What the function could not store goes from its log to the redrive
//! function, as a subscription would carry it. Then the table is compared with what was sent, callback by
//! callback: none may be missing, none there twice. Each must have been logged as recorded once, or found by the redrive
//! after a write whose response was lost.
//!
//! `LOAD` is the number of callbacks (default 50000), `LOAD_INSTANCES` that of instances (default 4).

use std::{
    error::Error,
    io,
    process::ExitCode,
    sync::atomic::{AtomicBool, Ordering},
    time::Instant,
};

use support::dynamodb::DynamoDb;

mod callbacks;
mod clients;
mod compare;
mod faults;
mod function;
mod redrive;

use callbacks::Plan;
use compare::Outcomes;
use faults::Faults;
use function::Function;
use redrive::Redrive;

/// What a test prints, a line each.
type Rows = Vec<(&'static str, String)>;

#[tokio::main]
async fn main() -> Result<ExitCode, Box<dyn Error>> {
    let setting = |name: &str, default| match std::env::var(name) {
        Ok(value) => value.parse(),
        Err(_) => Ok(default),
    };
    let (callbacks, instances) = (setting("LOAD", 50_000)?, setting("LOAD_INSTANCES", 4)?);
    let plan = Plan::new(callbacks);

    let dynamodb = DynamoDb::in_memory().await;
    let client = compare::client(&dynamodb.url());
    compare::without_stream(&client).await?;
    let faults = Faults::default();
    let proxy = faults.start(dynamodb.address).await;
    let url = format!("http://{}", proxy.address);

    eprintln!("building and starting {instances} instances");
    let function = Function::start(&url, instances)?;
    clients::wait_until_ready(function.address).await?;
    let mut redrive = Redrive::start(&url).await?;
    faults.begin();
    let (started, ended) = (Instant::now(), AtomicBool::new(false));
    let sending = async {
        // One each: Lambda lets no callback wait for an instance.
        let replies = clients::send_all(&plan, function.address, instances, &faults).await;
        ended.store(true, Ordering::SeqCst);
        (replies, started.elapsed())
    };
    let ((replies, took), followed) = tokio::join!(sending, redrive.follow(function.tail()?, &ended));
    let replies = replies?;
    followed?;

    let mut rows: Rows = vec![
        ("sent", plan.order.len().to_string()),
        ("unique", plan.unique.to_string()),
        ("answered OK", replies.ok.to_string()),
        ("answered FAIL", replies.fail.to_string()),
        ("slowest reply", format!("{} ms", replies.slowest.as_millis())),
        ("rate", format!("{} a second", callbacks as u128 * 1000 / took.as_millis().max(1))),
        ("requests to DynamoDB", proxy.requests().to_string()),
        ("of these throttled, dropped or reset", faults.count().to_string()),
    ];
    let differences = compare::table(&plan, &client).await?;
    let logged = logged(&plan, function, redrive, &mut rows).await?;
    rows.extend(differences.rows());
    for (name, value) in rows {
        println!("{name:<38}{value:>12}");
    }
    let whole = differences.none() && logged && replies.sum() == plan.order.len();
    Ok(if whole { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Stops both functions, and counts what they logged: whether it fits what was sent.
async fn logged(plan: &Plan, function: Function, redrive: Redrive, rows: &mut Rows) -> io::Result<bool> {
    rows.extend(redrive.rows());
    let dead_letters = redrive.dead_letters;
    let received = Outcomes::read(&function.stop()?, "RequestId");
    let redriven = Outcomes::read(&redrive.end().await, "id");
    rows.extend(received.rows(["recorded", "duplicates", "failed"]));
    rows.extend(redriven.rows(["redriven: recorded", "redriven: duplicates", "redriven: failed"]));
    let recorded = received.recorded() + redriven.recorded();
    rows.push(("logged as recorded", recorded.to_string()));
    // Of the others, the write was done and its response lost: the redrive finds them in the table.
    let found = plan.unique.checked_sub(recorded).is_some_and(|found| found <= redriven.duplicate());
    Ok(found && received.sum() == plan.order.len() && dead_letters == 0)
}

/// A broken promise of a program that this one talks to.
fn broken(what: &str) -> io::Error {
    io::Error::other(what.to_owned())
}
