//! The pure core on its own: time and allocations a callback.
//!
//! `cargo bench --bench core`. For the whole function see `function`.

use std::{hint::black_box, time::Duration};

use allocation_counter::AllocationInfo;
use criterion::{Criterion, Throughput};
use support::requests::{self, CREATED, SDK_APPID};
use tencent_chat_webhook::{
    admission::{Admission, App, Token},
    callback::{Callback, query::Query},
    event::Event,
    record::{Keeping, Receipt, Record},
    time::now_millis,
};

const TOKEN: &str = "a token of the console";

const RECEIPT: Receipt<'_> = Receipt {
    sdk_appid: SDK_APPID,
    received_at: 1_670_574_415_000,
    request_id: "c8Qb01hGtjMEJpg=",
    keeping: Keeping { retention_days: None, index_shards: 1 },
};

fn main() {
    let mut criterion = Criterion::default()
        .sample_size(30)
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(2))
        .configure_from_args();
    let raw = requests::signed(SDK_APPID, CREATED, TOKEN);
    admit(&mut criterion, &raw);
    for (name, command, body) in bodies() {
        callback(&mut criterion, &raw, (name, command, &body));
    }
    criterion.final_summary();
}

fn admit(criterion: &mut Criterion, raw: &str) {
    let tokens = vec![Token { position: 1, secret: TOKEN.to_owned() }];
    let admission = Admission::new(vec![App { sdk_appid: SDK_APPID.to_owned(), tokens }]);
    let now = now_millis() / 1000;
    let admit = || admission.admit(black_box(&Query::parse(raw)), now).is_ok();
    say("admit", allocation_counter::measure(|| assert!(admit())));
    criterion.bench_function("admit", |bencher| bencher.iter(admit));
}

/// What is done with a body: found to be an object, typed, and made an item.
fn callback(criterion: &mut Criterion, raw: &str, (name, command, body): (&str, &str, &str)) {
    let query = Query::parse(raw);
    let mut group = criterion.benchmark_group(name);
    group.throughput(Throughput::Bytes(body.len() as u64));
    let parse =
        || Callback::parse(&query, black_box(body).as_bytes()).expect("an object").expect("a callback");
    let typed = || Event::parse(command, black_box(body)).expect("it fits");
    let (callback, event) = (parse(), Ok(typed()));
    let record = || Record::new(&query, black_box(&callback), &event, &RECEIPT);
    say(&format!("{name}/parse"), allocation_counter::measure(|| drop(parse())));
    group.bench_function("parse", |bencher| bencher.iter(parse));
    say(&format!("{name}/typed"), allocation_counter::measure(|| drop(typed())));
    group.bench_function("typed", |bencher| bencher.iter(typed));
    say(&format!("{name}/record"), allocation_counter::measure(|| drop(record())));
    group.bench_function("record", |bencher| bencher.iter(record));
    group.finish();
}

/// By name: a command and a body.
fn bodies() -> [(&'static str, &'static str, String); 7] {
    let created = |members| requests::created(1, members);
    [
        ("new group, 0.3 KB", CREATED, created(requests::SMALL)),
        ("new group, 38 KB: 700 members", CREATED, created(requests::MEDIUM)),
        ("new group, 324 KB: 6,000 members", CREATED, created(requests::LARGEST)),
        ("new group, 1.3 MB: 6,000 escaped", CREATED, requests::created_escaped(1, requests::LARGEST)),
        ("message, 0.3 KB", "C2C.CallbackAfterSendMsg", message(1, 20)),
        ("message, 12 KB of text", "C2C.CallbackAfterSendMsg", message(1, 12_000)),
        ("message, 38 KB: 300 elements", "C2C.CallbackAfterSendMsg", message(300, 60)),
    ]
}

/// A message of so many elements with a text of so many bytes each.
fn message(elements: usize, bytes: usize) -> String {
    let text = "x".repeat(bytes);
    let element = format!(r#"{{"MsgType":"TIMTextElem","MsgContent":{{"Text":"{text}"}}}}"#);
    format!(
        r#"{{"CallbackCommand":"C2C.CallbackAfterSendMsg","From_Account":"jared","To_Account":"Jonh","MsgSeq":48374,"MsgRandom":2837546,"MsgTime":1557481126,"MsgKey":"48374_2837546_1557481126","MsgId":"144115233406643804-1727580296-4026038328","OnlineOnlyFlag":0,"SendMsgResult":0,"ErrorInfo":"","UnreadMsgNum":7,"MsgBody":[{}]}}"#,
        vec![element; elements].join(",")
    )
}

fn say(name: &str, allocations: AllocationInfo) {
    println!(
        "{name}: {} allocations, {} bytes in all, {} at most",
        allocations.count_total, allocations.bytes_total, allocations.bytes_max
    );
}
