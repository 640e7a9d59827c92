//! The second Lambda function: records callbacks that the first one could not store.

use std::process::ExitCode;

use lambda_runtime::Error;
use tencent_chat_webhook::{
    log::{Level, Log, log_panics},
    redrive::{self, Redrive},
    settings::Destination,
    store::Store,
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<ExitCode, Error> {
    log_panics();
    let log = Log::from_env();
    let destination = match Destination::from_env() {
        Ok(destination) => destination,
        Err(error) => {
            log.note(Level::Error, &format!("can't start: {error}"), None);
            return Ok(ExitCode::FAILURE);
        }
    };
    let store = Store::connect(&destination);
    redrive::serve(&Redrive::new(&destination, store, log)).await?;
    Ok(ExitCode::SUCCESS)
}
