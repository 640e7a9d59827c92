//! Records what the function could not store, from its log.
//!
//! Reads log lines from standard input, in whatever format the AWS CLI prints them, and writes each callback
//! to the table through the same code as the function. It can be run again without harm: what is in the table
//! already stays as it is.
//!
//! ```sh
//! aws logs tail /aws/lambda/FUNCTION --since 1d --filter-pattern '{ $.unrecorded.piece > 0 }' |
//!     cargo run --release --example redrive
//! ```
//!
//! The environment says where the table is: `TABLE_NAME`, `AWS_REGION` and the credentials that
//! `aws configure export-credentials --format env` prints; `RETENTION_DAYS` if the function has it.
//! It fails unless every callback of the log is in the table.

use std::{error::Error, process::ExitCode};

use futures_util::StreamExt;
use indicatif::{ProgressBar, ProgressStyle};
use tencent_chat_webhook::{
    redrive::{self, Found},
    settings::Destination,
    store::{Store, Stored},
};

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
    let destination = Destination::from_env()?;
    let log = std::io::read_to_string(std::io::stdin())?;
    let found = redrive::find(&log);
    drop(log);

    let progress = ProgressBar::new(found.whole.len() as u64);
    progress.set_style(ProgressStyle::with_template("{bar:40} {pos}/{len}, {eta} to go")?);
    let mut tally = Tally { incomplete: found.incomplete.len() + found.unreadable, ..Tally::default() };
    tell_incomplete(&found);

    let store = Store::connect(&destination);
    let results = redrive::record_all(&store, found.whole, destination.retention_days);
    let mut results = std::pin::pin!(results);
    while let Some((id, result)) = results.next().await {
        match result {
            Ok(Stored::New) => tally.recorded += 1,
            Ok(Stored::Duplicate) => tally.already_there += 1,
            Err(fault) => {
                tally.failed += 1;
                progress.suspend(|| eprintln!("failed: {id}: {fault}"));
            }
        }
        progress.inc(1);
    }
    progress.finish();
    Ok(tally)
}

fn tell_incomplete(found: &Found) {
    for id in &found.incomplete {
        eprintln!("incomplete: {id}: the log has only some of its pieces");
    }
    if found.unreadable > 0 {
        eprintln!("incomplete: {} lines are cut off", found.unreadable);
    }
}
