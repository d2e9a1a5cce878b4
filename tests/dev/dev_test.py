#!/usr/bin/env python3
"""The parts of ./dev whose failure would hide other failures: counting tests, and judging a rung."""

import contextlib
import io
import json
import re
import sys
import tempfile
import types
import unittest
from pathlib import Path
from unittest import mock

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tools/dev"), str(ROOT / "bench/runner")]
import benches  # noqa: E402
import build  # noqa: E402
import fuzz  # noqa: E402
import packages  # noqa: E402
import report  # noqa: E402
import rungs  # noqa: E402
import test  # noqa: E402
import tidy  # noqa: E402
from count import Count, count  # noqa: E402


class Counting(unittest.TestCase):
    CASES = (
        ("ctest", ["100% tests passed, 0 tests failed out of 12"], Count(12, 12)),
        ("ctest, some failed", ["83% tests passed, 2 tests failed out of 12"], Count(12, 10)),
        ("ctest, one skipped", ["100% tests passed, 0 tests failed out of 3",
                                "The following tests did not run:", "\t  2 - a.b (Skipped)"],
         Count(3, 2, 1)),
        ("ctest, none", ["No tests were found!!!"], Count()),
        ("node, tap", ["# tests 5", "# suites 1", "# pass 4", "# fail 1", "# skipped 0"],
         Count(5, 4)),
        ("node, spec", ["ℹ tests 5", "ℹ pass 4", "ℹ skipped 1", "ℹ todo 0"], Count(5, 4, 1)),
        ("node, in colour", ["\033[34mℹ tests 5\033[39m", "\033[34mℹ pass 5\033[39m"], Count(5, 5)),
        ("node, two runs", ["# tests 5", "# pass 5", "# tests 2", "# pass 2"], Count(7, 7)),
        ("GoogleTest", ["[==========] 3 tests from 1 test suite ran. (0 ms total)",
                        "[  PASSED  ] 2 tests."], Count(3, 2)),
        ("unittest", ["Ran 7 tests in 0.4s", "", "OK"], Count(7, 7)),
        ("unittest, some failed", ["Ran 7 tests in 0.4s", "FAILED (failures=1, errors=2)"],
         Count(7, 4)),
        ("unittest, some skipped", ["Ran 7 tests in 0.4s", "OK (skipped=2)"], Count(7, 5, 2)),
        ("our own", ["500 tests, 499 passed"], Count(500, 499)),
        ("our own, skipped", ["5 tests, 3 passed, 2 skipped"], Count(5, 3, 2)),
        ("prose is no summary", ["we ran 500 tests, 499 passed, hooray"], Count()),
    )

    def test_known_forms(self):
        for name, lines, expected in self.CASES:
            with self.subTest(name):
                self.assertEqual(count(lines), expected)


class Embedding(unittest.TestCase):
    CASES = (
        ([], False),
        (["all"], True),
        (["lifeline"], True),
        (["gateway_test"], False),
        (["journal_test", "app_test"], True),
        (["bench_programs"], False),
    )

    def test_the_page_is_built_first_where_it_becomes_part_of_the_target(self):
        for targets, expected in self.CASES:
            with self.subTest(targets):
                self.assertEqual(build.embeds_page(targets), expected)

    def test_no_other_room_has_the_page_in_it(self):
        rooms = (ROOT / "src/CMakeLists.txt").read_text()
        embedding = re.findall(r"embed_files\(room_(\w+)", rooms)
        self.assertEqual(embedding, ["api"])
        above = re.findall(r"room\((\w+) USES [^)A-Z]*\bapi\b", rooms)
        self.assertEqual(above, ["app"])


class Judging(unittest.TestCase):
    CASES = (
        ("all passed", 0, Count(5, 5), [], "ok"),
        ("some skipped", 0, Count(5, 4, 1), [], "ok"),
        ("no test ran", 0, Count(), [], "FAILED: no test ran"),
        ("exit status", 3, Count(5, 5), [], "FAILED: exit status 3"),
        ("a failure that kept it quiet", 0, Count(5, 4), [], "FAILED: not all passed"),
        ("all skipped", 0, Count(5, 0, 5), [], "FAILED: every test was skipped"),
        ("cannot run here", 77, Count(), ["no dialogues here"], "skipped: no dialogues here"),
        ("cannot run, says nothing", 77, Count(), [], "skipped: without a reason"),
    )

    def test_words(self):
        for name, status, counted, lines, expected in self.CASES:
            with self.subTest(name):
                self.assertEqual(test._judge(status, counted, lines), expected)


class Climbing(unittest.TestCase):
    """Two lanes of what waits, after what computes."""

    def climb(self, scripts):
        folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.enterContext(mock.patch.object(test, "ROOT", folder))
        self.enterContext(mock.patch.object(test.packages, "need"))
        said = self.enterContext(contextlib.redirect_stdout(io.StringIO()))

        def prepare(how):
            if how.script == "broken":
                raise test.Failure("it does not build")
            return ["sh", "-c", how.script], folder, None
        self.enterContext(mock.patch.object(test, "_prepare", prepare))
        chosen = [rungs.Rung(name, "what", rungs.Npm(where, needs, script))
                  for name, where, needs, script in scripts]
        outcomes = test.Climb(chosen).all()
        return {one.name: (one.word, one.counted.passed) for one in outcomes}, said.getvalue()

    def test_the_lanes_meet_and_what_computes_came_before_them(self):
        meet = "test -f first && touch %s && until test -f %s; do :; done && echo '2 tests, 2 passed'"
        words, said = self.climb((
            ("here", rungs.SYSTEM, rungs.SERVER, meet % ("here", "there")),
            ("there", "elsewhere", rungs.SERVER, meet % ("there", "here")),
            ("first", "elsewhere", "", "touch first && echo '1 tests, 1 passed'")))
        self.assertEqual(words, {"here": ("ok", 2), "there": ("ok", 2), "first": ("ok", 1)})
        self.assertEqual(list(words), ["here", "there", "first"])
        self.assertIn("   here: 2 tests, 2 passed\n", said)
        self.assertIn("   1 tests, 1 passed\n", said)

    def test_what_fails_stops_nothing_else(self):
        words, _ = self.climb((
            ("unbuilt", rungs.SYSTEM, rungs.SERVER, "broken"),
            ("failed", rungs.SYSTEM, rungs.SERVER, "echo '2 tests, 2 passed'; exit 3"),
            ("empty", "elsewhere", rungs.SERVER, "true"),
            ("passed", rungs.SYSTEM, rungs.SERVER, "echo '2 tests, 2 passed'")))
        self.assertEqual({name: word for name, (word, _) in words.items()}, {
            "unbuilt": "FAILED: it does not build", "failed": "FAILED: exit status 3",
            "empty": "FAILED: no test ran", "passed": "ok"})


class Fuzzing(unittest.TestCase):
    def test_the_inputs_of_all_jobs_are_added_up(self):
        lines = ["Done 7 runs", "stat::number_of_executed_units: 1200", "stat::average_exec_per_sec: 9",
                 "stat::number_of_executed_units: 34", "number_of_executed_units: 5"]
        self.assertEqual(fuzz.executions(lines), 1234)


class Bundles(unittest.TestCase):
    """clang-tidy over several files at once finds what it finds in each by itself."""
    HIDDEN = "namespace {\nvoid %s() {}\n}  // namespace\n"

    def setUp(self):
        root = Path(self.enterContext(tempfile.TemporaryDirectory()))
        for name, value in {"ROOT": root, "CLEAN": root / "lint", "BUNDLES": root / "bundles"}.items():
            self.enterContext(mock.patch.object(tidy, name, value))
        self.enterContext(mock.patch.object(tidy.build, "generated"))
        self.enterContext(mock.patch.object(tidy.build, "folder", lambda preset: root))
        (root / ".clang-tidy").write_text("Checks: x\n")
        self.root = root

    def write(self, files):
        for name, text in files.items():
            (self.root / name).parent.mkdir(parents=True, exist_ok=True)
            (self.root / name).write_text(text)
        (self.root / "compile_commands.json").write_text(json.dumps(
            [{"directory": str(self.root), "file": str(self.root / name), "command": f"c++ {name}"}
             for name in files]))

    def test_files_that_hide_the_same_name_are_apart_unless_their_rooms_are(self):
        self.write({"src/a/one.cpp": self.HIDDEN % "same", "src/a/two.cpp": self.HIDDEN % "same",
                    "src/b/one.cpp": self.HIDDEN % "same", "src/b/two.cpp": self.HIDDEN % "other"})
        self.assertEqual(
            tidy._bundles(["src/a/one.cpp", "src/a/two.cpp", "src/b/one.cpp", "src/b/two.cpp"]),
            [["src/a/one.cpp", "src/b/one.cpp", "src/b/two.cpp"], ["src/a/two.cpp"]])

    def test_each_bad_file_is_found_by_itself_and_only_they_are_looked_at_again(self):
        files = {f"src/a/file{n}.cpp": "" for n in range(11)}
        bad = {"src/a/file3.cpp", "src/a/file8.cpp"}
        self.write(files)
        looked = []

        def clean(bundle, entries):
            looked.append(bundle)
            return "bad" if bad & set(bundle) else None

        with mock.patch.object(tidy, "_clean", clean), contextlib.redirect_stdout(io.StringIO()):
            self.assertEqual(tidy.findings(list(files)), 2)
            self.assertLessEqual(bad, {one[0] for one in looked if len(one) == 1})
            looked.clear()
            self.assertEqual(tidy.findings(list(files)), 2)
            self.assertEqual({name for one in looked for name in one}, bad)


class Ratios(unittest.TestCase):
    """What a bench is compared with, and what counts as a target that was met."""

    def compared(self, whos, bench=()):
        rows = {who: [types.SimpleNamespace(value=figure, per_core=figure, p50=0, p99=0, rss=0,
                                            server_cpu=1, foreign=0)] for who, figure in whos.items()}
        options = {"name": "b", "unit": "x", "pairs": {}, "compared": True, "per_core": True,
                   "targets": {}, "ceilings": {}, "value_target": 0, **dict(bench)}
        bench = types.SimpleNamespace(**options)
        result = report.summary(bench, rows)
        met = {what.partition(" / ")[2]: met for what, _, _, met in report.verdicts(bench, result)}
        return result["ratios"], met

    def test_a_comma_in_a_name_is_no_pairing(self):
        ratios, met = self.compared({"Lifeline": 300, "Node ws": 100, "Node ws, echo": 200},
                                    {"targets": {"Node ws, echo": 1.2}})
        self.assertEqual(ratios, {"Node ws": 3, "Node ws, echo": 1.5})
        self.assertEqual(met, {"Node ws, echo": True})

    def test_rows_are_paired_as_the_bench_says(self):
        rows = {"Lifeline, 64": 60, "floor, 64": 100, "Lifeline, 256": 90, "floor, 256": 100}
        ratios, _ = self.compared(rows, {"pairs": {"floor, 64": "Lifeline, 64",
                                                   "floor, 256": "Lifeline, 256"}})
        self.assertEqual(ratios, {"floor, 64": 0.6, "floor, 256": 0.9})

    def test_a_target_without_a_ratio_is_missed(self):
        ratios, met = self.compared({"Lifeline": 300, "floor": 0}, {"targets": {"floor": 0.5}})
        self.assertEqual(ratios, {})
        self.assertEqual(met, {"floor": False})

    def test_a_ceiling_is_met_from_below(self):
        for slow, expected in ((150, True), (151, False), (0, False)):
            _, met = self.compared({"Lifeline": slow, "alone": 100},
                                   {"ceilings": {"alone": 1.5}, "per_core": False})
            self.assertEqual(met, {"alone": expected}, slow)

    def test_every_target_of_ours_names_a_row_that_can_have_a_ratio(self):
        for bench in benches.BENCHES:
            self.assertTrue(bench.compared or not bench.targets, bench.name)
            self.assertNotIn("Lifeline", bench.targets, bench.name)


class Tables(unittest.TestCase):
    def test_rungs_have_names_of_their_own(self):
        names = [rung.name for rung in rungs.RUNGS]
        self.assertEqual(len(names), len(set(names)))

    def test_the_testing_page_has_a_row_for_each_rung(self):
        page = (ROOT / "docs/testing.md").read_text()
        rows = [(name, mark == "yes") for name, mark in
                re.findall(r"^\| (\w+) \|.*\| (yes)? ?\| [\w ]+ \|$", page, re.M)]
        self.assertEqual(rows, [(rung.name, rung.quick) for rung in rungs.RUNGS])

    def test_a_program_that_a_rung_runs_is_built_for_it(self):
        used = re.compile(r"process\.env\.(LIFELINE_\w+) *\?\?=? *[^;]*build/", re.S)
        for rung in rungs.RUNGS:
            if not isinstance(rung.how, rungs.Npm):
                continue
            given = {need.partition("=")[0] for need in rung.how.needs.split()}
            for file in (ROOT / rung.folder).rglob("*.mjs"):
                if "node_modules" not in file.parts:
                    self.assertLessEqual(set(used.findall(file.read_text())), given, f"{rung.name}: {file}")

    def test_groups_exist(self):
        for rung in rungs.RUNGS:
            self.assertLessEqual(set(rung.packages), set(packages.GROUPS), rung.name)


if __name__ == "__main__":
    unittest.main(verbosity=2)
