//! A stand-in for CloudWatch Logs Insights: filters, groups and counts log lines that are ten minutes old.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use tencent_chat_webhook::time::now_millis;

/// The conditions of queries, and the field that each needs. A missing field counts as empty.
const CONDITIONS: [(&str, &str); 5] = [
    ("ispresent(unrecorded.id)", "/unrecorded/id"),
    ("not isempty(RequestId)", "/RequestId"),
    ("not isempty(id)", "/id"),
    ("ispresent(unforwarded.hop)", "/unforwarded/hop"),
    ("not isempty(sk)", "/sk"),
];

/// The response to `StartQuery`. The id of a query is the query, so that its result needs no memory.
pub(super) fn started(body: &str) -> Value {
    let request: Value = serde_json::from_str(body).expect("a request is JSON");
    json!({ "queryId": format!("{}: {}", text(&request["logGroupName"]), text(&request["queryString"])) })
}

/// The response to `GetQueryResults`.
pub(super) fn results(body: &str, [log, redrive, reforward]: [&[Value]; 3]) -> Value {
    let request: Value = serde_json::from_str(body).expect("a request is JSON");
    let (log_group, query) = text(&request["queryId"]).split_once(": ").expect("an id of ours");
    let lines = match log_group {
        "log" => log,
        "redrive-log" => redrive,
        _ => reforward,
    };
    let cell = |(field, value): (String, String)| json!({ "field": field, "value": value });
    let rows = rows(query, lines).into_iter().map(|row| row.into_iter().map(cell).collect::<Vec<_>>());
    json!({ "status": "Complete", "results": rows.collect::<Vec<_>>() })
}

fn rows(query: &str, lines: &[Value]) -> Vec<Vec<(String, String)>> {
    let number = |after: &str| -> u64 {
        let digits = query.split(after).nth(1).expect("each query has its times");
        digits.chars().take_while(char::is_ascii_digit).collect::<String>().parse().expect("a number")
    };
    let at = now_millis() - 600_000;
    if !(number("toMillis(@timestamp) >= ")..number("toMillis(@timestamp) < ")).contains(&at) {
        return Vec::new();
    }
    let fits = |line: &&Value| {
        CONDITIONS
            .iter()
            .all(|(condition, field)| !query.contains(condition) || !value(line, field).is_empty())
    };
    let by = query.split(" by ").nth(1).and_then(|rest| rest.split(" | ").next()).expect("each query groups");
    let mut groups: BTreeMap<Vec<(String, String)>, Vec<&Value>> = BTreeMap::new();
    for line in lines.iter().filter(fits) {
        let key = by.split(", ").map(|name| (name.to_owned(), grouped(line, name)));
        groups.entry(key.filter(|(_, value)| !value.is_empty()).collect()).or_default().push(line);
    }
    let row = |(mut row, lines): (Vec<(String, String)>, Vec<&Value>)| {
        let last = lines.last().expect("a group has a line");
        row.push(("requests".to_owned(), lines.len().to_string()));
        row.push(("last".to_owned(), value(last, "/timestamp").replace('T', " ").replace('Z', "")));
        row.push(("last_outcome".to_owned(), value(last, "/outcome")));
        row.push(("last_reason".to_owned(), value(last, "/reason")));
        row
    };
    groups.into_iter().map(row).collect()
}

fn grouped(line: &Value, name: &str) -> String {
    if name == "version" { "3".to_owned() } else { value(line, &format!("/{}", name.replace('.', "/"))) }
}

fn value(line: &Value, pointer: &str) -> String {
    match line.pointer(pointer) {
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
        None => String::new(),
    }
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}
