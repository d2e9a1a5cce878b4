#!/usr/bin/env python3
"""The guard over stable types: what may change, and that everything else is seen. Each mutant is the
present catalogue with one change."""

import copy
import sys
import tempfile
import unittest
from unittest import mock
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))
from schemagen import catalogue, cli, lock, protocol, rules  # noqa: E402

LOADED = catalogue.load()


def changed(name, change):
    """The catalogue with `change` applied to the schema of one type."""
    mutant = copy.deepcopy(LOADED)
    change(next(event for event in mutant.events if event.name == name).schema)
    return lock.complaints(mutant)


def final(change):
    return changed("transcript.final", change)


class Allowed(unittest.TestCase):
    def test_the_present(self):
        self.assertEqual(lock.complaints(LOADED), [])

    def test_an_optional_field(self):
        self.assertEqual(final(lambda s: s["properties"].update(mood={"type": "string"})), [])

    def test_an_optional_field_deep_inside(self):
        self.assertEqual(final(lambda s: s["properties"]["words"]["items"]["properties"].update(
            x={"type": "integer"})), [])

    def test_another_word(self):
        self.assertEqual(final(lambda s: s["properties"]["source"]["enum"].append("braille")), [])

    def test_another_publisher(self):
        self.assertEqual(final(lambda s: s["x-lifeline"]["publishers"].append("viewer")), [])

    def test_other_words_for_people(self):
        self.assertEqual(final(lambda s: s.update(description="Something else.", examples=[])), [])

    def test_a_new_preview_type(self):
        mutant = copy.deepcopy(LOADED)
        event = copy.deepcopy(mutant.events[0])
        event.name, event.schema["x-lifeline"]["stability"] = "call.new", "preview"
        mutant.events.append(event)
        self.assertEqual(lock.complaints(mutant), [])

    def test_a_preview_type_may_change(self):
        self.assertEqual(changed("call.transfer.requested", lambda s: s["properties"].pop("target")), [])


class Refused(unittest.TestCase):
    MUTANTS = {
        "a field is gone": lambda s: s["properties"].pop("lang"),
        "a field deep inside is gone": lambda s: s["properties"]["words"]["items"]["properties"].pop("c"),
        "an optional field is required": lambda s: s["required"].append("lang"),
        "a required field is optional": lambda s: s["required"].remove("text"),
        "a new required field": lambda s: (s["required"].append("mood"),
                                           s["properties"].update(mood={"type": "string"})),
        "another type": lambda s: s["properties"]["startMs"].update(type="number"),
        "a narrower range": lambda s: s["properties"]["confidence"].update(maximum=0),
        "a shorter text": lambda s: s["properties"]["text"].update(maxLength=10),
        "another form": lambda s: s["properties"]["utteranceId"].update(pattern="^u"),
        "a word is gone": lambda s: s["properties"]["source"]["enum"].remove("typed"),
        "only some words": lambda s: s["properties"]["lang"].update(enum=["de"]),
        "a publisher is gone": lambda s: s["x-lifeline"]["publishers"].remove("user"),
        "another class": lambda s: s["x-lifeline"].update({"class": "supersedable"}),
        "no longer after the end": lambda s: s["x-lifeline"].update(mayFollowEnd=False),
        "preview again": lambda s: s["x-lifeline"].update(stability="preview"),
        "an alternative": lambda s: s.update(oneOf=[{"required": ["lang"]}]),
    }

    def test_each_mutant(self):
        for name, change in self.MUTANTS.items():
            with self.subTest(name):
                self.assertTrue(final(change))

    def test_a_type_is_gone(self):
        mutant = copy.deepcopy(LOADED)
        mutant.events = [event for event in mutant.events if event.name != "transcript.final"]
        self.assertTrue(lock.complaints(mutant))

    def test_a_stable_type_that_is_not_locked(self):
        self.assertTrue(changed("call.transfer.requested",
                                lambda s: s["x-lifeline"].update(stability="stable")))


class EnvelopeAndFrames(unittest.TestCase):
    def complaints(self, change):
        mutant = copy.deepcopy(LOADED)
        change(mutant)
        return lock.complaints(mutant)

    def test_a_frame_may_have_another_optional_field(self):
        self.assertEqual(self.complaints(
            lambda c: c.server_frames["hello"]["properties"].update(region={"type": "string"})), [])

    @staticmethod
    def preview(catalogue):
        frame = copy.deepcopy(catalogue.client_frames["subscribe"])
        frame["x-lifeline"].update(stability="preview")
        return frame

    def test_a_new_preview_frame(self):
        self.assertEqual(self.complaints(lambda c: c.client_frames.update(wave=self.preview(c))), [])

    def test_a_preview_frame_may_change(self):
        def changed(catalogue):
            catalogue.client_frames.update(wave=self.preview(catalogue))
            catalogue.client_frames["wave"]["properties"].pop("after")
        self.assertEqual(self.complaints(changed), [])

    def test_what_breaks_readers_and_writers(self):
        mutants = {
            "an envelope's key is gone": lambda c: c.envelope["properties"].pop("ts"),
            "a seventh key": lambda c: (c.envelope["required"].append("seq"),
                                        c.envelope["properties"].update(seq={"type": "integer"})),
            "a field of a client frame is required":
                lambda c: c.client_frames["ping"]["required"].append("ack"),
            "a field of a server frame is gone":
                lambda c: c.server_frames["event"]["properties"].pop("meta"),
            "a word of a server frame is gone":
                lambda c: c.server_frames["skipped"]["properties"]["reason"]["enum"].remove("erased"),
            "a frame is gone": lambda c: c.client_frames.pop("publish"),
            "a frame is preview again":
                lambda c: c.server_frames["bye"]["x-lifeline"].update(stability="preview"),
        }
        for name, change in mutants.items():
            with self.subTest(name):
                self.assertTrue(self.complaints(change))

    def test_a_frame_says_how_stable_it_is(self):
        frames = {"client": copy.deepcopy(LOADED.client_frames)}
        del frames["client"]["ping"]["x-lifeline"]
        with self.assertRaisesRegex(catalogue.SchemaError, "client ping"):
            catalogue.load_frames(frames)


class Locking(unittest.TestCase):
    """`schemagen.py lock` agrees to additions; what breaks must be named."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.file = Path(folder.name) / "stable.json"
        self.before = lock.text(LOADED)
        self.file.write_text(self.before)
        patched = mock.patch.object(lock, "FILE", self.file)
        patched.start()
        self.addCleanup(patched.stop)

    def mutant(self, change):
        mutant = copy.deepcopy(LOADED)
        change(next(event for event in mutant.events if event.name == "transcript.final").schema)
        return mutant

    def test_an_addition(self):
        lock.write(self.mutant(lambda s: s["properties"].update(mood={"type": "string"})))
        self.assertIn("mood", self.file.read_text())

    def test_what_breaks_is_refused_and_nothing_is_written(self):
        broken = self.mutant(lambda s: s["properties"].pop("lang"))
        with self.assertRaisesRegex(catalogue.SchemaError, "transcript.final/lang: is gone"):
            lock.write(broken)
        with self.assertRaises(catalogue.SchemaError):
            lock.write(broken, ["transcript.partial"])
        self.assertEqual(self.file.read_text(), self.before)

    def test_what_breaks_and_was_named(self):
        broken = self.mutant(lambda s: s["properties"].pop("lang"))
        lock.write(broken, ["transcript.final"])
        self.assertEqual(lock.complaints(broken), [])

    def test_a_name_that_broke_nothing(self):
        with self.assertRaisesRegex(catalogue.SchemaError, "nothing is broken"):
            lock.write(copy.deepcopy(LOADED), ["transcript.final"])

    def test_how_it_is_called(self):
        for words, right in ((("lock",), True), (("lock", "--break", "a"), True), (("lock", "a"), False),
                             (("lock", "--break"), False), (("lock", "--force", "a"), False)):
            with self.subTest(words):
                self.assertEqual(bool(cli.understood(words[0], words[1:])), right)


class ThePage(unittest.TestCase):
    def test_a_family_that_nobody_has_introduced(self):
        mutant = copy.deepcopy(LOADED)
        mutant.events[0].name = "note.added"
        with self.assertRaisesRegex(catalogue.SchemaError, "FAMILIES"):
            protocol.text(mutant)

    def test_every_type_and_frame_is_on_it(self):
        page = protocol.text(LOADED)
        for name in [e.name for e in LOADED.events] + [*LOADED.client_frames, *LOADED.server_frames]:
            self.assertIn(f"#### `{name}`", page)


class TheGenerator(unittest.TestCase):
    """It stops at rules that the checker would not hold anyone to."""

    def refused(self, schema):
        with self.assertRaises(catalogue.SchemaError):
            rules.tables_for(LOADED.words).add(schema, "here")

    def test_unknown_keywords(self):
        self.refused({"type": "integer", "multipleOf": 5})
        self.refused({"type": "string", "not": {"const": "x"}})
        self.refused({"type": "object", "additionalProperties": False, "properties": {},
                      "patternProperties": {}})

    def test_a_pattern_without_a_matcher(self):
        self.refused({"type": "string", "pattern": "^[xyz]$"})

    def test_an_open_object_with_fields(self):
        self.refused({"type": "object", "properties": {"a": {"type": "string"}}})

    def test_a_required_field_that_is_none(self):
        self.refused({"type": "object", "additionalProperties": False, "required": ["b"],
                      "properties": {"a": {"type": "string"}}})

    def test_two_types_at_once(self):
        self.refused({"type": ["string", "integer"]})


if __name__ == "__main__":
    unittest.main(verbosity=2)
