"""What the state machine exports, for which input, and how it fails."""

import datetime
import re
import unittest

import prices
from running import BUCKET, DEFINITION, EXPORT, TABLE, Aws, at, counted_states, run, stamp

SCHEDULED = {"scheduled": "2026-11-22T01:00:00Z"}


def window(export):
    asked = export["IncrementalExportSpecification"]
    return asked["ExportFromTime"], asked["ExportToTime"]


class Machine(unittest.TestCase):
    def succeeds(self, aws, asked):
        execution = run(aws, asked)
        self.assertEqual(execution["status"], "SUCCEEDED", (execution.get("error"), execution.get("cause")))
        return execution

    def fails(self, aws, asked, error, cause):
        execution = run(aws, asked)
        self.assertEqual((execution["status"], execution.get("error")), ("FAILED", error), execution.get("cause"))
        self.assertRegex(execution["cause"], cause)
        return execution


class Days(Machine):
    def test_schedule_exports_the_day_before(self):
        aws = Aws()
        self.succeeds(aws, SCHEDULED)
        (export,) = aws.exports
        self.assertEqual({key: export[key] for key in export.keys() - {"ExportArn", "ends", "outcome", "ClientToken"}}, {
            "TableArn": TABLE, "S3Bucket": BUCKET, "S3Prefix": "events/day=2026-11-21", "S3SseAlgorithm": "AES256",
            "ExportFormat": "DYNAMODB_JSON", "ExportType": "INCREMENTAL_EXPORT",
            "IncrementalExportSpecification": {
                "ExportFromTime": "2026-11-21T00:00:00.000Z", "ExportToTime": "2026-11-22T00:00:00.000Z",
                "ExportViewType": "NEW_AND_OLD_IMAGES"}})

    def test_late_schedule_still_exports_its_own_day(self):
        aws = Aws(now="2026-11-22 23:59")
        self.succeeds(aws, SCHEDULED)
        self.assertEqual(aws.exports[0]["S3Prefix"], "events/day=2026-11-21")
        aws = Aws(now="2027-01-01 01:00")
        self.succeeds(aws, {"scheduled": "2027-01-01T01:00:00Z"})
        self.assertEqual(aws.exports[0]["S3Prefix"], "events/day=2026-12-31")

    def test_day_of_last_month_is_exported_if_asked(self):
        aws = Aws(recovery_from="2026-10-18 04:05:06")
        self.succeeds(aws, {"day": "2026-10-31"})
        self.assertEqual((aws.exports[0]["S3Prefix"], *window(aws.exports[0])),
                         ("events/day=2026-10-31", "2026-10-31T00:00:00.000Z", "2026-11-01T00:00:00.000Z"))

    def test_first_day_begins_with_the_recovery(self):
        aws = Aws(recovery_from="2026-11-21 10:20:30")
        self.succeeds(aws, SCHEDULED)
        self.assertEqual(window(aws.exports[0]), ("2026-11-21T10:20:30.000Z", "2026-11-22T00:00:00.000Z"))

    def test_window_has_at_least_fifteen_minutes(self):
        aws = Aws(recovery_from="2026-11-21 23:58")
        self.succeeds(aws, SCHEDULED)
        self.assertEqual(window(aws.exports[0]), ("2026-11-21T23:58:00.000Z", "2026-11-22T00:13:00.000Z"))

    def test_day_ends_at_midnight_utc(self):
        self.succeeds(Aws(now="2026-11-22 00:20"), {"day": "2026-11-21"})
        self.fails(Aws(now="2026-11-21 23:59"), {"day": "2026-11-21"}, "DayNotOver", "^2026-11-21 is not over")


class BadInput(Machine):
    def refused(self, asked, error, cause, **aws):
        aws = Aws(**aws)
        self.fails(aws, asked, error, cause)
        self.assertEqual((aws.exports, aws.queries), ([], []), asked)

    def test_input_without_one_request_is_refused(self):
        for asked in ({}, [], "2026-11-21", {"full": False}, {"full": "yes"}, {"Comment": "hello"},
                      {"day": "2026-11-21", "full": True}, SCHEDULED | {"day": "2026-11-21"}, {"day": ""}):
            self.refused(asked, "BadInput", r'^The input must be \{"day": "2026-11-21"\} or \{"full": true\}')

    def test_text_that_is_no_date_is_refused(self):
        for day in ("tomorrow", "2026-02-30", "2026-02-29", "2026-04-31", "2026-13-01", "2026-1-1", "2026-11-21T00:00:00Z",
                    "20261121", " 2026-11-21", "2026-11-00", "1999-11-21", 20261121, "2026-11-21\n"):
            self.refused({"day": day}, "NotADay", "is not a date")
        self.refused({"day": "2028-02-29"}, "DayNotOver", "^2028-02-29 is not over")

    def test_day_in_the_future_is_refused(self):
        for day in ("2026-11-22", "2026-11-23", "2027-01-01"):
            self.refused({"day": day}, "DayNotOver", f"^{day} is not over. A day ends at 00:00 UTC")

    def test_day_before_the_recovery_is_refused(self):
        for since in ("2026-11-01 00:00:00", "2026-11-01 08:09"):
            self.refused({"day": "2026-10-31"}, "TooOld", f"^Recovery begins at {stamp(at(since))}, so 2026-10-31 is too old",
                         recovery_from=since)

    def test_recovery_that_is_off_is_told(self):
        for asked in (SCHEDULED, {"full": True}):
            self.refused(asked, "RecoveryOff", "recovery is off", recovery="DISABLED")


class Once(Machine):
    def test_day_that_was_exported_is_not_exported_again(self):
        aws = Aws()
        for asked in (SCHEDULED, {"day": "2026-11-21"}, SCHEDULED):
            self.succeeds(aws, asked)
        self.assertEqual([each["S3Prefix"] for each in aws.exports], ["events/day=2026-11-21"])

    def test_running_export_is_waited_for(self):
        aws = Aws()
        first = self.succeeds(aws, SCHEDULED)
        aws.now = aws.exports[0]["ends"] - (aws.exports[0]["ends"] - at("2026-11-22 01:00")) / 2
        aws.asked.clear()
        self.succeeds(aws, {"day": "2026-11-21"})
        self.assertEqual(len(aws.exports), 1)
        self.assertGreaterEqual(aws.now, aws.exports[0]["ends"])
        self.assertNotIn("exportTableToPointInTime", aws.asked)
        self.assertTrue(first)

    def test_two_executions_at_once_make_one_export(self):
        aws, other = Aws(), Aws()
        self.succeeds(aws, SCHEDULED)
        # This one looked for exports before the first was there.
        self.succeeds(other, {"day": "2026-11-21"})
        self.assertEqual(aws.exports[0]["ClientToken"], other.exports[0]["ClientToken"])
        self.assertRegex(aws.exports[0]["ClientToken"], r"^[^$]{1,200}$")

    def test_export_is_found_on_a_later_page(self):
        aws = Aws(now="2026-11-01 01:00", recovery_from="2026-09-30")
        for number in range(30):
            aws.exports.append({"ExportArn": f"{EXPORT}/other-{number}", "ExportType": "INCREMENTAL_EXPORT", "S3Bucket": BUCKET,
                                "S3Prefix": "elsewhere", "ends": at("2026-10-01"), "outcome": "COMPLETED", "ClientToken": f"{number}",
                                "IncrementalExportSpecification": {"ExportFromTime": "2026-10-31T00:00:00Z", "ExportToTime": "2026-11-01T00:00:00Z"}})
        for _ in range(2):
            self.succeeds(aws, {"day": "2026-10-31"})
        self.assertEqual([each["S3Prefix"] for each in aws.exports[30:]], ["events/day=2026-10-31"])

    def test_export_elsewhere_or_of_a_shorter_time_does_not_count(self):
        aws = Aws()
        self.succeeds(aws, SCHEDULED)
        ours = aws.exports.pop()
        short = {"ExportFromTime": "2026-11-21T00:00:00.000Z", "ExportToTime": "2026-11-21T23:00:00.000Z"}
        for change in ({"S3Bucket": "own"}, {"S3Prefix": "events/day=2026-11-20"}, {"ExportType": "FULL_EXPORT"},
                       {"IncrementalExportSpecification": short}):
            aws.exports = [ours | change | {"ClientToken": "other"}]
            self.succeeds(aws, SCHEDULED)
            self.assertEqual(len(aws.exports), 2, change)
        # A longer time of the same day counts: recovery has since moved on.
        aws = Aws(recovery_from="2026-11-21 05:00")
        aws.exports = [ours]
        self.succeeds(aws, {"day": "2026-11-21"})
        self.assertEqual(aws.exports, [ours])


class Price(Machine):
    def test_night_has_no_more_transitions_than_its_price_assumes(self):
        aws = Aws()
        days = [at("2026-11-20") - datetime.timedelta(days=number) for number in range(90)]
        aws.exports = [{"ExportArn": f"{EXPORT}/{number}", "ExportType": "INCREMENTAL_EXPORT", "S3Bucket": BUCKET, "ClientToken": f"{number}",
                        "S3Prefix": f"events/day={day:%Y-%m-%d}", "ends": day, "outcome": "COMPLETED",
                        "IncrementalExportSpecification": {"ExportFromTime": stamp(day), "ExportToTime": stamp(day)}}
                       for number, day in enumerate(days)]
        with counted_states() as count:
            self.succeeds(aws, SCHEDULED)
        self.assertGreater(count.total(), prices.TRANSITIONS_A_DAY / 2)
        # Besides, two `Succeed`.
        self.assertLessEqual(count.total() + 2, prices.TRANSITIONS_A_DAY)


class Failures(Machine):
    def test_failed_export_is_made_again_with_another_token(self):
        aws = Aws()
        aws.outcomes = ["FAILED", "FAILED"]
        self.succeeds(aws, SCHEDULED)
        self.assertEqual(len({each["ClientToken"] for each in aws.exports}), 3)
        self.assertEqual(len({tuple(window(each)) for each in aws.exports}), 1)

    def test_every_step_is_tried_again(self):
        for operation in ("describeContinuousBackups", "listExports", "describeExport", "exportTableToPointInTime",
                          "startQueryExecution", "getQueryExecution"):
            aws = Aws()
            aws.errors = {operation: ["DynamoDb.DynamoDbException"] * 3}
            self.succeeds(aws, SCHEDULED)
            self.assertEqual(len(aws.exports), 1, operation)

    def test_failed_statement_is_tried_again(self):
        aws = Aws()
        aws.query_outcomes = ["QUEUED", "RUNNING", "FAILED", "CANCELLED"]
        self.succeeds(aws, SCHEDULED)
        self.assertEqual(len(aws.exports), 1)
        self.assertEqual(len(aws.queries), 4)

    def test_cause_is_told_when_it_gives_up(self):
        aws = Aws()
        aws.outcomes = ["FAILED"] * 60
        self.fails(aws, SCHEDULED, "ExportFailed", "could not export the table: S3NoSuchBucket gone")
        aws = Aws()
        aws.query_outcomes = ["FAILED"] * 200
        self.fails(aws, SCHEDULED, "QueryFailed", "could not run a statement: FAILED no such table")
        self.assertEqual(len(aws.exports), 1)

    def test_retries_last_two_days(self):
        states = DEFINITION["States"]
        for name in ("Recovery", "Archive"):
            (retry,) = states[name]["Retry"]
            pauses = [min(retry["IntervalSeconds"] * retry["BackoffRate"] ** n, retry["MaxDelaySeconds"])
                      for n in range(retry["MaxAttempts"])]
            self.assertAlmostEqual(sum(pauses) / 86_400, 2, delta=0.05)
            self.assertEqual(retry["ErrorEquals"], ["States.ALL"])
        self.assertGreater(DEFINITION["TimeoutSeconds"], 5 * 86_400)


class Statements(Machine):
    def test_day_is_queried_in_its_workgroup_and_database(self):
        aws = Aws()
        self.succeeds(aws, SCHEDULED)
        view, other_days = aws.queries
        self.assertEqual({(each["WorkGroup"], each["QueryExecutionContext"]["Database"]) for each in aws.queries},
                         {("<NightlyWorkgroup>", "<ArchiveDatabase>")})
        self.assertTrue(view["QueryString"].startswith("CREATE OR REPLACE VIEW events AS\n"))
        self.assertIn("WHERE day = '2026-11-21'", other_days["QueryString"])
        self.assertRegex(other_days["QueryString"], rf"\)\nTO 's3://{BUCKET}/other_days/[0-9a-f-]{{36}}/' WITH ")
        self.assertNotRegex(other_days["QueryString"], r"\{\w+\}")

    def test_each_execution_writes_to_its_own_place(self):
        aws = Aws()
        for _ in range(2):
            self.succeeds(aws, SCHEDULED)
        places = re.findall(r"TO '(\S+)'", "".join(each["QueryString"] for each in aws.queries))
        self.assertEqual((len(places), len(set(places))), (2, 2))


class Full(Machine):
    def test_full_export_is_of_the_days_start_and_made_once(self):
        aws = Aws(now="2026-11-22 15:30")
        for _ in range(2):
            self.succeeds(aws, {"full": True})
        (export,) = aws.exports
        self.assertEqual((export["ExportType"], export["S3Prefix"], export["ExportTime"]),
                         ("FULL_EXPORT", "full/day=2026-11-22", "2026-11-22T00:00:00.000Z"))
        self.assertNotIn("IncrementalExportSpecification", export)

    def test_full_export_of_a_new_table_is_of_its_start(self):
        aws = Aws(now="2026-11-22 15:30", recovery_from="2026-11-22 14:00")
        self.succeeds(aws, {"full": True})
        self.assertEqual(aws.exports[0]["ExportTime"], "2026-11-22T14:00:00.000Z")

    def test_full_exports_items_become_lines_of_its_day(self):
        aws = Aws(now="2026-11-22 15:30")
        self.succeeds(aws, {"full": True})
        view, new, changed = (each["QueryString"] for each in aws.queries)
        self.assertRegex(new, rf"WHERE is_new\n\)\nTO 's3://{BUCKET}/events/day=2026-11-22/AWSDynamoDB/data/full/[0-9a-f-]{{36}}/'")
        self.assertRegex(changed, rf"WHERE is_changed AND NOT is_new\n\)\nTO 's3://{BUCKET}/other_days/[0-9a-f-]{{36}}/'")
        for each in (new, changed):
            self.assertIn('{"N":"1795305600000000"}', each)
            self.assertIn("WHERE day = '2026-11-22'", each)
            self.assertNotRegex(each, r"\{[a-z]+\}")

    def test_days_and_full_exports_do_not_count_for_each_other(self):
        aws = Aws(now="2026-11-22 15:30")
        self.succeeds(aws, {"full": True})
        self.succeeds(aws, {"day": "2026-11-21"})
        self.assertEqual([each["ExportType"] for each in aws.exports], ["FULL_EXPORT", "INCREMENTAL_EXPORT"])
