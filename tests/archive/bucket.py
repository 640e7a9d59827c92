"""The archive's bucket as a folder: exports as DynamoDB writes them, queried with DuckDB."""

import datetime
import gzip
import json
import pathlib
import uuid

import duckdb

from statements import SOURCES, for_duckdb, of_the_machine, query_and_target

APP = "1400000001"
MONDAY, DAY = datetime.datetime(2026, 11, 2, tzinfo=datetime.timezone.utc), datetime.timedelta(days=1)


def micros(moment):
    return int(moment.timestamp()) * 1_000_000


def day(moment):
    return moment.strftime("%Y-%m-%d")


def event(subject, moment, command="Group.CallbackAfterSendMsg", body=None, **attributes):
    """An item in DynamoDB's JSON."""
    body = body or {"CallbackCommand": command, "GroupId": subject, "MsgBody": [
        {"MsgType": "TIMTextElem", "MsgContent": {"Text": "hello"}}, {"MsgType": "TIMFaceElem", "MsgContent": {"Index": 1}}]}
    text = {"SdkAppid": APP, "CallbackCommand": command, "GroupId": subject, "From_Account": "amy"} | attributes
    item = {"pk": {"S": f"{APP}#{subject}"}, "sk": {"S": f"{int(moment.timestamp() * 1000)}#{command}#0123456789abcdef"},
            "ReceivedAt": {"N": f"{int(moment.timestamp() * 1000)}"}}
    item |= {name: {"S": value} for name, value in text.items() if isinstance(value, str)}
    item |= {name: {"N": str(value)} for name, value in text.items() if isinstance(value, int)}
    return item if "BodyParts" in text else item | {"Body": {"S": json.dumps(body, ensure_ascii=False)}}


def part(head, number, text):
    """A part of the body of an item."""
    return {"pk": {"S": f"{head['pk']['S']}#{head['sk']['S']}"}, "sk": {"S": f"part#{number:04}"}, "Part": {"S": text}}


def line(moment, new=None, old=None):
    """A line of an incremental export: what a key was at the window's start, and is at its end."""
    item = new or old
    images = {name: image for name, image in (("NewImage", new), ("OldImage", old)) if image}
    return {"Metadata": {"WriteTimestampMicros": {"N": str(micros(moment))}},
            "Keys": {"pk": item["pk"], "sk": item["sk"]}} | images


class Bucket:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        # DuckDB accepts no pattern without a file.
        for folder in ("other_days", "events/day=2026-01-01/AWSDynamoDB/data", "full/day=2026-01-01/AWSDynamoDB/1/data"):
            self.write(f"{folder}/none.gz", [{}])
        self.database = duckdb.connect()
        # DuckDB 2.0.1 makes a join of a window function, and one side of the join then reads all days. The view has none.
        self.database.execute("SET disabled_optimizers = 'window_self_join'")

    def write(self, name, lines):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with gzip.open(path, "wt", encoding="utf-8") as file:
            file.writelines(each if isinstance(each, str) else json.dumps(each, ensure_ascii=False) + "\n" for each in lines)

    def export(self, moment, lines, times=1):
        """What DynamoDB writes for an incremental export of a day, and what the state machine then does."""
        for _ in range(times):
            self._manifests(f"events/day={day(moment)}")
            self.write(f"events/day={day(moment)}/AWSDynamoDB/data/{uuid.uuid4()}.json.gz", lines)
            self.unload("other_days", "other_days/", day=day(moment))

    def export_all(self, moment, items):
        """The same for a full export."""
        number = self._manifests(f"full/day={day(moment)}")
        self.write(f"full/day={day(moment)}/AWSDynamoDB/{number}/data/{uuid.uuid4()}.json.gz", [{"Item": item} for item in items])
        for folder, condition in ((f"events/day={day(moment)}/AWSDynamoDB/data/full/", "is_new"),
                                  ("other_days/", "is_changed AND NOT is_new")):
            self.unload("full_items", folder, day=day(moment), micros=str(micros(moment)), condition=condition)

    def _manifests(self, prefix):
        number = f"01693685827463-{uuid.uuid4().hex[:8]}"
        beside = self.folder / prefix / "AWSDynamoDB" / number
        beside.mkdir(parents=True)
        (beside / "manifest-summary.json").write_text('{"version": "2023-08-01"}')
        (beside / "manifest-summary.md5").write_text("not JSON==")
        (beside / "manifest-files.json").write_text('{"itemCount": 8, "dataFileS3Key": "data"}\n')
        (beside / "_started").touch()
        return number

    def sources(self):
        self.database.execute(SOURCES.format(bucket=self.folder))
        self.database.execute(f"""CREATE OR REPLACE VIEW full_exports AS SELECT CAST(json AS VARCHAR) AS line, day
            FROM read_json_objects('{self.folder}/full/day=*/AWSDynamoDB/*/data/*.gz', format = 'newline_delimited',
            hive_partitioning = true, hive_types = {{'day': VARCHAR}})""")

    def unload(self, name, folder, **places):
        """Does a statement of the state machine, and puts its result where Athena would."""
        self.sources()
        statement = of_the_machine()[name]
        for place, value in places.items():
            statement = statement.replace(f"{{{place}}}", value)
        query, _ = query_and_target(statement.replace("{to}", folder))
        rows = self.database.execute(for_duckdb(query)).fetchall()
        if rows:
            self.write(f"{folder}{uuid.uuid4()}/part.gz", [text + "\n" for text, in rows])
        return rows

    def ask(self, sql):
        """The rows of a query in Athena's SQL."""
        self.sources()
        self.database.execute(for_duckdb(of_the_machine()["view"]))
        return self.database.execute(for_duckdb(sql)).fetchall()
