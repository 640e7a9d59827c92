"""The stack, which the SAM CLI builds and deploys."""

import json
import pathlib
import platform
import re
import subprocess
import textwrap

from checks import say, short
from samtranslator.yaml_helper import yaml_parse

ROOT = pathlib.Path(__file__).parents[2]
# A separate folder: a `sam deploy` after the tests must not find a build for this machine's processor.
BUILT = ROOT / ".local" / "e2e" / "build" / "template.yaml"
EXAMPLE = ROOT / "docs" / "samconfig.example.toml"
# The names of the docs, and the endings that a run puts behind its own name.
DOCUMENTED, DOCUMENTED_SECRETS = "tencent-chat-webhook", "tencent-chat/"
ARCHITECTURE = "arm64" if platform.machine() in ("arm64", "aarch64") else "x86_64"
TAG = {"Key": "made-by", "Value": "make-account"}


class Stack:
    """The deployed stack, and all that belongs to a run: everything has the run's name."""

    def __init__(self, place, name, folder):
        self.place, self.name, self.folder = place, name, pathlib.Path(folder)
        self.environment = place.environment
        self.secret = f"{name}/tokens"
        # Set by the steps.
        self.surroundings = self.sender = None

    def own(self, text):
        """A text of the docs with the run's names."""
        return text.replace(DOCUMENTED, self.name).replace(DOCUMENTED_SECRETS, f"{self.name}/")

    def recipe(self, name, page="deploy.md"):
        """The commands of a page that are marked with a name."""
        marked = (ROOT / "docs" / page).read_text().split(f"<!-- runs in the emulated deployment: {name} -->")[1]
        return self.own(textwrap.dedent(re.search(r"```sh\n(.*?)^ *```", marked, re.DOTALL | re.MULTILINE)[1]))

    def functions(self):
        """The functions of the shell that the commands of docs/operate.md use."""
        page = (ROOT / "docs" / "operate.md").read_text()
        return self.place.shell + self.own(re.search(r"^```sh\n(.*?)^chat-events", page, re.DOTALL | re.MULTILINE)[1])

    def configuration(self):
        """The docs' example of samconfig.toml with the run's names, bucket and tag."""
        text, path = self.own(EXAMPLE.read_text()), self.folder / "samconfig.toml"
        bucket = self.surroundings.bucket if self.surroundings else "not-made-yet"
        ours = f's3_bucket = "{bucket}"\ntags = "{TAG["Key"]}={TAG["Value"]}"'
        path.write_text(text.replace("resolve_s3 = true", ours))
        return str(path)

    def run(self, *command, stdin=None, cwd=ROOT, **environment):
        """Runs a command, and returns its result."""
        say(f"  $ {short(' '.join(command), 150)}")
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

    def shell(self, commands, cwd=ROOT):
        """Runs commands of the docs, which end at the first error."""
        return self.run("bash", "-euc", commands, cwd=cwd)

    def aws(self, *arguments):
        """Runs the AWS CLI, and returns its JSON."""
        output = self.must("aws", *arguments, "--output", "json")
        return json.loads(output) if output.strip() else None

    def deploy(self, *, stack_name=None, **parameters):
        overrides = {"Architecture": ARCHITECTURE} | parameters
        return self.run(
            "sam",
            "deploy",
            "--config-file",
            self.configuration(),
            "--template-file",
            str(BUILT),
            "--stack-name",
            stack_name or self.name,
            "--no-confirm-changeset",
            "--no-progressbar",
            "--no-fail-on-empty-changeset",
            "--parameter-overrides",
            *(f"{name}={value}" for name, value in overrides.items()),
        )

    def client(self, service, **credentials):
        return self.place.client(service, **credentials)

    def described(self, name=None):
        """CloudFormation's description of a stack, or nothing."""
        cloudformation = self.client("cloudformation")
        try:
            return cloudformation.describe_stacks(StackName=name or self.name)["Stacks"][0]
        except cloudformation.exceptions.ClientError as error:
            if "does not exist" in str(error):
                return None
            raise

    def exists(self):
        found = self.described()
        return bool(found) and found["StackStatus"] != "REVIEW_IN_PROGRESS"

    def outputs(self, name=None):
        return {output["OutputKey"]: output["OutputValue"] for output in self.described(name).get("Outputs", [])}

    def resources(self, name=None):
        """Physical ids by logical id."""
        pages = self.client("cloudformation").get_paginator("list_stack_resources").paginate(StackName=name or self.name)
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
        name = self.resources()[nested] if nested else self.name
        body = self.client("cloudformation").get_template(StackName=name, TemplateStage="Processed")["TemplateBody"]
        return body if isinstance(body, dict) else yaml_parse(body)
