"""Steps: what AWS itself counts and refuses. The emulator does neither."""

import datetime
import http.client
import secrets
import time

import metrics
from callbacks import OK, refusal, signed
from checks import check, equal, note, wait_for
from deploying import FIRST_TOKEN, deployed, parameters, send


def lately():
    now = datetime.datetime.now(datetime.timezone.utc)
    return {"StartTime": now - datetime.timedelta(hours=3), "EndTime": now + datetime.timedelta(minutes=1)}


def name_of_queue(url):
    return [{"Name": "QueueName", "Value": url.rsplit("/", 1)[1]}]


def of_the_redrive(stack):
    """After the callbacks that the redrive recorded."""
    cloudwatch, outputs = stack.client("cloudwatch"), stack.outputs()
    redrive = [{"Name": "FunctionName", "Value": outputs["RedriveName"]}]
    sent = wait_for(lambda: metrics.total(cloudwatch, "AWS/SQS", "NumberOfMessagesSent", name_of_queue(outputs["RedriveQueueUrl"])),
                    bool, seconds=60)
    dropped = metrics.total(cloudwatch, "AWS/Lambda", "AsyncEventsDropped", redrive)
    check("AsyncEventsDropped is 0 or what the queue got", dropped in (0, sent), (dropped, sent))
    equal("the queue took each event, also one above 256 KB",
          metrics.total(cloudwatch, "AWS/Lambda", "DeadLetterErrors", redrive), 0)
    found = wait_for(lambda: cloudwatch.list_metrics(
        Namespace="AWS/Logs", Dimensions=[{"Name": "FilterName", "Value": "unrecorded"}])["Metrics"], bool, seconds=100)
    ours = [each["Dimensions"] for each in found if {"Name": "LogGroupName", "Value": outputs["FunctionLogName"]} in each["Dimensions"]]
    equal("metrics of the log's delivery have these dimensions", {each["Name"] for dimensions in ours for each in dimensions},
          {"LogGroupName", "DestinationType", "FilterName"})


def of_the_log(stack):
    logs, outputs = stack.client("logs"), stack.outputs()
    match = logs.test_metric_filter(filterPattern='{ $.outcome = "failed" && $.function_version = "*" }',
                                    logEventMessages=['{"outcome":"failed","function_version":"7"}'])["matches"]
    equal("a metric filter matches a line", len(match), 1)
    group, = logs.describe_log_groups(logGroupNamePrefix=outputs["ApiLogName"])["logGroups"]
    equal("the API's log has the cheaper class", group["logGroupClass"], "INFREQUENT_ACCESS")
    check("it has lines", logs.describe_log_streams(logGroupName=outputs["ApiLogName"])["logStreams"])
    statistics = wait_for(lambda: stack.client("cloudwatch").get_metric_statistics(
        Namespace=f"TencentChatWebhook/{stack.name}", MetricName="Lag", ExtendedStatistics=["p99"], Period=3600, **lately())["Datapoints"],
        bool)
    check("Lag has percentiles", statistics and statistics[0]["ExtendedStatistics"]["p99"] > 0, statistics)


def of_the_api(stack):
    """Refusals, which no alarm of the API may count as lost."""
    sender, cloudwatch = stack.sender, stack.client("cloudwatch")
    equal("100 wrong signatures are refused",
          {sender.send_callback("Group.CallbackAfterGroupFull", {}, signed("wrong")) for _ in range(100)}, {refusal(401)})
    connection, _ = sender.place.connection(sender.url)
    connection.request("POST", "/", body=secrets.token_bytes(11_000_000))
    try:
        note(f"the API answers {connection.getresponse().status} to 11 MB")
    except (http.client.HTTPException, OSError) as error:
        note(f"the API ends the connection of 11 MB: {error!r}")
    name = stack.resources()["ApiThrottlesAlarm"]
    seen = set()
    for _ in range(20):
        alarm, = cloudwatch.describe_alarms(AlarmNames=[name])["MetricAlarms"]
        seen.add(alarm["StateValue"])
        time.sleep(30)
    check("ApiThrottlesAlarm does not go off for ten minutes", "ALARM" not in seen, sorted(seen))


def quiet(stack):
    """The alarm on quiet minutes, and the one on the table's ceiling."""
    deployed(stack, "deployed with a ceiling of 1 unit", **parameters(stack, FIRST_TOKEN, 54), QuietMinutes=5, MaxWriteUnits=1)
    for _ in range(100):
        send(stack.sender, FIRST_TOKEN)
    cloudwatch, resources = stack.client("cloudwatch"), stack.resources()
    names = {resources[each]: each for each in ("QuietAlarm", "TableThrottlesAlarm")}

    def state(wanted):
        return {names[each["AlarmName"]] for each in cloudwatch.describe_alarms(AlarmNames=list(names))["MetricAlarms"]
                if each["StateValue"] == wanted}

    for alarm in ("TableThrottlesAlarm", "QuietAlarm"):
        check(f"{alarm} goes off", alarm in wait_for(lambda: state("ALARM"), lambda found: alarm in found, seconds=120))
    deployed(stack, "deployed without them", **parameters(stack, FIRST_TOKEN, 55), QuietMinutes=0, MaxWriteUnits=4000)
    check("TableThrottlesAlarm clears", "TableThrottlesAlarm" in wait_for(
        lambda: state("OK"), lambda found: "TableThrottlesAlarm" in found, seconds=120))
    equal("callbacks are recorded", send(stack.sender, FIRST_TOKEN), OK)


def polls(stack):
    """At the end, when the queue was polled for more than an hour."""
    empty = metrics.total(stack.client("cloudwatch"), "AWS/SQS", "NumberOfEmptyReceives",
                          name_of_queue(stack.outputs()["RedriveQueueUrl"]), hours=1)
    check("Lambda polls the empty queue at most 900 times an hour, as the price assumes", 0 < empty <= 900, empty)
