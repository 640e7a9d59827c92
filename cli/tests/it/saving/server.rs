//! A storage server that misbehaves.

use std::{
    io::{BufRead, BufReader, Write},
    net::{TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    time::Duration,
};

/// What the server does with a request.
#[derive(Clone, Debug)]
pub(crate) enum Behaviour {
    Body(Vec<u8>),
    /// A body that does not end.
    Endless,
    /// Announces a body of this many bytes, and does not send it.
    Announced(u64),
    Redirect(String),
    /// So many headers.
    Headers(usize),
    Status(u16),
    /// The connection is closed in the middle of the body.
    Cut,
    /// The connection stays open in the middle of the body.
    Held,
}

pub(crate) struct Server {
    url: String,
    requests: Arc<AtomicUsize>,
}

impl Server {
    pub(crate) fn start(behave: impl Fn(&str) -> Behaviour + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port is free");
        let url = format!("http://{}", listener.local_addr().expect("a listener has an address"));
        let (requests, behave) = (Arc::new(AtomicUsize::new(0)), Arc::new(behave));
        let counted = Arc::clone(&requests);
        std::thread::spawn(move || {
            for connection in listener.incoming().flatten() {
                counted.fetch_add(1, Relaxed);
                let behave = Arc::clone(&behave);
                // An error means that the client has gone.
                std::thread::spawn(move || serve(connection, &*behave).ok());
            }
        });
        Self { url, requests }
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    pub(crate) fn host(&self) -> &str {
        self.url.trim_start_matches("http://")
    }

    pub(crate) fn requests(&self) -> usize {
        self.requests.load(Relaxed)
    }
}

fn serve(mut client: TcpStream, behave: &impl Fn(&str) -> Behaviour) -> std::io::Result<()> {
    let mut reader = BufReader::new(client.try_clone()?);
    let (mut first, mut line) = (String::new(), String::new());
    reader.read_line(&mut first)?;
    while reader.read_line(&mut line)? > 2 {
        line.clear();
    }
    let path = first.split(' ').nth(1).unwrap_or_default();
    let mut head = |status: u16, rest: &str| {
        client.write_all(format!("HTTP/1.1 {status} x\r\nconnection: close\r\n{rest}\r\n").as_bytes())
    };
    match behave(path) {
        Behaviour::Body(body) => {
            head(200, &format!("content-length: {}\r\ncontent-type: text/html\r\n", body.len()))?;
            client.write_all(&body)
        }
        Behaviour::Endless => {
            head(200, "transfer-encoding: chunked\r\n")?;
            loop {
                client.write_all(b"400\r\n")?;
                client.write_all(&[b'x'; 1024])?;
                client.write_all(b"\r\n")?;
            }
        }
        Behaviour::Announced(bytes) => head(200, &format!("content-length: {bytes}\r\n")),
        Behaviour::Redirect(to) => head(302, &format!("location: {to}\r\ncontent-length: 0\r\n")),
        Behaviour::Headers(count) => {
            let headers: Vec<_> = (0..count).map(|number| format!("x-{number}: y\r\n")).collect();
            head(200, &format!("{}content-length: 0\r\n", headers.concat()))
        }
        Behaviour::Status(status) => head(status, "content-length: 0\r\n"),
        Behaviour::Cut => {
            head(200, "content-length: 100\r\n")?;
            client.write_all(b"only this")
        }
        Behaviour::Held => {
            head(200, "content-length: 100\r\n")?;
            client.write_all(b"only this")?;
            std::thread::sleep(Duration::from_mins(1));
            Ok(())
        }
    }
}
