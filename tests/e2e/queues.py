"""The queues of the functions that try again."""

import json

QUEUES = ("RedriveQueueUrl", "RedriveDeadLettersUrl")


def attributes_of(stack, queue):
    """All attributes of a queue, which is named by its output."""
    return stack.client("sqs").get_queue_attributes(QueueUrl=stack.outputs()[queue], AttributeNames=["All"])["Attributes"]


def set_attributes(stack, queue, **attributes):
    stack.client("sqs").set_queue_attributes(QueueUrl=stack.outputs()[queue], Attributes=attributes)


def messages(stack, queue):
    """The number of messages in a queue, with those between two attempts."""
    attributes = attributes_of(stack, queue)
    return sum(int(attributes[f"ApproximateNumberOfMessages{kind}"]) for kind in ("", "NotVisible"))


def hurry(stack, function, queue):
    """Shortens minutes to seconds: the timeout of an attempt, and the pause before the next one."""
    stack.client("lambda").update_function_configuration(FunctionName=stack.outputs()[function], Timeout=8)
    set_attributes(stack, queue, VisibilityTimeout="10")
    stack.place.settle()


def give_up_after(stack, queue, attempts):
    """The queue gives a message to its dead letters after so many attempts."""
    policy = json.loads(attributes_of(stack, queue)["RedrivePolicy"])
    set_attributes(stack, queue, RedrivePolicy=json.dumps(policy | {"maxReceiveCount": attempts}))
    stack.place.settle()
