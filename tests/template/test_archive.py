"""The archive: a nested stack with a bucket, a state machine and tables."""

import json
import re
import unittest
import unittest.mock

from expansion import LEAST, MOST, PSEUDO, SOURCE, Expansion, dotted
from iam import allowed

ARCHIVE = LEAST | {"Archive": "true"}
OUTPUTS = ["ArchiveBucketName", "ArchiveDatabase", "ArchiveMachineArn", "ArchiveReaderPolicyArn", "ArchiveWorkgroup"]


class Nested(unittest.TestCase):
    def test_nothing_of_the_archive_is_there_without_it(self):
        least = Expansion(LEAST)
        self.assertFalse([name for name in least.resources if "Archive" in name])
        self.assertNotIn("Archive", json.dumps(least.resources))
        conditional = {name for name, each in SOURCE["Outputs"].items() if each.get("Condition") == "HasArchive"}
        self.assertEqual(conditional, {*OUTPUTS})

    def test_outputs_of_the_archive_are_outputs_of_the_stack(self):
        given = Expansion(ARCHIVE).nested("EventArchive").source["Outputs"]
        self.assertEqual(sorted(given), OUTPUTS)
        for name in OUTPUTS:
            self.assertEqual(dotted(SOURCE["Outputs"][name]["Value"]["Fn::GetAtt"]), f"EventArchive.Outputs.{name}")

    def test_types_of_the_archive_are_in_its_stack_alone(self):
        kinds = ("AWS::Athena::", "AWS::Glue::", "AWS::S3::", "AWS::Scheduler::", "AWS::StepFunctions::")
        self.assertFalse([name for name, each in SOURCE["Resources"].items() if each["Type"].startswith(kinds)])

    def test_dashboard_has_a_row_of_the_archive(self):
        for parameters, rows in ((LEAST, 0), (ARCHIVE, 2)):
            dashboard = json.loads(Expansion(parameters).properties("Dashboard")["DashboardBody"])
            titles = [each["properties"]["title"] for each in dashboard["widgets"] if "Archive" in each["properties"]["title"]]
            self.assertEqual(len(titles), rows)

    def test_two_stacks_have_different_databases(self):
        names = set()
        for number in "51", "52":
            id = f"arn:aws:cloudformation:eu-central-1:123456789012:stack/Chat/{number}af3dc0-da77-11e4-872e-1234567db123"
            with unittest.mock.patch.dict(PSEUDO, {"AWS::StackId": id}):
                names.add(Expansion(ARCHIVE).properties("ArchiveDatabase")["DatabaseInput"]["Name"])
        self.assertEqual(names, {"chat_archive_51af3dc0", "chat_archive_52af3dc0"})


class Bucket(unittest.TestCase):
    def setUp(self):
        self.bucket = Expansion(MOST).properties("ArchiveBucket")
        self.rules = {each["Id"]: each for each in self.bucket["LifecycleConfiguration"]["Rules"]}

    def test_bucket_is_private_encrypted_and_without_old_versions(self):
        self.assertEqual({*self.bucket["PublicAccessBlockConfiguration"].values()}, {True})
        self.assertEqual(self.bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"],
                         [{"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}])
        self.assertNotIn("VersioningConfiguration", self.bucket)
        (denied,) = Expansion(MOST).properties("ArchiveBucketPolicy")["PolicyDocument"]["Statement"]
        self.assertEqual((denied["Effect"], denied["Action"], denied["Condition"]),
                         ("Deny", "s3:*", {"Bool": {"aws:SecureTransport": "false"}}))

    def test_events_expire_only_if_days_are_set(self):
        self.assertEqual({name: each.get("ExpirationInDays") for name, each in self.rules.items()},
                         {"cheaper": None, "results": 7, "full": 7, "unfinished": None, "events": "400", "other-days": "400"})
        least = Expansion(ARCHIVE).properties("ArchiveBucket")["LifecycleConfiguration"]["Rules"]
        self.assertEqual({each["Id"] for each in least if "ExpirationInDays" in each}, {"results", "full"})

    def test_older_objects_move_to_a_cheaper_class(self):
        self.assertEqual((self.rules["cheaper"]["Prefix"], self.rules["cheaper"]["Transitions"]),
                         ("events/", [{"StorageClass": "INTELLIGENT_TIERING", "TransitionInDays": 0}]))


class Tables(unittest.TestCase):
    def setUp(self):
        self.archive = Expansion(ARCHIVE).nested("EventArchive")

    def table(self, name):
        return self.archive.properties(name)["TableInput"]

    def test_days_are_projected_and_manifests_left_out(self):
        for name, location in (("ExportsTable", "events/day=${day}/AWSDynamoDB/data/"), ("FullExportsTable", "full/day=${day}/")):
            parameters = self.table(name)["Parameters"]
            self.assertEqual(parameters["storage.location.template"], f"s3://<ArchiveBucket>/{location}")
            self.assertEqual(parameters["projection.enabled"], "true")
            self.assertEqual((parameters["projection.day.type"], parameters["projection.day.format"]), ("date", "yyyy-MM-dd"))
            self.assertEqual(self.table(name)["PartitionKeys"], [{"Name": "day", "Type": "string"}])

    def test_each_line_is_one_text(self):
        for name in ("ExportsTable", "FullExportsTable", "OtherDaysTable"):
            storage = self.table(name)["StorageDescriptor"]
            self.assertEqual(storage["Columns"], [{"Name": "line", "Type": "string"}])
            self.assertTrue(storage["SerdeInfo"]["SerializationLibrary"].endswith(".LazySimpleSerDe"))
        self.assertEqual(self.table("OtherDaysTable")["PartitionKeys"], [])

    def test_people_have_a_limit_of_bytes_and_the_machine_has_none(self):
        of_people, nightly = (self.archive.properties(name)["WorkGroupConfiguration"] for name in ("ArchiveWorkgroup", "NightlyWorkgroup"))
        self.assertEqual(of_people["BytesScannedCutoffPerQuery"], 100_000_000_000)
        self.assertNotIn("BytesScannedCutoffPerQuery", nightly)
        for each in (of_people, nightly):
            self.assertTrue(each["EnforceWorkGroupConfiguration"])
            self.assertTrue(each["ResultConfiguration"]["OutputLocation"].startswith("s3://<ArchiveBucket>/results/"))


class Permissions(unittest.TestCase):
    def setUp(self):
        self.archive = Expansion(MOST).nested("EventArchive")

    def test_reader_reads_everything_and_writes_only_results(self):
        granted = allowed(self.archive.properties("ArchiveReaderPolicy"))
        self.assertEqual(granted["s3:PutObject"], ["<ArchiveBucket.Arn>/results/*"])
        self.assertEqual(granted["s3:GetObject"], ["<ArchiveBucket.Arn>/*"])
        self.assertEqual(granted["athena:StartQueryExecution"],
                         ["arn:aws:athena:eu-central-1:123456789012:workgroup/<ArchiveWorkgroup>"])
        self.assertFalse([action for action in granted if re.search(r":(Create|Update|Delete)|^dynamodb|^states", action)])

    def test_machine_may_change_no_item_and_delete_no_object(self):
        granted = allowed(self.archive.properties("ArchiveRole"))
        self.assertEqual({action for action in granted if action.startswith("dynamodb:")},
                         {"dynamodb:DescribeContinuousBackups", "dynamodb:DescribeExport", "dynamodb:ExportTableToPointInTime",
                          "dynamodb:ListExports"})
        self.assertFalse([action for action in granted if "Delete" in action])
        self.assertEqual([action for action, resources in granted.items() if resources == ["*"]], ["dynamodb:ListExports"])

    def test_every_task_of_the_machine_is_allowed(self):
        granted = {action.lower() for action in allowed(self.archive.properties("ArchiveRole"))}
        definition = json.dumps(self.archive.properties("ArchiveMachine")["Definition"])
        tasks = set(re.findall(r"arn:aws:states:::aws-sdk:(\w+:\w+)", definition))
        self.assertEqual(len(tasks), 6)
        self.assertLessEqual({task.lower() for task in tasks}, granted)

    def test_roles_have_the_boundary_and_trust_one_service(self):
        for name, service in (("ArchiveRole", "states.amazonaws.com"), ("NightlyRole", "scheduler.amazonaws.com")):
            role = self.archive.properties(name)
            self.assertEqual(role["PermissionsBoundary"], MOST["PermissionsBoundaryArn"])
            (trusted,) = role["AssumeRolePolicyDocument"]["Statement"]
            self.assertEqual((trusted["Principal"], trusted["Condition"]),
                             ({"Service": service}, {"StringEquals": {"aws:SourceAccount": "123456789012"}}))


class Schedule(unittest.TestCase):
    def test_day_before_is_exported_each_night_at_one(self):
        archive = Expansion(ARCHIVE).nested("EventArchive")
        nightly = archive.properties("Nightly")
        self.assertEqual((nightly["ScheduleExpression"], nightly["ScheduleExpressionTimezone"]), ("cron(0 1 * * ? *)", "UTC"))
        self.assertEqual(json.loads(nightly["Target"]["Input"]), {"scheduled": "<aws.scheduler.scheduled-time>"})
        self.assertEqual((nightly["Target"]["Arn"], nightly["GroupName"]), ("<ArchiveMachine>", "<Schedules>"))
        self.assertEqual(allowed(archive.properties("NightlyRole")), {"states:StartExecution": ["<ArchiveMachine>"]})
