//! The programs under test: the function under `cargo lambda watch`, and the redrive.

use std::{
    env, fs,
    io::{self, Write},
    net::{SocketAddr, TcpListener},
    path::PathBuf,
    process::{Child, Command, Stdio},
};

use crate::{
    broken,
    callbacks::{SDK_APPID, TOKEN},
    dynamodb,
};

/// The running function.
pub(crate) struct Function {
    pub(crate) address: SocketAddr,
    watch: Child,
    log: PathBuf,
}

impl Function {
    /// Starts the release binary in up to so many instances, with DynamoDB at an address.
    pub(crate) fn start(dynamodb: SocketAddr, instances: usize) -> io::Result<Self> {
        // Free now, and nobody else asks for it in the moment until it is bound again.
        let address = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?;
        let log = env::current_exe()?.with_file_name("load.log");
        let watch = environment(Command::new("cargo"), dynamodb)
            .args(["lambda", "watch", "--release", "--ignore-changes", "--quiet"])
            .args(["--bin", "tencent-chat-webhook", "--concurrency", &instances.to_string()])
            .args(["--invoke-address", "127.0.0.1", "--invoke-port", &address.port().to_string()])
            .env("SDK_APP_IDS", SDK_APPID)
            .env("CALLBACK_TOKENS", TOKEN)
            .stdin(Stdio::null())
            .stdout(fs::File::create(&log)?)
            .spawn()?;
        Ok(Self { address, watch, log })
    }

    /// Stops it, instances and all, and gives its log.
    pub(crate) fn stop(mut self) -> io::Result<String> {
        self.interrupt()?;
        fs::read_to_string(&self.log)
    }

    /// As Ctrl-C does: then `cargo lambda` ends its instances too.
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

/// Redrives a log into a table: the closing count.
pub(crate) fn redrive(log: &str, dynamodb: SocketAddr) -> io::Result<String> {
    let program = env::current_exe()?.with_file_name("redrive");
    if !program.exists() {
        // `cargo run --example load` alone does not build it.
        return Err(broken("build the example redrive first"));
    }
    let mut redrive =
        environment(Command::new(program), dynamodb).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
    // It reads everything before it writes anything, so neither side can wait for the other.
    redrive.stdin.take().ok_or_else(|| broken("no stdin"))?.write_all(log.as_bytes())?;
    let output = redrive.wait_with_output()?;
    if !output.status.success() {
        return Err(broken("the redrive failed"));
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

fn environment(mut command: Command, dynamodb: SocketAddr) -> Command {
    command
        .env("TABLE_NAME", dynamodb::TABLE)
        .env("AWS_REGION", "us-east-1")
        .env("AWS_ACCESS_KEY_ID", "local")
        .env("AWS_SECRET_ACCESS_KEY", "local")
        .env("AWS_ENDPOINT_URL_DYNAMODB", format!("http://{dynamodb}"));
    command
}
