"""Steps: `doctor` checks the deployed stack, first healthy, then with planted faults."""

import datetime
import json
import re
import time

from callbacks import refusal, signed
from checks import check, equal, note, wait_for
from command_line import PROGRAM
from deploying import FIRST_TOKEN
from healing import history, take_permission
from logs import outcomes
from stack import ROOT
from surroundings import caller

GROUP = "@TGS#doctor"
COMMAND = "Group.CallbackAfterGroupFull"


def asked(stack, policy, token):
    """The findings of `doctor` with only one policy, and its exit code."""
    environment = {name.upper(): value for name, value in caller(stack, policy).items()}
    ran = stack.run(str(PROGRAM), "--stack", stack.name, "--json", "doctor", CALLBACK_TOKENS=token,
                    **environment, **stack.place.reach_api(stack))
    findings = [json.loads(line) for line in ran.stdout.splitlines() if line.startswith("{")]
    if not findings:
        raise RuntimeError(f"doctor found nothing: {ran.stdout}")
    for each in findings:
        if not each["ok"]:
            note(f"{each['check']}: {each['finding']} → {each['fix']}")
    return findings, ran.returncode


def has_its_permissions(stack):
    findings, _ = asked(stack, "DoctorPolicyArn", FIRST_TOKEN)
    equal("doctor has each permission that it needs", denied(findings), set())
    found = {each["check"]: each["finding"] for each in findings}
    check("the token is checked", "is accepted" in found["url signed"], found["url signed"])
    check("the versions are printed", f"stack {release()}, this program {release()}" in found["versions"], found["versions"])
    findings, code = asked(stack, "ReaderPolicyArn", FIRST_TOKEN)
    equal("a reader gets the missing permissions", (code, denied(findings)),
          (1, {"alarms", "archive", "redrive queue", "dead letters", "bus dead letters", "subscription", "log", "redrive log"}))


def denied(findings):
    """The checks whose permission is missing."""
    return {each["check"] for each in findings if "permission" in each["finding"]}


class Patient:
    """A stack, with stand-ins for AWS features that `doctor` needs and the emulator lacks."""

    def __init__(self, stack):
        self.stack, self.sender, self.counted, self.alarms = stack, stack.sender, 0, set()

    def send(self, number, token=FIRST_TOKEN):
        fields = {"GroupId": GROUP, "EventTime": 1670574800000 + number}
        return self.sender.send_callback(COMMAND, fields, signed(token))

    def count(self):
        """Puts the metric `Count` of the requests, as API Gateway does."""
        times, self.counted = self.sender.times[self.counted:], len(self.sender.times)
        data = [{"MetricName": "Count", "Value": 1, "Timestamp": datetime.datetime.fromtimestamp(at, datetime.timezone.utc),
                 "Dimensions": [{"Name": "ApiId", "Value": self.stack.outputs()["ApiId"]}]} for at in times]
        for first in range(0, len(data), 100):
            self.stack.client("cloudwatch").put_metric_data(Namespace="AWS/ApiGateway", MetricData=data[first:first + 100])

    def set_alarms(self):
        """Sets the states of alarms. Without it, alarms of earlier faults, which `healing` counted, would last for 15 minutes."""
        cloudwatch = self.stack.client("cloudwatch")
        for page in cloudwatch.get_paginator("describe_alarms").paginate():
            for name in (each["AlarmName"] for each in page["MetricAlarms"]):
                state = "ALARM" if name in self.alarms else "OK"
                cloudwatch.set_alarm_state(AlarmName=name, StateValue=state, StateReason="as planted")

    def look(self, policy="DoctorPolicyArn"):
        """The findings of `doctor`, and its exit code."""
        self.count()
        self.set_alarms()
        # Near an end of the ledger's hour, the API may count a request on one side, and the function log it on the other.
        wait_for(lambda: straddling(self.sender.times), lambda found: not found, seconds=90)
        return asked(self.stack, policy, FIRST_TOKEN)

    def wrong(self):
        """The checks with a wrong finding."""
        findings, code = self.look()
        found = {each["check"] for each in findings if not each["ok"]}
        equal("the exit code is 1 if something is wrong", code, 1 if found else 0)
        return found


def ledger_end():
    """The end of the ledger's hour."""
    return (time.time() - 120) // 60 * 60


def straddling(times):
    """Requests near the end of the ledger's hour, now or in a minute."""
    end = ledger_end()
    return [at for at in times if min(abs(at - end), abs(at - end - 60)) < 5]


def looks(stack):
    """After the faults of `healing`, which left only log lines."""
    patient, last = Patient(stack), stack.sender.times[-1]
    findings, code = patient.look()
    equal("a healthy stack has no wrong finding", (code, [each for each in findings if not each["ok"]]), (0, []))
    found = {each["check"]: each["finding"] for each in findings}
    check("failed callbacks are redriven", re.fullmatch(r"([1-9]\d*) failed = \1 redriven \+ 0 waiting", found["redriven"]), found)
    for plant in (alarm, dead_letter, subscription, failing_writes, wrong_signs):
        plant(stack, patient)
    wait_for(lambda: ledger_end() > last, bool, seconds=180)
    findings, _ = patient.look()
    ledger = next(each for each in findings if each["check"] == "ledger")
    failed = sum(line["outcome"] == "failed" for line in outcomes(stack)) - 1
    check("the ledger balances, with the earlier faults",
          ledger["ok"] and ledger["finding"].endswith((f"{failed} failed", f"{failed + 1} failed")), ledger)
    note(ledger["finding"])


def release():
    return re.search(r'^version = "(.*)"', (ROOT / "Cargo.toml").read_text(), re.MULTILINE)[1]


def alarm(stack, patient):
    patient.alarms = {stack.resources()["TableThrottlesAlarm"]}
    equal("an alarm is found", patient.wrong(), {"alarms"})
    patient.alarms = set()


def dead_letter(stack, patient):
    sqs, queue = stack.client("sqs"), stack.outputs()["RedriveDeadLettersUrl"]
    sqs.send_message(QueueUrl=queue, MessageBody="planted")
    equal("a dead letter is found", patient.wrong(), {"dead letters"})
    sqs.purge_queue(QueueUrl=queue)


def subscription(stack, patient):
    logs, group = stack.client("logs"), stack.outputs()["FunctionLogName"]
    known, = logs.describe_subscription_filters(logGroupName=group)["subscriptionFilters"]
    logs.delete_subscription_filter(logGroupName=group, filterName=known["filterName"])
    equal("a deleted subscription is found", patient.wrong(), {"subscription"})
    logs.put_subscription_filter(logGroupName=group, filterName=known["filterName"], filterPattern=known["filterPattern"],
                                 destinationArn=known["destinationArn"])


def failing_writes(stack, patient):
    give_back = take_permission(stack, "FunctionRole", "RedriveRole")
    equal("a write fails", patient.send(1), refusal(503))
    found = patient.wrong()
    check("the failure is found", found - {"redrive queue"} == {"failures", "redriven"}, sorted(found))
    give_back()
    wait_for(lambda: history(stack, GROUP), bool, seconds=60)
    equal("after the redrive, the stack is healthy again",
          wait_for(lambda: patient.wrong(), lambda found: not found, seconds=60), set())


def wrong_signs(stack, patient):
    """The last fault, because its lines stay in the log."""
    equal("wrong signatures are refused", {patient.send(number, "not-the-token") for number in range(5)}, {refusal(401)})
    equal("they are found", patient.wrong(), {"refusals"})
