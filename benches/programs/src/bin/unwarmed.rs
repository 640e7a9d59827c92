//! The function without its warm-up, to see what its start costs apart from that.

use std::convert::Infallible;

use lambda_runtime::{Error, service_fn};
use tencent_chat_webhook::{handler::Handler, settings::Settings, store::Store, telemetry::Log};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let settings = Settings::from_env()?;
    let store = Store::connect(&settings.destination);
    let handler = &Handler::new(settings, store, Log::from_env());
    lambda_runtime::run(service_fn(|event| async move { Ok::<_, Infallible>(handler.handle(event).await) }))
        .await
}
