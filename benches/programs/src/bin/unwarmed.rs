//! This function without its warm-up, to measure the rest of its start.

use lambda_http::Error;
use tencent_chat_webhook::{gateway, handler::Handler, log::Log, settings::Settings, store::Store};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let settings = Settings::from_env()?;
    let store = Store::connect(&settings.destination);
    gateway::serve(&Handler::new(settings, store, Log::from_env())).await
}
