//! Sends callbacks to the function of `make run`: the files of `events/`, as API Gateway would hand them over, and
//! two over HTTP, as Tencent sends them, of which one is signed and one wrongly. `make send` does that.

use std::{
    env,
    error::Error,
    fs, io,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::ExitCode,
};

use serde_json::Value;
use support::{
    endpoint::read_message,
    requests::{CREATED, SDK_APPID, created, signed},
};
use tencent_chat_webhook::time::now_millis;
use tokio::{io::AsyncWriteExt, net::TcpStream};

/// Who signs, where `CALLBACK_TOKENS` is not set: as `make run` has it.
const SIGNING: (&str, &str) = ("1400000002", "local-token");

/// Where Lambda's own API takes an event; the function's name is what the emulator makes of none.
const INVOKE: &str = "/2015-03-31/functions/_/invocations";

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("can't send: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Box<dyn Error>> {
    let address = env::var("LOCAL_FUNCTION_ADDRESS").unwrap_or_default();
    let address: SocketAddr = if address.is_empty() { "127.0.0.1:9000" } else { &address }.parse()?;
    for path in samples()? {
        let (_, reply) = post(address, INVOKE, &fs::read_to_string(&path)?).await?;
        let reply: Value = serde_json::from_str(&reply)?;
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        tell(&name, &reply["statusCode"].to_string(), reply["body"].as_str().unwrap_or_default());
    }
    let tokens = env::var("CALLBACK_TOKENS").unwrap_or_default();
    let (app, token) = match tokens.split(',').next() {
        None | Some("") => SIGNING,
        Some(first) => first.split_once(':').unwrap_or((SDK_APPID, first)),
    };
    for (name, token) in [("signed", token), ("signed wrongly", "wrong")] {
        let body = created(now_millis() % 1_000_000_000, 3);
        let (status, reply) = post(address, &format!("/?{}", signed(app, CREATED, token)), &body).await?;
        tell(name, &status, &reply);
    }
    Ok(())
}

/// The files of `events/`, in the order of their names.
fn samples() -> io::Result<Vec<PathBuf>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../events");
    let mut paths = fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()?;
    paths.sort();
    Ok(paths)
}

fn tell(name: &str, status: &str, reply: &str) {
    println!("{name:<28}  {status:>3}  {reply}");
}

/// Status and body of the reply.
async fn post(address: SocketAddr, path: &str, body: &str) -> Result<(String, String), Box<dyn Error>> {
    let connection = TcpStream::connect(address).await;
    let mut connection =
        connection.map_err(|_| format!("nothing answers at {address}; start `make run` first"))?;
    let head = format!(
        "POST {path} HTTP/1.1\r\nhost: {address}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    connection.write_all((head + body).as_bytes()).await?;
    let reply = String::from_utf8(read_message(&mut connection).await?)?;
    let (head, body) = reply.split_once("\r\n\r\n").ok_or("the reply has no end")?;
    let status = head.split(' ').nth(1).ok_or("the reply has no status")?;
    Ok((status.to_owned(), body.to_owned()))
}
