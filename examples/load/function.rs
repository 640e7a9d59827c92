//! The function under test: the release binary under `cargo lambda watch`.

use std::{
    env, fs,
    io::{self, Read, Seek},
    net::{SocketAddr, TcpListener},
    path::PathBuf,
    process::{Child, Command, Stdio},
};

use support::{
    cargo::{QUIET_RUNTIME, cargo},
    dynamodb::TABLE,
    requests::SDK_APPID,
};

use crate::callbacks::TOKEN;

/// The running function.
pub(crate) struct Function {
    pub(crate) address: SocketAddr,
    watch: Child,
    log: PathBuf,
}

/// Reads the log while it grows.
pub(crate) struct Tail(fs::File);

/// The environment of a function that uses the table at an address.
pub(crate) fn settings(dynamodb_url: &str) -> [(&str, &str); 5] {
    [
        ("TABLE_NAME", TABLE),
        ("AWS_REGION", "us-east-1"),
        ("AWS_ACCESS_KEY_ID", "local"),
        ("AWS_SECRET_ACCESS_KEY", "local"),
        ("AWS_ENDPOINT_URL_DYNAMODB", dynamodb_url),
    ]
}

impl Function {
    /// Starts the release binary in up to this many instances, with DynamoDB and the receiver at these URLs.
    pub(crate) fn start(dynamodb_url: &str, receiver: &str, instances: usize) -> io::Result<Self> {
        // The port is free now, and no other program is likely to take it before the function does.
        let address = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?;
        let log = env::current_exe()?.with_file_name("load.log");
        let watch = cargo()
            .args(["lambda", "watch", "--release", "--ignore-changes", "--quiet"])
            .args(["--bin", "tencent-chat-webhook", "--concurrency", &instances.to_string()])
            .args(["--config", QUIET_RUNTIME])
            .args(["--invoke-address", "127.0.0.1", "--invoke-port", &address.port().to_string()])
            .envs(settings(dynamodb_url))
            .env("SDK_APP_IDS", SDK_APPID)
            .env("CALLBACK_TOKENS", TOKEN)
            .env("FORWARD_URL", receiver)
            .stdin(Stdio::null())
            .stdout(fs::File::create(&log)?)
            .spawn()?;
        Ok(Self { address, watch, log })
    }

    /// Its log from the beginning.
    pub(crate) fn tail(&self) -> io::Result<Tail> {
        fs::File::open(&self.log).map(Tail)
    }

    /// Stops it with its instances, and returns its log.
    pub(crate) fn stop(mut self) -> io::Result<String> {
        self.interrupt()?;
        fs::read_to_string(&self.log)
    }

    /// As Ctrl-C does: then `cargo lambda` also stops its instances.
    fn interrupt(&mut self) -> io::Result<()> {
        if self.watch.try_wait()?.is_none() {
            Command::new("kill").args(["-INT", &self.watch.id().to_string()]).status()?;
            self.watch.wait()?;
        }
        Ok(())
    }
}

impl Drop for Function {
    fn drop(&mut self) {
        if let Err(error) = self.interrupt() {
            eprintln!("the function may still run: {error}");
        }
    }
}

impl Tail {
    /// The complete lines since the last call.
    pub(crate) fn lines(&mut self) -> io::Result<String> {
        let mut bytes = Vec::new();
        self.0.read_to_end(&mut bytes)?;
        let whole = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |last| last + 1);
        self.0.seek_relative(-i64::try_from(bytes.len() - whole).map_err(io::Error::other)?)?;
        bytes.truncate(whole);
        String::from_utf8(bytes).map_err(io::Error::other)
    }
}
