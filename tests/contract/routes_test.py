#!/usr/bin/env python3
"""What routes.json says of bodies and events is what the checker says: the reasons that stand in its
sources."""

import re
import sys
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))
from schemagen import catalogue, openapi  # noqa: E402

LOADED = catalogue.load()
GROUPS = LOADED.routes["errorGroups"]


def given(*names):
    """The reasons that these files of src/contract give."""
    return {reason for name in names
            for reason in re.findall(r"\breason::(\w+)", (ROOT / "src/contract" / name).read_text())}


CHECKER = given("tokens.cpp", "scalar.cpp", "walk.cpp", "walk_syntax.cpp", "walk_value.cpp", "form.cpp")


class Groups(unittest.TestCase):
    def test_body_is_what_the_checker_says(self):
        self.assertEqual(set(GROUPS["body"]),
                         CHECKER | given("body.cpp") | {"content_type_unsupported"})

    def test_event_is_what_the_checker_says(self):
        said = openapi.expand(GROUPS, ["event"])
        self.assertEqual(set(said), set(GROUPS["body"]) | given("event.cpp", "event_reader.cpp"))

    def test_a_group_is_no_reason(self):
        self.assertEqual(set(GROUPS) & set(LOADED.reasons), set())


class Routes(unittest.TestCase):
    def document(self, **changes):
        route = {**next(r for r in LOADED.routes["routes"] if r["operation"] == "getSession"), **changes}
        return openapi.operation(LOADED, route)

    def test_a_reason_stands_with_its_status(self):
        problem = self.document()["responses"]["404"]["content"]["application/problem+json"]
        self.assertIn({"properties": {"code": {"enum": ["session_not_found"]}}}, problem["schema"]["allOf"])

    def test_a_reason_that_is_none(self):
        with self.assertRaises(catalogue.SchemaError):
            self.document(errors=["sesion_not_found"])

    def test_a_path_with_a_name_that_is_not_explained(self):
        with self.assertRaisesRegex(catalogue.SchemaError, "PARAMETERS"):
            self.document(path="/v1/call/sessions/{noteId}")


if __name__ == "__main__":
    unittest.main(verbosity=2)
