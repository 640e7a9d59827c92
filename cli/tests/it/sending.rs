//! `send` to the real handler with a table.

use std::{
    io::Write,
    time::{SystemTime, UNIX_EPOCH},
};

use serde_json::{Value, json};
use support::{
    function::{Function, Request},
    requests::SDK_APPID,
    stand_in::serve,
};
use tencent_chat_callbacks::event::Command;

use crate::world::{ENVIRONMENT, Ran, World, program, run};

const FULL: &str = "Group.CallbackAfterGroupFull";

/// The token for the signature, and an AWS profile that is an error if the program reads it.
const SIGNING: [(&str, &str); 2] = [("CALLBACK_TOKENS", "1400000001:token"), ("AWS_PROFILE", "no-such")];

/// The function, which admits requests signed with the token, and its table.
struct Receiving {
    world: World,
    function: Function,
}

impl Receiving {
    async fn start() -> Self {
        Self::with(&[("CALLBACK_TOKENS", "token")]).await
    }

    async fn with(settings: &[(&str, &str)]) -> Self {
        let world = World::start().await;
        let function = Function::start(&world.dynamodb.url(), settings).await;
        Self { world, function }
    }

    /// Sends to the function, signed.
    fn send(&self, arguments: &[&str]) -> Ran {
        self.send_from(&SIGNING, "", arguments)
    }

    fn send_from(&self, variables: &[(&str, &str)], input: &str, arguments: &[&str]) -> Ran {
        let url = self.function.url();
        run(program(variables, &[&["send", "--to", &url], arguments].concat()), input)
    }

    /// The only request since the last call.
    fn request(&self) -> Request {
        let [request] = self.function.take_requests().try_into().expect("one request");
        request
    }

    fn items(&self) -> Vec<Value> {
        self.world.run(&["list", "--yes", "--json"]).json()
    }
}

fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("the clock is sane");
    u64::try_from(since.as_millis()).expect("it fits")
}

#[tokio::test(flavor = "multi_thread")]
async fn sample_is_recorded_as_a_test_event_with_current_time() {
    let receiving = Receiving::start().await;
    let started = now() / 1000 * 1000;
    for command in Command::ALL {
        let ran = receiving.send(&[command.name, "--json"]);
        assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "{ran:?}");
        let [object] = ran.json().try_into().expect("one line");
        assert!(object["ms"].is_u64() && object["answer"]["ActionStatus"] == "OK", "{object}");
        assert_eq!((&object["CallbackCommand"], &object["status"]), (&json!(command.name), &json!(200)));
    }
    let items = receiving.items();
    assert_eq!(items.len(), Command::ALL.len());
    for item in items {
        let subject = item["pk"].as_str().and_then(|pk| pk.strip_prefix("1400000001#")).expect("a pk");
        assert!(subject.starts_with("test-") || item["CallbackCommand"] == subject, "{item}");
        assert_eq!(item["Problem"], Value::Null, "{item}");
        let time = item["sk"].as_str().and_then(|sk| sk.split('#').next()?.parse::<u64>().ok());
        assert!(time.is_some_and(|time| (started..=now()).contains(&time)), "{item}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn line_has_command_status_time_and_answer() {
    let receiving = Receiving::start().await;
    let printed = receiving.send(&[FULL]).well();
    assert!(printed.starts_with("Group.CallbackAfterGroupFull                  200  "), "{printed}");
    let answer = r#" ms  {"ActionStatus":"OK","ErrorInfo":"","ErrorCode":0}"#;
    assert!(printed.trim_end().ends_with(answer) && printed.lines().count() == 1, "{printed}");
    let Request { query, .. } = receiving.request();
    let parameters = "SdkAppid=1400000001&CallbackCommand=Group.CallbackAfterGroupFull&contenttype=json\
                      &ClientIP=127.0.0.1&OptPlatform=RESTAPI&RequestTime=";
    assert!(query.starts_with(parameters) && query.contains("&Sign="), "{query}");
}

#[tokio::test(flavor = "multi_thread")]
async fn callback_with_set_id_and_time_is_recorded_once() {
    let receiving = Receiving::start().await;
    let settings = [
        "--set",
        "GroupId=smoke-test",
        "--set",
        "EventTime=1767225600000",
        "--add",
        "List=[{\"a\":18446744073709551616}]",
    ];
    let arguments = [&[FULL][..], &settings].concat();
    for _ in 0..2 {
        receiving.send(&arguments).well();
        let expected = format!(
            r#"{{"CallbackCommand":"{FULL}","EventTime":"1767225600000","GroupId":"smoke-test","List":[{{"a":18446744073709551616}}]}}"#
        );
        assert_eq!(String::from_utf8_lossy(&receiving.request().body), expected);
    }
    let items = receiving.items();
    assert_eq!((items.len(), &items[0]["pk"]), (1, &json!("1400000001#smoke-test")));
}

#[tokio::test(flavor = "multi_thread")]
async fn body_is_sent_byte_for_byte_with_any_command() {
    let receiving = Receiving::start().await;
    let body = "{ \"RoomId\":\t\"test-room\", \"EventTime\": 1670574414123 }\r\n";
    let live = "Live.CallbackAfterStartBattle";
    receiving.send_from(&SIGNING, body, &[live, "--body", "-"]).well();
    let mut file = tempfile::NamedTempFile::new().expect("a file can be made");
    file.write_all(body.as_bytes()).expect("it can be written");
    let path = file.path().to_str().expect("a path is text").to_owned();
    receiving.send(&[live, "--body", &path]).well();
    for Request { query, body: sent } in receiving.function.take_requests() {
        assert_eq!(String::from_utf8_lossy(&sent), body);
        assert!(query.contains("CallbackCommand=Live.CallbackAfterStartBattle&"), "{query}");
    }
    assert_eq!(receiving.items().len(), 1);
    // A body that is not text is refused, so the answer is not the expected one.
    file.write_all(b"\xff").expect("it can be written");
    let ran = receiving.send(&[live, "--body", &path]);
    assert_eq!((ran.code, receiving.request().body.last()), (Some(1), Some(&0xff)), "{ran:?}");
    assert!(ran.stdout.contains("  400  "), "{ran:?}");
    assert_eq!(ran.stderr, "chat-events: expected status 200 with ActionStatus OK\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_or_stale_signature_is_expected_to_be_refused() {
    let receiving = Receiving::start().await;
    for flag in ["--wrong-sign", "--stale"] {
        let printed = receiving.send(&[FULL, flag]).well();
        assert!(printed.starts_with(&format!("{FULL} {flag} ")) && printed.contains("  401  "), "{printed}");
    }
    let unsigned = receiving.send_from(&[], "", &[FULL]);
    assert!(unsigned.code == Some(1) && unsigned.stdout.contains("  401  "), "{unsigned:?}");
    let advice = "set CALLBACK_TOKENS to the token of application 1400000001, as in the console\n";
    assert!(unsigned.stderr.ends_with(advice), "{unsigned:?}");
    let foreign = receiving.send_from(&[("CALLBACK_TOKENS", "another")], "", &[FULL]);
    assert!(foreign.stderr.contains("does the receiver have the token of CALLBACK_TOKENS"), "{foreign:?}");
    assert!(receiving.items().is_empty());

    let lax = Receiving::with(&[("ALLOW_UNSIGNED", "true")]).await;
    let ran = lax.send(&[FULL, "--wrong-sign"]);
    assert!(ran.code == Some(1) && ran.stdout.contains("  200  "), "{ran:?}");
    assert!(ran.stderr.starts_with("chat-events: expected status 401; "), "{ran:?}");
    let ran = lax.send_from(&[], "", &[FULL, "--stale"]);
    let expected = "chat-events: --stale needs a token for 1400000001; set CALLBACK_TOKENS\n";
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(2), expected));
}

#[tokio::test(flavor = "multi_thread")]
async fn url_check_is_answered_but_not_recorded() {
    let receiving = Receiving::start().await;
    for (arguments, command) in
        [(&["--probe"][..], FULL), (&["State.StateChange", "--probe"], "State.StateChange")]
    {
        receiving.send(arguments).well();
        let Request { query, body } = receiving.request();
        assert!(!query.contains("SdkAppid") && query.contains("&Sign="), "{query}");
        assert!(query.starts_with(&format!("CallbackCommand={command}&")), "{query}");
        assert_eq!(body, b"{}");
    }
    assert!(receiving.items().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn url_and_application_come_from_flags_environment_or_stack() {
    let receiving =
        Receiving::with(&[("ALLOW_UNSIGNED", "true"), ("SDK_APP_IDS", "1400000001,15,16,17")]).await;
    let (url, address) = (receiving.function.url(), receiving.function.address.to_string());
    let stack = cloudformation(url.clone());
    let local = ("LOCAL_FUNCTION_ADDRESS", address.as_str());
    let aws = [&ENVIRONMENT[..4], &[("AWS_ENDPOINT_URL_CLOUDFORMATION", stack.as_str())]].concat();
    for (variables, arguments, app) in [
        (&[local][..], &["--local"][..], SDK_APPID),
        (&[local, ("SDK_APP_ID", "15")], &["--local"], "15"),
        (&[("SDK_APP_ID", "15")], &["--to", &url], "15"),
        (&[("SDK_APP_ID", "15")], &["--to", &url, "--app", "16"], "16"),
        (&aws, &["--stack", "ours"], "17"),
        (&aws, &["--stack", "ours", "--app", "16"], "16"),
    ] {
        run(program(variables, &[&["send", FULL], arguments].concat()), "").well();
        let Request { query, .. } = receiving.request();
        assert!(query.starts_with(&format!("SdkAppid={app}&")), "{query}");
    }
}

/// CloudFormation with a stack of one application and this URL.
fn cloudformation(url: String) -> String {
    serve(move |_| {
        let output = format!("<OutputKey>CallbackUrl</OutputKey><OutputValue>{url}</OutputValue>");
        let parameter = "<ParameterKey>SdkAppIds</ParameterKey><ParameterValue>17</ParameterValue>";
        let stack = format!(
            "<StackName>ours</StackName><Outputs><member>{output}</member></Outputs>\
             <Parameters><member>{parameter}</member></Parameters>"
        );
        let result = format!("<Stacks><member>{stack}</member></Stacks>");
        let result = format!("<DescribeStacksResult>{result}</DescribeStacksResult>");
        (200, format!("<DescribeStacksResponse>{result}</DescribeStacksResponse>"))
    })
}

#[test]
fn send_prints_one_line_with_the_fix_if_it_fails() {
    let nowhere = ["--to", "http://127.0.0.1:9"];
    for (arguments, code, expected) in [
        (&[FULL][..], 2, "where to? Give exactly one of --stack, --local and --to"),
        (
            &[FULL, "--local", "--to", "http://127.0.0.1:9"],
            2,
            "where to? Give exactly one of --stack, --local and --to",
        ),
        (
            &[FULL, "--to", "ftp://127.0.0.1"],
            2,
            "the receiver is not a URL such as https://example.com/im or ",
        ),
        (&[FULL, "--to", "http://192.0.2.1"], 2, "over http://, others can read the signature, "),
        (
            &[FULL, "--to", "http://192.0.2.1", "--insecure"],
            2,
            "the URL of --to is not on this machine; add --yes to ",
        ),
        (&[FULL, "--to", "192.0.2.1"], 2, "the URL of --to is not on this machine; add --yes to "),
        (
            &[FULL, "--to", "https://localhost", "--cacert", "/no/such"],
            1,
            "can't use /no/such of --cacert: No such file ",
        ),
        (
            &[FULL, "--to", "https://localhost", "--cacert", "/dev/null"],
            1,
            "can't use /dev/null of --cacert: it has no certificate in PEM",
        ),
        (
            &[FULL, "--probe", "--to", "https://192.0.2.1"],
            2,
            "the URL of --to is not on this machine; add --yes to ",
        ),
        (
            &["Group.AfterGroupFull"],
            2,
            "no sample of Group.AfterGroupFull; give --body, or a documented command: did you mean Group.CallbackAfterGroupFull, ",
        ),
        (
            &["\u{1b}[2J"],
            2,
            "no sample of \u{fffd}[2J; give --body, or a documented command: `chat-events commands` lists them",
        ),
        (&[FULL, "--set", "Text=hi"], 2, "the sample has no Text; to add it: --add Text=hi"),
        (&["A.B", "--body", "/no/such"], 1, "can't read /no/such: "),
        (
            &[FULL, nowhere[0], nowhere[1]],
            1,
            "no answer from the URL of --to: nothing listens at 127.0.0.1:9; start the receiver, ",
        ),
    ] {
        let ran = run(program(&SIGNING, &[&["send"], arguments].concat()), "");
        assert_eq!(
            (ran.code, ran.stdout.as_str(), ran.stderr.lines().count()),
            (Some(code), "", 1),
            "{ran:?}"
        );
        assert!(ran.stderr.starts_with(&format!("chat-events: {expected}")), "{ran:?}");
    }
    let ran = run(program(&SIGNING, &["send", FULL, "--json", nowhere[0], nowhere[1]]), "");
    let [object] = ran.json().try_into().expect("one line");
    assert_eq!((ran.code, &object["status"]), (Some(1), &json!(0)), "{ran:?}");
    assert!(object["answer"].as_str().is_some_and(|cause| ran.stderr.contains(cause)), "{ran:?}");
    let local = [("LOCAL_FUNCTION_ADDRESS", "127.0.0.1:9")];
    let ran = run(program(&local, &["--local", "send", FULL]), "");
    assert_eq!(ran.stderr, "chat-events: nothing answers at http://127.0.0.1:9; start `make run` first\n");
}
