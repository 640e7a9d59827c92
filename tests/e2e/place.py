"""The two places in which the same steps run: an emulated AWS, and an account. All that differs between them is here."""

import http.client
import shutil
import time
import urllib.parse

import boto3
import metrics
import pipe
import proxies
from checks import wait_for

# What a step may need. A place that lacks it leaves the step out, and says why.
COMMON_BUCKET = "SAM's bucket for all stacks"
DEPLOYMENTS = "CodeDeploy"
MOVES = "SQS's moves of dead letters"
QUERIES = "Athena"
SECRETS = "CloudFormation's own reading of a secret"
TABLE_CLASS = "the class of a table"
COUNTS = "what AWS counts and refuses by itself"
OLD_TABLE = "a table that is a day old"
PLANTED_TIMES = "metrics and alarms whose time the test sets"
RECEIVER = "a receiver on this machine"
CERTIFICATE = "a certificate"
FAULTS = "an account in which faults can be planted"


class Place:
    """What both places do alike. `patience` multiplies the time that a step waits for AWS."""

    lacks = {}
    # Commands that the shell runs before those of the docs.
    shell = ""

    def __init__(self, environment, boundary=None):
        # `boundary` is a policy for all roles of the run, if somebody made one for it.
        self.environment, self.boundary = environment, boundary
        self.session = boto3.Session()
        self.region = self.session.region_name

    def client(self, service, **credentials):
        return self.session.client(service, endpoint_url=self.environment.get("AWS_ENDPOINT_URL"), **credentials)

    def identify(self):
        """Asks AWS who calls. This is the first request, so it finds missing credentials."""
        found = self.client("sts").get_caller_identity()
        self.account, self.caller = found["Account"], found["Arn"]
        self.partition = self.session.get_partition_for_region(self.region)
        return found

    def assume(self, role):
        """Credentials of a role. A new role can be assumed after some seconds."""
        sts, last = self.client("sts"), None

        def fetch():
            nonlocal last
            try:
                return sts.assume_role(RoleArn=role, RoleSessionName="trial")["Credentials"]
            except sts.exceptions.ClientError as error:
                last = error
                return None

        found = wait_for(fetch, bool)
        if not found:
            raise last
        return {"aws_access_key_id": found["AccessKeyId"], "aws_secret_access_key": found["SecretAccessKey"],
                "aws_session_token": found["SessionToken"]}


class Emulated(Place):
    """The emulator on this machine. It does what is asked at once, and this module does what it lacks."""

    title = "an emulated AWS on this machine"
    duration = "about 8 minutes"
    is_charged = False
    patience = 1
    pause_between_callbacks = 0.05
    most_cold_starts = 1
    lacks = {
        DEPLOYMENTS: "the emulator moves all traffic at once",
        MOVES: "the emulator's SQS does not know them",
        COUNTS: "the emulator counts no requests, messages or polls",
        TABLE_CLASS: "the emulator's tables have none",
        SECRETS: "the emulator's reading says nothing about AWS's",
        QUERIES: "the emulator's Athena has neither the view nor UNLOAD; tests/archive runs the SQL on DuckDB",
    }
    # For SQS, this CLI does not read AWS_ENDPOINT_URL.
    shell = 'aws() { command aws --endpoint-url "$AWS_ENDPOINT_URL" "$@"; }\n'

    def __init__(self, environment, port):
        super().__init__(environment)
        self.port = port

    def settle(self):
        """Permissions count at once."""

    def connection(self, url):
        """A connection to an API or a function, and the name of the host that the emulator expects."""
        host = urllib.parse.urlsplit(url).hostname
        name = f"{host.split('.')[0]}.execute-api.localhost:{self.port}" if ".execute-api." in host else host
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=30), {"Host": name}

    def reach_api(self, stack):
        """The environment in which chat-events reaches the API."""
        return {"AWS_ENDPOINT_URL_CLOUDFORMATION": proxies.cloudformation(stack)}

    def programs(self, stack, program):
        """A folder for the PATH with a chat-events and a curl that reach the deployed API."""
        folder = new_folder(stack)
        variable = proxies.cloudformation(stack)
        script(folder / "chat-events", f"AWS_ENDPOINT_URL_CLOUDFORMATION={variable} exec {program} \"$@\"\n")
        host = rf's#https://([a-z0-9]+)\.execute-api\.[^/]*/#http://\1.execute-api.localhost:{self.port}/#'
        script(folder / "curl", f"for word; do words+=(\"$(sed -E '{host}' <<< \"$word\")\"); done\n"
               f"exec {shutil.which('curl')} --resolve '*:{self.port}:127.0.0.1' \"${{words[@]}}\"\n")
        return folder

    def count(self, stack, log, lines):
        """Puts the metrics that the filters of a log group make of lines, as CloudWatch does."""
        filters = metrics.deployed(stack.client("logs"), stack.outputs()[log])
        metrics.publish(stack.client("cloudwatch"), filters, lines)

    def carry(self, stack, records):
        """Puts records of the stream on the event bus, as the pipe does."""
        properties = stack.template("EventBus")["Resources"]["EventPipe"]["Properties"]
        pipe.carry(stack.client("events"), properties, stack.surroundings.bus_arn, records)

    def back_up(self, stack, table):
        """Makes the backup that DynamoDB makes when a table is deleted."""
        stack.client("dynamodb").create_backup(TableName=table, BackupName="of-the-system")



class Account(Place):
    """A real account. It needs time until what was asked counts everywhere."""

    title = "an AWS account"
    duration = "about two hours, which nobody has measured"
    is_charged = True
    patience = 9
    pause_between_callbacks = 1
    # Lambda may start another instance at any time.
    most_cold_starts = 3
    lacks = {
        COMMON_BUCKET: "it would make the bucket aws-sam-cli-managed-default-…, which other stacks of the account use",
        OLD_TABLE: "the table is new, and a day can be exported when it is over",
        PLANTED_TIMES: "the alarms of the faults before last for 15 minutes, and AWS sets the time of its metrics",
        RECEIVER: "AWS does not reach a receiver on this machine",
        CERTIFICATE: "it needs a domain of yours",
        FAULTS: "the tests of the refusals plant faults, and the emulator runs them",
    }

    def settle(self):
        """Waits until a change of permissions counts everywhere. AWS says no time; a minute is usual."""
        time.sleep(60)

    def connection(self, url):
        return http.client.HTTPSConnection(urllib.parse.urlsplit(url).hostname, timeout=30), {}

    def reach_api(self, stack):
        return {}

    def programs(self, stack, program):
        folder = new_folder(stack)
        script(folder / "chat-events", f"exec {program} \"$@\"\n")
        return folder

    def count(self, stack, log, lines):
        """CloudWatch counts."""

    def carry(self, stack, records):
        """The pipe does."""

    def back_up(self, stack, table):
        """DynamoDB does."""


def new_folder(stack):
    folder = stack.folder / "programs"
    folder.mkdir(exist_ok=True)
    return folder


def script(path, commands):
    path.write_text(f"#!/bin/bash\n{commands}")
    path.chmod(0o755)
