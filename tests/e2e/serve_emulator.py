"""Serves the emulator with stand-ins for missing features, so that the unchanged template can be deployed.

`wrap` puts each stand-in around a function of the emulator. CONTRIBUTING.md lists what the emulator can't do, and what does it
instead.
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


def wrap(owner, name, stand_in):
    """Puts a stand-in around a function of a module or a table. It gets the function, and returns the new one."""
    if isinstance(owner, dict):
        owner[name] = stand_in(owner[name])
    else:
        setattr(owner, name, stand_in(getattr(owner, name)))


def wrap_resource(kind, stand_in):
    """The same for what CloudFormation does to create or update a resource."""
    for step in ("create", "update"):
        wrap(HANDLERS[kind], step, stand_in)


def known_now(feature):
    sys.exit(f"The emulator knows {feature} now: remove the stand-in.")


def add_resource(kind, create, update, delete):
    if kind in HANDLERS:
        known_now(kind)
    HANDLERS[kind] = {"create": create, "update": update, "delete": delete}


def accept(logical_id, _properties, stack_name):
    return f"{stack_name}-{logical_id}", {}


def keep(physical_id, _old, _new, _stack_name):
    return physical_id, {}


for accepted in ("AWS::Athena::NamedQuery", "AWS::CodeDeploy::Application", "AWS::CodeDeploy::DeploymentGroup",
                 "AWS::Logs::QueryDefinition"):
    add_resource(accepted, accept, keep, lambda *_: None)


# The emulator has composite alarms, but its CloudFormation does not make them.
def put_composite(_logical_id, properties, _stack_name):
    status, _headers, body = cloudwatch._put_composite_alarm({}, properties, False, is_json=True)
    if status != 200:
        raise ValueError(body)
    return properties["AlarmName"], {}


add_resource("AWS::CloudWatch::CompositeAlarm", put_composite,
             lambda _physical_id, _old, new, stack_name: put_composite(None, new, stack_name),
             lambda physical_id, *_: cloudwatch._composite_alarms.pop(physical_id, None))


def with_properties(change):
    """A stand-in that changes the properties of a resource."""
    def stand_in(handle):
        def changed(value):
            return change(value) if isinstance(value, dict) else value
        return lambda *arguments, **named: handle(*map(changed, arguments), **named)
    return stand_in


# An alarm on an expression watches the expression's first metric.
def without_expression(properties):
    if "Metrics" not in properties:
        return properties
    stat = next(each["MetricStat"] for each in properties["Metrics"] if "MetricStat" in each)
    rest = {key: value for key, value in properties.items() if key != "Metrics"}
    return rest | stat["Metric"] | {"Period": stat["Period"], "Statistic": stat["Stat"]}


wrap_resource("AWS::CloudWatch::Alarm", with_properties(without_expression))


# The emulator's name of a log group lacks the stack's name in front, which policies name.
def named_by_stack(create):
    def make(logical_id, properties, stack_name):
        return create(logical_id, {"LogGroupName": provisioners._physical_name(stack_name, logical_id)} | properties, stack_name)
    return make


def keeping_its_name(update):
    def change(physical_id, *arguments, **named):
        known = ({"LogGroupName": physical_id} | each if isinstance(each, dict) else each for each in arguments)
        return update(physical_id, *known, **named)
    return change


wrap(HANDLERS["AWS::Logs::LogGroup"], "create", named_by_stack)
wrap(HANDLERS["AWS::Logs::LogGroup"], "update", keeping_its_name)


# The emulator knows only patterns of words, not `{ $.unrecorded.piece > 0 }`, neither for a subscription nor for a search.
def is_for_json(pattern):
    return (pattern or "").lstrip().startswith("{")


def subscribed_by_pattern(by_words):
    return lambda pattern, message: (filters.matches if is_for_json(pattern) else by_words)(pattern, message or "")


def searched_by_pattern(by_words):
    return lambda pattern: (lambda message: filters.matches(pattern, message)) if is_for_json(pattern) else by_words(pattern)


if (cloudwatch_logs._subscription_pattern_matches("{ $.a.b > 0 }", '{"a":{"b":1}}')
        or not cloudwatch_logs._compile_filter_pattern('{ $.a = "b" }')('{"a":"c"}')):
    known_now("patterns for JSON")
wrap(cloudwatch_logs, "_subscription_pattern_matches", subscribed_by_pattern)
wrap(cloudwatch_logs, "_compile_filter_pattern", searched_by_pattern)


# The emulator's Logs Insights knows no `stats`.
def with_stats(start_query):
    def start(data):
        response, query = start_query(data), data.get("queryString", "")
        if " | stats " in query and response[0] == 200:
            found = cloudwatch_logs._collect_query_records(
                cloudwatch_logs._resolve_query_log_groups(data), data["startTime"], data["endTime"])
            records = [(each["_timestamp_ms"], each["@logStream"], each["@message"]) for each in found]
            cloudwatch_logs._queries[json.loads(response[2])["queryId"]]["results"] = [
                [{"field": name, "value": str(value)} for name, value in row.items()] for row in insights.rows(query, records)]
        return response
    return start


if "stats" in (cloudwatch_logs._start_query.__doc__ or ""):
    known_now("stats")
wrap(cloudwatch_logs, "_start_query", with_stats)


# The emulator calls the function of a subscription only once. AWS invokes it asynchronously.
def asynchronously(once):
    def execute(function, event):
        # A subscription calls this function in a new thread. Other callers wait for the response.
        if threading.current_thread()._target is execute and "awslogs" in event:
            return lambda_svc.invoke_async_with_retry(function, event)
        return once(function, event)
    return execute


wrap(lambda_svc, "_execute_function_with_config_scope", asynchronously)


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


def give_up(_send):
    def route(queue_arn, _function_name, event, _result):
        sqs = boto3.client("sqs", endpoint_url=f"http://127.0.0.1:{os.environ['GATEWAY_PORT']}")
        url = sqs.get_queue_url(QueueName=queue_arn.rsplit(":", 1)[1])["QueueUrl"]
        sqs.send_message(QueueUrl=url, MessageBody=json.dumps(event))
    return route


wrap_resource("AWS::Lambda::Function", with_dead_letters)
wrap(lambda_svc, "_route_async_failure", give_up)
# The emulator does not resolve a reference to a secret in a nested stack.
wrap_resource("AWS::Lambda::Function", with_properties(lambda properties: engine._resolve_dynamic_references(properties)[0]))


# The emulator passes a parameter of a nested stack on as a text, and its poller compares this one with a number.
def with_number(properties):
    if scaling := properties.get("ScalingConfig"):
        scaling["MaximumConcurrency"] = int(scaling["MaximumConcurrency"])
    return properties


wrap_resource("AWS::Lambda::EventSourceMapping", with_properties(with_number))


# `sam delete` deletes the files that `sam deploy` uploaded. In the URL of a nested template, it accepts only AWS's hosts.
def with_hosts_of_aws(get_template):
    def get(params):
        status, headers, body = get_template(params)
        text = body if isinstance(body, str) else body.decode()
        return status, headers, text.replace(os.environ["AWS_ENDPOINT_URL"], "https://s3.amazonaws.com").encode()
    return get


wrap(handlers._ACTION_HANDLERS, "GetTemplate", with_hosts_of_aws)


# The emulator ignores the stream or the export in a call, so a policy for one of them would allow nothing.
def of_table(extract_resource_arn):
    def extract(service, method, path, headers, body, *rest):
        export = json.loads(body).get("ExportArn") if service == "dynamodb" and body else None
        if service != "dynamodbstreams":
            return export or extract_resource_arn(service, method, path, headers, body, *rest)
        request = json.loads(body)
        named = dynamodb_streams._decode_iterator(request.get("ShardIterator", "")) or request
        return named.get("arn") or named.get("StreamArn") or "*"
    return extract


wrap(iam_actions, "extract_resource_arn", of_table)


# The emulator's recovery begins now. AWS's begins with the table, 35 days ago at most.
def older_recovery(describe_recovery):
    def describe(data):
        status, headers, body = describe_recovery(data)
        described = json.loads(body)
        recovery = described.get("ContinuousBackupsDescription", {}).get("PointInTimeRecoveryDescription", {})
        if "EarliestRestorableDateTime" in recovery:
            recovery["EarliestRestorableDateTime"] -= 35 * 86_400
        return status, headers, json.dumps(described).encode()
    return describe


wrap(dynamodb, "_describe_continuous_backups", older_recovery)


# The emulator forgets the window of an export, and keeps the times of Step Functions as texts. DynamoDB's are numbers.
def as_dynamodb(name, value):
    is_text = name.endswith("Time") and isinstance(value, str)
    return datetime.datetime.fromisoformat(value).timestamp() if is_text else value


def with_window(export_table):
    def export(data):
        data = {name: as_dynamodb(name, value) for name, value in data.items()}
        status, headers, body = export_table(data)
        made = json.loads(body)
        if status == 200 and "IncrementalExportSpecification" in data:
            window = {name: as_dynamodb(name, value) for name, value in data["IncrementalExportSpecification"].items()}
            dynamodb._exports[made["ExportDescription"]["ExportArn"]]["IncrementalExportSpecification"] = window
        return status, headers, body
    return export


wrap(dynamodb, "_export_table_to_point_in_time", with_window)

# DuckDB has neither `UNLOAD` nor Athena's functions for JSON: tests/archive runs these statements.
ATHENAS_OWN = ("UNLOAD (", "CREATE OR REPLACE VIEW ")


def accepting(run_duckdb):
    async def run_or_accept(query, *rest):
        return {"columns": [], "rows": []} if query.startswith(ATHENAS_OWN) else await run_duckdb(query, *rest)
    return run_or_accept


wrap(athena, "_parse_ddl", lambda parse_ddl: lambda query: None if query.startswith(ATHENAS_OWN) else parse_ddl(query))
wrap(athena, "_run_duckdb", accepting)
# The emulator has no TLS, and the policies of queues refuse requests without TLS. So it treats its clients as if they
# used TLS.
wrap(app, "pin_request_origin", lambda pin: lambda source_ip, secure_transport: pin(source_ip, True))

app.main()
