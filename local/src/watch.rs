//! The function's binary under `cargo lambda watch`.

use std::{env, net::SocketAddr, process::Stdio, time::Duration};

use support::{
    cargo::{QUIET_RUNTIME, cargo},
    dynamodb::TABLE,
};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    net::TcpStream,
    process::{Child, Command},
    signal::unix::{SignalKind, signal},
    time::{sleep, timeout},
};

use crate::{Outcome, lines::readable};

/// Settings that fit the files in `events/`. The second application is for signed requests.
const DEFAULTS: [(&str, &str); 5] = [
    ("TABLE_NAME", TABLE),
    ("SDK_APP_IDS", "1400000001,1400000002"),
    ("AWS_REGION", "us-east-1"),
    ("AWS_ACCESS_KEY_ID", "local"),
    ("AWS_SECRET_ACCESS_KEY", "local"),
];

/// The signing setting, if the environment has none.
const TOKENS: [(&str, &str); 2] = [("CALLBACK_TOKENS", "1400000002:local-token"), ("ALLOW_UNSIGNED", "true")];

/// Hides the log lines of `cargo lambda` about its steps.
const QUIET: [(&str, &str); 1] = [("RUST_LOG", "cargo_lambda=warn")];

/// After this time the function is killed.
const STOP_TIMEOUT: Duration = Duration::from_secs(3);

/// The running function.
pub(crate) struct Function(Child);

/// Starts it, with DynamoDB at this URL.
pub(crate) fn start(address: SocketAddr, dynamodb_url: &str) -> Outcome<Function> {
    let missing = |name: &str| env::var_os(name).is_none();
    let mut command = Command::from(cargo());
    command
        .args([
            "lambda",
            "watch",
            "--quiet",
            "--package",
            "local",
            "--bin",
            "function",
            "--config",
            QUIET_RUNTIME,
        ])
        .args(["--invoke-address", &address.ip().to_string(), "--invoke-port", &address.port().to_string()])
        .envs(DEFAULTS.into_iter().filter(|default| missing(default.0)))
        .envs(QUIET.into_iter().filter(|default| missing(default.0)))
        .env("AWS_ENDPOINT_URL_DYNAMODB", dynamodb_url)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .kill_on_drop(true);
    // If someone sets tokens to try them, they must be required.
    if missing("CALLBACK_TOKENS") && missing("ALLOW_UNSIGNED") {
        command.envs(TOKENS);
    }
    let child = command.spawn().map_err(|error| format!("cargo can't be started: {error}"))?;
    Ok(Function(child))
}

impl Function {
    /// Waits until the function accepts requests. The first requests wait for its start.
    pub(crate) async fn wait_until_it_listens(&mut self, address: SocketAddr) -> Outcome<()> {
        while TcpStream::connect(address).await.is_err() {
            if self.0.try_wait()?.is_some() {
                return Err(ENDED.into());
            }
            sleep(Duration::from_millis(50)).await;
        }
        Ok(())
    }

    /// Prints its log until it ends.
    pub(crate) async fn serve(mut self) -> Outcome<()> {
        let stdout = self.0.stdout.take().ok_or("its log can't be read")?;
        let mut lines = BufReader::new(stdout).lines();
        let json = env::var("LOG").is_ok_and(|log| log == "json");
        let (mut interrupt, mut terminate) =
            (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
        loop {
            tokio::select! {
                line = lines.next_line() => match line? {
                    Some(line) if json => println!("{line}"),
                    Some(line) => println!("{}", readable(&line)),
                    None => return Err(ENDED.into()),
                },
                _ = interrupt.recv() => break,
                _ = terminate.recv() => break,
            }
        }
        self.end().await
    }

    /// Stops it with its instances. If it were killed, its instances would keep running.
    async fn end(mut self) -> Outcome<()> {
        if let Some(id) = self.0.id() {
            Command::new("kill").args(["-INT", &id.to_string()]).stderr(Stdio::null()).status().await?;
        }
        if timeout(STOP_TIMEOUT, self.0.wait()).await.is_err() {
            self.0.kill().await?;
        }
        Ok(())
    }
}

/// `cargo lambda` has already printed its own error.
const ENDED: &str = "cargo lambda watch has ended";
