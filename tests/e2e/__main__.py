"""Deploys template.yaml to an emulated AWS, and uses it: `make e2e`.

Only AWS is emulated. The SAM CLI, the function's binary, the HTTP requests and the AWS CLI are real.
"""

import os
import pathlib
import sys
import tempfile

sys.path.append(str(pathlib.Path(__file__).parents[1] / "template"))

import archiving
import command_line
import deploying
import doctor
import forwarding
import healing
import lasting
import operating
import readme
import receiving
import reforwarding
import restoring
import trying
from callbacks import Sender
from checks import step, summary
from emulator import Emulator
from stack import Stack


def main():
    with tempfile.TemporaryDirectory(prefix="e2e-") as folder, Emulator(folder) as emulator:
        environment = emulator.client_environment()
        os.environ.clear()
        os.environ.update(environment)
        stack = Stack(environment, folder)
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
    step("A guided deployment")
    deploying.guided(stack)
    step("Deploy")
    surroundings = operating.make_surroundings(stack)
    deploying.deploy(stack, surroundings)
    sender = Sender(emulator.port, stack.outputs()["CallbackUrl"])

    step("Requests and their replies")
    receiving.requests(sender)
    step("Items, through the table and the index, as a reader")
    receiving.items(stack)
    step("Reading with the command line")
    command_line.reading(stack)
    step("Log lines")
    receiving.log(stack, sender)
    step("Metrics")
    receiving.metrics(stack)
    step("Event bus")
    operating.event_bus(stack, surroundings)
    step("The archive")
    archiving.a_day(stack)
    step("Test callbacks, follow and replay")
    command_line.resending(stack, sender)
    step("Conversations, groups, and erasing a person")
    command_line.telling(stack, sender)
    step("A new version is checked before it gets traffic")
    trying.a_version(stack)
    step("The redrive records callbacks that could not be stored")
    healing.by_itself(stack, sender, surroundings)
    step("Manual redrive")
    command_line.redriving(stack)
    step("A body whose pieces are in different batches")
    healing.from_pieces(stack, sender)
    step("Dead letters are moved back to the queue")
    healing.from_the_dead_letters(stack, sender)
    step("Doctor checks the healthy stack, and finds planted faults")
    doctor.looks(stack, sender)

    step("A second deployment changes nothing")
    deploying.again(stack, surroundings)
    step("A token is rotated")
    deploying.rotate(stack, surroundings, sender)
    step("The token comes from Secrets Manager")
    deploying.from_secret(stack, surroundings, sender)
    step("A deleted table is restored")
    restoring.a_deleted_table(stack, surroundings, sender)
    step("The README's commands in every shell")
    readme.in_every_shell(stack, sender, command_line.PROGRAM)
    step("In front of your own receiver")
    forwarding.in_front_of_a_receiver(stack, surroundings, sender, emulator.folder)
    step("The receiver is away, and has each callback afterwards")
    reforwarding.until_it_is_taken(stack, sender)
    step("A token is rotated with secrets")
    token = lasting.rotate_by_secrets(stack, surroundings, emulator.port)
    step("A domain moves to another stack")
    lasting.a_domain(stack, emulator.port, token)
    step("cargo lambda deploy without a stack")
    deploying.without_stack(stack, emulator.port)
    step("The stack is deleted")
    deploying.delete(stack)


if __name__ == "__main__":
    sys.exit(main())
