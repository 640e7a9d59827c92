"""The steps in their order, the same in each place."""

import typing

import archiving
import bus
import codedeploy
import command_line
import counted
import deploying
import doctor
import forwarding
import healing
import lasting
import measuring
import place as lacking
import readme
import receiving
import reforwarding
import refusals
import restoring
import surroundings
import trying
import without_stack

EVENTS = "aws cloudformation describe-stack-events --stack-name NAME, and its nested stacks"
LOG = "the log of the function, whose name is the stack's output FunctionLogName"
REDRIVE = "the logs FunctionLogName and RedriveLogName, the queue RedriveQueueUrl, and the roles' policy RecordEvents"
ARCHIVE = "the executions of the state machine ArchiveMachineArn"
SHELL = "the command above: run it by hand"


class Step(typing.NamedTuple):
    title: str
    run: typing.Callable
    # After so many minutes, the step ends.
    minutes: int
    # What to look at if the step fails or is late.
    look_at: str
    needs: str | None = None


STEPS = [
    Step("What is refused before a run begins", refusals.before_a_run, 5, SHELL, lacking.FAULTS),
    Step("The surroundings", surroundings.make, 10, EVENTS),
    Step("Build and validate", deploying.build, 30, SHELL),
    Step("A deployment without a token is refused", deploying.without_token, 10, EVENTS),
    Step("A guided deployment", deploying.guided, 5, EVENTS, lacking.COMMON_BUCKET),
    Step("Deploy", deploying.deploy, 30, EVENTS),

    Step("Requests and their replies", receiving.requests, 5, LOG),
    Step("Items, through the table and the index, as a reader", receiving.items, 10, LOG),
    Step("Reading with the command line", command_line.reading, 5, SHELL),
    Step("Log lines", receiving.log, 5, LOG),
    Step("Metrics", receiving.metrics, 10, LOG),
    Step("Event bus", bus.gets_each_event, 10, "the log EventPipeLogName, and the queue EventPipeDeadLettersUrl"),
    Step("The archive refuses a wrong input", archiving.wrong_inputs, 15, ARCHIVE),
    Step("The archive exports the whole table", archiving.whole_table, 40, ARCHIVE),
    Step("Athena queries the archive", archiving.queries, 5, ARCHIVE, lacking.QUERIES),
    Step("The archive exports a day", archiving.a_day, 40, ARCHIVE, lacking.OLD_TABLE),
    Step("A reader of the archive", archiving.reader, 5, ARCHIVE),
    Step("The time of a reply", measuring.replies, 5, LOG),
    Step("Test callbacks, follow and replay", command_line.resending, 5, SHELL),
    Step("Conversations, groups, and erasing a person", command_line.telling, 5, SHELL),
    Step("A new version is checked before it gets traffic", trying.a_version, 5, LOG),
    Step("The redrive records callbacks that could not be stored", healing.by_itself, 25, REDRIVE),
    Step("The redrive records a callback at once", healing.at_once, 10, REDRIVE),
    Step("Manual redrive", command_line.redriving, 5, SHELL),
    Step("A body whose pieces are in different batches", healing.from_pieces, 10, REDRIVE),
    Step("Dead letters are moved back to the queue", healing.from_the_dead_letters, 20, REDRIVE),
    Step("SQS moves dead letters", healing.moved_by_sqs, 20, REDRIVE, lacking.MOVES),
    Step("Doctor has its permissions", doctor.has_its_permissions, 10, SHELL),
    Step("Doctor checks the healthy stack, and finds planted faults", doctor.looks, 15, SHELL, lacking.PLANTED_TIMES),
    Step("What AWS counts of the redrive", counted.of_the_redrive, 30, REDRIVE, lacking.COUNTS),
    Step("What AWS counts of the logs", counted.of_the_log, 10, LOG, lacking.COUNTS),
    Step("What AWS counts of the API", counted.of_the_api, 20, "the log ApiLogName", lacking.COUNTS),

    Step("A second deployment changes nothing", deploying.again, 10, EVENTS),
    Step("CodeDeploy accepts a good version", codedeploy.good_version, 20, EVENTS, lacking.DEPLOYMENTS),
    Step("CodeDeploy gives a bad version no traffic", codedeploy.bad_version, 30, EVENTS, lacking.DEPLOYMENTS),
    Step("CodeDeploy moves the traffic back", codedeploy.rolled_back, 50, EVENTS, lacking.DEPLOYMENTS),
    Step("The alarms on quiet minutes and on throttled writes", counted.quiet, 60, EVENTS, lacking.COUNTS),
    Step("A token is rotated", deploying.rotate, 20, EVENTS),
    Step("The token comes from Secrets Manager", deploying.from_secret, 10, EVENTS),
    Step("A secret's new text", deploying.secret_is_read_again, 20, EVENTS, lacking.SECRETS),
    Step("A deleted table is restored", restoring.a_deleted_table, 90, EVENTS),
    Step("The README's commands in every shell", readme.in_every_shell, 10, SHELL),
    Step("In front of your own receiver", forwarding.in_front_of_a_receiver, 15, EVENTS, lacking.RECEIVER),
    Step("The receiver is away, and has each callback afterwards", reforwarding.until_it_is_taken, 15,
         "the log ReforwardLogName", lacking.RECEIVER),
    Step("A token is rotated with secrets", lasting.rotate_by_secrets, 30, EVENTS),
    Step("The table's class changed meanwhile", lasting.class_of_table, 5, EVENTS, lacking.TABLE_CLASS),
    Step("A domain moves to another stack", lasting.a_domain, 30, EVENTS, lacking.CERTIFICATE),
    Step("cargo lambda deploy without a stack", without_stack.without_stack, 10, SHELL),
    Step("What AWS counts of the queue", counted.polls, 5, REDRIVE, lacking.COUNTS),
    Step("The stack is deleted", deploying.delete, 30, EVENTS),
]
