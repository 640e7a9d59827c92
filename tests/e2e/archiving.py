"""Steps: the archive's export, its reader, and what stays when it is switched off."""

import datetime
import gzip
import json

from checks import check, equal, refused, wait_for
from surroundings import caller

DENIED = "AccessDeniedException"


def run(stack, asked):
    """Starts the state machine with an input, and waits for the end of the execution."""
    states, arn = stack.client("stepfunctions"), stack.outputs()["ArchiveMachineArn"]
    started = states.start_execution(stateMachineArn=arn, input=json.dumps(asked))["executionArn"]
    return wait_for(lambda: states.describe_execution(executionArn=started), lambda found: found["status"] != "RUNNING", 240)


def fails(stack, asked, error):
    execution = run(stack, asked)
    equal(f"{asked} fails with a cause", (execution["status"], execution.get("error"), bool(execution.get("cause"))),
          ("FAILED", error, True))


def recovery(stack, is_on):
    """Switches the table's recovery on or off."""
    dynamodb, table = stack.client("dynamodb"), stack.outputs()["TableName"]
    dynamodb.update_continuous_backups(
        TableName=table, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": is_on})

    def status():
        found = dynamodb.describe_continuous_backups(TableName=table)["ContinuousBackupsDescription"]
        return found["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"]

    wait_for(status, lambda found: found == ("ENABLED" if is_on else "DISABLED"))


def today():
    return datetime.datetime.now(datetime.timezone.utc).date()


def yesterday():
    return today() - datetime.timedelta(days=1)


def wrong_inputs(stack):
    recovery(stack, False)
    fails(stack, {"full": True}, "RecoveryOff")
    recovery(stack, True)
    for asked, error in (({"day": f"{today()}"}, "DayNotOver"), ({"day": "2020-01-01"}, "TooOld"), ({"day": "soon"}, "NotADay"),
                         ({}, "BadInput")):
        fails(stack, asked, error)
    schedule, = stack.client("scheduler").list_schedules(NamePrefix=f"{stack.name}-")["Schedules"]
    equal("the schedule starts it", schedule["Target"]["Arn"], stack.outputs()["ArchiveMachineArn"])


def whole_table(stack):
    """Exports the table once, with the deployed state machine."""
    execution = run(stack, {"full": True})
    equal("the state machine exports the whole table", (execution["status"], execution.get("cause")), ("SUCCEEDED", None))
    whole, = [each for each in exports(stack) if each["ExportType"] == "FULL_EXPORT"]
    equal("the full export has a prefix of its own", whole["S3Prefix"], f"full/day={today()}")
    statements(stack)
    equal("the view is defined", defined_views(stack), 1)


def queries(stack):
    """Athena runs the view over the full export."""
    athena, outputs = stack.client("athena"), stack.outputs()
    asked = athena.start_query_execution(
        WorkGroup=outputs["ArchiveWorkgroup"], QueryString="SELECT count(*) FROM events",
        QueryExecutionContext={"Database": outputs["ArchiveDatabase"]})["QueryExecutionId"]
    ended = wait_for(lambda: athena.get_query_execution(QueryExecutionId=asked)["QueryExecution"]["Status"],
                     lambda found: found["State"] not in ("QUEUED", "RUNNING"))
    if equal("Athena accepts the view", ended["State"], "SUCCEEDED"):
        rows = athena.get_query_results(QueryExecutionId=asked)["ResultSet"]["Rows"]
        count = int(rows[1]["Data"][0]["VarCharValue"])
        check("it has the events of the table", count > 0, count)


def exports(stack):
    dynamodb = stack.client("dynamodb")
    table = dynamodb.describe_table(TableName=stack.outputs()["TableName"])["Table"]
    found = dynamodb.list_exports(TableArn=table["TableArn"])["ExportSummaries"]
    return [dynamodb.describe_export(ExportArn=each["ExportArn"])["ExportDescription"] for each in found]


def a_day(stack):
    """Exports a day twice, with the deployed state machine."""
    bucket, day = stack.outputs()["ArchiveBucketName"], yesterday()
    midnight = datetime.datetime.combine(day, datetime.time(), datetime.timezone.utc)
    for asked in ({"scheduled": f"{today()}T01:00:00Z"}, {"day": f"{day}"}):
        execution = run(stack, asked)
        equal(f"the state machine accepts {asked}", (execution["status"], execution.get("cause")), ("SUCCEEDED", None))
    found = sorted(each["ExportType"] for each in exports(stack))
    equal("a day is exported once, and the table too", found, ["FULL_EXPORT", "INCREMENTAL_EXPORT"])
    one, = [each for each in exports(stack) if each["ExportType"] == "INCREMENTAL_EXPORT"]
    window = one["IncrementalExportSpecification"]
    equal("the export's bucket, prefix and window", (one["S3Bucket"], one["S3Prefix"], window["ExportFromTime"], window["ExportToTime"]),
          (bucket, f"events/day={day}", midnight, midnight + datetime.timedelta(days=1)))
    equal("it has both images", window["ExportViewType"], "NEW_AND_OLD_IMAGES")
    equal("the view is defined by each execution", defined_views(stack), 3)
    equal("the day is looked through", sum(f"WHERE day = '{day}'" in each["Query"] for each in nightly(stack)), 2)


def nightly(stack):
    """The statements of the state machine."""
    athena = stack.client("athena")
    ids = athena.list_query_executions(WorkGroup=f"{stack.outputs()['ArchiveWorkgroup']}-nightly")["QueryExecutionIds"]
    return [athena.get_query_execution(QueryExecutionId=each)["QueryExecution"] for each in ids]


def defined_views(stack):
    return sum(each["Query"].startswith("CREATE OR REPLACE VIEW events") for each in nightly(stack))


def statements(stack):
    database, bucket = stack.outputs()["ArchiveDatabase"], stack.outputs()["ArchiveBucketName"]
    used = {each["QueryExecutionContext"]["Database"] for each in nightly(stack)}
    equal("each statement runs in the archive's database", used, {database})
    tables = stack.client("glue").get_tables(DatabaseName=database)["TableList"]
    locations = {each["Name"]: each.get("Parameters", {}).get("storage.location.template") for each in tables
                 if each.get("TableType") != "VIRTUAL_VIEW"}
    equal("the tables are there", locations, {
        "exports": f"s3://{bucket}/events/day=${{day}}/AWSDynamoDB/data/", "full_exports": f"s3://{bucket}/full/day=${{day}}/",
        "other_days": None})


def reader(stack):
    """What the reader's policy allows, with an object that the step writes."""
    bucket, key = stack.outputs()["ArchiveBucketName"], f"events/day={yesterday()}/AWSDynamoDB/data/one.json.gz"
    line = {"Metadata": {"WriteTimestampMicros": {"N": "1"}}, "Keys": {}, "NewImage": {}}
    stack.client("s3").put_object(Bucket=bucket, Key=key, Body=gzip.compress(json.dumps(line).encode()))
    reader_of = caller(stack, "ArchiveReaderPolicyArn")
    s3, athena = stack.client("s3", **reader_of), stack.client("athena", **reader_of)
    read = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
    equal("a reader of the archive reads its objects", json.loads(gzip.decompress(read)), line)
    refused("and writes none", "AccessDenied", s3.put_object, Bucket=bucket, Key=key, Body=b"")
    group = stack.outputs()["ArchiveWorkgroup"]
    limit = athena.get_work_group(WorkGroup=group)["WorkGroup"]["Configuration"]["BytesScannedCutoffPerQuery"]
    equal("a query may read so many bytes", limit, 100_000_000_000)
    query = {"QueryString": "SELECT 1", "QueryExecutionContext": {"Database": stack.outputs()["ArchiveDatabase"]}}
    check("a reader queries in the workgroup", athena.start_query_execution(WorkGroup=group, **query)["QueryExecutionId"])
    refused("but not in the one without a limit", DENIED, athena.start_query_execution, WorkGroup=f"{group}-nightly", **query)
    refused("nor reads the table", DENIED, stack.client("dynamodb", **reader_of).scan, TableName=stack.outputs()["TableName"])
