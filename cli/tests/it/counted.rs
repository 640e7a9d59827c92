//! The embedded DynamoDB behind a proxy that keeps the requests.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use support::endpoint::{Endpoint, Step};

use crate::world::{Ran, World, run};

/// The number of requests by operation.
pub(crate) type Requests = BTreeMap<String, usize>;

/// Runs the program, and returns its requests. The deployment has one shard.
pub(crate) async fn run_watched(world: &World, arguments: &[&str]) -> (Ran, Vec<String>) {
    let requests = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&requests);
    let keep = move |_, request: &[u8]| {
        kept.lock().expect("no test panics with it").push(String::from_utf8_lossy(request).into_owned());
        Step::Pass
    };
    let endpoint = Endpoint::deciding_on(keep, world.dynamodb.address).await;
    let mut command = world.program(arguments);
    command.env("AWS_ENDPOINT_URL_DYNAMODB", format!("http://{}", endpoint.address)).env("INDEX_SHARDS", "1");
    let ran = run(command, "");
    let requests = std::mem::take(&mut *requests.lock().expect("no test panics with it"));
    (ran, requests)
}

/// Runs the program, and counts its requests. The deployment has one shard.
pub(crate) async fn run_counted(world: &World, arguments: &[&str]) -> (Ran, Requests) {
    let (ran, requests) = run_watched(world, arguments).await;
    let mut counts = Requests::new();
    for request in &requests {
        *counts.entry(operation(request).to_owned()).or_default() += 1;
    }
    (ran, counts)
}

/// The operation in a request's header: `x-amz-target: DynamoDB_20120810.Query`.
pub(crate) fn operation(request: &str) -> &str {
    let target = request.lines().find_map(|line| line.strip_prefix("x-amz-target: DynamoDB_20120810."));
    target.expect("a request has a target")
}
