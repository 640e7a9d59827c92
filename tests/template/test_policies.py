"""The policies to copy from the docs: they allow what the commands and the stack need, and reach only this stack."""

import fnmatch
import json
import re
import unittest

from expansion import LEAST, MOST, Expansion
from iam import allowed, as_list
from test_docs import actions, page

# The only actions for which IAM has no narrower resource, or whose commands ask for everything.
WITHOUT_RESOURCES = {"cloudwatch:DescribeAlarmHistory", "codedeploy:StopDeployment", "lambda:GetAccountSettings",
                     "lambda:ListEventSourceMappings", "scheduler:ListSchedules"}
# Ids that the reader puts in.
OF_THE_READER = re.compile(r"/apis/API/\*$|event-bus/BUS$|pipe/PIPE$|:stateMachine:MACHINE$|:execution:MACHINE:\*$|:lambda/L-[0-9A-F]+$|:alarm:tencent-chat-webhook-\*$")


def policies(text):
    """The IAM policies of a page, one for each block of JSON."""
    return [json.loads(block) for block in re.findall(r"^ *```json\n(.*?)^ *```", text, re.DOTALL | re.MULTILINE)]


def statements(policy, action):
    """The statements that allow an action."""
    return [each for each in policy["Statement"] if each["Effect"] == "Allow"
            and any(fnmatch.fnmatchcase(action.lower(), pattern.lower()) for pattern in as_list(each["Action"]))]


def resources(policy, action):
    return {resource for each in statements(policy, action) for resource in as_list(each["Resource"])}


class Operators(unittest.TestCase):
    def setUp(self):
        self.policy, = policies(page("security.md"))

    def test_operator_and_doctor_policies_allow_the_commands_of_operate(self):
        doctor = Expansion(MOST).properties("DoctorPolicy")["PolicyDocument"]
        missing = {action for action in actions(page("operate.md"))
                   if not statements(self.policy, action) and not statements(doctor, action)}
        # A deployer creates a deleted queue again, and reads the token.
        self.assertEqual(missing, {"secretsmanager:GetSecretValue", "sqs:CreateQueue"})

    def test_operator_policy_reaches_only_this_stack(self):
        # The resources of the nested stacks have other names.
        names = Expansion(MOST).resources.keys() | {"EventBus", "Receiver"}
        for statement in self.policy["Statement"]:
            for resource in as_list(statement["Resource"]):
                with self.subTest(resource):
                    if resource == "*":
                        condition = json.dumps(statement.get("Condition", {}))
                        self.assertTrue("tencent-chat-webhook-Redrive-" in condition
                                        or set(as_list(statement["Action"])) <= WITHOUT_RESOURCES)
                    elif not OF_THE_READER.search(resource) and statement["Action"] != "iam:CreateServiceLinkedRole":
                        own = re.search(r"[:/]tencent-chat-webhook(?:/\*|-(\w+)-\*)", resource)
                        self.assertTrue(own and (own[1] is None or own[1] in names))

    def test_operators_never_see_the_functions_environment(self):
        # It has the token. Configurations and the lists of versions show it.
        self.assertEqual(resources(self.policy, "lambda:GetFunctionConfiguration"),
                         {"arn:PARTITION:lambda:REGION:ACCOUNT:function:tencent-chat-webhook-Redrive-*"})
        for action in ("lambda:GetFunction", "lambda:ListVersionsByFunction", "lambda:ListFunctions"):
            self.assertEqual(statements(self.policy, action), [], action)

    def test_operators_change_the_code_of_no_function(self):
        for action in ("lambda:UpdateFunctionCode", "lambda:InvokeFunction", "iam:PassRole", "dynamodb:DeleteTable"):
            self.assertEqual(statements(self.policy, action), [], action)


class Deployers(unittest.TestCase):
    def setUp(self):
        self.policy, self.boundary, self.guard = policies(page("deploy.md"))

    def test_deployer_policy_allows_what_stack_and_page_need(self):
        for action in ("secretsmanager:CreateSecret", "secretsmanager:GetSecretValue", "secretsmanager:DeleteSecret",
                       "codedeploy:StopDeployment", "lambda:CreateEventSourceMapping", "cloudwatch:DescribeAlarms",
                       "acm:RequestCertificate", "pipes:CreatePipe"):
            self.assertTrue(statements(self.policy, action), action)
        functions = resources(self.policy, "lambda:CreateFunction")
        hook = Expansion(MOST).properties("DeploymentHook")["FunctionName"]
        self.assertTrue(any(fnmatch.fnmatchcase(f"arn:PARTITION:lambda:REGION:ACCOUNT:function:{hook}", each) for each in functions))
        # The nested stacks have other names.
        for nested in ("EventBus", "Receiver"):
            self.assertIn(f"arn:PARTITION:cloudformation:REGION:ACCOUNT:stack/tencent-chat-webhook-{nested}-*/*",
                          resources(self.policy, "cloudformation:CreateStack"))
        # These actions allow no narrower resource.
        for action in ("codedeploy:StopDeployment", "lambda:CreateEventSourceMapping", "cloudwatch:DescribeAlarms"):
            self.assertEqual(resources(self.policy, action) & {"*"}, {"*"}, action)

    def test_deployer_may_create_the_role_of_the_first_domain(self):
        # API Gateway creates it with an account's first domain of a Region's endpoint.
        self.assertTrue(Expansion(MOST).of_type("AWS::ApiGatewayV2::DomainName"))
        name = "ops.apigateway.amazonaws.com"
        self.assertIn({"StringEquals": {"iam:AWSServiceName": name}},
                      [each.get("Condition") for each in statements(self.policy, "iam:CreateServiceLinkedRole")])
        self.assertIn(f"arn:PARTITION:iam::ACCOUNT:role/aws-service-role/{name}/*",
                      resources(self.policy, "iam:CreateServiceLinkedRole"))

    def test_deployer_with_a_boundary_cannot_create_roles_without_it(self):
        statement = next(each for each in self.guard["Statement"] if "iam:CreateRole" in as_list(each["Action"]))
        self.assertEqual(statement["Effect"], "Deny")
        self.assertIn("iam:PermissionsBoundary", str(statement["Condition"]))
        # The boundary allows every action of the template's roles, and no other.
        used = {action for role in Expansion(MOST).of_type("AWS::IAM::Role").values() for action in allowed(role["Properties"])}
        self.assertEqual({action for each in self.boundary["Statement"] for action in as_list(each["Action"])}, used)


class Partitions(unittest.TestCase):
    def test_policies_name_no_partition(self):
        for name in ("security.md", "deploy.md", "zh-CN/deploy.md", "ja/deploy.md"):
            for policy in policies(page(name)):
                self.assertNotRegex(json.dumps(policy), r"arn:aws[a-z-]*:", name)

    def test_partitions_table_names_what_china_lacks(self):
        # https://docs.amazonaws.cn/en_us/aws/latest/userguide/lambda.html and sqs.html
        table = page("aws.md").split("| | `aws` | `aws-cn` |")[1].split("\n\n")[0]
        used = json.dumps(Expansion(MOST).resources) + page("operate.md") + page("deploy.md")
        for lacking, words in (("AsyncEventsDropped", "AsyncEventsDropped"), ("--enable-function-url", "function's URL"),
                               ("start-message-move-task", "moving dead letters")):
            self.assertIn(lacking, used)
            self.assertIn(words, table)
        # X-Ray does not work with Lambda there.
        self.assertNotIn("Tracing", Expansion(LEAST).properties("Function"))
        letters = page("operate.md").split("\n### RedriveDeadLettersAlarm\n")[1].split("\n### ")[0]
        self.assertLess(letters.index("In China"), letters.index('aws sqs delete-message --queue-url "$FROM"'))
