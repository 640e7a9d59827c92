"""Deploys template.yaml to an emulated AWS, and uses it: `make e2e`.

Everything is the real thing but AWS itself: the SAM CLI, the function's own binary, HTTP requests, the AWS CLI.
"""

import os
import sys
import tempfile

import deploying
import operating
import receiving
from callbacks import Sender
from checks import step, summary
from emulator import Emulator
from stack import Stack


def main():
    with tempfile.TemporaryDirectory(prefix="e2e-") as folder, Emulator(folder) as emulator:
        environment = emulator.client_environment()
        os.environ.clear()
        os.environ.update(environment)
        stack = Stack(environment)
        try:
            run(stack, emulator)
        except Exception:
            print(emulator.output(), file=sys.stderr)
            raise
    return summary()


def run(stack, emulator):
    step("Build and validate")
    deploying.build(stack)
    step("A deployment without a token is refused")
    deploying.without_token(stack)
    step("Deploy")
    surroundings = operating.make_surroundings(stack)
    deploying.deploy(stack, surroundings)
    sender = Sender(emulator.port, stack.outputs()["CallbackUrl"])

    step("Requests and their replies")
    receiving.requests(sender)
    step("Items, through the table and the index, as a reader")
    receiving.items(stack)
    step("Log lines")
    receiving.log(stack, sender)
    step("Metrics")
    receiving.metrics(stack)
    step("Event bus")
    operating.event_bus(stack, surroundings)
    step("From an alarm to the redrive")
    operating.from_alarm_to_redrive(stack, sender, surroundings)

    step("A second deployment changes nothing")
    deploying.again(stack, surroundings)
    step("A token is rotated")
    deploying.rotate(stack, surroundings, sender)
    step("The token comes from Secrets Manager")
    deploying.from_secret(stack, surroundings, sender)
    step("cargo lambda deploy puts new code behind the alias")
    deploying.cargo_lambda(stack, sender)
    step("cargo lambda deploy without a stack")
    deploying.without_stack(stack, emulator.port)


if __name__ == "__main__":
    sys.exit(main())
