#!/usr/bin/env python3
"""A limit of limits.json is one: some code reads it, and what it says of it is what counts."""

import json
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LIMITS = json.loads((ROOT / "schema/v1/limits.json").read_text())["limits"]
READERS = [path for folder in ("src", "tools/schemagen") for path in (ROOT / folder).rglob("*")
           if path.suffix in (".cpp", ".h", ".py")]


class Limits(unittest.TestCase):
    def test_each_is_read(self):
        text = "".join(path.read_text() for path in READERS)
        unread = [name for name in LIMITS
                  if f"limits::{name}" not in text and f'limits["{name}"]' not in text]
        self.assertEqual(unread, [], "delete it, or hold somebody to it")

    def test_the_routes_and_the_frames_say_the_same(self):
        routes = json.loads((ROOT / "schema/v1/routes.json").read_text())["routes"]
        replay = next(route for route in routes if route["operation"] == "readEvents")
        self.assertEqual(replay["query"]["limit"]["maximum"], LIMITS["replay_page_events_max"]["value"])
        frames = json.loads((ROOT / "schema/v1/frames.json").read_text())["$defs"]
        pointer = frames["server"]["error"]["properties"]["pointer"]
        self.assertEqual(pointer["maxLength"], LIMITS["pointer_bytes_max"]["value"])
        self.assertEqual(frames["client"]["refresh"]["properties"]["token"]["maxLength"],
                         LIMITS["token_bytes_max"]["value"])


if __name__ == "__main__":
    unittest.main(verbosity=2)
