"""Steps: a token is rotated with secrets, and a domain moves to another stack."""

import contextlib
import re
import textwrap
import threading

from callbacks import OK, SDK_APPID, Sender, signed
from checks import check, equal, note, wait_for
from deploying import FIRST_TOKEN, SECOND_TOKEN, deployed, parameters
from stack import ROOT

COMMAND = "Group.CallbackAfterGroupFull"
GROUP = "@TGS#traffic"
CHEAPER = "STANDARD_INFREQUENT_ACCESS"
DOMAIN = "callbacks.example.com"


class Traffic:
    """Sends callbacks without a pause, signed with the console's current token."""

    def __init__(self, sender, token):
        self.sender, self.token, self.replies, self.ended = sender, token, [], threading.Event()

    def send(self):
        while not self.ended.wait(self.sender.place.pause_between_callbacks):
            fields = {"GroupId": GROUP, "EventTime": 1670574900000 + len(self.replies)}
            self.replies.append(self.sender.send_callback(COMMAND, fields, signed(self.token)))

    def wait_for_more(self):
        enough = len(self.replies) + 5
        wait_for(lambda: len(self.replies), lambda count: count >= enough)


@contextlib.contextmanager
def traffic(stack, token):
    running = Traffic(Sender(stack.place, stack.outputs()["CallbackUrl"]), token)
    thread = threading.Thread(target=running.send)
    thread.start()
    try:
        yield running
    finally:
        running.ended.set()
        thread.join()


def secrets(stack):
    listed = stack.client("secretsmanager").list_secrets(Filters=[{"Key": "name", "Values": [f"{stack.name}/"]}])["SecretList"]
    return {each["Name"] for each in listed if "DeletedDate" not in each}


def tokens_of(stack, secret):
    return stack.client("secretsmanager").get_secret_value(SecretId=secret)["SecretString"].split(",")


def rotate_by_secrets(stack):
    """Runs the commands of the docs while callbacks arrive. Each deployment has another secret."""
    # The table changes its class meanwhile.
    known = parameters(stack, FIRST_TOKEN, 5) | {"ForwardUrl": "none", "TableClass": CHEAPER}
    both, alone, delete = (stack.recipe(f"rotate, {name}") for name in ("both tokens", "the new token alone", "delete"))
    definitions = both.split("OLD=")[0]
    with traffic(stack, SECOND_TOKEN) as running:
        old = stack.secret
        for what, commands, count in (("both tokens", both, 2), ("the new token alone", definitions + alone, 1)):
            secret = stack.must("bash", "-euc", commands).split()[-1]
            equal(f"{what}: the new secret has them", len(tokens_of(stack, secret)), count)
            delete_old = f"{definitions}OLD={old}\n{delete}"
            early = stack.shell(delete_old)
            check("before the deployment the old secret can't be deleted", old in secrets(stack), early.stdout)
            deployed(stack, "deployed with the new one", **known, CallbackTokensSecret=secret)
            stack.must("bash", "-euc", delete_old)
            left = wait_for(lambda: secrets(stack) & {old, secret}, lambda found: found == {secret})
            equal("after it, only the new one is left", left, {secret})
            # From now on, the console has this token.
            running.token, old = tokens_of(stack, secret)[0], secret
            running.wait_for_more()
    note(f"{len(running.replies)} callbacks arrived in this time")
    equal("none was refused", set(running.replies), {OK})
    late = Sender(stack.place, stack.outputs()["CallbackUrl"])
    equal("the old token is refused", late.send_callback(COMMAND, {"GroupId": GROUP}, signed(SECOND_TOKEN))[0], 401)
    stack.token = running.token


def class_of_table(stack):
    table = stack.client("dynamodb").describe_table(TableName=stack.outputs()["TableName"])["Table"]
    equal("the table has the other class", table.get("TableClassSummary", {}).get("TableClass"), CHEAPER)


def recorded(stack, table):
    answer = stack.aws("dynamodb", "scan", "--table-name", table, "--select", "COUNT")
    return answer["Count"]


def a_domain(stack):
    """Moves the domain in the console's URL to another stack while callbacks arrive."""
    acm = stack.client("acm")
    certificate = acm.request_certificate(DomainName=DOMAIN, ValidationMethod="DNS")["CertificateArn"]
    default = stack.outputs()["DefaultUrl"]
    deployed(stack, "deployed with a domain", DomainName=DOMAIN, CertificateArn=certificate)
    outputs = stack.outputs()
    equal("the URL to paste is the domain's", outputs["CallbackUrl"], f"https://{DOMAIN}/")
    check("the outputs have the target of its DNS record", outputs["DomainTarget"] and outputs["DomainHostedZoneId"])
    equal("the default URL is unchanged", outputs["DefaultUrl"], default)
    for url in (outputs["CallbackUrl"], default):
        reply = Sender(stack.place, url).send_callback(COMMAND, {"GroupId": GROUP}, signed(stack.token))
        equal(f"{url} answers", reply, OK)
    refused = stack.deploy(DomainName=DOMAIN, CertificateArn="''")
    check("a domain without its certificate is refused", refused.returncode != 0 and "or neither" in refused.stdout,
          refused.stdout[-800:])

    other = f"{stack.name}-2"
    with traffic(stack, stack.token) as running:
        # Another stack of the same build.
        deployed(stack, "another stack is deployed", stack_name=other, SdkAppIds=SDK_APPID, CallbackTokens=stack.token)
        table = stack.outputs(other)["TableName"]
        moved = stack.shell(stack.recipe("hand the domain over"))
        check("the commands of the docs hand the domain over", moved.returncode == 0, moved.stdout)
        before = recorded(stack, table)
        wait_for(lambda: recorded(stack, table), lambda count: count > before)
        deployed(stack, "the first stack is deployed without the domain", DomainName="''", CertificateArn="''")
        running.wait_for_more()
    note(f"{len(running.replies)} callbacks arrived in this time")
    equal("each was recorded by one of the stacks", set(running.replies), {OK})
    count = recorded(stack, table)
    check("the other stack has recorded", count > before, count - before)
    equal("the first stack has its default URL again", stack.outputs()["CallbackUrl"], default)
    stack.must("bash", "-euc", delete_the_domain())
    acm.delete_certificate(CertificateArn=certificate)
    stack.must("sam", "delete", "--stack-name", other, "--no-prompts", "--region", stack.place.region)


def delete_the_domain():
    """The commands of docs/deploy.md."""
    page = (ROOT / "docs" / "deploy.md").read_text()
    blocks = re.findall(r"^ *```sh\n(.*?)^ *```", page, re.DOTALL | re.MULTILINE)
    return textwrap.dedent(next(block for block in blocks if "delete-domain-name" in block))
