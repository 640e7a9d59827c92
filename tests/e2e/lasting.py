"""Steps: a token is rotated with secrets, and a domain moves to another stack."""

import contextlib
import threading

from callbacks import OK, SDK_APPID, Sender, signed
from checks import check, equal, note, wait_for
from deploying import FIRST_TOKEN, SECOND_TOKEN, SECRET, parameters
from stack import ARCHITECTURE, BUILT, CONFIG, recipe

COMMAND = "Group.CallbackAfterGroupFull"
GROUP = "@TGS#traffic"
DOMAIN = "callbacks.example.com"
OTHER = "tencent-chat-webhook-2"


class Traffic:
    """Sends callbacks without a pause, signed with the console's current token."""

    def __init__(self, sender, token):
        self.sender, self.token, self.replies, self.ended = sender, token, [], threading.Event()

    def send(self):
        while not self.ended.wait(0.05):
            fields = {"GroupId": GROUP, "EventTime": 1670574900000 + len(self.replies)}
            self.replies.append(self.sender.send_callback(COMMAND, fields, signed(self.token)))

    def wait_for_more(self):
        enough = len(self.replies) + 5
        wait_for(lambda: len(self.replies), lambda count: count >= enough)


@contextlib.contextmanager
def traffic(port, url, token):
    running = Traffic(Sender(port, url), token)
    thread = threading.Thread(target=running.send)
    thread.start()
    try:
        yield running
    finally:
        running.ended.set()
        thread.join()


def secrets(stack):
    listed = stack.client("secretsmanager").list_secrets()["SecretList"]
    return {each["Name"] for each in listed if "DeletedDate" not in each}


def tokens_of(stack, secret):
    return stack.client("secretsmanager").get_secret_value(SecretId=secret)["SecretString"].split(",")


def rotate_by_secrets(stack, surroundings, port):
    """Runs the commands of the docs while callbacks arrive. Each deployment has another secret. Returns the new token."""
    known = parameters(surroundings, FIRST_TOKEN, 5) | {"ForwardUrl": "none"}
    both, alone, delete = (recipe(f"rotate, {name}") for name in ("both tokens", "the new token alone", "delete"))
    definitions = both.split("OLD=")[0]
    with traffic(port, stack.outputs()["CallbackUrl"], SECOND_TOKEN) as running:
        old = SECRET
        for what, commands, count in (("both tokens", both, 2), ("the new token alone", definitions + alone, 1)):
            secret = stack.must("bash", "-euc", commands).split()[-1]
            equal(f"{what}: the new secret has them", len(tokens_of(stack, secret)), count)
            delete_old = ("bash", "-euc", f"{definitions}OLD={old}\n{delete}")
            early = stack.run(*delete_old)
            check("before the deployment the old secret can't be deleted", old in secrets(stack), early.stdout)
            result = stack.deploy(**known, CallbackTokensSecret=secret)
            check("deployed with the new one", result.returncode == 0, result.stdout[-1500:])
            stack.must(*delete_old)
            equal("after it, only the new one is left", secrets(stack) & {old, secret}, {secret})
            # From now on, the console has this token.
            running.token, old = tokens_of(stack, secret)[0], secret
            running.wait_for_more()
    note(f"{len(running.replies)} callbacks arrived in this time")
    equal("none was refused", set(running.replies), {OK})
    late = Sender(port, stack.outputs()["CallbackUrl"])
    equal("the old token is refused", late.send_callback(COMMAND, {"GroupId": GROUP}, signed(SECOND_TOKEN))[0], 401)
    return running.token


def recorded(stack, table):
    answer = stack.aws("dynamodb", "scan", "--table-name", table, "--select", "COUNT")
    return answer["Count"]


def a_domain(stack, port, token):
    """Moves the domain in the console's URL to another stack while callbacks arrive."""
    certificate = stack.aws("acm", "request-certificate", "--domain-name", DOMAIN, "--validation-method", "DNS")
    default = stack.outputs()["DefaultUrl"]
    domain = {"DomainName": DOMAIN, "CertificateArn": certificate["CertificateArn"]}
    result = stack.deploy(**domain)
    check("deployed with a domain", result.returncode == 0, result.stdout[-1500:])
    outputs = stack.outputs()
    equal("the URL to paste is the domain's", outputs["CallbackUrl"], f"https://{DOMAIN}/")
    check("the outputs have the target of its DNS record", outputs["DomainTarget"] and outputs["DomainHostedZoneId"])
    equal("the default URL is unchanged", outputs["DefaultUrl"], default)
    for url in (outputs["CallbackUrl"], default):
        equal(f"{url} answers", Sender(port, url).send_callback(COMMAND, {"GroupId": GROUP}, signed(token)), OK)
    refused = stack.deploy(DomainName=DOMAIN, CertificateArn="''")
    check("a domain without its certificate is refused", refused.returncode != 0 and "or neither" in refused.stdout,
          refused.stdout[-800:])

    with traffic(port, outputs["CallbackUrl"], token) as running:
        other = other_stack(stack, token)
        moved = stack.run("bash", "-euc", recipe("hand the domain over"))
        check("the commands of the docs hand the domain over", moved.returncode == 0, moved.stdout)
        before = recorded(stack, other["TableName"])
        wait_for(lambda: recorded(stack, other["TableName"]), lambda count: count > before)
        given_up = stack.deploy(DomainName="''", CertificateArn="''")
        check("the first stack is deployed without the domain", given_up.returncode == 0, given_up.stdout[-1500:])
        running.wait_for_more()
    note(f"{len(running.replies)} callbacks arrived in this time")
    equal("each was recorded by one of the stacks", set(running.replies), {OK})
    check("the other stack has recorded", recorded(stack, other["TableName"]) > before)
    equal("the first stack has its default URL again", stack.outputs()["CallbackUrl"], default)
    stack.must("sam", "delete", "--stack-name", OTHER, "--no-prompts", "--region", stack.environment["AWS_REGION"])


def other_stack(stack, token):
    """Deploys another stack of the same build. Returns its outputs."""
    stack.must("sam", "deploy", "--config-file", str(CONFIG), "--template-file", str(BUILT), "--stack-name", OTHER,
               "--no-confirm-changeset", "--no-progressbar", "--parameter-overrides",
               f"Architecture={ARCHITECTURE}", f"SdkAppIds={SDK_APPID}", f"CallbackTokens={token}")
    found = stack.client("cloudformation").describe_stacks(StackName=OTHER)["Stacks"][0]
    return {output["OutputKey"]: output["OutputValue"] for output in found["Outputs"]}
