"""`lifeline verify FILE` and tools/verify_journal judge the same archives, which `lifeline archive` wrote of what the
real server wrote: whole, with one damage each, and with every byte flipped."""

import json
import random
import re
import sqlite3
import subprocess
import sys
import tempfile
import unittest
from contextlib import closing
from hashlib import sha256
from pathlib import Path

from folder import ROOT, VERIFIER, Folder, make

sys.path.insert(0, str(VERIFIER))
from archive import Altered, Archive, Invalid  # noqa: E402  The verifier's.
from heads import load  # noqa: E402

CALLS, NOTES = 3, 6
BINARY = None  # Set by verifier_test.py.


def edit(kind, n, old, new):
    def damage(lines):
        at = nth(lines, kind, n)
        assert old in lines[at], (old, lines[at])
        lines[at] = lines[at].replace(old, new, 1)
    return damage


def flip(kind, n, name, digit=0):
    """One hex digit of a member."""
    def damage(lines):
        at = nth(lines, kind, n)
        place = re.search(rf'"{name}":\[?"'.encode(), lines[at]).end()
        place += digit
        other = b"1" if lines[at][place:place + 1] == b"0" else b"0"
        lines[at] = lines[at][:place] + other + lines[at][place + 1:]
    return damage


def drop(kind, n):
    return lambda lines: lines.pop(nth(lines, kind, n))


def twice(kind, n):
    return lambda lines: lines.insert(nth(lines, kind, n), lines[nth(lines, kind, n)])


def swap(kind, one, other):
    def damage(lines):
        a, b = nth(lines, kind, one), nth(lines, kind, other)
        lines[a], lines[b] = lines[b], lines[a]
    return damage


def seal_again(lines):
    """The digest that the altered lines have, so that only the signature is wrong."""
    before = b"".join(line + b"\n" for line in lines[:-1])
    lines[-1] = re.sub(rb'"sha256":"\w+"', b'"sha256":"%s"' % sha256(before).hexdigest().encode(), lines[-1])


def nth(lines, kind, n):
    found = [at for at, line in enumerate(lines) if line.startswith(b'{"line":"%s"' % kind.encode())]
    return found[n]


# The second call: its records 1 and 2 are one row of two, each further one is a row of its own.
DAMAGES = (
    ("a word", edit("record", 3, b"was said", b"was paid"), "record seq 4"),
    ("a salt", flip("record", 0, "salt"), "record seq 1"),
    ("an eventId", edit("record", 4, b'"eventId":"note_2"', b'"eventId":"note_9"'), "record seq 5"),
    ("an actor", edit("record", 2, b"usr_mia", b"usr_tom"), "record seq 3"),
    ("a node of a path", flip("record", 1, "path"), "record seq 2"),
    ("a record is gone", drop("record", 3), "record seq 4"),
    ("the first record is gone", drop("record", 0), "record seq 1"),
    ("the last record is gone", drop("record", -1), f"record seq {NOTES + 2}"),
    ("a record twice", twice("record", 2), "record seq 3"),
    ("two records of a row changed places", swap("record", 0, 1), "record seq 1"),
    ("two records changed places", swap("record", 3, 4), "record seq 4"),
    ("a space in a record", edit("record", 3, b'},"cause"', b'}, "cause"'), "record seq 4"),
    ("a record as if erased", edit("record", 3, b'"salt":"', b'"inner":"'), "record seq 4"),
    ("a row is gone", drop("row", 8), "row at position"),
    ("a row twice", twice("row", 8), "row at position"),
    ("two rows changed places", swap("row", 8, 9), "row at position"),
    ("a root", flip("row", 2, "root"), "row at position"),
    ("a hash", flip("row", 2, "hash"), "row at position"),
    ("a boot", flip("row", 0, "boot"), "row at position"),
    ("a previous", flip("row", 0, "previous"), "row at position"),
    ("a time", edit("row", 1, b'"wall":1', b'"wall":2'), "row at position"),
    ("an epoch", flip("head", 0, "epochs", 40), "row at position"),
    ("another call's name", edit("head", 0, b"sess_", b"sess_x"), "record seq 1"),
    ("fewer records", edit("head", 0, b'"records":%d' % (NOTES + 2), b'"records":%d' % (NOTES + 1)), f"record seq {NOTES + 2}"),
    ("more records", edit("head", 0, b'"records":%d' % (NOTES + 2), b'"records":%d' % (NOTES + 3)), f"record seq {NOTES + 3}"),
    ("a key", flip("head", 0, "publicKey"), None),
    ("the time of the export", edit("head", 0, b'"exportedAt":"2', b'"exportedAt":"3'), "another digest"),
    ("that and the digest", lambda lines: (edit("head", 0, b'"exportedAt":"2', b'"exportedAt":"3')(lines),
                                           seal_again(lines)), "not signed by"),
    ("a signature of the chain", flip("anchor", 0, "signature"), "not signed by"),
    ("whose it is", flip("anchor", 0, "keyId"), "not signed by"),
    ("no signature of the chain", drop("anchor", 0), "what was signed of"),
    ("the signature of all", flip("end", 0, "signature"), "not signed by"),
    ("the digest of all", flip("end", 0, "sha256"), "another digest"),
    ("the transcript", edit("transcript", 0, b'"utterances":[', b'"utterances":[{}'), "transcript"),
    ("no transcript", drop("transcript", 0), "transcript is missing|the transcript$"),
    ("no end", drop("end", 0), "last lines are missing"),
    ("a line behind the end", lambda lines: lines.append(lines[2]), "stands behind the end"),
    ("a record of another call", lambda lines: lines.insert(nth(lines, "record", 3), OTHERS[nth(OTHERS, "record", 3)]),
     "record seq 4"),
    ("a line of no kind", lambda lines: lines.insert(3, b'{"line":"note"}'), "line 4"),
    ("an empty line", lambda lines: lines.insert(3, b""), "line 4"),
)
OTHERS = []  # The lines of the third call's archive.


class ArchivesAgree(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="lifeline-archives-")
        cls.data = Path(cls.folder.name, "data")
        cls.running = []  # Written beside a running server.
        make(BINARY, cls.data, CALLS, NOTES, "terminate", lambda: cls.running.append(cls.archive(cls.data, 1)))
        cls.whole = cls.archive(cls.data, 1)
        OTHERS[:] = cls.archive(cls.data, 2).split(b"\n")[:-1]
        cls.heads = cls.data / "journal.heads"
        cls.key = json.loads(run(BINARY, "verify", cls.data, "--json")[1])["publicKey"]

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    @classmethod
    def archive(cls, data, n):
        session = calls_of(data)[n]
        path = Path(cls.folder.name, "archive")
        subprocess.run([BINARY, "archive", session, "--data", data, "-o", path], check=True, capture_output=True)
        return path.read_bytes()

    def both(self, text, *options):
        path = Path(self.folder.name, "looked-at")
        path.write_bytes(text)
        return (run(BINARY, "verify", path, "--json", *options),
                run(sys.executable, "-B", VERIFIER, path, "--json", *options))

    def test_whole_ones_are_whole_and_count_the_same(self):
        for text in (self.whole, *self.running):
            theirs, ours = (json.loads(said[1]) for said in self.both(
                text, "--checkpoint", self.heads, "--public-key", self.key))
            self.assertEqual([theirs["ok"], ours["ok"]], [True, True], (theirs, ours))
            for name in ("sessionId", "records", "erased", "rows", "segments", "keyId", "headsHeld", "headsOutside"):
                self.assertEqual(theirs[name], ours[name], name)
        self.assertEqual(theirs["records"], NOTES + 2)
        after = json.loads(self.both(self.whole, "--checkpoint", self.heads)[1][1])
        self.assertGreaterEqual(after["headsHeld"], 1, "the head that the server gave at its end")

    def test_of_an_erased_record_only_its_text_is_gone(self):
        folder = Folder(self.data, Path(self.folder.name, "erased"))
        first = json.loads(OTHERS[nth(OTHERS, "record", 2)])["position"]
        folder.erase(first, 0)
        text = self.archive(folder.path, 2)
        theirs, ours = (json.loads(said[1]) for said in self.both(text))
        self.assertEqual([theirs["ok"], ours["ok"], theirs["erased"], ours["erased"]], [True, True, 1, 1])
        self.assertNotIn(b'"eventId":"note_0","actor":{"kind":"user","id":"usr_mia"},"cause":"","salt"', text)

    def test_every_flipped_byte_is_noticed(self):
        for at in range(len(self.whole)):
            text = bytearray(self.whole)
            text[at] ^= 1 << random.Random(at).randrange(8)
            with self.assertRaises((Altered, Invalid), msg=(at, bytes(text[at - 20:at + 20]))):
                Archive().check(bytes(text))

    def test_every_truncation_is_noticed(self):
        for at in range(0, len(self.whole), 7):
            with self.assertRaises((Altered, Invalid), msg=at):
                Archive().check(self.whole[:at])

    def test_another_key_is_another(self):
        for status, said in self.both(self.whole, "--public-key", "0" * 64):
            self.assertEqual(status, 1, said)
            self.assertIn("it is signed by key", said)

    def test_heads_of_another_history_are_told(self):
        heads = self.heads.read_text().splitlines()
        held = [head for head in heads if any(f'"hash":"{json.loads(head)["hash"]}"'.encode() in line
                                              for line in self.whole.split(b"\n"))]
        changed = Path(self.folder.name, "changed")
        one = json.loads(held[-1])
        for name, value in (("hash", "0" * 64), ("epoch", "0" * 32)):
            changed.write_text(json.dumps({**one, name: value}, separators=(",", ":")) + "\n")
            for said in (self.both(self.whole, "--checkpoint", changed), self.both_of_folder(changed)):
                for status, text in said:
                    self.assertEqual(status, 1, text)
                    self.assertIn("checkpoint_differs", text)
        beyond = {**one, "position": one["position"] + 1000}
        changed.write_text(json.dumps(beyond, separators=(",", ":")) + "\n")
        for status, text in self.both_of_folder(changed):
            self.assertEqual(status, 1, text)
            self.assertIn("ends at", text)
        for status, text in self.both_of_folder(self.heads):
            self.assertEqual([status, json.loads(text)["headsHeld"]], [0, len(heads)], text)

    def both_of_folder(self, checkpoint):
        return (run(BINARY, "verify", self.data, "--json", "--checkpoint", checkpoint),
                run(sys.executable, "-B", VERIFIER, self.data, "--json", "--checkpoint", checkpoint))

    def test_a_folder_that_was_rolled_back_is_told_by_a_head_that_was_kept(self):
        folder = Folder(self.data, Path(self.folder.name, "rolled-back"))
        folder.sql("delete from journal_row where first_position > ?", 10)
        run(BINARY, "journal", "accept-loss", folder.path)
        self.assertEqual(run(BINARY, "verify", folder.path)[0], 0)
        for command in ([BINARY, "verify"], [sys.executable, "-B", VERIFIER]):
            status, said = run(*command, folder.path, "--json", "--checkpoint", self.heads)
            self.assertEqual(status, 1, said)
            self.assertIn("checkpoint_differs", said)

    def test_computes_the_worked_example_of_the_page(self):
        page = (ROOT / "docs/journal_format.md").read_text()
        example = page[page.index("## A worked example of an archive"):]
        *lines, head = re.findall(r"^    (\{.*\})$", example, re.M)
        kept = Path(self.folder.name, "example.heads")
        kept.write_text(head + "\n")
        for status, said in self.both("".join(line + "\n" for line in lines).encode(), "--checkpoint", kept):
            self.assertEqual(status, 0, said)
            self.assertEqual([json.loads(said)["records"], json.loads(said)["headsHeld"]], [1, 1])
        self.assertEqual(len(load(kept)), 1)


def calls_of(data):
    """In the order in which they began."""
    seen = {}
    with closing(sqlite3.connect(f"file:{data / 'journal.db'}?mode=ro", uri=True)) as db:
        for body, in db.execute("select body from journal_row order by first_position"):
            for name in re.findall(rb"sess_[A-Z0-9]{26}", body):
                seen.setdefault(name.decode())
    return list(seen)


def run(*command):
    done = subprocess.run(command, text=True, capture_output=True)
    return done.returncode, done.stdout or done.stderr


def add(number, name, damage, says):
    def test(self):
        lines = self.whole.split(b"\n")[:-1]
        damage(lines)
        named = []
        for status, said in self.both(b"".join(line + b"\n" for line in lines)):
            self.assertEqual(status, 2 if says is None and "no archive" in said else 1, said)
            if says is not None:
                self.assertRegex(json.loads(said)["problems"][0]["detail"], says)
                named.append(re.findall(r"record seq \d+|row at position \d+", said)[:1])
        self.assertEqual(named[:1] * 2 if named else [], named)
    test.__doc__ = name
    setattr(ArchivesAgree, f"test_damage_{number:02}", test)


for number, damage in enumerate(DAMAGES, 1):
    add(number, *damage)
