//! Commands that read by keys while DynamoDB throttles.

use std::{
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use support::{
    dynamodb::TABLE,
    requests::CREATED,
    stand_in::{Request, Response, serve_operations},
};

use crate::world::{ENVIRONMENT, program, run};

/// A table with one event of this day. Its first responses to `BatchGetItem` leave the key unprocessed.
fn throttled(unprocessed: usize, batches: &mut Vec<Instant>, request: &Request) -> Value {
    let event = json!({
        "pk": { "S": "1400000001#g" }, "sk": { "S": "1670574414123#x" }, "CallbackCommand": { "S": CREATED },
    });
    if request.operation == "BatchGetItem" {
        batches.push(Instant::now());
        let body: Value = serde_json::from_str(&request.body).expect("a request is JSON");
        let is_throttled = batches.len() <= unprocessed;
        return if is_throttled {
            json!({ "Responses": {}, "UnprocessedKeys": body["RequestItems"] })
        } else {
            json!({ "Responses": { TABLE: [event] }, "UnprocessedKeys": {} })
        };
    }
    assert_eq!(request.operation, "Query");
    let has_event = request.body.contains("#2022-12-09\"");
    json!({ "Items": if has_event { vec![event] } else { vec![] } })
}

#[test]
fn unprocessed_keys_are_requested_again_after_pauses() {
    let batches = Arc::new(Mutex::new(Vec::new()));
    let answered = Arc::clone(&batches);
    let url = serve_operations(move |request| {
        let body = throttled(3, &mut answered.lock().expect("no test panics with it"), request);
        Some(Response { status: 200, headers: Vec::new(), body: body.to_string().into_bytes() })
    });
    let arguments =
        ["list", "--command", CREATED, "--since", "2022-12-09", "--until", "2022-12-10", "--json"];
    let mut command = program(&ENVIRONMENT, &arguments);
    command.env("AWS_ENDPOINT_URL_DYNAMODB", url).env("INDEX_SHARDS", "1");
    assert_eq!(run(command, "").json().len(), 1);
    let times = batches.lock().expect("no test panics with it");
    let pauses: Vec<_> = times.windows(2).map(|pair| pair[1] - pair[0]).collect();
    let least = [50, 100, 200].map(Duration::from_millis);
    assert!(
        pauses.len() == 3 && pauses.iter().zip(least).all(|(pause, least)| *pause >= least),
        "{pauses:?}"
    );
}
