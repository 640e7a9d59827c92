//! The pure core on its own: time and allocations a callback.
//!
//! `cargo bench --bench core`. For the whole function see `function`.

use std::{hint::black_box, time::Duration};

use allocation_counter::AllocationInfo;
use criterion::{Criterion, Throughput};
use tencent_chat_webhook::{
    admission::{Admission, App, Token},
    callback::{Callback, Message},
    query::Query,
    record::{Receipt, Record},
};

#[path = "function/requests.rs"]
mod requests;

const NOW_SECONDS: u64 = 1_670_574_415;

fn main() {
    let mut criterion = Criterion::default()
        .sample_size(30)
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(2))
        .configure_from_args();
    let admission = Admission::new(vec![App {
        sdk_appid: requests::SDK_APPID.to_owned(),
        tokens: vec![Token { position: 1, secret: requests::TOKEN.to_owned() }],
    }]);
    let raw = requests::query(requests::SDK_APPID, requests::TOKEN, NOW_SECONDS);
    let admit = || admission.admit(black_box(&Query::parse(&raw)), NOW_SECONDS).is_ok();
    say("admit", allocation_counter::measure(|| assert!(admit())));
    criterion.bench_function("admit", |bencher| bencher.iter(admit));

    let query = Query::parse(&raw);
    for (name, body) in bodies() {
        let mut group = criterion.benchmark_group(name);
        group.throughput(Throughput::Bytes(body.len() as u64));
        let parse = || parse(&query, black_box(&body));
        let callback = parse();
        let record = || Record::new(&query, black_box(&callback), &RECEIPT);
        say(&format!("{name}/parse"), allocation_counter::measure(|| drop(parse())));
        group.bench_function("parse", |bencher| bencher.iter(parse));
        say(&format!("{name}/record"), allocation_counter::measure(|| drop(record())));
        group.bench_function("record", |bencher| bencher.iter(record));
        group.finish();
    }
    criterion.final_summary();
}

const RECEIPT: Receipt<'_> = Receipt {
    sdk_appid: requests::SDK_APPID,
    received_at: NOW_SECONDS * 1000,
    request_id: "c8Qb01hGtjMEJpg=",
    retention_days: None,
};

fn bodies() -> [(&'static str, String); 4] {
    [
        ("0.3 KB", requests::created(1, requests::SMALL)),
        ("38 KB", requests::created(1, requests::MEDIUM)),
        ("324 KB, 6000 members", requests::created(1, requests::LARGEST)),
        ("1.3 MB, 6000 escaped members", requests::created_escaped(1, requests::LARGEST)),
    ]
}

fn parse<'a>(query: &Query<'a>, body: &'a str) -> Callback<'a> {
    match Message::parse(query, body.as_bytes()) {
        Ok(Message::Callback(callback)) => callback,
        other => panic!("no callback: {other:?}"),
    }
}

fn say(name: &str, allocations: AllocationInfo) {
    println!(
        "{name}: {} allocations, {} bytes in all, {} at most",
        allocations.count_total, allocations.bytes_total, allocations.bytes_max
    );
}
