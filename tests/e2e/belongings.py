"""Everything that can have the run's name, by kind: how it is found, and how it is removed."""

import typing

from botocore.exceptions import ClientError


def is_own(name, of):
    """A name is the run's if it is the run's name, or begins with it and `-` or `/`."""
    lower = of.lower()
    return lower == name or lower.startswith((f"{name}-", f"{name}/"))


def pages(client, operation, key, **arguments):
    for page in client.get_paginator(operation).paginate(**arguments):
        yield from page.get(key, [])


def gone(call, **arguments):
    """Removes a thing that may already be gone."""
    try:
        call(**arguments)
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if not any(word in code for word in ("NotFound", "NoSuch", "NonExistent", "DoesNotExist")):
            raise


def tables(client):
    return ((name, name) for name in pages(client, "list_tables", "TableNames"))


def remove_table(client, name):
    table = client.describe_table(TableName=name)["Table"]
    if table.get("DeletionProtectionEnabled"):
        client.update_table(TableName=name, DeletionProtectionEnabled=False)
        client.get_waiter("table_exists").wait(TableName=name, WaiterConfig={"Delay": 2})
    # Otherwise DynamoDB keeps a backup for 35 days.
    client.update_continuous_backups(TableName=name, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": False})
    client.delete_table(TableName=name)
    client.get_waiter("table_not_exists").wait(TableName=name, WaiterConfig={"Delay": 2, "MaxAttempts": 150})


def backups(client):
    return ((each["TableName"], each["BackupArn"]) for each in client.list_backups().get("BackupSummaries", [])
            if each.get("BackupType") == "USER")


def log_groups(client):
    for each in pages(client, "describe_log_groups", "logGroups"):
        name = each["logGroupName"]
        # A service puts the names of its functions, pipes and APIs at the end of a path.
        yield name.rsplit("/", 1)[-1], name


def remove_log_group(client, name):
    found = client.describe_log_groups(logGroupNamePrefix=name)["logGroups"]
    if any(each.get("deletionProtectionEnabled") for each in found if each["logGroupName"] == name):
        client.put_log_group_deletion_protection(logGroupIdentifier=name, deletionProtectionEnabled=False)
    gone(client.delete_log_group, logGroupName=name)


def queues(client):
    return ((url.rsplit("/", 1)[1], url) for url in pages(client, "list_queues", "QueueUrls"))


def policies(client):
    return ((each["PolicyName"], each["Arn"]) for each in pages(client, "list_policies", "Policies", Scope="Local"))


def remove_policy(client, arn):
    attached = client.list_entities_for_policy(PolicyArn=arn)
    for role in attached["PolicyRoles"]:
        gone(client.detach_role_policy, RoleName=role["RoleName"], PolicyArn=arn)
    for version in client.list_policy_versions(PolicyArn=arn)["Versions"]:
        if not version["IsDefaultVersion"]:
            client.delete_policy_version(PolicyArn=arn, VersionId=version["VersionId"])
    gone(client.delete_policy, PolicyArn=arn)


def roles(client):
    return ((each["RoleName"], each["RoleName"]) for each in pages(client, "list_roles", "Roles"))


def remove_role(client, name):
    for policy in client.list_attached_role_policies(RoleName=name)["AttachedPolicies"]:
        gone(client.detach_role_policy, RoleName=name, PolicyArn=policy["PolicyArn"])
    for policy in client.list_role_policies(RoleName=name)["PolicyNames"]:
        gone(client.delete_role_policy, RoleName=name, PolicyName=policy)
    gone(client.delete_role, RoleName=name)


def buckets(client):
    return ((each["Name"], each["Name"]) for each in client.list_buckets()["Buckets"])


def remove_bucket(client, name):
    for page in client.get_paginator("list_object_versions").paginate(Bucket=name):
        found = [{"Key": each["Key"], "VersionId": each["VersionId"]}
                 for each in page.get("Versions", []) + page.get("DeleteMarkers", [])]
        if found:
            client.delete_objects(Bucket=name, Delete={"Objects": found})
    gone(client.delete_bucket, Bucket=name)


def secrets(client):
    return ((each["Name"], each["ARN"]) for each in pages(client, "list_secrets", "SecretList"))


def functions(client):
    return ((each["FunctionName"], each["FunctionName"]) for each in pages(client, "list_functions", "Functions"))


class Kind(typing.NamedTuple):
    name: str
    service: str
    # Yields the name and the id of each.
    find: typing.Callable
    remove: typing.Callable


# In the order of removal.
KINDS = [
    Kind("function", "lambda", functions, lambda client, name: gone(client.delete_function, FunctionName=name)),
    Kind("role", "iam", roles, remove_role),
    Kind("policy", "iam", policies, remove_policy),
    Kind("table", "dynamodb", tables, remove_table),
    Kind("backup", "dynamodb", backups, lambda client, arn: gone(client.delete_backup, BackupArn=arn)),
    Kind("log group", "logs", log_groups, remove_log_group),
    Kind("queue", "sqs", queues, lambda client, url: gone(client.delete_queue, QueueUrl=url)),
    Kind("bucket", "s3", buckets, remove_bucket),
    Kind("secret", "secretsmanager", secrets,
         lambda client, arn: gone(client.delete_secret, SecretId=arn, ForceDeleteWithoutRecovery=True)),
]


def found(place, name):
    """Kind, name and id of each thing with the run's name. Of all other things, only the names are read."""
    for kind in KINDS:
        client = place.client(kind.service)
        for of, identity in kind.find(client):
            if is_own(name, of):
                yield kind, of, identity
