//! A receiver on axum: `cargo run --example axum`, then
//!
//! ```sh
//! time=$(date +%s)
//! sign=$(printf 'local-token%s' "$time" | sha256sum | cut -d' ' -f1)
//! curl "http://127.0.0.1:3000/?SdkAppid=1400000001&CallbackCommand=Group.CallbackBeforeCreateGroup&RequestTime=$time&Sign=$sign" \
//!     --data '{"Operator_Account":"a","Owner_Account":"a","Type":"Public","Name":"My casino"}'
//! ```

use std::{
    sync::Arc,
    time::{SystemTime, UNIX_EPOCH},
};

use axum::{
    Router,
    body::Bytes,
    extract::{RawQuery, State},
    http::{StatusCode, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
    routing::post,
};
use tencent_chat_callbacks::{Answer, App, Ask, Received, Receiver, Refusal};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let token = std::env::var("CALLBACK_TOKEN").unwrap_or_else(|_| "local-token".to_owned());
    let receiver = Receiver::new([App::signed("1400000001", [token])?]);
    let app = Router::new().route("/", post(receive)).with_state(Arc::new(receiver));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:3000").await?;
    println!("listening at http://{}", listener.local_addr()?);
    Ok(axum::serve(listener, app).await?)
}

/// Answers within Tencent's 2 seconds, whatever the request holds.
async fn receive(State(receiver): State<Arc<Receiver>>, RawQuery(query): RawQuery, body: Bytes) -> Response {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs());
    let (status, json) = match answer(&receiver, &query.unwrap_or_default(), &body, now) {
        Ok(answer) => (200, answer.json().into_owned()),
        Err(refusal) => (refusal.status(), refusal.json()),
    };
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (status, [(CONTENT_TYPE, "application/json")], json).into_response()
}

#[allow(clippy::similar_names, reason = "a receiver has received something")]
fn answer(receiver: &Receiver, query: &str, body: &[u8], now: u64) -> Result<Answer, Refusal> {
    let received = receiver.receive(query, body, now)?;
    if let Received::Callback(callback) = &received {
        println!("{} of {}", callback.command(), callback.subject());
        // An event can leave the request.
        if let Ok(event) = callback.event() {
            let event = event.into_owned();
            tokio::spawn(async move { println!("{:?} at {:?}", event.group_id(), event.time()) });
        }
    }
    Ok(match received.ask() {
        Some(Ask::GroupBeforeCreateGroup(ask)) if ask.event().name.contains("casino") => {
            ask.deny::<10101>("No casinos.")
        }
        _ => received.answer(),
    })
}
