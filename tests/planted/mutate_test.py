#!/usr/bin/env python3
"""A mutant that does not fit its source any more stops the build and says so; one that fits is put in."""

import unittest

import mutate

SOURCE = "bool may(int a,\n         int b) {\n    return a < b && b < 10;\n}\nbool c = a == b;\n"


def planted(*edits):
    text = "".join(f"m{n}: is wrong\n    in x.cpp\n    was {was}\n    now {now}\n"
                   for n, (was, now) in enumerate(edits))
    return mutate.mutated("x.cpp", SOURCE, mutate.read("# A comment.\n\n" + text))


class Mutants(unittest.TestCase):
    def test_put_in_behind_its_switch(self):
        self.assertIn('return (::lifeline::planted::broken("m0") || a < b) && b < 10;',
                      planted(("return a < b &&", "return (BROKEN || a < b) &&")))

    def test_found_however_the_lines_are_broken(self):
        self.assertIn("bool may(int b, int a)", planted(
            ("bool may(int a, int b)", "bool may(int b, int a) /* BROKEN */")))

    def test_two_in_one_file(self):
        text = planted(("a < b", "BROKEN || a < b"), ("b < 10", "b < (BROKEN ? 9 : 10)"))
        self.assertIn('broken("m0") || a < b &&', text)
        self.assertIn('b < (::lifeline::planted::broken("m1") ? 9 : 10)', text)

    def test_misfits(self):
        for name, edits, expected in (
                ("gone", [("a > b", "BROKEN")], "stands 0 times"),
                ("not one place", [("b", "BROKEN")], "times in x.cpp, not once"),
                ("no words", [("", "BROKEN")], "stands 0 times"),
                ("always on", [("a < b", "true")], "has no BROKEN"),
                ("over each other", [("a < b", "BROKEN"), ("b && b", "BROKEN")], "the same words")):
            with self.subTest(name), self.assertRaisesRegex(mutate.Misfit, expected):
                planted(*edits)

    def test_a_line_that_is_none(self):
        with self.assertRaisesRegex(mutate.Misfit, "mutants.txt:2"):
            mutate.read("m: is wrong\n    then what\n")


if __name__ == "__main__":
    unittest.main()
