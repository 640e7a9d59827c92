//! The embedded DynamoDB behind a proxy that counts the requests.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use support::endpoint::{Endpoint, Step};

use crate::world::{Ran, World, run};

/// The number of requests by operation.
pub(crate) type Requests = BTreeMap<String, usize>;

/// Runs the program, and counts its requests. The deployment has one shard.
pub(crate) async fn run_counted(world: &World, arguments: &[&str]) -> (Ran, Requests) {
    let counts = Arc::new(Mutex::new(Requests::new()));
    let counted = Arc::clone(&counts);
    let count = move |_, request: &[u8]| {
        *counted.lock().expect("no test panics with it").entry(operation(request)).or_default() += 1;
        Step::Pass
    };
    let endpoint = Endpoint::deciding_on(count, world.dynamodb.address).await;
    let mut command = world.program(arguments);
    command.env("AWS_ENDPOINT_URL_DYNAMODB", format!("http://{}", endpoint.address)).env("INDEX_SHARDS", "1");
    let ran = run(command, "");
    let counts = counts.lock().expect("no test panics with it").clone();
    (ran, counts)
}

/// The operation in a request's header: `x-amz-target: DynamoDB_20120810.Query`.
fn operation(request: &[u8]) -> String {
    let text = String::from_utf8_lossy(request);
    let target = text.lines().find_map(|line| line.strip_prefix("x-amz-target: DynamoDB_20120810."));
    target.expect("a request has a target").to_owned()
}
