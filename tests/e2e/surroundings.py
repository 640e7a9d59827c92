"""The operator's other resources, in a stack of their own: it is made first and removed last, so its tag says whose the name is."""

import dataclasses
import json
import re
import time

from stack import ROOT, TAG


@dataclasses.dataclass
class Surroundings:
    """A bucket for SAM; an event bus and a topic, each with a queue that gets its messages; a boundary for roles."""

    bucket: str
    bus_arn: str
    topic_arn: str
    bus_queue: str
    topic_queue: str
    boundary: str


def name_of(name):
    return f"{name}-surroundings"


def documented_boundary(stack):
    """The policy of docs/account.md that limits each role of a run to the run's things."""
    page = (ROOT / "docs" / "account.md").read_text().split("<!-- the boundary of a run -->")[1]
    text = re.search(r"```json\n(.*?)```", page, re.DOTALL)[1]
    place = stack.place
    for word, value in (("PARTITION", place.partition), ("REGION", place.region), ("ACCOUNT", place.account),
                        ("tencent-chat-trial", stack.name)):
        text = text.replace(word, value)
    return json.loads(text)


def attribute(resource, name="Arn"):
    return {"Fn::GetAtt": [resource, name]}


def queue_policy(queue, service):
    return {"Type": "AWS::SQS::QueuePolicy", "Properties": {"Queues": [{"Ref": queue}], "PolicyDocument": {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"Service": f"{service}.amazonaws.com"}, "Action": "sqs:SendMessage",
                       "Resource": attribute(queue)}]}}}


def template(stack):
    name = stack.name
    queue = {"Type": "AWS::SQS::Queue"}
    pattern = {"source": ["tencent-chat"], "detail-type": [{"prefix": "Group."}]}
    return {
        "Description": "What `make account` needs beside the stack that it tries.",
        "Resources": {
            "Artifacts": {"Type": "AWS::S3::Bucket"},
            "Bus": {"Type": "AWS::Events::EventBus", "Properties": {"Name": f"{name}-bus"}},
            "BusQueue": queue,
            "BusQueuePolicy": queue_policy("BusQueue", "events"),
            "Groups": {"Type": "AWS::Events::Rule", "Properties": {
                "Name": f"{name}-groups", "EventBusName": {"Ref": "Bus"}, "EventPattern": pattern,
                "Targets": [{"Id": "queue", "Arn": attribute("BusQueue")}]}},
            "Alarms": {"Type": "AWS::SNS::Topic"},
            "AlarmsQueue": queue,
            "AlarmsQueuePolicy": queue_policy("AlarmsQueue", "sns"),
            "Subscription": {"Type": "AWS::SNS::Subscription", "Properties": {
                "TopicArn": {"Ref": "Alarms"}, "Protocol": "sqs", "Endpoint": attribute("AlarmsQueue")}},
            "Boundary": {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": documented_boundary(stack)}},
        },
        "Outputs": {
            "Bucket": {"Value": {"Ref": "Artifacts"}},
            "BusArn": {"Value": attribute("Bus")},
            "TopicArn": {"Value": {"Ref": "Alarms"}},
            "BusQueue": {"Value": {"Ref": "BusQueue"}},
            "TopicQueue": {"Value": {"Ref": "AlarmsQueue"}},
            "Boundary": {"Value": {"Ref": "Boundary"}},
        },
    }


def make(stack):
    """CloudFormation gives the stack its name and its tag at once."""
    cloudformation, name = stack.client("cloudformation"), name_of(stack.name)
    cloudformation.create_stack(
        StackName=name, TemplateBody=json.dumps(template(stack)), Capabilities=["CAPABILITY_IAM"],
        Tags=[TAG, {"Key": "began", "Value": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())}])
    cloudformation.get_waiter("stack_create_complete").wait(StackName=name, WaiterConfig={"Delay": 2})
    found = stack.outputs(name)
    stack.surroundings = Surroundings(found["Bucket"], found["BusArn"], found["TopicArn"], found["BusQueue"],
                                      found["TopicQueue"], stack.place.boundary or found["Boundary"])


def allow(action, **rest):
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, **rest}]})


def caller(stack, policy):
    """Credentials of a role with only one policy of the stack."""
    iam, name = stack.client("iam"), f"{stack.name}-{policy.removesuffix('Arn')}"
    try:
        role = iam.get_role(RoleName=name)["Role"]
    except iam.exceptions.NoSuchEntityException:
        trust = allow("sts:AssumeRole", Principal={"AWS": f"arn:{stack.place.partition}:iam::{stack.place.account}:root"})
        role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust, Tags=[TAG],
                               PermissionsBoundary=stack.surroundings.boundary)["Role"]
        iam.attach_role_policy(RoleName=name, PolicyArn=stack.outputs()[policy])
        stack.place.settle()
    return stack.place.assume(role["Arn"])
