//! Runs the function on your machine, with a DynamoDB: no AWS account, no signature. `make run` starts it.
//!
//! The function is the real binary, under `cargo lambda watch`, which rebuilds and restarts it when a source changes.
//! DynamoDB is in this process, so it keeps running. Both listen only on loopback. Events are kept in a file.
//!
//! Every setting can be set in the environment; otherwise it has a value that fits the files in `events/`. This
//! program also has these settings: `LOCAL_FUNCTION_ADDRESS` (default `127.0.0.1:9000`),
//! `LOCAL_DYNAMODB_ADDRESS` (default `127.0.0.1:8000`), `LOCAL_DYNAMODB_FILE` (default `.local/events.db`), and
//! `LOG=json` for the log as CloudWatch gets it.

use std::{env, error::Error, fs, net::SocketAddr, path::Path, process::ExitCode};

use support::dynamodb::DynamoDb;

mod lines;
mod watch;

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// The addresses of the function and of DynamoDB.
struct Addresses {
    function: SocketAddr,
    dynamodb: SocketAddr,
}

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("can't run: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Outcome<()> {
    let addresses = Addresses {
        function: address("LOCAL_FUNCTION_ADDRESS", "127.0.0.1:9000")?,
        dynamodb: address("LOCAL_DYNAMODB_ADDRESS", "127.0.0.1:8000")?,
    };
    let file = setting("LOCAL_DYNAMODB_FILE", ".local/events.db");
    if let Some(folder) = Path::new(&file).parent() {
        fs::create_dir_all(folder)?;
    }
    let dynamodb = DynamoDb::in_file(&file, addresses.dynamodb).await?;
    let mut function = watch::start(addresses.function, &dynamodb.url())?;
    function.wait_until_it_listens(addresses.function).await?;
    print_help(&addresses);
    function.serve().await
}

/// A loopback address. `local/ports.py` has checked before the build that it is free.
fn address(name: &str, default: &str) -> Outcome<SocketAddr> {
    let value = setting(name, default);
    let address: SocketAddr =
        value.parse().map_err(|_| format!("{name} is {value}; expected an address like {default}"))?;
    if !address.ip().is_loopback() {
        return Err(format!(
            "{name} is {address}, which other machines can reach; unsigned callbacks are for loopback"
        )
        .into());
    }
    Ok(address)
}

/// The value of an environment variable, or the default if it is unset or empty.
fn setting(name: &str, default: &str) -> String {
    env::var(name).ok().filter(|value| !value.is_empty()).unwrap_or_else(|| default.to_owned())
}

fn print_help(Addresses { function, dynamodb }: &Addresses) {
    println!(
        "The function answers at http://{function}, DynamoDB at http://{dynamodb}. In a second terminal:"
    );
    println!("  make send    sends some callbacks as Tencent does");
    println!("  make show    shows the recorded events");
    println!("Each callback is a line here. A change in src/ restarts the function. Ctrl-C ends it.\n");
}
