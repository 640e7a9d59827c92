//! The Lambda function: reads its settings, connects, and serves requests.

use std::process::ExitCode;

use lambda_runtime::Error;
use tencent_chat_webhook::{
    gateway,
    handler::Handler,
    log::{Level, Log, log_panics},
    settings::Settings,
    store::Store,
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<ExitCode, Error> {
    log_panics();
    let log = Log::from_env();
    let settings = match Settings::from_env() {
        Ok(settings) => settings,
        Err(error) => {
            log.note(Level::Error, &format!("can't start: {error}"), None);
            return Ok(ExitCode::FAILURE);
        }
    };
    let store = Store::connect(&settings.destination);
    let handler = Handler::new(settings, store, log);
    handler.warm_up().await;
    gateway::serve(&handler).await?;
    Ok(ExitCode::SUCCESS)
}
