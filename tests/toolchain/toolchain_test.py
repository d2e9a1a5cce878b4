#!/usr/bin/env python3
"""Why the compiler is clang: the same program, right with clang and wrong with g++ 12, and a build
that refuses g++ and says why. When g++ gets a case right, the reason is gone for that case: look at
docs/adr/0009-clang-only.md again."""

import os
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
CLANG = os.environ.get("LIFELINE_CXX", "clang++-19")
MISCOMPILED = {"if_condition", "if_not_condition", "switch_condition", "conditional_operator",
               "capturing_lambda", "braced_temporary", "named_temporary"}


def run_cases(compiler, level, folder):
    """Case name -> last line it printed, or how it died."""
    program = Path(folder) / "coroutines"
    subprocess.run([compiler, "-std=c++23", level, "-Wall", "-Wextra", "-Werror",
                    str(HERE / "coroutines.cpp"), "-o", str(program)], check=True)
    names = subprocess.run([program], text=True, stdout=subprocess.PIPE, check=True).stdout.split()
    outcomes = {}
    for name in names:
        done = subprocess.run([program, name], text=True, stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL)
        lines = done.stdout.splitlines()
        outcomes[name] = lines[-1] if lines else f"ended with {done.returncode}"
    return outcomes


class Toolchain(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def test_clang_is_right(self):
        for level in ("-O0", "-O2"):
            outcomes = run_cases(CLANG, level, self.folder.name)
            self.assertEqual(set(outcomes), MISCOMPILED | {"named_first"})
            for name, outcome in outcomes.items():
                with self.subTest(level=level, case=name):
                    self.assertEqual(outcome, "ok")

    def test_gcc_12_is_wrong(self):
        version = subprocess.run(["g++", "-dumpversion"], text=True, stdout=subprocess.PIPE).stdout \
            if shutil.which("g++") else ""
        if version.strip() != "12":
            self.skipTest(f"no g++ 12 here (found: {version.strip() or 'none'})")
        for level in ("-O0", "-O2"):
            outcomes = run_cases("g++", level, self.folder.name)
            for name, outcome in outcomes.items():
                print(f"g++ {level} {name}: {outcome}")
                with self.subTest(level=level, case=name):
                    if name in MISCOMPILED:
                        self.assertNotEqual(outcome, "ok", "g++ got it right")
                    else:
                        self.assertEqual(outcome, "ok", "the witness itself is broken")

    def test_cmake_refuses_gcc(self):
        if not shutil.which("g++"):
            self.skipTest("no g++ here")
        done = subprocess.run(["cmake", "-S", str(ROOT), "-B", self.folder.name, "-G", "Ninja",
                               "-DCMAKE_CXX_COMPILER=g++"], text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.assertNotEqual(done.returncode, 0)
        said = " ".join(done.stdout.split())
        self.assertIn("is refused: g++ 12 miscompiles coroutines", said)
        self.assertIn("docs/adr/0009-clang-only.md", said)


if __name__ == "__main__":
    unittest.main(verbosity=2)
