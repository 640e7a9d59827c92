"""The deployed state machine, run by the emulator's engine against a stand-in of DynamoDB and Athena with its own clock."""

import collections
import contextlib
import datetime
import itertools
import json
import os
import time
import unittest.mock

os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")

import botocore.session
from botocore.validate import ParamValidator
from expansion import MOST, Expansion
from ministack.services import stepfunctions as engine

TABLE, BUCKET = "<EventsTable.Arn>", "<ArchiveBucket>"
EXPORT = "arn:aws:dynamodb:eu-central-1:123456789012:table/events/export"
UTC = datetime.timezone.utc
DEFINITION = Expansion(MOST).nested("EventArchive").properties("ArchiveMachine")["Definition"]
MODELS = {service: botocore.session.get_session().get_service_model(service) for service in ("athena", "dynamodb")}


def at(text):
    return datetime.datetime.fromisoformat(text).replace(tzinfo=UTC)


def stamp(moment):
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03}Z"


class Aws:
    """DynamoDB and Athena, with the exports and queries that they were asked for."""

    def __init__(self, now="2026-11-22 01:00", recovery_from="2026-11-01", recovery="ENABLED"):
        self.now, self.recovery_from, self.recovery = at(now), at(recovery_from), recovery
        self.exports, self.queries, self.asked = [], [], []
        # What comes of the next exports and queries, if not success; and errors of the next calls, by operation.
        self.outcomes, self.query_outcomes, self.errors = [], [], {}

    def call(self, resource, arguments):
        service, operation = resource.removeprefix("arn:aws:states:::aws-sdk:").split(":")
        shape = MODELS[service].operation_model(operation[0].upper() + operation[1:]).input_shape
        faults = ParamValidator().validate(arguments, shape)
        if faults.has_errors():
            raise AssertionError(f"{operation}: {faults.generate_report()}")
        self.asked.append(operation)
        if self.errors.get(operation):
            raise engine._ExecutionError(self.errors[operation].pop(0), "as planned")
        # What AWS sends is JSON.
        return json.loads(json.dumps(getattr(self, operation)(**arguments)))

    def sleep(self, seconds):
        self.now += datetime.timedelta(seconds=seconds)

    def describeContinuousBackups(self, TableName):
        found = {"PointInTimeRecoveryStatus": self.recovery}
        if self.recovery == "ENABLED":
            found |= {"EarliestRestorableDateTime": stamp(self.recovery_from), "LatestRestorableDateTime": stamp(self.now)}
        return {"ContinuousBackupsDescription": {"PointInTimeRecoveryDescription": found}}

    def exportTableToPointInTime(self, **arguments):
        known = [each for each in self.exports if each["ClientToken"] == arguments["ClientToken"]]
        if not known:
            outcome = self.outcomes.pop(0) if self.outcomes else "COMPLETED"
            known = [arguments | {"ExportArn": f"{EXPORT}/{len(self.exports)}", "ends": self.now + datetime.timedelta(minutes=12),
                                  "outcome": outcome}]
            self.exports += known
        return {"ExportDescription": self.description(known[0])}

    def description(self, export):
        status = export["outcome"] if export["ends"] <= self.now else "IN_PROGRESS"
        failure = {"FailureCode": "S3NoSuchBucket", "FailureMessage": "gone"} if status == "FAILED" else {}
        return {key: value for key, value in export.items() if key not in ("ends", "outcome")} | {"ExportStatus": status} | failure

    def listExports(self, TableArn, NextToken="0"):
        first, each = int(NextToken), [self.description(export) for export in self.exports]
        page = [{key: export[key] for key in ("ExportArn", "ExportStatus", "ExportType")} for export in each[first:first + 25]]
        return {"ExportSummaries": page} | ({"NextToken": str(first + 25)} if len(each) > first + 25 else {})

    def describeExport(self, ExportArn):
        return {"ExportDescription": self.description(next(each for each in self.exports if each["ExportArn"] == ExportArn))}

    def startQueryExecution(self, **arguments):
        self.queries.append(arguments)
        return {"QueryExecutionId": str(len(self.queries) - 1)}

    def getQueryExecution(self, QueryExecutionId):
        outcome = self.query_outcomes.pop(0) if self.query_outcomes else "SUCCEEDED"
        reason = {"StateChangeReason": "no such table"} if outcome == "FAILED" else {}
        return {"QueryExecution": {"Status": {"State": outcome} | reason}}


NUMBERS = itertools.count()
# The engine's functions of the kinds of states that an execution passes through.
KINDS = [f"_execute_{kind}" for kind in ("choice", "map", "parallel", "pass", "task", "wait")]


@contextlib.contextmanager
def counted_states():
    """Counts the states that executions pass through, those inside of others too."""
    count = collections.Counter()

    def counting(execute):
        def counted(*arguments, **named):
            count.update([execute.__name__])
            return execute(*arguments, **named)
        return counted

    with contextlib.ExitStack() as stack:
        for name in KINDS:
            stack.enter_context(unittest.mock.patch.object(engine, name, counting(getattr(engine, name))))
        yield count


def run(aws, asked):
    """Runs an execution to its end, and returns it."""
    with (unittest.mock.patch.object(engine, "_invoke_resource", aws.call),
          unittest.mock.patch.object(engine, "_scaled_sleep", aws.sleep),
          unittest.mock.patch.object(engine, "now_iso", lambda: stamp(aws.now))):
        made = engine._create_state_machine({"name": f"archive-{next(NUMBERS)}", "definition": json.dumps(DEFINITION),
                                             "roleArn": "arn:aws:iam::123456789012:role/archive"})
        machine = json.loads(made[2])
        if "stateMachineArn" not in machine:
            raise AssertionError(machine)
        started = json.loads(engine._start_execution(machine | {"input": json.dumps(asked)})[2])
        execution, deadline = engine._executions[started["executionArn"]], time.monotonic() + 60
        while execution["status"] == "RUNNING" and time.monotonic() < deadline:
            time.sleep(0.005)
    return execution
