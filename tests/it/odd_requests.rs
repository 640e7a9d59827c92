//! Every request that an HTTP client can make API Gateway deliver, sent to the real binary behind a Runtime API: each
//! gets a reply and a log line, no invocation fails, and nothing else is printed.

use serde_json::{Value, json};
use support::{
    lambda::{Instance, command},
    requests::{SDK_APPID, post},
};

use crate::world::{FUNCTION, Table, log_lines, status_and_body, variables};

const COMMAND: &str = "Group.CallbackAfterGroupFull";

/// The body of a request that is recorded.
const PLAIN: &str = r#"{"GroupId":""}"#;

/// The expected result: `Ok` with the recorded `OptPlatform`, or the reason of the refusal, or `probe`.
type Expected = Result<Option<&'static str>, &'static str>;

struct Case {
    what: String,
    event: Value,
    expected: Expected,
}

/// A request that is recorded. Each case changes one thing in it.
fn plain() -> Value {
    post(&format!("SdkAppid={SDK_APPID}&CallbackCommand={COMMAND}"), PLAIN)
}

fn case(what: impl Into<String>, event: Value, expected: Expected) -> Case {
    Case { what: what.into(), event, expected }
}

/// The request with the field at a path set to a value.
fn with(path: &str, value: Value, expected: Expected) -> Case {
    let mut event = plain();
    let shown: String = value.to_string().chars().take(40).collect();
    let (parent, name) = path.rsplit_once('/').expect("a path begins with a slash");
    event.pointer_mut(parent).expect("the parent is there")[name] = value;
    case(format!("{path} = {shown}"), event, expected)
}

fn queries() -> Vec<Case> {
    let rows: [(&str, Expected); 16] = [
        ("a\"b", Ok(Some("a\"b"))),
        ("<script>", Ok(Some("<script>"))),
        ("a b", Ok(Some("a b"))),
        ("a\tb\nc\r\0\u{7f}", Ok(Some("a\tb\nc\r\0\u{7f}"))),
        ("a#b", Ok(Some("a#b"))),
        ("群組\u{feff}👩‍👩‍👧", Ok(Some("群組\u{feff}👩‍👩‍👧"))),
        ("\u{0}", Ok(Some("\0"))),
        ("%", Ok(Some("%"))),
        ("%zz%F", Ok(Some("%zz%F"))),
        ("%FF", Ok(Some("\u{fffd}"))),
        ("%23%22%3C", Ok(Some("#\"<"))),
        ("a?b?c", Ok(Some("a?b?c"))),
        ("a=b==", Ok(Some("a=b=="))),
        ("`{}|\\^[]'", Ok(Some("`{}|\\^[]'"))),
        ("a+b%2B", Ok(Some("a b+"))),
        ("\u{80}\u{9f}", Ok(Some("\u{80}\u{9f}"))),
    ];
    let platform =
        |value: &str| json!(format!("SdkAppid={SDK_APPID}&OptPlatform={value}&CallbackCommand={COMMAND}"));
    let mut cases: Vec<_> = rows
        .into_iter()
        .map(|(value, expected)| with("/rawQueryString", platform(value), expected))
        .collect();
    let ours = format!("SdkAppid={SDK_APPID}&CallbackCommand={COMMAND}");
    for (query, expected) in [
        (format!("{ours}&own={}", "a".repeat(60_000)), Ok(None)),
        (format!("{ours}&own={}", "a".repeat(70_000)), Err("request_malformed")),
        (format!("{ours}&own={}", "群".repeat(20_000)), Err("request_malformed")),
        (format!("#{ours}"), Err("sdkappid_missing")),
        (format!("?{ours}"), Err("sdkappid_missing")),
        (" ".to_owned(), Err("sdkappid_missing")),
        (String::new(), Err("sdkappid_missing")),
    ] {
        cases.push(with("/rawQueryString", json!(query), expected));
    }
    cases
}

fn headers() -> Vec<Case> {
    let header = |name: &str, value: Value, expected| with("/headers", json!({ name: value }), expected);
    vec![
        header("host", json!("no authority at all"), Ok(None)),
        header("host", json!("a@b:c:d/[e"), Ok(None)),
        header("host", json!(""), Ok(None)),
        header("x-forwarded-proto", json!("no scheme"), Ok(None)),
        header("x-forwarded-port", json!("70000"), Ok(None)),
        header("x-amzn-trace-id", json!(""), Ok(None)),
        header("no header\n", json!("x"), Ok(None)),
        header("", json!("x"), Ok(None)),
        header("x", json!("a\nb\u{0}"), Ok(None)),
        header("x", Value::Null, Ok(None)),
        header("x", json!(5), Ok(None)),
    ]
}

fn fields() -> Vec<Case> {
    let recorded: Expected = Ok(None);
    let malformed: Expected = Err("request_malformed");
    vec![
        with("/requestContext/domainName", json!("no authority at all"), recorded),
        with("/rawPath", json!("//a b\"<#?\u{0}"), recorded),
        with("/rawPath", Value::Null, recorded),
        with("/cookies", json!(["a=b", "no\ncookie"]), recorded),
        with("/headers", Value::Null, recorded),
        with("/queryStringParameters", Value::Null, recorded),
        with("/queryStringParameters", json!(5), recorded),
        with("/body", json!(""), Err("probe")),
        with("/body", Value::Null, Err("probe")),
        with("/body", json!("x"), Err("body_not_json")),
        with("/body", json!(5), malformed),
        with("/isBase64Encoded", json!(true), malformed),
        with("/isBase64Encoded", Value::Null, malformed),
        with("/isBase64Encoded", json!("yes"), malformed),
        with("/rawQueryString", Value::Null, Err("sdkappid_missing")),
        with("/rawQueryString", json!(["a"]), malformed),
        with("/requestContext/http/method", json!("GET"), Err("not_post")),
        with("/requestContext/http/method", json!("not a method"), malformed),
        with("/requestContext/http/method", json!(""), malformed),
        with("/requestContext/http/method", Value::Null, malformed),
        with("/requestContext/http", Value::Null, malformed),
        with("/requestContext/requestId", Value::Null, recorded),
        with("/requestContext/timeEpoch", json!(-1), recorded),
        with("/requestContext/timeEpoch", json!(i64::MAX), recorded),
        with("/requestContext/timeEpoch", json!("now"), malformed),
        with("/requestContext/timeEpoch", Value::Null, malformed),
        with("/requestContext", Value::Null, malformed),
    ]
}

/// The function ignores these fields, so they can have any value.
fn context() -> Vec<Case> {
    [
        ("accountId", json!(5)),
        ("apiId", Value::Null),
        ("authorizer", json!({ "jwt": { "claims": { "n": 5, "list": [1] }, "scopes": null } })),
        ("authorizer", json!({ "iam": { "cognitoIdentity": null, "userId": null } })),
        ("authorizer", json!({ "lambda": { "a": null, "b": 1.5 } })),
        ("authorizer", json!("none")),
        ("authentication", json!({ "clientCert": null })),
        ("identity", json!({ "sourceIp": null, "user": null })),
        ("routeKey", Value::Null),
        ("stage", json!(1)),
        ("time", json!({})),
        ("http", json!({ "method": "POST", "path": null, "protocol": 5, "sourceIp": [] })),
    ]
    .map(|(name, value)| with(&format!("/requestContext/{name}"), value, Ok(None)))
    .into()
}

fn whole_events() -> Vec<Case> {
    let events =
        [json!([]), json!([plain()]), json!("an event"), json!(5), json!(true), Value::Null, json!({})];
    let mut cases: Vec<_> = events
        .into_iter()
        .map(|event| {
            case(event.to_string().chars().take(40).collect::<String>(), event, Err("request_malformed"))
        })
        .collect();
    let mut missing = plain();
    missing.as_object_mut().expect("an object").remove("requestContext");
    cases.push(case("no requestContext", missing, Err("request_malformed")));
    cases
}

/// Sends a request, and describes any unexpected result.
async fn check(function: &mut Instance, request: &mut Case, number: usize) -> Result<(), String> {
    // All bodies differ, so that each recorded one is new.
    if request.event["body"] == PLAIN {
        request.event["body"] = json!(format!(r#"{{"GroupId":"{number}"}}"#));
    }
    let invoked = function.invoke(request.event.to_string()).await.result;
    let reply = invoked.map_err(|error| format!("the invocation failed: {error}"))?;
    let (status, body) = status_and_body(&reply);
    let expected = match request.expected {
        Ok(_) | Err("probe") => (200, json!("OK")),
        Err("request_malformed" | "body_not_json") => (400, json!("FAIL")),
        Err("not_post") => (405, json!("FAIL")),
        Err(_) => (403, json!("FAIL")),
    };
    let found = (status, body["ActionStatus"].clone());
    if found == expected { Ok(()) } else { Err(format!("{found:?}")) }
}

#[tokio::test(flavor = "multi_thread")]
async fn odd_requests_are_recorded_or_refused_and_never_fail() {
    let table = Table::start().await;
    let url = table.dynamodb.url();
    let settings = [("ALLOW_UNSIGNED", "true"), ("RUST_BACKTRACE", "full")];
    let mut function = Instance::start(command(FUNCTION, variables(&url)).envs(settings)).await;
    let mut requests: Vec<_> = queries()
        .into_iter()
        .chain(headers())
        .chain(fields())
        .chain(context())
        .chain(whole_events())
        .collect();
    let mut wrong = Vec::new();
    for (number, request) in requests.iter_mut().enumerate() {
        if let Err(fault) = check(&mut function, request, number).await {
            wrong.push(format!("{}: {fault}", request.what));
        }
    }
    assert_eq!(wrong, [""; 0]);

    let lines = log_lines(&function.end().await);
    assert_eq!(lines.len(), requests.len(), "a line each, and nothing else");
    for (line, Case { what, expected, .. }) in lines.iter().zip(&requests) {
        let (outcome, reason) = match expected {
            Ok(_) => ("recorded", None),
            Err("probe") => ("probe", None),
            Err(reason) => ("refused", Some(*reason)),
        };
        assert_eq!((line["outcome"].as_str(), line["reason"].as_str()), (Some(outcome), reason), "{what}");
    }

    let mut platforms: Vec<_> = table
        .items()
        .await
        .iter()
        .filter_map(|item| Some(item.get("OptPlatform")?.as_s().ok()?.clone()))
        .collect();
    let mut expected: Vec<_> =
        requests.iter().filter_map(|request| request.expected.ok()?.map(str::to_owned)).collect();
    platforms.sort_unstable();
    expected.sort_unstable();
    assert_eq!(platforms, expected);
}
