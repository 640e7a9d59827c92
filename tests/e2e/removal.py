"""Removes all that a run made, whatever it made last."""

import time

import belongings
import surroundings
from checks import say
from stack import TAG
from words import in_words

ROUNDS, PAUSE = 8, 3


def tagged(stack):
    return TAG in stack.get("Tags", [])


def stacks(place, name):
    """The stacks with the run's name: not the nested ones, which go with theirs."""
    cloudformation = place.client("cloudformation")
    summaries = belongings.pages(cloudformation, "list_stacks", "StackSummaries")
    names = sorted({each["StackName"] for each in summaries if belongings.is_own(name, each["StackName"])
                    and "ParentId" not in each and each["StackStatus"] != "DELETE_COMPLETE"})
    return [cloudformation.describe_stacks(StackName=each)["Stacks"][0] for each in names]


def things(place, name):
    """What has the run's name, apart from stacks, and from what belongs to a stack without the run's tag."""
    foreign = [each["StackName"].lower() for each in stacks(place, name) if not tagged(each)]
    for kind, of, identity in belongings.found(place, name):
        if not any(belongings.is_own(other, of) for other in foreign):
            yield kind, of, identity


def left(place, name):
    """What has the run's name, one line each."""
    return [f"stack {each['StackName']}" for each in stacks(place, name)] + [
        f"{kind.name} {identity}" for kind, _, identity in belongings.found(place, name)]


def settled(cloudformation, name, minutes=60):
    """Waits until a stack is not changing. Returns its description, or nothing if it is gone."""
    deadline = time.monotonic() + minutes * 60
    while True:
        try:
            stack = cloudformation.describe_stacks(StackName=name)["Stacks"][0]
        except cloudformation.exceptions.ClientError as error:
            if "does not exist" in str(error):
                return None
            raise
        status = stack["StackStatus"]
        if status == "DELETE_COMPLETE":
            return None
        if not status.endswith("_IN_PROGRESS") or status == "REVIEW_IN_PROGRESS" or time.monotonic() > deadline:
            return stack
        time.sleep(1)


def remove_stack(cloudformation, stack):
    """Removes a stack, also during its creation or update."""
    # The id names this stack alone, and finds it after its removal too.
    identity = stack["StackId"]
    if stack["StackStatus"] == "UPDATE_IN_PROGRESS":
        cloudformation.cancel_update_stack(StackName=identity)
    if stack["StackStatus"] != "CREATE_IN_PROGRESS":
        settled(cloudformation, identity)
    cloudformation.delete_stack(StackName=identity)
    rest = settled(cloudformation, identity)
    if rest:
        say(f"  {stack['StackName']} is {rest['StackStatus']}: {rest.get('StackStatusReason', 'no reason')}")
        cloudformation.delete_stack(StackName=identity, DeletionMode="FORCE_DELETE_STACK")
        settled(cloudformation, identity)


def tried(what, action, *arguments):
    """One thing that can't be removed must not keep the others."""
    try:
        action(*arguments)
    except Exception as error:
        say(f"  {what} is not removed: {in_words(error)}")


def remove(place, name):
    """Removes what has the run's name, and returns what is left. The stack whose tag says that the name is ours goes last."""
    cloudformation, marker = place.client("cloudformation"), surroundings.name_of(name)
    clean = 0
    for _ in range(ROUNDS):
        clean = clean + 1 if all(marker in each for each in left(place, name)) else 0
        # A function that still runs may make its log group again.
        if clean > 1:
            break
        remove_all_but(place, name, marker)
        time.sleep(PAUSE)
    for stack in stacks(place, name):
        if tagged(stack) and stack["StackName"] == marker:
            tried(f"the stack {marker}", remove_stack, cloudformation, stack)
    return left(place, name)


def remove_all_but(place, name, marker):
    cloudformation = place.client("cloudformation")
    for stack in stacks(place, name):
        if tagged(stack) and stack["StackName"] != marker:
            tried(f"the stack {stack['StackName']}", remove_stack, cloudformation, stack)
    for kind, of, identity in list(things(place, name)):
        # Its stack removes what surrounds the run, but no bucket with files.
        if kind.name == "bucket" or not belongings.is_own(marker, of):
            tried(f"the {kind.name} {identity}", kind.remove, place.client(kind.service), identity)
