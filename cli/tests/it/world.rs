//! A table with events in it, and the program.

use std::{
    io::Write,
    process::{Command, Output, Stdio},
    time::{Duration, Instant},
};

use aws_sdk_dynamodb::Client;
use serde_json::{Value, json};
use support::{
    dynamodb::{DynamoDb, TABLE},
    requests::{CREATED, SDK_APPID},
};
use tencent_chat_webhook::{
    record::ItemSettings,
    settings::Aws,
    store::{Store, client},
    unrecorded::Unrecorded,
};

/// The program without the environment of the user.
pub(crate) fn program(variables: &[(&str, &str)], arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_chat-events"));
    command.env_clear().envs(variables.iter().copied()).args(arguments);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// The result of a run.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ran {
    /// The output of a run that succeeds without notes.
    pub(crate) fn well(self) -> String {
        assert_eq!((self.code, self.stderr.as_str()), (Some(0), ""), "{self:?}");
        self.stdout
    }

    pub(crate) fn lines(&self) -> Vec<&str> {
        self.stdout.lines().collect()
    }

    /// The lines of `--json`.
    pub(crate) fn json(&self) -> Vec<Value> {
        self.lines().into_iter().map(|line| serde_json::from_str(line).expect("a line is JSON")).collect()
    }
}

/// Runs a command to its end on this input.
pub(crate) fn run<T: AsRef<[u8]> + ?Sized>(mut command: Command, input: &T) -> Ran {
    let mut child = command.spawn().expect("the program is there");
    // A program that does not read its input may already have ended.
    let _ = child.stdin.take().expect("a pipe").write_all(input.as_ref());
    let Output { status, stdout, stderr } = child.wait_with_output().expect("it ends");
    let text = |bytes| String::from_utf8(bytes).expect("it prints UTF-8");
    Ran { code: status.code(), stdout: text(stdout), stderr: text(stderr) }
}

/// Runs a command whose output nobody reads.
pub(crate) fn run_closed(mut command: Command) -> Ran {
    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);
    command.stdout(writer);
    run(command, "")
}

/// A new table for a test.
pub(crate) struct World {
    pub(crate) dynamodb: DynamoDb,
    store: Store,
}

impl World {
    pub(crate) async fn start() -> Self {
        let dynamodb = DynamoDb::in_memory().await;
        let store = Store::new(client_of(&dynamodb), TABLE);
        Self { dynamodb, store }
    }

    /// A client of the table, to check items that the program does not show.
    pub(crate) fn client(&self) -> Client {
        client_of(&self.dynamodb)
    }

    /// Records a body as the function would, with this many shards of the index.
    pub(crate) async fn record(&self, body: &Value, index_shards: u32) {
        self.record_callback(&unrecorded("id", &body.to_string()), index_shards).await;
    }

    pub(crate) async fn record_callback(&self, callback: &Unrecorded<'_>, index_shards: u32) {
        let item_settings = ItemSettings { retention_days: None, index_shards };
        let deadline = Instant::now() + Duration::from_secs(10);
        self.store
            .write(|fields| callback.record(fields, item_settings), deadline)
            .await
            .expect("the table takes it");
    }

    /// Runs the program with an environment that names the table.
    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        self.run_on("", arguments)
    }

    pub(crate) fn run_on<T: AsRef<[u8]> + ?Sized>(&self, input: &T, arguments: &[&str]) -> Ran {
        run(self.program(arguments), input)
    }

    pub(crate) fn program(&self, arguments: &[&str]) -> Command {
        let variables = [
            ("AWS_ENDPOINT_URL_DYNAMODB", self.dynamodb.url()),
            ("AWS_ENDPOINT_URL_DYNAMODB_STREAMS", self.dynamodb.url()),
        ];
        let mut command = program(&ENVIRONMENT, arguments);
        command.envs(variables);
        command
    }
}

fn client_of(dynamodb: &DynamoDb) -> Client {
    let aws = Aws {
        region: "us-east-1".to_owned(),
        access_key_id: "AKIDEXAMPLE".to_owned(),
        secret_access_key: "example-secret".to_owned(),
        session_token: None,
        endpoint_url: Some(dynamodb.url()),
        logs_endpoint_url: None,
    };
    Client::from_conf(client::config(&aws).build())
}

/// The environment of an operator. It has the Region in the variable of other tools.
pub(crate) const ENVIRONMENT: [(&str, &str); 5] = [
    ("AWS_DEFAULT_REGION", "us-east-1"),
    ("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"),
    ("AWS_SECRET_ACCESS_KEY", "example-secret"),
    ("TABLE_NAME", TABLE),
    ("SDK_APP_ID", SDK_APPID),
];

/// A callback in the form of the log.
pub(crate) fn unrecorded(id: &str, body: &str) -> Unrecorded<'static> {
    unrecorded_with(id, format!("SdkAppid={SDK_APPID}&RequestTime=1670574413"), body)
}

/// The same with another query.
pub(crate) fn unrecorded_with(id: &str, query: String, body: &str) -> Unrecorded<'static> {
    let entry = Unrecorded::new("", query, 1_670_574_414_321, "request-1", body.to_owned());
    Unrecorded { id: id.to_owned().into(), ..entry }
}

/// The body of a new group at a time.
pub(crate) fn created(group: &str, time: u64, name: &str) -> Value {
    json!({
        "CallbackCommand": CREATED, "GroupId": group, "EventTime": time, "Name": name, "Type": "Public",
        "Operator_Account": "leckie", "Owner_Account": "leckie", "MemberList": [],
    })
}
