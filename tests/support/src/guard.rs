//! Protects a DynamoDB on a developer's machine from web pages.
//!
//! Any page in the developer's browser can send requests to loopback, and dynoxide lets every page read the
//! responses. A page sends its own `Origin`. Or, with DNS rebinding, the page's own name suddenly resolves to
//! 127.0.0.1, and `Host` is that name. So both headers must name loopback.

use std::{
    error::Error,
    net::{IpAddr, Ipv4Addr, SocketAddr},
};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::Request,
    http::{
        HeaderMap, StatusCode, Uri,
        header::{CONTENT_TYPE, HOST, HeaderName, ORIGIN},
    },
    response::{IntoResponse, Response},
};
use dynoxide::Database;
use hyper::client::conn::http1::handshake;
use hyper_util::rt::TokioIo;
use serde_json::json;
use tokio::{
    net::{TcpListener, TcpStream},
    task::JoinSet,
};

/// Serves a database to programs on this machine.
pub(crate) async fn serve(listener: TcpListener, database: Database) {
    let app = Router::new().fallback(move |request: Request| answer(database.clone(), request));
    // `accept` fails only if the process may open no more connections; clients then report that.
    let _ = axum::serve(listener, app).await;
}

async fn answer(database: Database, request: Request) -> Response {
    if let Some(header) = foreign(request.headers()) {
        let message = format!("this DynamoDB is for programs of this machine; {header} is not loopback");
        return error(StatusCode::FORBIDDEN, "AccessDeniedException", &message);
    }
    match pass(database, request).await {
        Ok(response) => response,
        Err(fault) => error(StatusCode::INTERNAL_SERVER_ERROR, "InternalServerError", &fault.to_string()),
    }
}

/// The header that names another machine: `Host`, which is required, or `Origin`.
fn foreign(headers: &HeaderMap) -> Option<HeaderName> {
    let all = |name| headers.get_all(name).iter().map(|value| value.to_str().unwrap_or_default());
    if all(HOST).count() != 1 || !all(HOST).all(is_loopback) {
        return Some(HOST);
    }
    let is_local = |origin: &str| origin.split_once("://").is_some_and(|(_, host)| is_loopback(host));
    (!all(ORIGIN).all(is_local)).then_some(ORIGIN)
}

/// Whether a host, with or without a port, is `localhost` or a loopback address.
fn is_loopback(authority: &str) -> bool {
    let Ok(uri) = authority.parse::<Uri>() else { return false };
    let host = uri.host().unwrap_or_default().trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost") || host.parse().is_ok_and(|host: IpAddr| host.is_loopback())
}

/// Passes a request on to dynoxide.
///
/// dynoxide can only serve a listener, and a permanent listener would be as open to pages as this port. So each
/// request has its own listener on a random port, which is closed before the response leaves.
async fn pass(database: Database, request: Request) -> Result<Response, Box<dyn Error + Send + Sync>> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let address = listener.local_addr()?;
    // The task ends with the set, even if the client disconnects first.
    let mut server = JoinSet::new();
    server.spawn(dynoxide::server::serve_on(listener, database));
    ask(address, request).await
}

async fn ask(address: SocketAddr, request: Request) -> Result<Response, Box<dyn Error + Send + Sync>> {
    let (mut sender, connection) = handshake(TokioIo::new(TcpStream::connect(address).await?)).await?;
    tokio::spawn(connection);
    let (head, body) = sender.send_request(request).await?.into_parts();
    let body = to_bytes(Body::new(body), usize::MAX).await?;
    Ok(Response::from_parts(head, Body::from(body)))
}

/// An error in DynamoDB's form, so that every client shows its message.
fn error(status: StatusCode, code: &str, message: &str) -> Response {
    let kind = format!("com.amazonaws.dynamodb.v20120810#{code}");
    let body = json!({ "__type": kind, "message": message }).to_string();
    (status, [(CONTENT_TYPE, "application/x-amz-json-1.0")], body).into_response()
}
