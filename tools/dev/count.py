"""How many tests ran: read from the summary lines that test programs print anyway."""

import re
from dataclasses import dataclass


@dataclass
class Count:
    tests: int = 0
    passed: int = 0
    skipped: int = 0

    def __add__(self, other):
        return Count(self.tests + other.tests, self.passed + other.passed,
                     self.skipped + other.skipped)


CTEST = re.compile(r"tests passed, (?P<failed>\d+) tests failed out of (?P<tests>\d+)")
CTEST_SKIPPED = re.compile(r"^\s*\d+ - .*\((Skipped|Disabled)\)$")
NODE = re.compile(r"^(?:#|ℹ) (?P<key>tests|pass|skipped|todo) (?P<n>\d+)$")
GTEST = re.compile(r"^\[=+\] (?P<tests>\d+) tests? from .* ran\.")
GTEST_PASSED = re.compile(r"^\[ +PASSED +\] (?P<passed>\d+) tests?")
UNITTEST = re.compile(r"^Ran (?P<tests>\d+) tests? in ")
UNITTEST_END = re.compile(r"^(?:FAILED|OK) \((?P<what>.*)\)$")
OWN = re.compile(r"^(?P<tests>\d+) tests, (?P<passed>\d+) passed(?:, (?P<skipped>\d+) skipped)?$")


def count(lines):
    """Adds up every summary in the lines: ctest's, node's, GoogleTest's, unittest's, and our own
    programs' "500 tests, 500 passed[, 0 skipped]"."""
    total = Count()
    for line in lines:
        line = re.sub(r"\033\[[0-9;]*m", "", line).strip()
        if found := CTEST.search(line):
            tests = int(found["tests"])
            total += Count(tests, tests - int(found["failed"]))
        elif CTEST_SKIPPED.match(line):
            total += Count(0, -1, 1)
        elif found := NODE.match(line):
            n = int(found["n"])
            total += {"tests": Count(tests=n), "pass": Count(passed=n),
                      "skipped": Count(skipped=n), "todo": Count(skipped=n)}[found["key"]]
        elif found := GTEST.match(line):
            total += Count(tests=int(found["tests"]))
        elif found := GTEST_PASSED.match(line):
            total += Count(passed=int(found["passed"]))
        elif found := UNITTEST.match(line):
            total += Count(int(found["tests"]), int(found["tests"]))
        elif found := UNITTEST_END.match(line):
            for word, n in re.findall(r"(\w+)=(\d+)", found["what"]):
                total += Count(0, -int(n), int(n) if word == "skipped" else 0)
        elif found := OWN.match(line):
            total += Count(int(found["tests"]), int(found["passed"]), int(found["skipped"] or 0))
    return total
