//! The function in this process, reached over HTTP as through API Gateway.

use std::{
    io,
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use axum::{
    Router,
    body::Bytes,
    extract::{RawQuery, State},
    http::StatusCode,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use lambda_runtime::{Context, LambdaEvent};
use serde_json::json;
use tencent_chat_webhook::{
    gateway,
    handler::Handler,
    log::{Level, Log},
    settings::Settings,
    store::Store,
};
use tokio::{net::TcpListener, task::AbortHandle};

use crate::{
    dynamodb::TABLE,
    requests::{SDK_APPID, post},
};

/// The function, until it is dropped.
#[derive(Debug)]
pub struct Function {
    /// Where it listens.
    pub address: SocketAddr,
    requests: Arc<Mutex<Vec<Request>>>,
    task: AbortHandle,
}

/// A request that the function received.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The unchanged query string.
    pub query: String,
    /// The unchanged body.
    pub body: Vec<u8>,
}

impl Function {
    /// Starts the function for [`SDK_APPID`], with DynamoDB at this URL and these settings.
    pub async fn start(dynamodb_url: &str, settings: &[(&str, &str)]) -> Self {
        let defaults = [
            ("TABLE_NAME", TABLE),
            ("SDK_APP_IDS", SDK_APPID),
            ("AWS_REGION", "us-east-1"),
            ("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"),
            ("AWS_SECRET_ACCESS_KEY", "example-secret"),
            ("AWS_ENDPOINT_URL_DYNAMODB", dynamodb_url),
        ];
        let settings = Settings::from_lookup(|name| {
            let mut all = settings.iter().chain(&defaults);
            all.find(|setting| setting.0 == name).map(|setting| setting.1.to_owned())
        });
        let settings = settings.expect("the settings are complete");
        let store = Store::connect(&settings.destination);
        let handler = Arc::new(Handler::new(settings, store, Log::new(Level::Error, io::sink())));
        let requests = Arc::<Mutex<Vec<Request>>>::default();
        let router = Router::new().fallback(answer).with_state((handler, Arc::clone(&requests)));
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port is free");
        let address = listener.local_addr().expect("a listener has an address");
        let task = tokio::spawn(axum::serve(listener, router).into_future()).abort_handle();
        Self { address, requests, task }
    }

    /// Its URL.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}/", self.address)
    }

    /// The requests since the last call.
    #[must_use]
    pub fn take_requests(&self) -> Vec<Request> {
        std::mem::take(&mut self.requests.lock().expect("no handler panicked"))
    }
}

impl Drop for Function {
    fn drop(&mut self) {
        self.task.abort();
    }
}

type Parts = (Arc<Handler>, Arc<Mutex<Vec<Request>>>);

async fn answer(
    State((handler, requests)): State<Parts>,
    RawQuery(query): RawQuery,
    body: Bytes,
) -> (StatusCode, String) {
    let query = query.unwrap_or_default();
    let mut event = post(&query, &STANDARD.encode(&body));
    event["isBase64Encoded"] = json!(true);
    requests.lock().expect("no handler panicked").push(Request { query, body: body.to_vec() });
    let event = serde_json::from_str(&event.to_string()).expect("any JSON deserializes as an event");
    let Ok(reply) = gateway::answer(&handler, LambdaEvent::new(event, Context::default())).await;
    let reply = serde_json::to_value(reply).expect("a reply serializes");
    let status = reply["statusCode"].as_u64().and_then(|status| u16::try_from(status).ok());
    let status = StatusCode::from_u16(status.expect("a reply has a status")).expect("it is one of HTTP");
    (status, reply["body"].as_str().expect("a reply has a body").to_owned())
}
