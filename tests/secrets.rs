//! The real binary, at the most talkative log level: no token, Sign or credential in anything it prints.

use axum::{Router, extract::State, http::HeaderMap};
use dynoxide::Database;
use serde_json::{Value, json};
use tokio::net::TcpListener;

mod support;
use support::{
    dynamodb, post,
    runtime_api::{Invoked, Process, RuntimeApi, command},
    sample,
    signing::{request_time, sign, signed},
};

const OURS: &str = "1400000001";
const TOKEN: &str = "planted-token-4f1d7c";
const OLD_TOKEN: &str = "planted-former-token-a93b20";
const ACCESS_KEY_ID: &str = "AKIAPLANTED55E0D1B7A";
const SECRET_ACCESS_KEY: &str = "planted/secret+access+key/9c27e4";
const SESSION_TOKEN: &str = "planted//session+token+6b80f3==";
const AFTER: &str = "Group.CallbackAfterGroupFull";
const BEFORE: &str = "Group.CallbackBeforeSendMsg";

/// A setting of the function whose value is a secret, or without which it can't start.
const SETTINGS: [(&str, &str); 10] = [
    ("TABLE_NAME", dynamodb::TABLE),
    ("SDK_APP_IDS", OURS),
    ("CALLBACK_TOKENS", "planted-token-4f1d7c,planted-former-token-a93b20"),
    ("AWS_REGION", "us-east-1"),
    ("AWS_ACCESS_KEY_ID", ACCESS_KEY_ID),
    ("AWS_SECRET_ACCESS_KEY", SECRET_ACCESS_KEY),
    ("AWS_SESSION_TOKEN", SESSION_TOKEN),
    ("AWS_LAMBDA_LOG_LEVEL", "TRACE"),
    ("RUST_LOG", "trace"),
    ("RUST_BACKTRACE", "full"),
];

/// The function as a process, and everything that it must not print.
struct Planted {
    api: RuntimeApi,
    process: Process,
    secrets: Vec<String>,
}

impl Planted {
    async fn start(name: &str, dynamodb: &str) -> Self {
        let api = RuntimeApi::start().await;
        let mut variables = SETTINGS.to_vec();
        variables.push(("AWS_ENDPOINT_URL_DYNAMODB", dynamodb));
        let process = Process::start(name, &api, &variables);
        let secrets = [TOKEN, OLD_TOKEN, ACCESS_KEY_ID, SECRET_ACCESS_KEY, SESSION_TOKEN];
        let secrets = secrets.map(str::to_owned).into();
        Self { api, process, secrets }
    }

    /// Sends a request, whose `Sign` becomes one of the secrets, and gives the status.
    async fn send(&mut self, query: &str, body: &str) -> Value {
        let signs = query.split(['&', '=']).filter(|value| value.len() == 64);
        self.secrets.extend(signs.map(str::to_owned));
        match self.api.invoke(post(query, body).to_string()).await {
            Invoked::Response(reply) => reply["statusCode"].clone(),
            Invoked::Error(error) => error,
        }
    }

    /// What the process printed, once it is sure that no secret is in it, in any letters.
    fn stop(self) -> String {
        let printed = self.process.stop();
        let lower = printed.to_lowercase();
        for secret in self.secrets {
            // A part of a secret is one too.
            let part = secret[..12].to_lowercase();
            assert!(!lower.contains(&part), "{part} is in the output:\n{printed}");
        }
        printed
    }
}

/// The lines of a log, without those of another make: there are none.
fn lines(printed: &str) -> Vec<Value> {
    let line = |line| serde_json::from_str(line).unwrap_or_else(|_| panic!("{line} is no line of ours"));
    printed.lines().map(line).collect()
}

fn column(lines: &[Value], name: &str) -> Vec<String> {
    let text = |line: &Value| line[name].as_str().map(str::to_owned);
    lines.iter().filter_map(text).collect()
}

#[tokio::test]
async fn nothing_secret_is_printed_of_what_is_accepted_or_refused() {
    let database = Database::memory().expect("SQLite opens");
    let address = dynamodb::serve(database, ([127, 0, 0, 1], 0).into()).await;
    let mut function = Planted::start("secrets-accepted", &format!("http://{address}")).await;

    let good = signed(OURS, AFTER, TOKEN);
    let body = r#"{"GroupId":"@TGS#1"}"#;
    assert_eq!(function.send(&good, body).await, 200);
    assert_eq!(function.send(&good, body).await, 200);
    assert_eq!(function.send(&signed(OURS, BEFORE, OLD_TOKEN), body).await, 200);

    let now = request_time(0);
    let of = |token: &str, time: &str| {
        let sign = sign(token, time);
        format!("SdkAppid={OURS}&Sign={sign}&RequestTime={time}")
    };
    for (query, body, status) in [
        (of("another", &now), "{}", 401),
        (of(TOKEN, &request_time(-90)), "{}", 401),
        (of(TOKEN, &request_time(90)), "{}", 401),
        (of(TOKEN, "now"), "{}", 401),
        (of(TOKEN, &now).replace("&Sign=", "&Sign=%20"), "{}", 401),
        (of(TOKEN, &now).replace("&Sign=", "&S%69gn="), "[]", 400),
        (of(TOKEN, &now).replace("&Sign=", "&SIGN="), "{\"a\":", 400),
        (of(TOKEN, &now).replace("&Sign=", "&token="), "{}", 401),
        (of(TOKEN, &now).replace(OURS, "1400000009"), "{}", 403),
        (of(TOKEN, &now).to_uppercase(), "{", 400),
        (of(TOKEN, &now) + "&CallbackCommand=a+b", "{}", 400),
    ] {
        assert_eq!(function.send(&query, body).await, status, "{query}");
    }
    // What is no event of API Gateway's does not become one, and is not printed.
    let mut odd = sample("group-created");
    odd["rawQueryString"] = json!(good);
    odd["isBase64Encoded"] = json!(good);
    assert!(matches!(function.api.invoke(odd.to_string()).await, Invoked::Error(_)));

    let lines = lines(&function.stop());
    let outcomes = column(&lines, "outcome");
    assert_eq!(outcomes[..3], ["recorded", "duplicate", "recorded"]);
    assert_eq!(outcomes[3..], vec!["refused"; 11]);
}

#[tokio::test]
async fn nothing_secret_is_printed_when_dynamodb_is_not_there() {
    // A port that was free a moment ago.
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("a listener has an address");
    drop(listener);
    let mut function = Planted::start("secrets-unreachable", &format!("http://{address}")).await;
    let body = r#"{"GroupId":"@TGS#1"}"#;
    assert_eq!(function.send(&signed(OURS, AFTER, TOKEN), body).await, 503);
    assert_eq!(function.send(&signed(OURS, BEFORE, TOKEN), body).await, 200);

    let lines = lines(&function.stop());
    assert_eq!(column(&lines, "reason"), ["connection", "connection"]);
    // The redrive needs the query string, and gets it without Sign.
    let query = lines.last().map(|line| line["unrecorded"]["query"].to_string());
    assert!(query.is_some_and(|query| query.contains("RequestTime=") && !query.contains("Sign")));
}

#[tokio::test]
async fn nothing_secret_is_printed_when_dynamodb_quotes_the_credentials() {
    for (name, kind) in
        [("secrets-signature", "InvalidSignatureException"), ("secrets-expired", "ExpiredTokenException")]
    {
        let address = refusing_dynamodb(kind).await;
        let mut function = Planted::start(name, &address).await;
        assert_eq!(function.send(&signed(OURS, AFTER, TOKEN), "{}").await, 503);
        let lines = lines(&function.stop());
        assert_eq!(column(&lines, "reason"), [kind]);
        let error = column(&lines, "error");
        assert!(error[0].starts_with("The request signature we calculated"), "{error:?}");
    }
}

/// A DynamoDB that refuses the credentials, and quotes what was signed, the session token with it, as the
/// real one does.
async fn refusing_dynamodb(kind: &'static str) -> String {
    let refuse = async |State(kind): State<&'static str>, headers: HeaderMap| {
        let signed = |(name, value): (_, &axum::http::HeaderValue)| {
            format!("{name}:{}\n", String::from_utf8_lossy(value.as_bytes()))
        };
        let signed: String = headers.iter().map(signed).collect();
        assert!(signed.contains(SESSION_TOKEN) && signed.contains(ACCESS_KEY_ID), "{signed}");
        let message = format!(
            "The request signature we calculated does not match the signature you provided. Check your AWS \
             Secret Access Key and signing method.\n\nThe Canonical String for this request should have been\n\
             'POST\n/\n\n{signed}'"
        );
        let answer = json!({ "__type": format!("com.amazon.coral.service#{kind}"), "message": message });
        (axum::http::StatusCode::BAD_REQUEST, answer.to_string())
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("a listener has an address");
    let routes = Router::new().fallback(refuse).with_state(kind);
    tokio::spawn(axum::serve(listener, routes).into_future());
    format!("http://{address}")
}

#[test]
fn a_setting_that_is_missing_or_malformed_ends_the_start_with_one_line_that_names_it() {
    for (name, value) in [
        ("TABLE_NAME", ""),
        ("TABLE_NAME", "planted-token-4f1d7c!"),
        ("SDK_APP_IDS", ""),
        ("SDK_APP_IDS", TOKEN),
        ("CALLBACK_TOKENS", ""),
        ("CALLBACK_TOKENS", "1400000002:planted-token-4f1d7c"),
        ("ALLOW_UNSIGNED", TOKEN),
        ("RETENTION_DAYS", TOKEN),
        ("AWS_REGION", ""),
        ("AWS_ACCESS_KEY_ID", ""),
        ("AWS_SECRET_ACCESS_KEY", ""),
        ("AWS_ENDPOINT_URL", TOKEN),
        ("AWS_ENDPOINT_URL_DYNAMODB", TOKEN),
    ] {
        let mut variables = SETTINGS.to_vec();
        variables.retain(|setting| setting.0 != name);
        if !value.is_empty() {
            variables.push((name, value));
        }
        let output = command(&variables).output().expect("the binary runs");
        let printed = [output.stdout, output.stderr].concat();
        let printed = String::from_utf8(printed).expect("the output is text");
        let lines = lines(&printed);
        assert_eq!(lines.len(), 1, "{name}: {printed}");
        assert_eq!(lines[0]["level"], "ERROR", "{name}");
        let message = lines[0]["message"].as_str().expect("a line has a message");
        assert!(message.starts_with(&format!("can't start: setting {name} ")), "{message}");
        assert!(!printed.to_lowercase().contains("planted"), "{printed}");
        assert_eq!(output.status.code(), Some(1), "{name}");
    }
}
