"""Steps: what `make account` says before it begins, and what it leaves behind if it is stopped. It runs as for an account, but
asks the emulator."""

import json
import os
import pathlib
import signal
import subprocess
import sys

import preflight
import removal
from checks import check, equal, wait_for
from words import Refused

USER = "nobody"
TEMPLATE = json.dumps({"Resources": {"Queue": {"Type": "AWS::SQS::Queue"}}})


def started(stack, *arguments, without=(), **environment):
    """Starts the run of an account in a process of its own. Nobody is there to answer its question."""
    known = {name: value for name, value in stack.environment.items() if name not in without}
    return subprocess.Popen([sys.executable, pathlib.Path(__file__).parent, "account", *arguments],
                            env=known | {"AWS_EC2_METADATA_DISABLED": "true", "HOME": str(stack.folder)} | environment,
                            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def says(what, text, process):
    shown, _ = process.communicate()
    check(f"{what}: it says so, and does not begin", text in shown and process.returncode == 2, shown if text not in shown else text)


def before_a_run(stack):
    cloudformation, name = stack.client("cloudformation"), "taken-trial"
    cloudformation.create_stack(StackName=name, TemplateBody=TEMPLATE)
    keys = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
    processes = [
        ("no credentials", "There are no AWS credentials", started(stack, without=keys)),
        ("no Region", "There is no Region", started(stack, without=("AWS_REGION", "AWS_DEFAULT_REGION"))),
        ("no permission", "You may not perform cloudformation:ListStacks", started(stack, **user_without_permissions(stack))),
        ("a taken name", f"The name {name} is taken", started(stack, "--name", name)),
        ("a name like that of a real stack", "Choose one in lower case that ends in -trial", started(stack, "--name", "production")),
    ]
    for what, text, process in processes:
        says(what, text, process)
    equal("the stack of the taken name is as it was", stack.described(name)["StackStatus"], "CREATE_COMPLETE")
    cloudformation.delete_stack(StackName=name)
    remove_user(stack)
    concurrency()
    stopped(stack)


def user_without_permissions(stack):
    iam = stack.client("iam")
    iam.create_user(UserName=USER)
    key = iam.create_access_key(UserName=USER)["AccessKey"]
    return {"AWS_ACCESS_KEY_ID": key["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"]}


def remove_user(stack):
    iam = stack.client("iam")
    for key in iam.list_access_keys(UserName=USER)["AccessKeyMetadata"]:
        iam.delete_access_key(UserName=USER, AccessKeyId=key["AccessKeyId"])
    iam.delete_user(UserName=USER)


def concurrency():
    """With what Lambda says of a new account, and of one whose functions reserved the rest."""
    said = preflight.instances({"ConcurrentExecutions": 10, "UnreservedConcurrentExecutions": 10})
    check("ten instances: it says so, and what to do before real traffic",
          "This account runs only 10 Lambda instances" in said and "request-service-quota-increase" in said, said)
    try:
        said = preflight.instances({"ConcurrentExecutions": 10, "UnreservedConcurrentExecutions": 5})
    except Refused as error:
        said = str(error)
    check("too few instances: it says how many, and does not begin",
          "leaves 5 of its 10 concurrent Lambda instances" in said and "request-service-quota-increase" in said, said)


def ended_by(number, stack, name):
    """Ends a run while CloudFormation makes its surroundings. Returns the exit code and the output."""
    process, seen = started(stack, "--yes", "--name", name, PYTHONUNBUFFERED="1"), ""
    for line in process.stdout:
        seen += line
        if "== The surroundings" in line:
            break
    wait_for(lambda: removal.stacks(stack.place, name), bool)
    os.kill(process.pid, number)
    return process.wait(), seen + process.stdout.read()


def stopped(stack):
    """The first run is killed. The second one removes what it left, and gets Ctrl-C."""
    name = "stopped-trial"
    ended_by(signal.SIGKILL, stack, name)
    left = len(removal.left(stack.place, name))
    code, shown = ended_by(signal.SIGINT, stack, name)
    check("the next run says that it first removes what a killed run left", left and f"First    removes {left} things" in shown, shown)
    check("Ctrl-C ends the steps and begins the removal", "ended by SIGINT" in shown and code == 1, shown)
    equal("nothing is left after Ctrl-C", removal.left(stack.place, name), [])
