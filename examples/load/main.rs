//! A load test of the whole function: `make load`.
//!
//! The release binary runs in several instances under `cargo lambda watch`, and its DynamoDB, an embedded one,
//! stands behind a proxy that throttles, drops and resets. Callbacks go in as Tencent sends them, with repeats.
//! What the function could not store is redriven from its log. Then the table is compared with what was sent,
//! callback by callback: none may be missing, none there twice.
//!
//! `LOAD` is the number of callbacks (default 50000), `LOAD_INSTANCES` that of instances (default 4).

use std::{error::Error, io, net::SocketAddr, process::ExitCode, time::Instant};

use aws_sdk_dynamodb::types::StreamSpecification;
use dynoxide::Database;

#[path = "../../tests/support/dynamodb.rs"]
mod dynamodb;
#[path = "../../tests/support/endpoint.rs"]
mod endpoint;

mod callbacks;
mod clients;
mod compare;
mod faults;
mod function;

use callbacks::Plan;
use function::Function;

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

    let loopback = SocketAddr::from(([127, 0, 0, 1], 0));
    let table = dynamodb::serve(Database::memory()?, loopback).await;
    without_stream(table).await?;
    let faults = faults::Faults::default();
    let proxy = faults.start(table).await;

    eprintln!("building and starting {instances} instances");
    let function = Function::start(proxy.address, instances)?;
    clients::wait_until_ready(function.address).await?;
    faults.begin();
    let started = Instant::now();
    let replies = clients::send_all(&plan, function.address, 2 * instances).await?;
    let took = started.elapsed();
    let log = function.stop()?;

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
    let outcomes = compare::outcomes(&log);
    rows.extend(outcomes.rows());
    rows.push(("redrive", function::redrive(&log, table)?));
    let differences = compare::table(&plan, table).await?;
    rows.extend(differences.rows());

    for (name, value) in rows {
        println!("{name:<38}{value:>12}");
    }
    let whole = differences.none() && outcomes.sum() == plan.order.len() && replies.sum() == plan.order.len();
    Ok(if whole { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Nobody reads the table's stream here, and the embedded DynamoDB goes through all of it at each write.
async fn without_stream(table: SocketAddr) -> Result<(), Box<dyn Error>> {
    let off = StreamSpecification::builder().stream_enabled(false).build()?;
    let update = compare::client(table).update_table().table_name(dynamodb::TABLE);
    update.stream_specification(off).send().await?;
    Ok(())
}

/// A broken promise of a program that this one talks to.
fn broken(what: &str) -> io::Error {
    io::Error::other(what.to_owned())
}
