"""Steps: a deleted table is restored."""

from callbacks import OK
from checks import check, equal, wait_for
from deploying import FIRST_TOKEN, SECOND_TOKEN, SECRET, parameters, send
from expansion import LEAST, Expansion
from healing import history
from stack import recipe


def by_name(definitions):
    return sorted(definitions, key=lambda each: each["AttributeName"])


def in_the_template():
    """The table's properties in the template, with the default parameters."""
    table = Expansion(LEAST).properties("EventsTable")
    return {name: table[name] for name in ("KeySchema", "GlobalSecondaryIndexes", "BillingMode", "DeletionProtectionEnabled")} | {
        "AttributeDefinitions": by_name(table["AttributeDefinitions"]),
        "Stream": table["StreamSpecification"]["StreamViewType"],
        "MaxWriteRequestUnits": int(table["OnDemandThroughput"]["MaxWriteRequestUnits"]),
        "TimeToLive": table["TimeToLiveSpecification"],
        "Recovery": table["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"],
    }


def described(stack, table):
    """The same properties of an existing table."""
    dynamodb = stack.client("dynamodb")
    found = dynamodb.describe_table(TableName=table)["Table"]
    recovery = dynamodb.describe_continuous_backups(TableName=table)["ContinuousBackupsDescription"]
    ttl = dynamodb.describe_time_to_live(TableName=table)["TimeToLiveDescription"]
    return {
        "KeySchema": found["KeySchema"],
        "GlobalSecondaryIndexes": [{name: index[name] for name in ("IndexName", "KeySchema", "Projection")}
                                   for index in found["GlobalSecondaryIndexes"]],
        "BillingMode": found["BillingModeSummary"]["BillingMode"],
        "DeletionProtectionEnabled": found["DeletionProtectionEnabled"],
        "AttributeDefinitions": by_name(found["AttributeDefinitions"]),
        "Stream": found["StreamSpecification"]["StreamViewType"],
        "MaxWriteRequestUnits": found["OnDemandThroughput"]["MaxWriteRequestUnits"],
        "TimeToLive": {"AttributeName": ttl.get("AttributeName"), "Enabled": ttl["TimeToLiveStatus"] == "ENABLED"},
        "Recovery": recovery["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"] == "ENABLED",
    }


def a_deleted_table(stack, surroundings, sender):
    dynamodb, table = stack.client("dynamodb"), stack.outputs()["TableName"]
    events = history(stack, "@TGS#rotation")
    stream = dynamodb.describe_table(TableName=table)["Table"]["LatestStreamArn"]
    # A manual backup, because the emulator makes none when a table is deleted.
    dynamodb.create_backup(TableName=table, BackupName="of-the-system")
    dynamodb.update_table(TableName=table, DeletionProtectionEnabled=False)
    dynamodb.delete_table(TableName=table)
    gone = wait_for(lambda: table not in dynamodb.list_tables()["TableNames"], bool)
    check("the table is deleted", gone)
    result = stack.run("bash", "-euc", recipe("restore a deleted table"))
    check("the commands of the docs restore it", result.returncode == 0, result.stdout[-1500:])
    equal("its properties are those of the template", described(stack, table), in_the_template())
    equal("its events are restored", history(stack, "@TGS#rotation"), events)
    equal("a callback is accepted again", send(sender, SECOND_TOKEN), OK)
    equal("it is recorded", len(history(stack, "@TGS#rotation")), len(events) + 1)

    new = dynamodb.describe_table(TableName=table)["Table"]["LatestStreamArn"]
    check("it has a new stream", new != stream, new)
    known = parameters(surroundings, FIRST_TOKEN, 4) | {"CallbackTokensSecret": SECRET}
    result = stack.deploy(**known | {"EventBusName": "''", "MaxWriteUnits": 4001})
    check("a deployment without the bus deletes the pipe", "EventPipeName" not in stack.outputs(), result.stdout[-1500:])
    result = stack.deploy(**known, MaxWriteUnits=4000)
    check("a deployment with the bus creates it again", result.returncode == 0, result.stdout[-1500:])
    pipe = stack.client("pipes").describe_pipe(Name=stack.outputs()["EventPipeName"])
    equal("the pipe reads the new stream", pipe["Source"], new)
