"""The stack, which the SAM CLI builds and deploys."""

import json
import pathlib
import platform
import re
import subprocess
import textwrap

import boto3
from samtranslator.yaml_helper import yaml_parse

ROOT = pathlib.Path(__file__).parents[2]
# A separate folder: a `sam deploy` after the tests must not find a build for this machine's processor.
BUILT = ROOT / ".local" / "e2e" / "build" / "template.yaml"
CONFIG = ROOT / "docs" / "samconfig.example.toml"
NAME = "tencent-chat-webhook"
ARCHITECTURE = "arm64" if platform.machine() in ("arm64", "aarch64") else "x86_64"


def recipe(name, page="deploy.md"):
    """The commands of a page that are marked with a name."""
    marked = (ROOT / "docs" / page).read_text().split(f"<!-- runs in the emulated deployment: {name} -->")[1]
    return textwrap.dedent(re.search(r"```sh\n(.*?)^ *```", marked, re.DOTALL | re.MULTILINE)[1])


def functions():
    """The functions of the shell that the commands of docs/operate.md use. For SQS, this CLI does not read AWS_ENDPOINT_URL."""
    page = (ROOT / "docs" / "operate.md").read_text()
    endpoint = 'aws() { command aws --endpoint-url "$AWS_ENDPOINT_URL" "$@"; }\n'
    return endpoint + re.search(r"^```sh\n(.*?)^chat-events", page, re.DOTALL | re.MULTILINE)[1]


class Stack:
    def __init__(self, environment, folder):
        self.environment = environment
        self.folder = pathlib.Path(folder)
        self.name = NAME
        self.session = boto3.Session()

    def run(self, *command, stdin=None, cwd=ROOT, **environment):
        """Runs a command, and returns its result."""
        print("  $ " + " ".join(word if len(word) < 90 else word[:87] + "..." for word in command), flush=True)
        return subprocess.run(
            command,
            cwd=cwd,
            env=self.environment | environment,
            input=stdin,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )

    def must(self, *command, **options):
        """Runs a command that must succeed, and returns its output."""
        result = self.run(*command, **options)
        if result.returncode != 0:
            raise RuntimeError(f"{command[0]} failed with {result.returncode}:\n{result.stdout[-4000:]}")
        return result.stdout

    def aws(self, *arguments):
        """Runs the AWS CLI, and returns its JSON."""
        output = self.must("aws", *arguments, "--output", "json")
        return json.loads(output) if output.strip() else None

    def deploy(self, **parameters):
        overrides = {"Architecture": ARCHITECTURE} | parameters
        return self.run(
            "sam",
            "deploy",
            "--config-file",
            str(CONFIG),
            "--template-file",
            str(BUILT),
            "--no-confirm-changeset",
            "--no-progressbar",
            "--no-fail-on-empty-changeset",
            "--parameter-overrides",
            *(f"{name}={value}" for name, value in overrides.items()),
        )

    def client(self, service, **credentials):
        return self.session.client(service, endpoint_url=self.environment["AWS_ENDPOINT_URL"], **credentials)

    def exists(self):
        names = self.client("cloudformation").describe_stacks()["Stacks"]
        return any(stack["StackName"] == NAME and stack["StackStatus"] != "REVIEW_IN_PROGRESS" for stack in names)

    def outputs(self):
        stack = self.client("cloudformation").describe_stacks(StackName=NAME)["Stacks"][0]
        return {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}

    def resources(self):
        """Physical ids by logical id."""
        pages = self.client("cloudformation").get_paginator("list_stack_resources").paginate(StackName=NAME)
        return {
            resource["LogicalResourceId"]: resource["PhysicalResourceId"]
            for page in pages
            for resource in page["StackResourceSummaries"]
        }

    def stream(self):
        """The table's stream."""
        table = self.client("dynamodb").describe_table(TableName=self.outputs()["TableName"])["Table"]
        return table["LatestStreamArn"]

    def template(self, nested=None):
        """The deployed template after its transformation, or a nested stack's."""
        name = self.resources()[nested] if nested else NAME
        body = self.client("cloudformation").get_template(StackName=name, TemplateStage="Processed")["TemplateBody"]
        return body if isinstance(body, dict) else yaml_parse(body)
