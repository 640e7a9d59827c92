//! A stand-in for AWS with a healthy stack, and the services that `doctor` uses. Tests change its state.

use aws_smithy_cbor::Encoder;
use serde_json::{Value, json};
use support::stand_in::{Request, Response, serve_operations};
use tencent_chat_webhook::time::now_millis;

mod archive;
mod insights;
pub(super) use archive::{Archive, day};

const SERVICES: [&str; 5] = [
    "AWS_ENDPOINT_URL_CLOUDFORMATION",
    "AWS_ENDPOINT_URL_DYNAMODB",
    "AWS_ENDPOINT_URL_CLOUDWATCH",
    "AWS_ENDPOINT_URL_CLOUDWATCH_LOGS",
    "AWS_ENDPOINT_URL_SQS",
];

/// The state from which the services respond.
pub(super) struct Aws {
    pub(super) outputs: Vec<(&'static str, String)>,
    pub(super) parameters: Vec<(&'static str, &'static str)>,
    pub(super) alarms: Vec<Alarm>,
    /// The lines of the function's log, ten minutes old.
    pub(super) log: Vec<Value>,
    pub(super) redrive_log: Vec<Value>,
    pub(super) reforward_log: Vec<Value>,
    /// Whether the log's subscription for `reforward` is there.
    pub(super) has_reforward: bool,
    pub(super) in_receiver_queue: usize,
    pub(super) receiver_letters: usize,
    /// The number of requests that the API counted.
    pub(super) taken: usize,
    /// The pattern of the log's subscription.
    pub(super) subscription: Option<&'static str>,
    /// The log entries of unrecorded callbacks.
    pub(super) unrecorded: Vec<String>,
    /// Whether the table has each event that is asked for.
    pub(super) has_events: bool,
    pub(super) in_queue: usize,
    pub(super) dead_letters: usize,
    pub(super) bus_letters: usize,
    pub(super) archive: Archive,
    /// The operation that fails, with this error code.
    pub(super) fault: Option<(&'static str, &'static str)>,
}

/// An alarm of the stack.
#[derive(Clone, Copy)]
pub(super) struct Alarm {
    /// The logical id.
    pub(super) id: &'static str,
    pub(super) is_on: bool,
    pub(super) has_actions_on: bool,
    pub(super) exists: bool,
}

impl Alarm {
    const fn quiet(id: &'static str) -> Self {
        Self { id, is_on: false, has_actions_on: true, exists: true }
    }
}

/// A line of the function's log.
pub(super) fn line(outcome: &str, more: &Value) -> Value {
    let mut line = json!({ "timestamp": "2026-11-26T03:00:00.000Z", "outcome": outcome, "RequestId": "r" });
    line.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
    line
}

impl Aws {
    /// A healthy stack with this URL. Four callbacks came through the API. One request, the check of a new version, did
    /// not.
    pub(super) fn well(url: &str) -> Self {
        let outputs = [
            ("CallbackUrl", url),
            ("TableName", "events"),
            ("ApiId", "api"),
            ("FunctionLogName", "log"),
            ("RedriveLogName", "redrive-log"),
            ("RedriveName", "redrive"),
            ("RedriveQueueUrl", "https://sqs/1/queue"),
            ("RedriveDeadLettersUrl", "https://sqs/1/dead"),
            ("EventPipeDeadLettersUrl", "https://sqs/1/bus"),
            ("ArchiveBucketName", "archive"),
            ("ArchiveMachineArn", "arn:aws:states:us-east-1:1:stateMachine:archive"),
            ("Version", env!("CARGO_PKG_VERSION")),
        ];
        Self {
            outputs: outputs.map(|(key, value)| (key, value.to_owned())).to_vec(),
            parameters: vec![("SdkAppIds", "1400000001"), ("QuietMinutes", "60"), ("LogLevel", "INFO")],
            alarms: vec![Alarm::quiet("NotStoredAlarm"), Alarm::quiet("VersionErrorsAlarm")],
            log: vec![
                line("recorded", &json!({ "token": 1 })),
                line("recorded", &json!({ "token": 2, "forward": "200" })),
                line("duplicate", &json!({ "token": 1 })),
                line("probe", &json!({ "token": 1 })),
                line("refused", &json!({ "reason": "not_post", "RequestId": "" })),
            ],
            redrive_log: Vec::new(),
            reforward_log: Vec::new(),
            has_reforward: true,
            in_receiver_queue: 0,
            receiver_letters: 0,
            taken: 4,
            subscription: Some("{ $.unrecorded.piece > 0 }"),
            unrecorded: Vec::new(),
            has_events: false,
            in_queue: 0,
            dead_letters: 0,
            bus_letters: 0,
            archive: Archive::whole(),
            fault: None,
        }
    }

    /// Adds a receiver to the stack.
    pub(super) fn with_receiver(&mut self) {
        let outputs = [
            ("ReforwardName", "reforward"),
            ("ReforwardLogName", "reforward-log"),
            ("ReforwardQueueUrl", "https://sqs/1/waiting"),
            ("ReforwardDeadLettersUrl", "https://sqs/1/given-up"),
        ];
        self.outputs.extend(outputs.map(|(key, value)| (key, value.to_owned())));
    }

    /// Adds lines to the log, and their requests to the count of the API.
    pub(super) fn log(&mut self, lines: impl IntoIterator<Item = Value>) {
        let before = self.log.len();
        self.log.extend(lines);
        self.taken += self.log.len() - before;
    }

    /// Serves the stand-in. Returns the variables with its URL.
    pub(super) fn serve(self) -> [(&'static str, String); 5] {
        let url = serve_operations(move |request| Some(self.respond(request)));
        SERVICES.map(|service| (service, url.clone()))
    }

    fn respond(&self, request: &Request) -> Response {
        let is_cbor = ["DescribeAlarms", "GetMetricStatistics"].contains(&request.operation.as_str());
        let (status, body) = match self.fault {
            Some((operation, code)) if operation == request.operation => {
                (400, json!({ "__type": code, "message": "As asked for." }))
            }
            _ if request.body.contains("Action=ListStackResources") => {
                return response(200, Vec::new(), self.resources(&request.body).into_bytes());
            }
            _ if request.operation.is_empty() => return response(200, Vec::new(), self.stack().into_bytes()),
            _ => (200, self.found(request)),
        };
        if is_cbor {
            return response(status, vec![("smithy-protocol", "rpc-v2-cbor".to_owned())], cbor(&body));
        }
        response(status, Vec::new(), body.to_string().into_bytes())
    }

    fn found(&self, request: &Request) -> Value {
        let count = |messages: usize| json!({ "Attributes": { "ApproximateNumberOfMessages": messages.to_string() } });
        match request.operation.as_str() {
            "DescribeAlarms" => json!({ "MetricAlarms": self.described_alarms() }),
            "GetMetricStatistics" => json!({ "Datapoints": [{ "Sum": to_f64(self.taken) }] }),
            "DescribeSubscriptionFilters" => json!({ "subscriptionFilters": self.subscription() }),
            "StartQuery" => insights::started(&request.body),
            "GetQueryResults" => {
                insights::results(&request.body, [&self.log, &self.redrive_log, &self.reforward_log])
            }
            "FilterLogEvents" => {
                let event = |line: &String| json!({ "timestamp": now_millis() - 600_000, "message": line });
                json!({ "events": self.unrecorded.iter().map(event).collect::<Vec<_>>() })
            }
            "BatchGetItem" => self.events(&request.body),
            "GetQueueAttributes" if request.body.contains("dead") => count(self.dead_letters),
            "GetQueueAttributes" if request.body.contains("bus") => count(self.bus_letters),
            "GetQueueAttributes" if request.body.contains("waiting") => count(self.in_receiver_queue),
            "GetQueueAttributes" if request.body.contains("given-up") => count(self.receiver_letters),
            "GetQueueAttributes" => count(self.in_queue),
            other => {
                self.archive.found(other, &request.body).unwrap_or_else(|| panic!("doctor asks for {other}"))
            }
        }
    }

    fn subscription(&self) -> Vec<Value> {
        let filter = |function: &str, pattern: &str| {
            let arn = format!("arn:aws:lambda:us-east-1:1:function:{function}");
            json!({ "filterName": "filter", "filterPattern": pattern, "destinationArn": arn })
        };
        let redrive = self.subscription.map(|pattern| filter("redrive", pattern));
        let reforward = self.has_reforward.then(|| filter("reforward", "{ $.unforwarded.hop > 0 }"));
        redrive.into_iter().chain(reforward).collect()
    }

    /// The items with the keys of a request.
    fn events(&self, body: &str) -> Value {
        let request: Value = serde_json::from_str(body).expect("a request is JSON");
        let tables = request["RequestItems"].as_object().expect("tables by name");
        let found = |keys: &Value| if self.has_events { keys["Keys"].clone() } else { json!([]) };
        let responses: serde_json::Map<_, _> =
            tables.iter().map(|(name, keys)| (name.clone(), found(keys))).collect();
        json!({ "Responses": responses, "UnprocessedKeys": {} })
    }

    fn described_alarms(&self) -> Vec<Value> {
        let alarm = |alarm: &Alarm| {
            json!({
                "AlarmName": format!("ours-{}-1", alarm.id), "AlarmActions": ["arn:aws:sns:us-east-1:1:topic"],
                "ActionsEnabled": alarm.has_actions_on, "StateValue": if alarm.is_on { "ALARM" } else { "OK" },
                "StateReason": "Threshold crossed.",
            })
        };
        self.alarms.iter().filter(|alarm| alarm.exists).map(alarm).collect()
    }

    /// The resources of the stack, of which the last alarm is in a nested stack.
    fn resources(&self, body: &str) -> String {
        let member = |id: &str, name: &str, kind: &str| {
            format!(
                "<member><LogicalResourceId>{id}</LogicalResourceId><PhysicalResourceId>{name}</PhysicalResourceId>\
                 <ResourceType>{kind}</ResourceType></member>"
            )
        };
        let alarm =
            |alarm: &Alarm| member(alarm.id, &format!("ours-{}-1", alarm.id), "AWS::CloudWatch::Alarm");
        let (last, own) = self.alarms.split_last().expect("there are alarms");
        let resources = if body.contains("nested") {
            alarm(last)
        } else if body.contains("archive-stack") {
            String::new()
        } else {
            own.iter().map(alarm).collect::<String>()
                + &member("Function", "ours-Function-1", "AWS::Lambda::Function")
                + &member("EventBus", "nested", "AWS::CloudFormation::Stack")
                + &member("EventArchive", "archive-stack", "AWS::CloudFormation::Stack")
        };
        format!(
            "<ListStackResourcesResponse><ListStackResourcesResult><StackResourceSummaries>{resources}\
             </StackResourceSummaries></ListStackResourcesResult></ListStackResourcesResponse>"
        )
    }

    fn stack(&self) -> String {
        let member = |kind: &str, key: &str, value: &str| {
            format!("<member><{kind}Key>{key}</{kind}Key><{kind}Value>{value}</{kind}Value></member>")
        };
        let outputs: String = self.outputs.iter().map(|(key, value)| member("Output", key, value)).collect();
        let parameters: String =
            self.parameters.iter().map(|(key, value)| member("Parameter", key, value)).collect();
        let stack = format!(
            "<StackName>ours</StackName><CreationTime>{}T10:00:00Z</CreationTime>\
            <Outputs>{outputs}</Outputs><Parameters>{parameters}</Parameters>",
            day(5)
        );
        let result =
            format!("<DescribeStacksResult><Stacks><member>{stack}</member></Stacks></DescribeStacksResult>");
        format!("<DescribeStacksResponse>{result}</DescribeStacksResponse>")
    }
}

fn response(status: u16, headers: Vec<(&'static str, String)>, body: Vec<u8>) -> Response {
    Response { status, headers, body }
}

fn to_f64(count: usize) -> f64 {
    u32::try_from(count).expect("a small number").into()
}

/// The value as CBOR.
fn cbor(value: &Value) -> Vec<u8> {
    fn encode(value: &Value, encoder: &mut Encoder) {
        match value {
            Value::Null => drop(encoder.null()),
            Value::Bool(value) => drop(encoder.boolean(*value)),
            Value::Number(number) => drop(encoder.double(number.as_f64().expect("a number is finite"))),
            Value::String(text) => drop(encoder.str(text)),
            Value::Array(values) => {
                encoder.array(values.len());
                for value in values {
                    encode(value, encoder);
                }
            }
            Value::Object(fields) => {
                encoder.map(fields.len());
                for (name, value) in fields {
                    encoder.str(name);
                    encode(value, encoder);
                }
            }
        }
    }
    let mut encoder = Encoder::new(Vec::new());
    encode(value, &mut encoder);
    encoder.into_writer()
}
