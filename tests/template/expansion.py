"""`template.yaml`, with its nested templates, as CloudFormation gets it. SAM's translator expands it, and functions of parameters are evaluated.
A value that only a deployment knows becomes a text: `<Function.Arn>`."""

import copy
import functools
import logging
import os
import pathlib
import re

os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")

import boto3
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator
from samtranslator.yaml_helper import yaml_parse

ROOT = pathlib.Path(__file__).parents[2]
SOURCE = yaml_parse((ROOT / "template.yaml").read_text())
PARAMETERS = SOURCE["Parameters"]
PSEUDO = {
    "AWS::AccountId": "123456789012",
    "AWS::Partition": "aws",
    "AWS::Region": "eu-central-1",
    "AWS::StackId": "arn:aws:cloudformation:eu-central-1:123456789012:stack/chat/51af3dc0-da77-11e4-872e-1234567db123",
    "AWS::StackName": "chat",
    "AWS::URLSuffix": "amazonaws.com",
}
LEAST = {"SdkAppIds": "1400000001", "CallbackTokens": "planted-token"}
MOST = LEAST | {
    "CallbackTokensSecret": "arn:aws:secretsmanager:eu-central-1:123456789012:secret:chat/tokens-AbCdEf",
    "AllowUnsigned": "true",
    "RetentionDays": "30",
    "IndexShards": "8",
    "EventBusName": "chat",
    "Archive": "true",
    "ArchiveDays": "400",
    "TableClass": "STANDARD_INFREQUENT_ACCESS",
    "DomainName": "callbacks.example.com",
    "CertificateArn": "arn:aws:acm:eu-central-1:123456789012:certificate/51af3dc0-da77-11e4-872e-1234567db123",
    "ForwardUrl": "https://user:planted-password@receiver.example/chat",
    "Revision": "2",
    "MemorySize": "512",
    "ReservedConcurrency": "500",
    "RedriveConcurrency": "5",
    "PermissionsBoundaryArn": "arn:aws:iam::123456789012:policy/boundary",
    "PageTopicArn": "arn:aws:sns:eu-central-1:123456789012:pages",
    "NoticeTopicArn": "arn:aws:sns:eu-central-1:123456789012:notices",
    "QuietMinutes": "30",
    "LogLevel": "DEBUG",
}
NO_VALUE = object()
# In the text of `Fn::Sub`.
VARIABLE = re.compile(r"\$\{([^!}]+)\}")

logging.disable(logging.WARNING)


@functools.cache
def _translated(code):
    source = copy.deepcopy(SOURCE)
    for resource in source["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            # `sam package` replaces it with this.
            resource["Properties"]["CodeUri"] = f"s3://bucket/{code}"
    return Translator({}, Parser(), boto_session=boto3.Session()).translate(source, parameter_values={})


def dotted(value):
    """The resource and attribute of `Fn::GetAtt`, in one text."""
    return value if isinstance(value, str) else ".".join(value)


def substitution(value):
    """The text of `Fn::Sub`, and its own variables."""
    return value if isinstance(value, list) else (value, {})


def references(node):
    """The names in references of a piece of a template. Conditions have the form `condition:Name`."""
    if isinstance(node, list):
        for each in node:
            yield from references(each)
    if not isinstance(node, dict):
        return
    for key, value in node.items():
        if key == "Ref":
            yield value
        elif key == "Fn::GetAtt":
            yield dotted(value).split(".")[0]
        elif key == "Fn::Sub":
            text, own = substitution(value)
            yield from (name.split(".")[0] for name in VARIABLE.findall(text) if name not in own)
            yield from references(own)
        elif key == "Fn::If":
            yield f"condition:{value[0]}"
            yield from references(value[1:])
        else:
            yield from references(value)


class Expansion:
    """The template for one set of parameters. `own` has its resources, `resources` also those of nested stacks."""

    def __init__(self, parameters, code="key", source=SOURCE):
        unknown = parameters.keys() - source["Parameters"].keys()
        if unknown:
            raise ValueError(f"no such parameters: {unknown}")
        defaults = {name: str(each["Default"]) for name, each in source["Parameters"].items() if "Default" in each}
        self.source, self.parameters = source, defaults | parameters
        self.raw = copy.deepcopy(_translated(code) if source is SOURCE else source)
        self.own = {
            name: self.resolve({key: value for key, value in resource.items() if key != "Metadata"})
            for name, resource in self.raw["Resources"].items()
            if "Condition" not in resource or self.condition(resource["Condition"])
        }
        self.resources = dict(self.own)
        for name in self.of_type("AWS::CloudFormation::Stack"):
            self.resources |= self.nested(name).resources

    def nested(self, name):
        """The template of a nested stack, with its parameters from this one."""
        properties = self.own[name]["Properties"]
        source = yaml_parse((ROOT / properties["TemplateURL"]).read_text())
        missing = source["Parameters"].keys() - properties["Parameters"].keys()
        if missing:
            raise ValueError(f"{name} gets no {missing}")
        return Expansion(properties["Parameters"], source=source)

    def condition(self, name):
        return self.truth(self.raw["Conditions"][name])

    def is_accepted(self):
        """Whether the template's rules accept these parameters."""
        return all(self.truth(each["Assert"]) for rule in self.source["Rules"].values() for each in rule["Assertions"])

    def truth(self, node):
        (key, value), = node.items()
        if key == "Condition":
            return self.condition(value)
        if key == "Fn::Not":
            return not self.truth(value[0])
        if key in ("Fn::Or", "Fn::And"):
            return (any if key == "Fn::Or" else all)(self.truth(each) for each in value)
        if key == "Fn::Equals":
            return str(self.resolve(value[0])) == str(self.resolve(value[1]))
        raise ValueError(f"a condition beyond what is understood here: {node}")

    def named(self, name):
        if name == "AWS::NoValue":
            return NO_VALUE
        return self.parameters.get(name, PSEUDO.get(name, f"<{name}>"))

    def resolve(self, node):
        if isinstance(node, list):
            return [each for each in map(self.resolve, node) if each is not NO_VALUE]
        if not isinstance(node, dict):
            return node
        if len(node) == 1:
            (key, value), = node.items()
            if key == "Ref":
                return self.named(value)
            if key == "Fn::GetAtt":
                return f"<{dotted(value)}>"
            if key == "Fn::If":
                return self.resolve(value[1] if self.condition(value[0]) else value[2])
            if key == "Fn::Join":
                return value[0].join(self.resolve(value[1]))
            if key == "Fn::Split":
                return self.resolve(value[1]).split(value[0])
            if key == "Fn::Select":
                return self.resolve(value[1])[int(value[0])]
            if key == "Fn::Sub":
                text, own = substitution(value)
                own = self.resolve(own)
                text = VARIABLE.sub(lambda name: str(own.get(name[1], self.named(name[1]))), text)
                return text.replace("${!", "${")
        resolved = {key: self.resolve(value) for key, value in node.items()}
        return {key: value for key, value in resolved.items() if value is not NO_VALUE}

    def of_type(self, kind):
        return {name: each for name, each in self.resources.items() if each["Type"] == kind}

    def properties(self, name):
        return self.resources[name]["Properties"]

    def version(self):
        """The logical id of the function's version, and its properties."""
        (name, resource), = self.of_type("AWS::Lambda::Version").items()
        return name, resource["Properties"]

    def parameters_of(self, node):
        """The parameters that a piece of the raw template depends on, also through conditions."""
        found, open_names = set(), list(references(node))
        while open_names:
            name = open_names.pop()
            if name.startswith("condition:"):
                condition = self.raw["Conditions"][name.removeprefix("condition:")]
                open_names += references(condition)
            elif name in self.source["Parameters"]:
                found.add(name)
        return found
