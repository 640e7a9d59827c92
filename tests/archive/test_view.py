"""The view `events`, on exports in DynamoDB's format. Athena's statements run on DuckDB."""

import json
import tempfile
import unittest

from bucket import DAY, MONDAY, Bucket, day, event, line, micros, part

HOUR = DAY / 24
TUESDAY, FRIDAY = MONDAY + DAY, MONDAY + 4 * DAY


class Archive(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.bucket = Bucket(folder.name)

    def events(self, columns="day, GroupId, text", where="true"):
        return self.bucket.ask(f"SELECT {columns} FROM events WHERE {where} ORDER BY day, sk, pk")


class View(Archive):
    def test_event_has_its_attributes_text_and_body(self):
        item = event("g1", MONDAY + HOUR, Type="Public", EventTime=1795435200123, Problem="none")
        self.bucket.export(MONDAY, [line(MONDAY + HOUR, item)])
        (row,) = self.events("day, pk, sk, CAST(time AS varchar), SdkAppid, CallbackCommand, EventTime, GroupId, Type, From_Account, Problem, text, body, item")
        *columns, body, whole = row
        self.assertEqual(columns, ["2026-11-02", "1400000001#g1", item["sk"]["S"], "2026-11-02 01:00:00", "1400000001",
                                   "Group.CallbackAfterSendMsg", 1795435200123, "g1", "Public", "amy", "none", "hello"])
        self.assertEqual(body, item["Body"]["S"])
        self.assertEqual(json.loads(whole), item)

    def test_edit_of_a_later_day_is_shown_on_the_day_of_the_event(self):
        first = event("g1", MONDAY)
        edited = event("g1", MONDAY, From_Account="erased-1", Erased="2026-11-06")
        self.bucket.export(MONDAY, [line(MONDAY, first), line(MONDAY, event("g2", MONDAY))])
        self.bucket.export(FRIDAY, [line(FRIDAY, edited, first), line(FRIDAY, event("g3", FRIDAY))])
        self.assertEqual(self.events("day, GroupId, From_Account, Erased"), [
            ("2026-11-02", "g1", "erased-1", "2026-11-06"), ("2026-11-02", "g2", "amy", None), ("2026-11-06", "g3", "amy", None)])

    def test_erased_event_is_gone_and_an_expired_one_stays(self):
        lasting = event("erased", MONDAY)
        unexpired = event("erased early", MONDAY, ExpiresAt=int((FRIDAY + DAY).timestamp()))
        expired = event("expired", MONDAY, ExpiresAt=int((FRIDAY - HOUR).timestamp()))
        self.bucket.export(MONDAY, [line(MONDAY, item) for item in (lasting, unexpired, expired)])
        self.bucket.export(FRIDAY, [line(FRIDAY, None, item) for item in (lasting, unexpired, expired)])
        self.assertEqual(self.events("GroupId"), [("expired",)])

    def test_day_that_is_exported_twice_has_each_event_once(self):
        first = event("g1", MONDAY)
        self.bucket.export(MONDAY, [line(MONDAY, first), line(MONDAY, event("g2", MONDAY))], times=2)
        self.bucket.export(FRIDAY, [line(FRIDAY, event("g1", MONDAY, Erased="2026-11-06"), first)], times=2)
        self.assertEqual(self.events("GroupId, Erased"), [("g1", "2026-11-06"), ("g2", None)])

    def test_event_recorded_again_after_its_deletion_is_there_once(self):
        gone = event("erased", MONDAY)
        expired = event("expired", MONDAY, ExpiresAt=int(TUESDAY.timestamp()))
        self.bucket.export(MONDAY, [line(MONDAY, gone), line(MONDAY, expired)])
        self.bucket.export(TUESDAY, [line(TUESDAY + HOUR, None, gone), line(TUESDAY + HOUR, None, expired)])
        self.bucket.export(FRIDAY, [line(FRIDAY, gone), line(FRIDAY, expired)])
        self.assertEqual(self.events("day, GroupId"), [("2026-11-06", "erased"), ("2026-11-06", "expired")])

    def test_timestamp_may_be_a_plain_number_or_text(self):
        first, edited = event("g1", MONDAY), event("g1", MONDAY, Erased="2026-11-06")
        plain = [line(MONDAY, first), line(FRIDAY, edited, first)]
        for each in plain:
            each["Metadata"]["WriteTimestampMicros"] = each["Metadata"]["WriteTimestampMicros"]["N"]
        self.bucket.export(MONDAY, plain[:1])
        self.bucket.export(FRIDAY, plain[1:])
        self.assertEqual(self.events("GroupId, Erased"), [("g1", "2026-11-06")])

    def test_body_that_is_not_as_expected_has_no_text(self):
        bodies = ({"MsgBody": "no list"}, {"MsgBody": [3, {"MsgType": "TIMTextElem"}]}, {"GroupId": "g"})
        lines = [line(MONDAY, event(f"g{at}", MONDAY + at * HOUR, body=body)) for at, body in enumerate(bodies)]
        lines.append(line(MONDAY, event("g4", MONDAY + 4 * HOUR) | {"Body": {"S": '{"MsgBody": "\\ud800'}}))
        self.bucket.export(MONDAY, lines)
        self.assertEqual([text or "" for text, in self.events("text")], [""] * 4)


class BodiesInParts(Archive):
    def setUp(self):
        super().setUp()
        self.head = event("g1", MONDAY, BodyParts=3)

    def bodies(self):
        return self.events("day, body")

    def lines(self, moment, *texts, start=1):
        return [line(moment, part(self.head, start + at, text)) for at, text in enumerate(texts)]

    def test_parts_are_joined(self):
        body = {"MsgBody": [{"MsgType": "TIMTextElem", "MsgContent": {"Text": "long"}}]}
        text = json.dumps(body)
        self.bucket.export(MONDAY, [*self.lines(MONDAY, text[:9], text[9:20], text[20:])[::-1], line(MONDAY, self.head)], times=2)
        self.assertEqual(self.events("text, body"), [("long", text)])

    def test_parts_written_on_an_earlier_day_are_found(self):
        self.bucket.export(MONDAY, self.lines(MONDAY, "a", "b"))
        self.bucket.export(TUESDAY, [*self.lines(TUESDAY, "c", start=3), line(TUESDAY, self.head)])
        self.assertEqual(self.bodies(), [("2026-11-03", "abc")])

    def test_changed_parts_replace_the_recorded_ones(self):
        self.bucket.export(MONDAY, [*self.lines(MONDAY, "a", "b", "c"), line(MONDAY, self.head)])
        changed = event("g1", MONDAY, BodyParts=2, Erased="2026-11-06")
        self.bucket.export(FRIDAY, [line(FRIDAY, changed, self.head), line(FRIDAY, part(changed, 2, "B"), part(changed, 2, "b")),
                                    line(FRIDAY, None, part(changed, 3, "c"))])
        self.assertEqual(self.bodies(), [("2026-11-02", "aB")])

    def test_part_added_to_an_older_event_is_found(self):
        self.bucket.export(MONDAY, [*self.lines(MONDAY, "a", "b", "c"), line(MONDAY, self.head)])
        grown = event("g1", MONDAY, BodyParts=4, Erased="2026-11-06")
        self.bucket.export(FRIDAY, [line(FRIDAY, grown, self.head), *self.lines(FRIDAY, "d", start=4)])
        self.assertEqual(self.bodies(), [("2026-11-02", "abcd")])

    def test_body_with_missing_parts_is_null(self):
        self.bucket.export(MONDAY, [*self.lines(MONDAY, "a", "b"), line(MONDAY, self.head)])
        self.assertEqual(self.bodies(), [("2026-11-02", None)])

    def test_parts_without_a_head_are_no_event(self):
        self.bucket.export(MONDAY, self.lines(MONDAY, "a", "b", "c"))
        self.assertEqual(self.bodies(), [])


class FullExport(Archive):
    def test_full_export_adds_what_was_recorded_before_the_archive(self):
        old, recorded = event("old", MONDAY - 30 * DAY), event("recorded", MONDAY)
        head = event("long", MONDAY - 30 * DAY, BodyParts=2)
        self.bucket.export(MONDAY, [line(MONDAY, recorded)])
        self.bucket.export_all(TUESDAY, [old, recorded, head, part(head, 1, "a"), part(head, 2, "b")])
        self.assertEqual(self.events("day, GroupId"), [("2026-11-02", "recorded"), ("2026-11-03", "long"), ("2026-11-03", "old")])
        self.assertEqual(self.events("body", "GroupId = 'long'"), [("ab",)])

    def test_later_days_change_what_a_full_export_added(self):
        items = [event(name, MONDAY - 30 * DAY) for name in ("edited", "erased", "same")]
        self.bucket.export_all(MONDAY, items)
        self.bucket.export(MONDAY, [line(MONDAY + HOUR, event("new", MONDAY + HOUR))])
        self.bucket.export(FRIDAY, [line(FRIDAY, event("edited", MONDAY - 30 * DAY, Erased="2026-11-06"), items[0]),
                                    line(FRIDAY, None, items[1])])
        self.assertEqual(self.events("day, GroupId, Erased"), [
            ("2026-11-02", "edited", "2026-11-06"), ("2026-11-02", "same", None), ("2026-11-02", "new", None)])

    def test_full_export_wins_over_older_days_and_loses_to_newer(self):
        first, late = event("g1", MONDAY), event("g2", MONDAY)
        self.bucket.export(MONDAY, [line(MONDAY, first), line(MONDAY, late)])
        # Tuesday, with both edits, was never exported.
        self.bucket.export_all(TUESDAY + DAY, [event("g1", MONDAY, Erased="2026-11-03"), event("g2", MONDAY, Erased="2026-11-03")])
        self.bucket.export(FRIDAY, [line(FRIDAY, event("g2", MONDAY, Erased="2026-11-06"), event("g2", MONDAY, Erased="2026-11-03"))])
        self.assertEqual(self.events("day, GroupId, Erased"), [("2026-11-02", "g1", "2026-11-03"), ("2026-11-02", "g2", "2026-11-06")])

    def test_full_export_made_twice_adds_nothing(self):
        items = [event("g1", MONDAY - 30 * DAY), event("g2", MONDAY - 30 * DAY)]
        for moment in (MONDAY, MONDAY, TUESDAY):
            self.bucket.export_all(moment, items)
        self.assertEqual(self.events("day, GroupId"), [("2026-11-02", "g1"), ("2026-11-02", "g2")])

    def test_event_changed_before_a_full_export_knew_it_is_shown(self):
        edited = event("g1", MONDAY - 30 * DAY, Erased="2026-11-02")
        self.bucket.export(MONDAY, [line(MONDAY, edited, event("g1", MONDAY - 30 * DAY))])
        self.assertEqual(self.events(), [])
        self.bucket.export_all(TUESDAY, [edited])
        self.assertEqual(self.events("day, Erased"), [("2026-11-03", "2026-11-02")])


class OtherDays(Archive):
    def test_only_lines_about_other_days_are_copied(self):
        first, head = event("g1", MONDAY), event("long", FRIDAY, BodyParts=1)
        expired = event("expired", MONDAY, ExpiresAt=int(MONDAY.timestamp()))
        self.bucket.export(MONDAY, [line(MONDAY, first)])
        self.bucket.export(FRIDAY, [line(FRIDAY, event("g2", FRIDAY)), line(FRIDAY, None, expired), line(FRIDAY, head),
                                    line(FRIDAY, part(head, 1, "a")), line(FRIDAY, None, part(head, 1, "a") | {"ExpiresAt": {"N": "1"}})])
        copied = self.bucket.unload("other_days", "nowhere/", day=day(FRIDAY))
        self.assertEqual(copied, [])
        self.bucket.export(TUESDAY, [line(TUESDAY, event("g1", MONDAY, Erased="x"), first), line(TUESDAY, None, first)])
        copied = [json.loads(text) for text, in self.bucket.unload("other_days", "nowhere/", day=day(TUESDAY))]
        # Never the old image: what was erased would be there once more.
        self.assertEqual({tuple(each) for each in copied}, {("Metadata", "Keys", "NewImage"), ("Metadata", "Keys")})

    def test_full_exports_lines_are_not_late_events(self):
        self.bucket.export_all(MONDAY, [event("old", MONDAY - 30 * DAY)])
        self.bucket.export(MONDAY, [line(MONDAY, event("g1", MONDAY))])
        self.assertEqual(self.bucket.unload("other_days", "nowhere/", day=day(MONDAY)), [])
        self.assertEqual(micros(MONDAY), 1793577600000000)
