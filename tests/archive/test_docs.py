"""The commands, the script and the SQL in the docs."""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

from bucket import DAY, MONDAY, Bucket, event, line, part
from sizes import exported_bytes
from statements import ROOT, for_duckdb, parsed, of_the_machine, query_and_target, saved_queries, view_for_duckdb

FRIDAY = MONDAY + 4 * DAY


def block(page, heading, language):
    """The first block of code in a language under a heading."""
    section = (ROOT / "docs" / page).read_text().split(f"\n## {heading}\n")[1].split("\n## ")[0]
    return re.search(rf"```{language}\n(.*?)```", section, re.DOTALL)[1]


class Sql(unittest.TestCase):
    def test_view_for_duckdb_is_the_one_of_athena(self):
        self.assertEqual((ROOT / "docs" / "archive.sql").read_text(), view_for_duckdb(),
                         "write it with tests/archive/statements.py")

    def test_all_statements_are_athenas_sql(self):
        machine = of_the_machine()
        parsed(machine["view"])
        for name in ("other_days", "full_items"):
            query, target = query_and_target(machine[name].replace("{condition}", "is_new"))
            parsed(query)
            self.assertEqual(target, "{to}")
        for query in saved_queries().values():
            parsed(query)

    def test_saved_queries_run_on_the_view(self):
        with tempfile.TemporaryDirectory() as folder:
            bucket = Bucket(folder)
            say = {"To_Account": "bob", "command": "C2C.CallbackAfterSendMsg", "body": {
                "MsgBody": [{"MsgType": "TIMTextElem", "MsgContent": {"Text": "My Refund?"}}]}}
            bucket.export(MONDAY, [line(MONDAY, event("g1", MONDAY, "Group.CallbackAfterCreateGroup")),
                                   line(MONDAY, event("amy", MONDAY, **say))])
            queries = saved_queries()
            self.assertEqual(bucket.ask(queries["events of a command by day"]), [("2026-11-02", "Group.CallbackAfterCreateGroup", 1)])
            self.assertEqual([row[1:3] for row in bucket.ask(queries["a conversation"])], [("amy", "My Refund?")])
            self.assertEqual([row[1:] for row in bucket.ask(queries["words in messages"])], [("amy", "amy", "My Refund?")])
            # DuckDB has no "$path".
            found = queries["objects with a person"].replace('"$path"', "line")
            self.assertEqual(len(bucket.ask(found)), 2)
            self.assertIn("$path", queries["objects with a person"])


class Recipe(unittest.TestCase):
    def test_recipe_for_duckdb_prints_the_messages_of_a_day(self):
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            bucket, there = Bucket(folder / "bucket"), MONDAY.replace(day=21)
            bucket.export(there - DAY, [line(there - DAY, event("gone", there - DAY)), line(there - DAY, event("g1", there - DAY))])
            bucket.export(there, [line(there, event("g2", there)), line(there, None, event("gone", there - DAY))])
            self.make_tools(folder)
            shutil.copy(ROOT / "docs" / "archive.sql", folder)
            commands = block("recipes.md", "Query the archive with Athena or DuckDB", "sh")
            ran = subprocess.run(["bash", "-eu", "-c", commands], cwd=folder, text=True, capture_output=True,
                                 env={"PATH": f"{folder}/bin:{os.environ['PATH']}", "HOME": str(folder)})
            self.assertEqual((ran.returncode, ran.stderr), (0, ""))
            self.assertIn("2026-11-21 00:00:00", ran.stdout)
            self.assertRegex(ran.stdout, r"amy\W+g2\W+hello")
            self.assertNotIn("g1", ran.stdout)
            self.assertTrue((folder / "2026-11-21.parquet").is_file())
            every = "SELECT string_agg(day || GroupId, ' ' ORDER BY day) FROM events"
            ran = subprocess.run([folder / "bin" / "duckdb", "-csv", "-noheader", "archive.db", every], cwd=folder, text=True,
                                 capture_output=True)
            self.assertEqual((ran.stdout.strip(), ran.stderr), ("2026-11-20g1 2026-11-21g2", ""))

    def make_tools(self, folder):
        """An `aws` that copies from the folder of the bucket, and the real `duckdb`."""
        (folder / "bin").mkdir()
        (folder / "bin" / "duckdb").symlink_to(pathlib.Path(sys.executable).parent / "duckdb")
        (folder / "bin" / "aws").write_text(f"""#!/bin/sh
case "$1 $2" in
"cloudformation describe-stacks") echo bucket ;;
"s3 sync") mkdir -p "$4" && cp -r "{folder}/${{3#s3://}}/." "$4" ;;
*) exit 1 ;;
esac
""")
        (folder / "bin" / "aws").chmod(0o755)


class Erasing(unittest.TestCase):
    def setUp(self):
        made = tempfile.TemporaryDirectory()
        self.addCleanup(made.cleanup)
        self.folder = pathlib.Path(made.name)
        self.bucket = Bucket(self.folder)

    def erase(self, person="amy"):
        script = self.folder.parent / f"{self.folder.name}.py"
        script.write_text(block("security.md", "Erase in the archive", "python"))
        self.addCleanup(script.unlink)
        ran = subprocess.run([sys.executable, script, self.folder, person], text=True, capture_output=True)
        self.assertEqual((ran.returncode, ran.stderr), (0, ""))
        return ran.stdout

    def texts(self):
        return [each for each, in self.bucket.ask("SELECT line FROM exports UNION ALL SELECT line FROM other_days")]

    def test_own_events_go_and_all_others_get_a_pseudonym(self):
        members = {"GroupId": "g2", "MemberList": [{"Member_Account": "amy"}, {"Member_Account": "\u0061my2"}],
                   "Text": "I saw amy", "amy": 1}
        own = event("g1", MONDAY)
        other = event("g2", MONDAY, "Group.CallbackAfterNewMemberJoin", members, From_Account="bob", Operator_Account="amy",
                      ClientIP="amy")
        group = event("amy", MONDAY, From_Account="bob")
        self.bucket.export(MONDAY, [line(MONDAY, each) for each in (own, other, group)])
        # `erase` deleted the first in the table. The old image has it once more.
        self.bucket.export(FRIDAY, [line(FRIDAY, None, own)])
        self.assertTrue(any('"From_Account":{"S":"amy"}' in text.replace(" ", "") for text in self.texts()))
        self.assertRegex(self.erase(), r"^removed 3 lines, replaced the id in 2 images\n$")
        self.assertFalse(any('"From_Account":{"S":"amy"}' in text for text in self.texts()))
        named, found = self.bucket.ask("SELECT pk, From_Account, Operator_Account, ClientIP, Erased, body FROM events ORDER BY pk")
        # A group with the person's id keeps its events. As in `erase`, the id is replaced there too.
        self.assertEqual((named[0], named[1]), ("1400000001#amy", "bob"))
        _, sender, operator, ip, erased, body = found
        self.assertEqual((sender, ip), ("bob", "amy"))
        self.assertRegex(operator, "^erased-[0-9a-f]{12}$")
        self.assertRegex(erased, r"^\d{4}-\d\d-\d\d$")
        self.assertEqual(body, other["Body"]["S"].replace('"Member_Account": "amy"', f'"Member_Account": "{operator}"'))

    def test_expired_event_that_erase_did_not_find_is_taken_out(self):
        expired = event("g1", MONDAY, ExpiresAt=int(FRIDAY.timestamp()) - 9)
        self.bucket.export(MONDAY, [line(MONDAY, expired)])
        self.bucket.export(FRIDAY, [line(FRIDAY, None, expired)])
        self.assertEqual(len(self.bucket.ask("SELECT pk FROM events")), 1)
        self.erase()
        self.assertEqual(self.bucket.ask("SELECT pk FROM events"), [])
        self.assertFalse(any("amy" in text for text in self.texts()))

    def test_parts_of_own_events_go_and_other_parts_are_changed(self):
        own, other = event("g1", MONDAY, BodyParts=1), event("g2", MONDAY, From_Account="bob", BodyParts=2)
        texts = ['{"List":["bob","a', 'my","amy"],"amy2":"I am amy"}']
        self.bucket.export(MONDAY, [line(MONDAY, own), line(MONDAY, part(own, 1, "hello")), line(MONDAY, other),
                                    *(line(MONDAY, part(other, at + 1, text)) for at, text in enumerate(texts))])
        self.erase()
        ((body,),) = self.bucket.ask("SELECT body FROM events")
        self.assertRegex(body, r'^\{"List":\["bob","amy","erased-\w{12}"\],"amy2":"I am amy"\}$')
        self.assertFalse(any('"S":"hello"' in text.replace(" ", "") for text in self.texts()))


class Pruning(unittest.TestCase):
    def test_query_of_a_day_reads_only_its_objects_and_other_days(self):
        with tempfile.TemporaryDirectory() as folder:
            bucket = Bucket(folder)
            for number in range(30):
                moment = MONDAY + number * DAY
                lines = [line(moment, event(f"{number}-{at:05}-{hash((number, at))}", moment)) for at in range(1000)]
                if number:
                    lines.append(line(moment, None, event(f"{number - 1}-00000-{hash((number - 1, 0))}", moment - DAY)))
                bucket.export(moment, lines)
            one = "SELECT count(*) FROM events WHERE day = '2026-11-12'"
            self.assertEqual(bucket.ask(one), [(999,)])
            sizes = {str(path): path.stat().st_size for name in ("events", "other_days")
                     for path in (bucket.folder / name).rglob("*.gz")}
            opened = opened_by(bucket, one)
            self.assertEqual(opened, {name for name in sizes if "/day=2026-11-12/" in name or "/other_days/" in name})
            self.assertEqual(opened_by(bucket, "SELECT count(*) FROM events"), {*sizes})
            every, read = sum(sizes.values()), sum(sizes[name] for name in opened)
            print(f"\n30 days of 1,000 events have {every:,} bytes; a query of one day reads {read:,}: {read / every:.1%}")


def opened_by(bucket, query):
    """The files that DuckDB opens for a query."""
    bucket.database.execute("CALL enable_logging('FileSystem')")
    bucket.database.execute("CALL truncate_duckdb_logs()")
    bucket.database.execute(for_duckdb(query)).fetchall()
    rows = bucket.database.execute("SELECT DISTINCT path FROM duckdb_logs_parsed('FileSystem') WHERE op = 'READ'").fetchall()
    bucket.database.execute("CALL disable_logging()")
    return {path for path, in rows}


class Sizes(unittest.TestCase):
    def test_exported_line_is_no_larger_than_its_price_assumes(self):
        assumed = int(re.search(r"^EXPORTED_BYTES, EXPORTED_LINES = (\d+),", (ROOT / "tests" / "template" / "prices.py").read_text(), re.MULTILINE)[1])
        compressed, plain = exported_bytes(MONDAY, DAY)
        print(f"\na message has {plain:.0f} bytes in an export, and {compressed:.0f} after compression")
        self.assertLess(compressed, assumed)
        self.assertGreater(compressed, assumed / 2)
        said = re.search(r"a test measures (\d+) for", (ROOT / "docs" / "aws.md").read_text())[1]
        self.assertEqual(f"{compressed:.0f}", said)
