//! A stand-in for DynamoDB Streams. It follows the API's reference and the test.
//!
//! The embedded DynamoDB has only one shard. It never closes, its iterators never expire, and it keeps all records.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::Instant,
};

use serde_json::{Value, json};
use support::stand_in::{Request, Response, serve_operations};

/// The time of AWS's clock, which differs from this machine's.
const DATE: &str = "Fri, 09 Dec 2022 08:26:54 GMT";
pub(crate) const NOW: u64 = 1_670_574_414;

/// The number of shards in a page of `DescribeStream`. In DynamoDB it is 100.
const PAGE: usize = 2;

#[derive(Default)]
struct Shard {
    id: String,
    parent: Option<String>,
    listed: bool,
    closed: bool,
    /// The error of the responses to requests for it.
    refusal: Option<&'static str>,
    /// The number of oldest records that are removed.
    trimmed: usize,
    records: Vec<Value>,
}

#[derive(Default)]
pub(crate) struct State {
    shards: Vec<Shard>,
    /// Iterators of earlier generations are expired.
    generation: usize,
    records: usize,
    /// The next failures of an operation: an error code, or `None` to close the connection.
    failures: HashMap<&'static str, Vec<Option<&'static str>>>,
    requests: Vec<(String, Value, Instant)>,
}

impl State {
    pub(crate) fn shard(&mut self, id: &str, parent: Option<&str>) {
        let shard = Shard { id: id.into(), parent: parent.map(Into::into), listed: true, ..Shard::default() };
        self.shards.push(shard);
    }

    pub(crate) fn list(&mut self, id: &str, listed: bool) {
        self.find(id).listed = listed;
    }

    pub(crate) fn close(&mut self, id: &str) {
        self.find(id).closed = true;
    }

    /// Removes a whole shard, as AWS does 24 hours after its closing.
    pub(crate) fn remove(&mut self, id: &str) {
        let shard = self.find(id);
        (shard.refusal, shard.listed) = (Some("ResourceNotFoundException"), false);
    }

    /// Removes the present records, as AWS does after 24 hours.
    pub(crate) fn trim(&mut self, id: &str) {
        let shard = self.find(id);
        shard.trimmed = shard.records.len();
    }

    /// Refuses access to a shard.
    pub(crate) fn refuse(&mut self, id: &str) {
        self.find(id).refusal = Some("AccessDeniedException");
    }

    /// Lets every iterator expire, as AWS does after 15 minutes.
    pub(crate) fn expire(&mut self) {
        self.generation += 1;
    }

    pub(crate) fn fail(&mut self, operation: &'static str, failure: Option<&'static str>, times: usize) {
        self.failures.entry(operation).or_default().extend(vec![failure; times]);
    }

    /// Records an event of a group, at a time.
    pub(crate) fn put(&mut self, id: &str, time: u64, group: &str) {
        self.records += 1;
        let number = format!("{:021}", self.records);
        let text = |text: &str| json!({ "S": text });
        let image = json!({
            "PK": text("a"), "SK": text(&number), "CallbackCommand": text("A.B"), "GroupId": text(group),
        });
        let change = json!({
            "ApproximateCreationDateTime": time, "NewImage": image, "SequenceNumber": number,
        });
        self.find(id).records.push(json!({ "eventName": "INSERT", "dynamodb": change }));
    }

    /// The requests for an operation until now, with their times.
    pub(crate) fn requests(&self, operation: &str) -> Vec<(&Value, Instant)> {
        let of = self.requests.iter().filter(|(name, ..)| name == operation);
        of.map(|(_, request, time)| (request, *time)).collect()
    }

    pub(crate) fn still_fails(&self, operation: &str) -> bool {
        self.failures.get(operation).is_some_and(|failures| !failures.is_empty())
    }

    fn find(&mut self, id: &str) -> &mut Shard {
        self.shards.iter_mut().find(|shard| shard.id == id).expect("the test has made it")
    }

    fn answer(&mut self, request: &Request) -> Option<Result<Value, &'static str>> {
        let operation = request.operation.as_str();
        let body: Value = serde_json::from_str(&request.body).expect("a request is JSON");
        self.requests.push((operation.to_owned(), body.clone(), Instant::now()));
        if let Some(failure) = self.failures.get_mut(operation).and_then(Vec::pop) {
            return failure.map(Err);
        }
        Some(match operation {
            "DescribeTable" => Ok(json!({ "Table": { "LatestStreamArn": "arn:of:the:stream" } })),
            "DescribeStream" => Ok(self.describe(&body)),
            "GetShardIterator" => self.iterator(&body),
            "GetRecords" => self.get_records(body["ShardIterator"].as_str().expect("an iterator")),
            other => panic!("{other} is not needed"),
        })
    }

    fn describe(&self, request: &Value) -> Value {
        let listed: Vec<_> = self.shards.iter().filter(|shard| shard.listed).collect();
        let last = request["ExclusiveStartShardId"].as_str();
        let from =
            last.and_then(|last| listed.iter().position(|shard| shard.id == last)).map_or(0, |at| at + 1);
        let page = &listed[from..listed.len().min(from + PAGE)];
        let shards: Vec<_> = page.iter().map(|shard| describe(shard)).collect();
        let more = from + PAGE < listed.len();
        let last = page.last().filter(|_| more).map(|shard| &shard.id);
        json!({ "StreamDescription": { "Shards": shards, "LastEvaluatedShardId": last } })
    }

    fn iterator(&mut self, request: &Value) -> Result<Value, &'static str> {
        let id = request["ShardId"].as_str().expect("a shard");
        let generation = self.generation;
        let shard = self.find(id);
        if let Some(code) = shard.refusal {
            return Err(code);
        }
        let number = |record: &Value| record["dynamodb"]["SequenceNumber"] == request["SequenceNumber"];
        let at = match request["ShardIteratorType"].as_str().expect("a type") {
            "TRIM_HORIZON" => shard.trimmed,
            "LATEST" => shard.records.len(),
            "AFTER_SEQUENCE_NUMBER" => shard.records.iter().position(number).expect("a record's number") + 1,
            other => panic!("{other} is not needed"),
        };
        if at < shard.trimmed || (at == shard.trimmed && request.get("SequenceNumber").is_some()) {
            return Err("TrimmedDataAccessException");
        }
        Ok(json!({ "ShardIterator": format!("{id}/{at}/{generation}") }))
    }

    fn get_records(&mut self, iterator: &str) -> Result<Value, &'static str> {
        let parts: Vec<_> = iterator.split('/').collect();
        let at: usize = parts[1].parse().expect("a place");
        if parts[2] != self.generation.to_string() {
            return Err("ExpiredIteratorException");
        }
        let generation = self.generation;
        let shard = self.find(parts[0]);
        if let Some(code) = shard.refusal {
            return Err(code);
        }
        if at < shard.trimmed {
            return Err("TrimmedDataAccessException");
        }
        // One record per request, so that a shard needs several requests.
        let end = shard.records.len().min(at + 1);
        let next = !shard.closed || end < shard.records.len();
        let next = next.then(|| format!("{}/{end}/{generation}", parts[0]));
        Ok(json!({ "Records": shard.records[at..end], "NextShardIterator": next }))
    }
}

fn describe(shard: &Shard) -> Value {
    let ending = shard.closed.then_some("999999999999999999999");
    json!({
        "ShardId": shard.id, "ParentShardId": shard.parent,
        "SequenceNumberRange": { "StartingSequenceNumber": "000000000000000000001", "EndingSequenceNumber": ending },
    })
}

/// Serves a stream. Returns its URL.
pub(crate) fn serve(state: Arc<Mutex<State>>) -> String {
    serve_operations(move |request| {
        let (status, body) = match state.lock().expect("no test panics with it").answer(request)? {
            Ok(body) => (200, body),
            Err(code) => (400, json!({ "__type": format!("x#{code}"), "message": "As asked for." })),
        };
        let headers = vec![("date", DATE.to_owned())];
        Some(Response { status, headers, body: body.to_string().into_bytes() })
    })
}
