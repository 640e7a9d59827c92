"""Serves the emulator with stand-ins for missing features, so that the unchanged template can be deployed.

Four types of resource are accepted without effect, and so are Athena's statements that DuckDB does not know. An alarm on an
expression watches the expression's first metric. A subscription or a search of a log group gets the lines that match its
pattern. Logs Insights counts lines by their fields. Lambda sends the event of a failed
asynchronous invocation to the function's dead-letter queue. The URLs in a template that is read back have S3's host.
"""

import datetime
import json
import os
import pathlib
import sys
import threading

import boto3

sys.path.append(str(pathlib.Path(__file__).parents[1] / "template"))

import filters
import insights
from ministack import app
from ministack.core import iam_actions
from ministack.services import athena, cloudwatch, cloudwatch_logs, dynamodb, dynamodb_streams, lambda_svc
from ministack.services.cloudformation import engine, handlers, provisioners

HANDLERS = provisioners._RESOURCE_HANDLERS
COMPOSITE = "AWS::CloudWatch::CompositeAlarm"
LACKING = ["AWS::Athena::NamedQuery", COMPOSITE, "AWS::CodeDeploy::Application", "AWS::CodeDeploy::DeploymentGroup",
           "AWS::Logs::QueryDefinition"]


def accept(logical_id, _properties, stack_name):
    return f"{stack_name}-{logical_id}", {}


def keep(physical_id, _old, _new, _stack_name):
    return physical_id, {}


for kind in LACKING:
    if kind in HANDLERS:
        sys.exit(f"The emulator knows {kind} now: remove the stand-in.")
    HANDLERS[kind] = {"create": accept, "update": keep, "delete": lambda *_: None}


# The emulator has composite alarms, but its CloudFormation does not make them.
def put_composite(_logical_id, properties, _stack_name):
    status, _headers, body = cloudwatch._put_composite_alarm({}, properties, False, is_json=True)
    if status != 200:
        raise ValueError(body)
    return properties["AlarmName"], {}


def update_composite(_physical_id, _old, new, stack_name):
    return put_composite(None, new, stack_name)


def delete_composite(physical_id, *_):
    cloudwatch._composite_alarms.pop(physical_id, None)


HANDLERS[COMPOSITE] = {"create": put_composite, "update": update_composite, "delete": delete_composite}


def without_expressions(handle):
    def simple(properties):
        if not isinstance(properties, dict) or "Metrics" not in properties:
            return properties
        stat = next(each["MetricStat"] for each in properties["Metrics"] if "MetricStat" in each)
        rest = {key: value for key, value in properties.items() if key != "Metrics"}
        return rest | stat["Metric"] | {"Period": stat["Period"], "Statistic": stat["Stat"]}

    return lambda *arguments, **named: handle(*map(simple, arguments), **named)


ALARM = HANDLERS["AWS::CloudWatch::Alarm"]
ALARM |= {step: without_expressions(ALARM[step]) for step in ("create", "update")}


# The emulator knows only patterns of words, not `{ $.unrecorded.piece > 0 }`.
if cloudwatch_logs._subscription_pattern_matches("{ $.a.b > 0 }", '{"a":{"b":1}}'):
    sys.exit("The emulator knows patterns for JSON now: remove the stand-in.")
by_words = cloudwatch_logs._subscription_pattern_matches


def by_pattern(pattern, message):
    return (filters.matches if (pattern or "").lstrip().startswith("{") else by_words)(pattern, message or "")


cloudwatch_logs._subscription_pattern_matches = by_pattern


# The emulator's search ignores patterns for JSON.
if not cloudwatch_logs._compile_filter_pattern('{ $.a = "b" }')('{"a":"c"}'):
    sys.exit("The emulator knows patterns for JSON now: remove the stand-in.")
search_by_words = cloudwatch_logs._compile_filter_pattern


def search_by_pattern(pattern):
    if (pattern or "").lstrip().startswith("{"):
        return lambda message: filters.matches(pattern, message)
    return search_by_words(pattern)


cloudwatch_logs._compile_filter_pattern = search_by_pattern


# The emulator's Logs Insights knows no `stats`.
if "stats" in (cloudwatch_logs._start_query.__doc__ or ""):
    sys.exit("The emulator knows stats now: remove the stand-in.")
start_query = cloudwatch_logs._start_query


def start_query_with_stats(data):
    response, query = start_query(data), data.get("queryString", "")
    if " | stats " in query and response[0] == 200:
        found = cloudwatch_logs._collect_query_records(
            cloudwatch_logs._resolve_query_log_groups(data), data["startTime"], data["endTime"])
        records = [(each["_timestamp_ms"], each["@logStream"], each["@message"]) for each in found]
        cloudwatch_logs._queries[json.loads(response[2])["queryId"]]["results"] = [
            [{"field": name, "value": str(value)} for name, value in row.items()] for row in insights.rows(query, records)]
    return response


cloudwatch_logs._start_query = start_query_with_stats


# The emulator calls the function of a subscription only once. AWS invokes it asynchronously.
once = lambda_svc._execute_function_with_config_scope


def execute(function, event):
    # A subscription calls this function in a new thread. Other callers wait for the response.
    if threading.current_thread()._target is execute and "awslogs" in event:
        return lambda_svc.invoke_async_with_retry(function, event)
    return once(function, event)


lambda_svc._execute_function_with_config_scope = execute


# The emulator ignores a function's dead-letter queue, and would send it the message for a destination. AWS sends the
# unchanged event.
def with_dead_letters(handle):
    def handled(*arguments, **named):
        result = handle(*arguments, **named)
        properties = next(each for each in reversed(arguments) if isinstance(each, dict))
        target = properties.get("DeadLetterConfig")
        if target and result[0] in lambda_svc._functions:
            lambda_svc._functions[result[0]]["config"]["DeadLetterConfig"] = target
        return result
    return handled


FUNCTION = HANDLERS["AWS::Lambda::Function"]
FUNCTION |= {step: with_dead_letters(FUNCTION[step]) for step in ("create", "update")}


# The emulator does not resolve a reference to a secret in a nested stack.
def with_secrets(handle):
    def resolved(value):
        return engine._resolve_dynamic_references(value)[0] if isinstance(value, dict) else value
    return lambda *arguments, **named: handle(*map(resolved, arguments), **named)


FUNCTION |= {step: with_secrets(FUNCTION[step]) for step in ("create", "update")}


# The emulator passes a parameter of a nested stack on as a text, and its poller compares this one with a number.
def with_number(handle):
    def handled(*arguments, **named):
        for properties in arguments:
            scaling = properties.get("ScalingConfig") if isinstance(properties, dict) else None
            if scaling:
                scaling["MaximumConcurrency"] = int(scaling["MaximumConcurrency"])
        return handle(*arguments, **named)
    return handled


MAPPING = HANDLERS["AWS::Lambda::EventSourceMapping"]
MAPPING |= {step: with_number(MAPPING[step]) for step in ("create", "update")}


def give_up(queue_arn, _function_name, event, _result):
    sqs = boto3.client("sqs", endpoint_url=f"http://127.0.0.1:{os.environ['GATEWAY_PORT']}")
    url = sqs.get_queue_url(QueueName=queue_arn.rsplit(":", 1)[1])["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody=json.dumps(event))


lambda_svc._route_async_failure = give_up


# `sam delete` deletes the files that `sam deploy` uploaded. In the URL of a nested template, it accepts only AWS's hosts.
get_template = handlers._ACTION_HANDLERS["GetTemplate"]


def get_template_with_hosts_of_aws(params):
    status, headers, body = get_template(params)
    text = body if isinstance(body, str) else body.decode()
    return status, headers, text.replace(os.environ["AWS_ENDPOINT_URL"], "https://s3.amazonaws.com").encode()


handlers._ACTION_HANDLERS["GetTemplate"] = get_template_with_hosts_of_aws


# The emulator ignores the stream or the export in a call, so a policy for one of them would allow nothing.
extract_resource_arn = iam_actions.extract_resource_arn


def extract_resource_arn_of_table(service, method, path, headers, body, *rest):
    export = json.loads(body).get("ExportArn") if service == "dynamodb" and body else None
    if service != "dynamodbstreams":
        return export or extract_resource_arn(service, method, path, headers, body, *rest)
    request = json.loads(body)
    named = dynamodb_streams._decode_iterator(request.get("ShardIterator", "")) or request
    return named.get("arn") or named.get("StreamArn") or "*"


iam_actions.extract_resource_arn = extract_resource_arn_of_table


# The emulator's recovery begins now. AWS's begins with the table, 35 days ago at most.
describe_recovery = dynamodb._describe_continuous_backups


def describe_older_recovery(data):
    status, headers, body = describe_recovery(data)
    described = json.loads(body)
    recovery = described.get("ContinuousBackupsDescription", {}).get("PointInTimeRecoveryDescription", {})
    if "EarliestRestorableDateTime" in recovery:
        recovery["EarliestRestorableDateTime"] -= 35 * 86_400
    return status, headers, json.dumps(described).encode()


dynamodb._describe_continuous_backups = describe_older_recovery

# The emulator forgets the window of an export, and keeps the times of Step Functions as texts. DynamoDB's are numbers.
export_table = dynamodb._export_table_to_point_in_time


def as_dynamodb(name, value):
    is_text = name.endswith("Time") and isinstance(value, str)
    return datetime.datetime.fromisoformat(value).timestamp() if is_text else value


def export_table_with_window(data):
    data = {name: as_dynamodb(name, value) for name, value in data.items()}
    status, headers, body = export_table(data)
    made = json.loads(body)
    if status == 200 and "IncrementalExportSpecification" in data:
        window = {name: as_dynamodb(name, value) for name, value in data["IncrementalExportSpecification"].items()}
        dynamodb._exports[made["ExportDescription"]["ExportArn"]]["IncrementalExportSpecification"] = window
    return status, headers, body


dynamodb._export_table_to_point_in_time = export_table_with_window

# DuckDB has neither `UNLOAD` nor Athena's functions for JSON: tests/archive runs these statements.
parse_ddl, run_duckdb = athena._parse_ddl, athena._run_duckdb
ATHENAS_OWN = ("UNLOAD (", "CREATE OR REPLACE VIEW ")


async def run_or_accept(query, *rest):
    return {"columns": [], "rows": []} if query.startswith(ATHENAS_OWN) else await run_duckdb(query, *rest)


athena._parse_ddl = lambda query: None if query.startswith(ATHENAS_OWN) else parse_ddl(query)
athena._run_duckdb = run_or_accept


# The emulator has no TLS, and the policies of queues refuse requests without TLS. So it treats its clients as if they
# used TLS.
def by_tls(handle):
    return lambda source_ip, secure_transport: handle(source_ip, True)


app.pin_request_origin = by_tls(app.pin_request_origin)

app.main()
