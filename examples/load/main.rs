//! A load test of the whole system: `make load`.
//!
//! The release binary runs in several instances under `cargo lambda watch`. Its DynamoDB is embedded here, behind a
//! proxy that throttles, drops, delays and resets requests and has an outage in the middle. Callbacks are sent as
//! Tencent sends them, with repeats. The log entries of callbacks that the function could not store go to the redrive
//! function, as a subscription would deliver them. At the end the table is compared with the callbacks sent: none may
//! be missing or stored twice. Each must have been logged as recorded once, or the redrive must have found it after a
//! write whose response was lost.
//!
//! Behind the function is a receiver that fails 5 % of all requests and is away for 20 s. Callbacks that it misses go to
//! `reforward`. At the end it must have taken each callback that is not a before-callback.
//!
//! `LOAD` is the number of callbacks (default 50000), `LOAD_INSTANCES` the number of instances (default 4).

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
mod healer;
mod receiver;

use callbacks::Plan;
use compare::Outcomes;
use faults::Faults;
use function::Function;
use healer::Healer;
use receiver::Receiving;

/// The rows that the test prints.
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
    let receiver = Receiving::start().await;
    let function = Function::start(&url, &receiver.url(), instances)?;
    clients::wait_until_ready(function.address).await?;
    let mut redrive = Healer::redrive(&url).await?;
    let mut reforward = Healer::reforward(&url, &receiver.url()).await?;
    faults.begin();
    let (started, ended) = (Instant::now(), AtomicBool::new(false));
    let sending = async {
        // One connection per instance: Lambda does not queue callbacks for an instance.
        let replies = clients::send_all(&plan, function.address, instances, &faults, &receiver).await;
        ended.store(true, Ordering::SeqCst);
        (replies, started.elapsed())
    };
    let (log, same_log) = (function.tail()?, function.tail()?);
    let ((replies, took), redriven, reforwarded) =
        tokio::join!(sending, redrive.follow(log, &ended), reforward.follow(same_log, &ended));
    let replies = replies?;
    redriven.and(reforwarded)?;

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
    let (compared, all_taken) = receiver.compare(&plan);
    rows.extend(compared);
    rows.extend(reforward.rows([
        "invocations of reforward",
        "of these failed",
        "messages in its dead-letter queue",
    ]));
    let all_taken = all_taken && reforward.dead_letters == 0;
    for (name, value) in rows {
        println!("{name:<38}{value:>12}");
    }
    let whole = differences.none() && logged && all_taken && replies.sum() == plan.order.len();
    Ok(if whole { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Stops both functions, counts the outcomes in their logs, and checks that these match the callbacks sent.
async fn logged(plan: &Plan, function: Function, redrive: Healer, rows: &mut Rows) -> io::Result<bool> {
    rows.extend(redrive.rows([
        "invocations of the redrive",
        "of these failed",
        "batches in the dead-letter queue",
    ]));
    let dead_letters = redrive.dead_letters;
    let received = Outcomes::read(&function.stop()?, "RequestId");
    let redriven = Outcomes::read(&redrive.end().await, "id");
    rows.extend(received.rows(["recorded", "duplicates", "failed"]));
    rows.extend(redriven.rows(["redriven: recorded", "redriven: duplicates", "redriven: failed"]));
    let recorded = received.recorded() + redriven.recorded();
    rows.push(("logged as recorded", recorded.to_string()));
    // The other writes were done, but their responses were lost. The redrive finds these callbacks in the table.
    let found = plan.unique.checked_sub(recorded).is_some_and(|found| found <= redriven.duplicate());
    Ok(found && received.sum() == plan.order.len() && dead_letters == 0)
}

/// The error of a program that does not behave as promised.
fn broken(what: &str) -> io::Error {
    io::Error::other(what.to_owned())
}
