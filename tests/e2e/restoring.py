"""Steps: a deleted table is restored."""

from callbacks import OK
from checks import check, equal
from deploying import FIRST_TOKEN, SECOND_TOKEN, deployed, parameters, send
from expansion import LEAST, Expansion
from healing import history


def by_name(definitions):
    return sorted(definitions, key=lambda each: each["AttributeName"])


def index(definition):
    projection = definition["Projection"]
    return {name: definition[name] for name in ("IndexName", "KeySchema")} | {
        "Projection": projection["ProjectionType"], "attributes": sorted(projection["NonKeyAttributes"])}


def in_the_template():
    """The table's properties in the template, with the default parameters."""
    table = Expansion(LEAST).properties("EventsTable")
    return {name: table[name] for name in ("KeySchema", "BillingMode", "DeletionProtectionEnabled")} | {
        "GlobalSecondaryIndexes": [index(each) for each in table["GlobalSecondaryIndexes"]],
        "AttributeDefinitions": by_name(table["AttributeDefinitions"]),
        "Stream": table["StreamSpecification"]["StreamViewType"],
        "MaxWriteRequestUnits": int(table["OnDemandThroughput"]["MaxWriteRequestUnits"]),
        "TimeToLive": table["TimeToLiveSpecification"],
        "Recovery": table["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"],
    }


def settings_of(stack, table):
    """The same properties of an existing table."""
    dynamodb = stack.client("dynamodb")
    found = dynamodb.describe_table(TableName=table)["Table"]
    recovery = dynamodb.describe_continuous_backups(TableName=table)["ContinuousBackupsDescription"]
    ttl = dynamodb.describe_time_to_live(TableName=table)["TimeToLiveDescription"]
    return {
        "KeySchema": found["KeySchema"],
        "GlobalSecondaryIndexes": [index(each) for each in found["GlobalSecondaryIndexes"]],
        "BillingMode": found["BillingModeSummary"]["BillingMode"],
        "DeletionProtectionEnabled": found["DeletionProtectionEnabled"],
        "AttributeDefinitions": by_name(found["AttributeDefinitions"]),
        "Stream": found["StreamSpecification"]["StreamViewType"],
        "MaxWriteRequestUnits": found["OnDemandThroughput"]["MaxWriteRequestUnits"],
        "TimeToLive": {"AttributeName": ttl.get("AttributeName"), "Enabled": ttl["TimeToLiveStatus"] == "ENABLED"},
        "Recovery": recovery["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"] == "ENABLED",
    }


def a_deleted_table(stack):
    dynamodb, table = stack.client("dynamodb"), stack.outputs()["TableName"]
    events = history(stack, "@TGS#rotation")
    stream = stack.stream()
    stack.place.back_up(stack, table)
    dynamodb.update_table(TableName=table, DeletionProtectionEnabled=False)
    dynamodb.get_waiter("table_exists").wait(TableName=table)
    dynamodb.delete_table(TableName=table)
    dynamodb.get_waiter("table_not_exists").wait(TableName=table, WaiterConfig={"Delay": 2, "MaxAttempts": 300})
    result = stack.shell(stack.recipe("restore a deleted table"))
    check("the commands of the docs restore it", result.returncode == 0, result.stdout[-1500:])
    equal("its properties are those of the template", settings_of(stack, table), in_the_template())
    equal("its events are restored", history(stack, "@TGS#rotation"), events)
    equal("a callback is accepted again", send(stack.sender, SECOND_TOKEN), OK)
    equal("it is recorded", len(history(stack, "@TGS#rotation")), len(events) + 1)

    new = stack.stream()
    check("it has a new stream", new != stream, new)
    known = parameters(stack, FIRST_TOKEN, 4) | {"CallbackTokensSecret": stack.secret}
    deployed(stack, "deployed without the bus", **known | {"EventBusName": "''", "MaxWriteUnits": 4001})
    check("this deletes the pipe", "EventPipeName" not in stack.outputs())
    deployed(stack, "a deployment with the bus creates it again", **known, MaxWriteUnits=4000)
    pipe = stack.client("pipes").describe_pipe(Name=stack.outputs()["EventPipeName"])
    equal("the pipe reads the new stream", pipe["Source"], new)
