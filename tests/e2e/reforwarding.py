"""Steps: what the receiver did not take is sent again."""

import base64
import gzip
import json

from callbacks import OK, signed
from checks import check, equal, wait_for
from deploying import SECOND_TOKEN
from doctor import asked
from forwarding import AFTER, Receiver
from healing import forget, items
from logs import outcomes
from queues import give_up_after, hurry, messages

QUEUE, DEAD_LETTERS = "ReforwardQueueUrl", "ReforwardDeadLettersUrl"


def received(group):
    """The times of the callbacks of a group that the receiver got, with repeats."""
    bodies = [json.loads(body) for _, body in Receiver.received]
    return [body["EventTime"] for body in bodies if body["GroupId"] == group]


def until_it_is_taken(stack):
    """The receiver is away for longer than the first try. Then it has each callback, without a hand."""
    outputs, sqs, sender = stack.outputs(), stack.client("sqs"), stack.sender
    hurry(stack, "ReforwardName", QUEUE)

    group, times = "@TGS#away", [1670574900000 + number for number in range(6)]
    answers = [sender.send_callback(AFTER, {"GroupId": group, "EventTime": time}, signed(SECOND_TOKEN)) for time in times]
    equal("while the receiver is away, callbacks are recorded", answers, [OK] * len(times))
    erased, poisoned = times[1], times[4]
    forget(stack, [item for item in items(stack, group) if item["EventTime"]["N"] == str(erased)])
    held = wait_for(lambda: messages(stack, QUEUE), bool, seconds=60)
    check("after the first try they are in the receiver's queue", held > 0, held)
    tried = wait_for(lambda: reforwarded(stack), lambda lines: len(lines) >= 2, seconds=60)
    check("tries from the queue fail", tried and {line["outcome"] for line in tried} <= {"failed", "gone"}, tried)
    found = findings(stack)
    check("doctor says what waits for the receiver", not found["receiver queue"]["ok"]
          and "callbacks that wait for the receiver" in found["receiver queue"]["finding"], found["receiver queue"])
    check("apart from what waits for the table", found["redrive queue"]["ok"], found["redrive queue"])
    check("doctor says how many wait", not found["reforwarded"]["ok"] and " missed = " in found["reforwarded"]["finding"],
          found["reforwarded"])
    equal("the table's healing is not concerned", messages(stack, "RedriveQueueUrl"), 0)

    Receiver.is_down, Receiver.poison = False, str(poisoned)
    expected = {*times} - {erased}
    got = wait_for(lambda: received(group), lambda found: {*found} >= expected, seconds=120)
    equal("the receiver is back, and has each callback but the erased one", {*got}, expected)
    equal("those that it took came once", {time: got.count(time) for time in expected - {poisoned}},
          {time: 1 for time in expected - {poisoned}})
    give_up_after(stack, QUEUE, 4)
    path = next((path for path, body in Receiver.received if json.loads(body)["EventTime"] == times[0]), "")
    check("a repeat says so, and is signed anew", path.startswith("/im?key=planted&") and "Replayed=1" in path
          and "Sign=" in path, path)
    equal("one is never taken, and goes to the dead letters alone",
          wait_for(lambda: messages(stack, DEAD_LETTERS), bool, seconds=240), 1)
    equal("the receiver's queue is empty", wait_for(lambda: messages(stack, QUEUE),
                                                    lambda found: found == 0, seconds=60), 0)
    message, = sqs.receive_message(QueueUrl=outputs[DEAD_LETTERS], WaitTimeSeconds=20)["Messages"]
    batch = json.loads(gzip.decompress(base64.b64decode(json.loads(message["Body"])["awslogs"]["data"])))
    dead, = [json.loads(event["message"])["unforwarded"]["sk"] for event in batch["logEvents"]]
    check("the dead letter is its key", dead.startswith(f"{poisoned}#{AFTER}#"), dead)
    Receiver.poison = None
    sqs.send_message(QueueUrl=outputs[QUEUE], MessageBody=message["Body"])
    equal("after the receiver is mended, a dead letter that is moved back is taken",
          wait_for(lambda: [line["outcome"] for line in reforwarded(stack)][-1:], lambda found: found == ["forwarded"],
                   seconds=60), ["forwarded"])
    found = findings(stack)["reforwarded"]
    check("doctor says that all are sent again", found["ok"] and found["finding"].endswith(" + 0 waiting"), found)
    lines = reforwarded(stack)
    of_erased = [line["outcome"] for line in lines if f"{erased}#" in line["sk"]]
    equal("the erased one is logged as gone at last", of_erased[-1:], ["gone"])
    check("no log has a part of the receiver's URL",
          "planted" not in json.dumps(lines) + json.dumps(outcomes(stack)))


def findings(stack):
    """The last finding of each check of `doctor`."""
    return {each["check"]: each for each in asked(stack, "DoctorPolicyArn", SECOND_TOKEN)[0]}


def reforwarded(stack):
    """The log lines of `reforward` with an outcome, in the order of time."""
    return sorted(outcomes(stack, "ReforwardLogName"), key=lambda line: line["timestamp"])
