//! The real binary, at the most detailed log level: nothing that it prints contains a token, Sign or credential.

use serde_json::Value;
use support::{
    dynamodb::{DynamoDb, TABLE},
    endpoint::{Endpoint, Step},
    lambda::{Instance, command},
    requests::{post, request_time, signed},
};
use tencent_chat_callbacks::signature::sign;

use crate::world::{FUNCTION, column, log_lines};

const OURS: &str = "1400000001";
const TOKEN: &str = "planted-token-4f1d7c";
const OLD_TOKEN: &str = "planted-former-token-a93b20";
const ACCESS_KEY_ID: &str = "AKIAPLANTED55E0D1B7A";
const SECRET_ACCESS_KEY: &str = "planted/secret+access+key/9c27e4";
const SESSION_TOKEN: &str = "planted//session+token+6b80f3==";
const AFTER: &str = "Group.CallbackAfterGroupFull";
const BEFORE: &str = "Group.CallbackBeforeSendMsg";

/// A setting of the function. Its value is a secret, or it is required for the start.
const SETTINGS: [(&str, &str); 10] = [
    ("TABLE_NAME", TABLE),
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

/// The function as a process, and the secrets that it must not print.
struct Planted {
    function: Instance,
    secrets: Vec<String>,
}

impl Planted {
    async fn start(dynamodb: &str) -> Self {
        let mut command = command(FUNCTION, SETTINGS);
        let function = Instance::start(command.env("AWS_ENDPOINT_URL_DYNAMODB", dynamodb)).await;
        let secrets = [TOKEN, OLD_TOKEN, ACCESS_KEY_ID, SECRET_ACCESS_KEY, SESSION_TOKEN];
        Self { function, secrets: secrets.map(str::to_owned).into() }
    }

    /// Sends a request and returns the status. The request's `Sign` is added to the secrets.
    async fn send(&mut self, query: &str, body: &str) -> Value {
        let signs = query.split(['&', '=']).filter(|value| value.len() == 64);
        self.secrets.extend(signs.map(str::to_owned));
        let reply = self.function.invoke(post(query, body).to_string()).await.result;
        reply.expect("the function answers")["statusCode"].take()
    }

    /// The lines that the process printed, after checking that they contain no secret in any case of letters.
    async fn end(self) -> Vec<Value> {
        let printed = self.function.end().await;
        let lower = printed.to_lowercase();
        for secret in self.secrets {
            // A part of a secret is a secret too.
            let part = secret[..12].to_lowercase();
            assert!(!lower.contains(&part), "{part} is in the output:\n{printed}");
        }
        log_lines(&printed)
    }
}

#[tokio::test]
async fn secrets_are_not_printed_for_accepted_or_refused_requests() {
    let dynamodb = DynamoDb::in_memory().await;
    let mut function = Planted::start(&dynamodb.url()).await;

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
        (of(TOKEN, &now) + "&" + &"a".repeat(70_000), "{}", 400),
    ] {
        assert_eq!(function.send(&query, body).await, status, "{query}");
    }
    let outcomes = column(&function.end().await, "outcome");
    assert_eq!(outcomes[..3], ["recorded", "duplicate", "recorded"]);
    assert_eq!(outcomes[3..], vec!["refused"; 11]);
}

#[tokio::test]
async fn secrets_are_not_printed_when_dynamodb_is_unreachable() {
    let mut function = Planted::start("http://127.0.0.1:9").await;
    let body = r#"{"GroupId":"@TGS#1"}"#;
    assert_eq!(function.send(&signed(OURS, AFTER, TOKEN), body).await, 503);
    assert_eq!(function.send(&signed(OURS, BEFORE, TOKEN), body).await, 200);

    let lines = function.end().await;
    assert_eq!(column(&lines, "reason"), ["connection", "connection"]);
    // The redrive needs the query string, but gets it without Sign.
    let query = lines.last().map(|line| line["unrecorded"]["query"].to_string());
    assert!(query.is_some_and(|query| query.contains("RequestTime=") && !query.contains("Sign")));
}

#[tokio::test]
async fn secrets_are_not_printed_when_dynamodb_quotes_credentials() {
    for kind in ["InvalidSignatureException", "ExpiredTokenException"] {
        let endpoint = Endpoint::scripted(&[Step::Quote(kind)], ([127, 0, 0, 1], 9).into()).await;
        let mut function = Planted::start(&format!("http://{}", endpoint.address)).await;
        assert_eq!(function.send(&signed(OURS, AFTER, TOKEN), r#"{"GroupId":""}"#).await, 503);
        let lines = function.end().await;
        assert_eq!(column(&lines, "reason"), [kind]);
        let errors = column(&lines, "error");
        assert!(
            errors.iter().all(|error| error.contains("The request signature we calculated")),
            "{errors:?}"
        );
    }
}

#[test]
fn start_fails_with_one_line_naming_the_missing_or_bad_setting() {
    for (name, value) in [
        ("TABLE_NAME", ""),
        ("TABLE_NAME", "planted-token-4f1d7c!"),
        ("SDK_APP_IDS", ""),
        ("SDK_APP_IDS", TOKEN),
        ("CALLBACK_TOKENS", ""),
        ("CALLBACK_TOKENS", "1400000002:planted-token-4f1d7c"),
        ("CALLBACK_TOKENS", "planted-token:4f1d7c"),
        ("CALLBACK_TOKENS", "[planted-token-4f1d7c]"),
        ("ALLOW_UNSIGNED", TOKEN),
        ("RETENTION_DAYS", TOKEN),
        ("INDEX_SHARDS", TOKEN),
        ("AWS_REGION", ""),
        ("AWS_ACCESS_KEY_ID", ""),
        ("AWS_SECRET_ACCESS_KEY", ""),
        ("AWS_ENDPOINT_URL", TOKEN),
        ("AWS_ENDPOINT_URL_DYNAMODB", TOKEN),
    ] {
        let others = SETTINGS.into_iter().filter(|setting| setting.0 != name);
        let this = (!value.is_empty()).then_some((name, value));
        let output = command(FUNCTION, others.chain(this)).output().expect("the binary runs");
        let printed = [output.stdout, output.stderr].concat();
        let printed = String::from_utf8(printed).expect("the output is text");
        let lines = log_lines(&printed);
        assert_eq!(lines.len(), 1, "{name}: {printed}");
        assert_eq!(lines[0]["level"], "ERROR", "{name}");
        let message = lines[0]["message"].as_str().expect("a line has a message");
        assert!(message.starts_with(&format!("can't start: setting {name} ")), "{message}");
        assert!(!printed.to_lowercase().contains("planted"), "{printed}");
        assert_eq!(output.status.code(), Some(1), "{name}");
    }
}
