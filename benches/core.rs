//! The library and the record alone: time and allocations per callback.
//!
//! `cargo bench --bench core`. For the whole function see the bench `function`.

use std::{hint::black_box, time::Duration};

use allocation_counter::AllocationInfo;
use criterion::{BenchmarkGroup, BenchmarkId, Criterion, Throughput, measurement::WallTime};
use support::requests::{self, CREATED, SDK_APPID};
use tencent_chat_callbacks::{App, Callback, Event, Query, Receiver};
use tencent_chat_webhook::{
    record::{Arrival, Fields, ItemSettings, Record, Source},
    time::now_millis,
};

const TOKEN: &str = "a token of the console";

const ARRIVAL: Arrival<'_> =
    Arrival { sdk_appid: SDK_APPID, received_at: 1_670_574_415_000, request_id: "c8Qb01hGtjMEJpg=" };
const ITEM_SETTINGS: ItemSettings = ItemSettings { retention_days: None, index_shards: 1 };

fn main() {
    let mut criterion = Criterion::default()
        .sample_size(30)
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(2))
        .configure_from_args();
    let raw = requests::signed(SDK_APPID, CREATED, TOKEN);
    admit(&mut criterion, &raw);
    for (name, command, bodies) in kinds() {
        let mut group = criterion.benchmark_group(name);
        for body in bodies {
            callback(&mut group, &raw, (name, command, &body));
        }
        group.finish();
    }
    criterion.final_summary();
}

fn admit(criterion: &mut Criterion, raw: &str) {
    let receiver = Receiver::new([App::signed(SDK_APPID, [TOKEN]).expect("a token")]);
    let now = now_millis() / 1000;
    let admit = || receiver.admit(black_box(Query::parse(raw)), b"", now).is_ok();
    say("admit", allocation_counter::measure(|| assert!(admit())));
    criterion.bench_function("admit", |bencher| bencher.iter(admit));
}

/// The steps for a body: parse the object, type the event, build the items.
fn callback(group: &mut BenchmarkGroup<'_, WallTime>, raw: &str, (name, command, body): (&str, &str, &str)) {
    let parse = || Callback::admitted_before(raw, black_box(body)).expect("an object").expect("a callback");
    let typed = || Event::parse(command, black_box(body)).expect("it fits");
    let (callback, event) = (parse(), Ok(typed()));
    let source = Source { callback: &callback, event: &event, arrival: ARRIVAL, answer: None };
    let record = || Record::new(black_box(&source), Fields::Attributes, ITEM_SETTINGS);

    let bytes = body.len();
    let id = |step| BenchmarkId::new(step, bytes);
    group.throughput(Throughput::Bytes(bytes as u64));
    say(&format!("{name}, {bytes} bytes: parse"), allocation_counter::measure(|| drop(parse())));
    group.bench_function(id("parse"), |bencher| bencher.iter(parse));
    say(&format!("{name}, {bytes} bytes: typed"), allocation_counter::measure(|| drop(typed())));
    group.bench_function(id("typed"), |bencher| bencher.iter(typed));
    say(&format!("{name}, {bytes} bytes: record"), allocation_counter::measure(|| drop(record())));
    group.bench_function(id("record"), |bencher| bencher.iter(record));
}

/// By name: a command, and bodies of increasing size.
fn kinds() -> [(&'static str, &'static str, Vec<String>); 3] {
    let members = [requests::SMALL, requests::MEDIUM, requests::LARGEST];
    let created = members.map(|members| requests::created(1, members));
    let escaped = members.map(|members| requests::created_escaped(1, members));
    let messages = [(1, 20), (1, 12_000), (300, 60)].map(|(elements, bytes)| message(elements, bytes));
    [
        ("new group", CREATED, created.into()),
        ("new group, every byte escaped", CREATED, escaped.into()),
        ("message", "C2C.CallbackAfterSendMsg", messages.into()),
    ]
}

/// A message with this many elements, each with a text of this many bytes.
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
