//! The function with a DynamoDB inside, for use on one's own machine: no AWS account, no signature.
//!
//! `cargo lambda watch --example local` serves it; `make run` does that with everything it needs. Events stay
//! in a file across restarts, and DynamoDB answers on a loopback port, for the AWS CLI.
//!
//! Every setting can be given in the environment; those that are not have a value that fits the files in
//! `events/`. Two more belong to this example: `LOCAL_DYNAMODB_ADDRESS` (default `127.0.0.1:8000`) and
//! `LOCAL_DYNAMODB_FILE` (default `.local/events.db`).

use std::{error::Error, fs, path::Path};

use support::dynamodb::{DynamoDb, TABLE};
use tencent_chat_webhook::{
    gateway,
    handler::Handler,
    log::{Log, log_panics},
    settings::Settings,
    store::Store,
};

const DEFAULTS: [(&str, &str); 6] = [
    ("TABLE_NAME", TABLE),
    ("SDK_APP_IDS", "1400000001"),
    ("AWS_REGION", "us-east-1"),
    ("AWS_ACCESS_KEY_ID", "local"),
    ("AWS_SECRET_ACCESS_KEY", "local"),
    ("LOCAL_DYNAMODB_ADDRESS", "127.0.0.1:8000"),
];

fn setting(name: &str) -> Option<String> {
    let default = || DEFAULTS.iter().find(|default| default.0 == name).map(|default| default.1.to_owned());
    match name {
        // A token that someone wants to try locally has to count.
        "ALLOW_UNSIGNED" => Some(std::env::var("CALLBACK_TOKENS").is_err().to_string()),
        _ => std::env::var(name).ok().or_else(default),
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    let file = setting("LOCAL_DYNAMODB_FILE").unwrap_or_else(|| ".local/events.db".to_owned());
    if let Some(folder) = Path::new(&file).parent() {
        fs::create_dir_all(folder)?;
    }
    let address = setting("LOCAL_DYNAMODB_ADDRESS").unwrap_or_default().parse()?;
    let dynamodb = DynamoDb::in_file(&file, address).await?;

    let mut settings = Settings::from_lookup(setting)?;
    settings.destination.aws.endpoint_url = Some(dynamodb.url());
    log_panics();
    let store = Store::connect(&settings.destination);
    let handler = Handler::new(settings, store, Log::from_env());
    handler.warm_up().await;
    gateway::serve(&handler).await
}
