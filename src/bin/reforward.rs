//! The third Lambda function: forwards callbacks that your own receiver did not take.

use std::process::ExitCode;

use lambda_runtime::Error;
use tencent_chat_webhook::{
    log::{Level, Log, log_panics},
    reforward::{self, Reforward},
    settings::Reforwarding,
    store::Store,
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<ExitCode, Error> {
    log_panics();
    let log = Log::from_env();
    let settings = match Reforwarding::from_env() {
        Ok(settings) => settings,
        Err(error) => {
            log.note(Level::Error, &format!("can't start: {error}"), None);
            return Ok(ExitCode::FAILURE);
        }
    };
    let store = Store::connect(&settings.destination);
    reforward::serve(&Reforward::new(settings, store, log)).await?;
    Ok(ExitCode::SUCCESS)
}
