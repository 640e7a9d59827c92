//! The Lambda function: reads its settings, connects, and serves.

use std::{convert::Infallible, process::ExitCode};

use lambda_runtime::{Error, service_fn};
use tencent_chat_webhook::{
    handler::{Handler, keep_panics_for_the_log},
    settings::Settings,
    store::Store,
    telemetry::{Level, Log, now_millis},
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<ExitCode, Error> {
    let log = Log::from_env();
    let settings = match Settings::from_env() {
        Ok(settings) => settings,
        Err(error) => {
            log.note(now_millis(), Level::Error, &format!("can't start: {error}"));
            return Ok(ExitCode::FAILURE);
        }
    };
    keep_panics_for_the_log();
    let store = Store::connect(&settings.destination);
    let handler = Handler::new(settings, store, log);
    handler.warm_up().await;
    let handler = &handler;
    lambda_runtime::run(service_fn(|event| async move { Ok::<_, Infallible>(handler.handle(event).await) }))
        .await?;
    Ok(ExitCode::SUCCESS)
}
