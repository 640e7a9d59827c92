"""Steps: the archive's export, its reader, and what stays when it is switched off."""

import datetime
import gzip
import json

from checks import check, equal, refused, wait_for
from receiving import user_with

DENIED = "AccessDeniedException"


def run(stack, asked):
    """Starts the state machine with an input, and waits for the end of the execution."""
    states, arn = stack.client("stepfunctions"), stack.outputs()["ArchiveMachineArn"]
    started = states.start_execution(stateMachineArn=arn, input=json.dumps(asked))["executionArn"]
    return wait_for(lambda: states.describe_execution(executionArn=started), lambda found: found["status"] != "RUNNING", 60)


def exports(stack):
    dynamodb = stack.client("dynamodb")
    table = dynamodb.describe_table(TableName=stack.outputs()["TableName"])["Table"]
    found = dynamodb.list_exports(TableArn=table["TableArn"])["ExportSummaries"]
    return [dynamodb.describe_export(ExportArn=each["ExportArn"])["ExportDescription"] for each in found]


def a_day(stack):
    """Exports a day twice and the table once, with the deployed state machine."""
    bucket, today = stack.outputs()["ArchiveBucketName"], datetime.datetime.now(datetime.timezone.utc).date()
    day = today - datetime.timedelta(days=1)
    midnight = datetime.datetime.combine(day, datetime.time(), datetime.timezone.utc)
    schedule, = stack.client("scheduler").list_schedules()["Schedules"]
    scheduled = f"{today}T01:00:00Z"
    # The emulator's CloudFormation does not switch recovery on.
    execution = run(stack, {"scheduled": scheduled})
    equal("without recovery it fails with a cause", (execution["status"], execution.get("error")), ("FAILED", "RecoveryOff"))
    stack.aws("dynamodb", "update-continuous-backups", "--table-name", stack.outputs()["TableName"],
              "--point-in-time-recovery-specification", "PointInTimeRecoveryEnabled=true")
    for asked in ({"scheduled": scheduled}, {"day": f"{day}"}, {"full": True}):
        execution = run(stack, asked)
        equal(f"the state machine accepts {asked}", (execution["status"], execution.get("cause")), ("SUCCEEDED", None))
    equal("the schedule starts it", schedule["Target"]["Arn"], stack.outputs()["ArchiveMachineArn"])
    found = {each["ExportType"]: each for each in exports(stack)}
    equal("a day is exported once, and the table too", (len(exports(stack)), sorted(found)), (2, ["FULL_EXPORT", "INCREMENTAL_EXPORT"]))
    one = found["INCREMENTAL_EXPORT"]
    window = one["IncrementalExportSpecification"]
    equal("the export's bucket, prefix and window", (one["S3Bucket"], one["S3Prefix"], window["ExportFromTime"], window["ExportToTime"]),
          (bucket, f"events/day={day}", midnight, midnight + datetime.timedelta(days=1)))
    equal("it has both images", window["ExportViewType"], "NEW_AND_OLD_IMAGES")
    equal("the full export has a prefix of its own", found["FULL_EXPORT"]["S3Prefix"], f"full/day={today}")
    for asked, error in (({"day": f"{today}"}, "DayNotOver"), ({"day": "2020-01-01"}, "TooOld"), ({"day": "soon"}, "NotADay"), ({}, "BadInput")):
        execution = run(stack, asked)
        equal(f"{asked} fails with a cause", (execution["status"], execution.get("error"), bool(execution.get("cause"))),
              ("FAILED", error, True))
    statements(stack, day)
    reader(stack, bucket, day)


def statements(stack, day):
    athena, database = stack.client("athena"), stack.outputs()["ArchiveDatabase"]
    group = f"{stack.outputs()['ArchiveWorkgroup']}-nightly"
    ids = athena.list_query_executions(WorkGroup=group)["QueryExecutionIds"]
    asked = [athena.get_query_execution(QueryExecutionId=each)["QueryExecution"] for each in ids]
    equal("each statement runs in the archive's database", {each["QueryExecutionContext"]["Database"] for each in asked}, {database})
    texts = [each["Query"] for each in asked]
    equal("the view is defined by each execution", sum(text.startswith("CREATE OR REPLACE VIEW events") for text in texts), 3)
    equal("the day is looked through", sum(f"WHERE day = '{day}'" in text for text in texts), 2)
    tables = stack.client("glue").get_tables(DatabaseName=database)["TableList"]
    locations = {each["Name"]: each["Parameters"].get("storage.location.template") for each in tables}
    bucket = stack.outputs()["ArchiveBucketName"]
    equal("the tables are there", locations, {
        "exports": f"s3://{bucket}/events/day=${{day}}/AWSDynamoDB/data/", "full_exports": f"s3://{bucket}/full/day=${{day}}/",
        "other_days": None})


def reader(stack, bucket, day):
    """What the reader's policy allows. The emulator's export writes no object, so the test writes one."""
    key = f"events/day={day}/AWSDynamoDB/data/one.json.gz"
    line = {"Metadata": {"WriteTimestampMicros": {"N": "1"}}, "Keys": {}, "NewImage": {}}
    stack.client("s3").put_object(Bucket=bucket, Key=key, Body=gzip.compress(json.dumps(line).encode()))
    user = user_with(stack, "ArchiveReaderPolicyArn")
    s3, athena = stack.client("s3", **user), stack.client("athena", **user)
    read = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
    equal("a reader of the archive reads its objects", json.loads(gzip.decompress(read)), line)
    refused("and writes none", "AccessDenied", s3.put_object, Bucket=bucket, Key=key, Body=b"")
    group = stack.outputs()["ArchiveWorkgroup"]
    limit = athena.get_work_group(WorkGroup=group)["WorkGroup"]["Configuration"]["BytesScannedCutoffPerQuery"]
    equal("a query may read so many bytes", limit, 100_000_000_000)
    query = {"QueryString": "SELECT 1", "QueryExecutionContext": {"Database": stack.outputs()["ArchiveDatabase"]}}
    check("a reader queries in the workgroup", athena.start_query_execution(WorkGroup=group, **query)["QueryExecutionId"])
    refused("but not in the one without a limit", DENIED, athena.start_query_execution, WorkGroup=f"{group}-nightly", **query)
    refused("nor reads the table", DENIED, stack.client("dynamodb", **user).scan, TableName=stack.outputs()["TableName"])
