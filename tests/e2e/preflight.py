"""What is said and looked at before a run begins: who calls, whose the name is, what the account allows."""

import datetime
import email.utils
import re

import costs
import removal
import surroundings
from checks import say
from words import Refused, in_words

# A name that ends so can't be that of a stack with callbacks in it.
NAME = re.compile(r"[a-z][a-z0-9-]{0,22}-trial")
# A new account has this concurrency for all its functions together.
FEW_INSTANCES = 10
# The function, the redrive and the hook of a deployment, with a second instance each.
LEAST_INSTANCES = 6
MOST_SECONDS_OFF = 30


def look(place, name):
    """Looks at the account. Returns what an earlier run has left."""
    if not NAME.fullmatch(name):
        raise Refused(f"The name {name} is not accepted. Choose one in lower case that ends in -trial, at most 29 characters.")
    try:
        clock(place.identify())
        left = whose(place, name)
        if warning := instances(place.client("lambda").get_account_settings()["AccountLimit"]):
            say(warning)
    except Refused:
        raise
    except Exception as error:
        raise Refused(in_words(error)) from error
    return left


def clock(identity):
    """Tencent's signature holds for a minute, so the machine's clock must be right."""
    answered = email.utils.parsedate_to_datetime(identity["ResponseMetadata"]["HTTPHeaders"]["date"])
    off = (datetime.datetime.now(datetime.timezone.utc) - answered).total_seconds()
    if abs(off) > MOST_SECONDS_OFF:
        raise Refused(f"This machine's clock is {off:.0f} s ahead of AWS's. Set it: a callback's signature is valid for 60 s.")


def whose(place, name):
    """What is left of an earlier run. Refuses a name that another run or person has."""
    marker = surroundings.name_of(name)
    known = removal.stacks(place, name)
    left = removal.left(place, name)
    foreign = [each["StackName"] for each in known if not removal.tagged(each)]
    if foreign or (left and marker not in {each["StackName"] for each in known}):
        listed = "\n".join(f"  {line}" for line in left[:10])
        raise Refused(f"The name {name} is taken. These are there, and no earlier run made them:\n{listed}\n"
                      "Nothing was changed. Choose another name: make account TRIAL=my-trial")
    return left


def instances(limit):
    """What the account's concurrency means for the run. Refuses an account that has too little."""
    unreserved, all_of_them = limit["UnreservedConcurrentExecutions"], limit["ConcurrentExecutions"]
    if unreserved < LEAST_INSTANCES:
        raise Refused(f"This account leaves {unreserved} of its {all_of_them} concurrent Lambda instances to functions without a "
                      f"reserved share. The run needs {LEAST_INSTANCES}. Lower the reserved share of other functions, or request "
                      f"more of Lambda's quota \"Concurrent executions\":\n{REQUEST}")
    if all_of_them <= FEW_INSTANCES:
        return (f"This account runs only {all_of_them} Lambda instances at a time, as new accounts do. The stack reserves none, so it "
                "can be deployed, and\nthis run sends its callbacks one after the other. Before real traffic, request more of Lambda's "
                f"quota \"Concurrent executions\":\n{REQUEST}\n")
    return ""


REQUEST = "  aws service-quotas request-service-quota-increase --service-code lambda --quota-code L-B99A9384 --desired-value 1000"


def announce(place, name, left):
    """Says what the run makes, and what that costs."""
    say(f"""Where    {place.title}: {place.account}, {place.region}, as {place.caller}
Makes    the stack {name} with all that belongs to it; the stack {surroundings.name_of(name)}
         with a bucket, an event bus, a topic, two queues and a policy; roles, secrets, a table and a function for
         single steps. Each name begins with {name}, but for the function CodeDeployHook_…, the database
         chat_archive_…, and log groups that have the name at the end of a path.
Removes  all of it at the end, also after Ctrl-C
Takes    {place.duration}. Each step has a limit
Costs    {costs.told(place)}""")
    if left:
        began = next((tag["Value"] for each in removal.stacks(place, name) for tag in each.get("Tags", [])
                      if tag["Key"] == "began"), "unknown")
        say(f"First    removes {len(left)} things that the run of {began} left. If it is still running, stop that one first.")


def agreed(answer_yes):
    if answer_yes:
        return True
    try:
        return input("Begin? [y/N] ").strip().lower() in ("y", "yes")
    except EOFError:
        say("\nThere is no terminal to answer: make account YES=1 begins without the question.")
        return False
