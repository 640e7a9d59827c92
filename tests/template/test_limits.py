"""The values of docs/aws.md for many callbacks, against the figures."""

import re
import tomllib
import unittest

import figures
from expansion import PARAMETERS, Expansion
from prices import PARTITION_UNITS
from test_docs import page

RATE = 10_000


class ManyCallbacks(unittest.TestCase):
    def setUp(self):
        self.text = page("aws.md").split("\n### For 10,000 callbacks per second\n")[1].split("\n## ")[0]
        overrides = tomllib.loads(re.search(r"```toml\n(.*?)```", self.text, re.DOTALL)[1])["parameter_overrides"]
        self.set = dict(each.split("=", 1) for each in overrides)

    def number(self, name):
        return int(self.set[name])

    def wanted(self, quota):
        return int(re.search(rf"--quota-code {quota} --desired-value (\d+)", self.text)[1])

    def test_values_are_accepted(self):
        self.assertTrue(Expansion(self.set).is_accepted())
        for name, value in self.set.items():
            of = PARAMETERS[name]
            if of["Type"] == "Number":
                self.assertTrue(of["MinValue"] <= int(value) <= of.get("MaxValue", 10**9), name)

    def test_values_are_enough(self):
        backlog = self.number("RedriveConcurrency") * figures.REDRIVE_RATE
        units = figures.units(RATE)
        self.assertGreaterEqual(self.number("RequestsPerSecond"), RATE)
        self.assertGreaterEqual(self.number("ReservedConcurrency"), figures.instances_in_a_fault(RATE))
        self.assertGreaterEqual(self.number("MaxWriteUnits"), units + figures.units(backlog))
        # Shards are not filled evenly, so some room is left.
        self.assertGreaterEqual(self.number("IndexShards") * PARTITION_UNITS, 1.5 * (RATE + backlog))
        # The backlog of an hour is gone after about an hour.
        self.assertLessEqual(figures.backlog_hours(RATE, self.number("RedriveConcurrency")), 1.5)

    def test_quotas_of_the_account_are_requested_first(self):
        # AWS keeps 100 instances of the account for functions without a reservation.
        needed = self.number("ReservedConcurrency") + self.number("RedriveConcurrency") + 100
        self.assertGreaterEqual(self.wanted("L-B99A9384"), needed)
        self.assertGreaterEqual(self.wanted("L-8A5B8E43"), self.number("RequestsPerSecond"))
        self.assertLessEqual(self.number("RequestBurst"), figures.ACCOUNT_BURST)
        self.assertLessEqual(self.number("MaxWriteUnits"), figures.ACCOUNT_TABLE_UNITS)
        self.assertLess(self.text.index("L-B99A9384"), self.text.index("`ReservedConcurrency`"))

    def test_warm_throughput_is_not_above_the_ceiling(self):
        warm = {int(units) for units in re.findall(r"WriteUnitsPerSecond\W+(\d+)", self.text)}
        self.assertEqual(warm, {self.number("MaxWriteUnits")})

    def test_each_exceeded_limit_is_raised(self):
        exceeded = [row for row in figures.ceilings().splitlines() if "**" in row.split("|")[-2]]
        for row in exceeded:
            named = re.findall(r"`(\w+)`", row)
            if named:
                self.assertIn(named[0], self.set, row)
            else:
                self.assertRegex(row, "instances|new account|new table|one subject", row)
        self.assertGreaterEqual(len(exceeded), 5)
