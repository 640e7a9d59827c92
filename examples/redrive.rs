//! Records by hand what the function could not store, from its log: what is older than the redrive function, or
//! what that could not bring in.
//!
//! Reads log lines from standard input, in whatever format the AWS CLI prints them, and writes each callback
//! to the table through the same code as the function. It can be run again without harm: what is in the table
//! already stays as it is.
//!
//! ```sh
//! aws logs filter-log-events --log-group-name /aws/lambda/FUNCTION --filter-pattern '{ $.unrecorded.piece > 0 }' \
//!     --start-time "$(date -d '2026-11-21 09:00' +%s000)" --end-time "$(date -d '2026-11-21 10:00' +%s000)" |
//!     TABLE_NAME=events cargo run --release --example redrive
//! ```
//!
//! The environment says which table: `TABLE_NAME`, and `RETENTION_DAYS` and `INDEX_SHARDS` if the function has
//! them. Credentials and region are found as every AWS tool finds them: environment, profile, SSO.
//! It fails unless the log has callbacks and each of them is in the table.

use std::{
    error::Error,
    process::ExitCode,
    time::{Duration, Instant},
};

use aws_config::BehaviorVersion;
use aws_sdk_dynamodb::{Client, config::Builder};
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use futures_util::StreamExt;
use indicatif::{ProgressBar, ProgressStyle};
use tencent_chat_webhook::{
    redrive::{self, Found},
    settings::Destination,
    store::{Store, Stored, client::persistent},
};

/// How long it goes on while DynamoDB fails. Another run takes up what is left.
const PATIENCE: Duration = Duration::from_hours(1);

/// How many callbacks ended how.
#[derive(Default)]
struct Tally {
    recorded: usize,
    already_there: usize,
    failed: usize,
    incomplete: usize,
}

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(tally) => {
            println!(
                "recorded {}, already there {}, failed {}, incomplete {}",
                tally.recorded, tally.already_there, tally.failed, tally.incomplete
            );
            ExitCode::from(u8::from(tally.failed + tally.incomplete > 0))
        }
        Err(error) => {
            eprintln!("can't redrive: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<Tally, Box<dyn Error>> {
    let (table_name, keeping) = Destination::table_from_env()?;
    let log = std::io::read_to_string(std::io::stdin())?;
    let found = redrive::find(&log);
    drop(log);
    if found == Found::default() {
        return Err("the input has no entry of an unrecorded callback".into());
    }

    let progress = ProgressBar::new(found.whole.len() as u64);
    progress.set_style(ProgressStyle::with_template("{bar:40} {pos}/{len}, {eta} to go")?);
    let mut tally = Tally { incomplete: found.incomplete.len() + found.unreadable, ..Tally::default() };
    tell_incomplete(&found);

    let store = Store::new(connect().await, table_name);
    let results = redrive::record_all(&store, found.whole, keeping, Instant::now() + PATIENCE);
    let mut results = std::pin::pin!(results);
    while let Some((callback, result)) = results.next().await {
        match result {
            Ok(Stored::New) => tally.recorded += 1,
            Ok(Stored::Duplicate) => tally.already_there += 1,
            Err(fault) => {
                tally.failed += 1;
                progress.suspend(|| eprintln!("failed: {}: {fault}", callback.id));
            }
        }
        progress.inc(1);
    }
    progress.finish();
    Ok(tally)
}

/// A client as every AWS tool would make it, but for its patience.
async fn connect() -> Client {
    let https = aws_smithy_http_client::Builder::new().tls_provider(Provider::Rustls(CryptoMode::Ring));
    let shared = aws_config::defaults(BehaviorVersion::v2026_01_12()).http_client(https.build_https());
    Client::from_conf(persistent(Builder::from(&shared.load().await)).build())
}

fn tell_incomplete(found: &Found) {
    for id in &found.incomplete {
        eprintln!("incomplete: {id}: the log has only some of its pieces");
    }
    if found.unreadable > 0 {
        eprintln!("incomplete: {} lines are cut off", found.unreadable);
    }
}
