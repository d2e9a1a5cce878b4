#!/usr/bin/env python3
"""`lifeline verify` and tools/verify_journal, which was written from docs/journal_format.md alone, judge
the same folders, and archives of calls: as the real server wrote them, and with one damage each. They have to agree on
whether they are whole, and on the first bad record wherever both name one."""

import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import unittest
from contextlib import closing
from pathlib import Path

sys.dont_write_bytecode = True  # Nothing is left beside the sources.
import archives  # noqa: E402
from archives import ArchivesAgree  # noqa: E402, F401  Its tests are run with these.
from folder import BEFORE, ROOT, VERIFIER, Folder, make  # noqa: E402
from journal import ZEROS, Epoch, Journal  # noqa: E402  The verifier's.
from usage_keys import UsageKeys  # noqa: E402, F401
from usage_records import UsageRecords  # noqa: E402, F401

CALLS, NOTES = 3, 8
# A call begins with a row of two records. Behind the calls the house says that it stops.
FIRST, SECOND = BEFORE + 1, BEFORE + NOTES + 3  # Of the first two calls.
NOTE = FIRST + 2  # The first note of the first call, a row of its own.
MIDDLE = BEFORE + 13
POSITIONS = BEFORE + CALLS * (NOTES + 2) + 1
FRAME = 24 + 16 * 1024  # Of SQLite's log: a head, and a page.

def drop(folder, first):
    folder.sql("delete from journal_row where first_position = ?", first)


def cut(folder, last):
    folder.sql("delete from journal_row where first_position > ?", last)


def swap_rows(folder, one, other):
    rows = folder.row(one), folder.row(other)
    for first, (count, previous, hash_, body) in zip((other, one), rows):
        folder.set(first, count=count, previous=previous, hash=hash_, body=body)


def swap_records(folder, first, sums_too):
    one, other, *rest = folder.records(first)
    folder.put_records(first, [other, one, *rest], sums_too)


def reword(folder, first):
    """Other words of the same length, with the checksum that they need."""
    records = folder.records(first)
    assert b"was said" in records[0]
    folder.put_records(first, [records[0].replace(b"was said", b"was paid"), *records[1:]], sums_too=True)


def reword_and_forge(folder, first, last=2**62, key=None):
    reword(folder, first)
    hash_ = folder.forge(first, last)
    if key:
        folder.mark(hash_, key)


def flip_epoch(folder, at):
    (record,), = folder.sql("select record from journal_epoch where number = 1")
    folder.sql("update journal_epoch set record = ?", record[:at] + bytes([record[at] ^ 1]) + record[at + 1:])


def flip_all(folder, name, *places):
    for at in places:
        folder.flip_in_file(name, at)


def own_key(folder):
    return (folder.path / "journal.key").read_bytes()[8:]


# (what was done, doing it, whether the folder is whole afterwards, the first bad record if one is named;
# ... where only the two have to say the same)
DAMAGES = (
    ("nothing", lambda f: None, True, None),
    ("a bit of the text", lambda f: f.flip(NOTE, 200), False, NOTE),
    ("a bit of the salt", lambda f: f.flip(NOTE, 58 + sum(f.row(NOTE)[3][45:50])), False, NOTE),
    ("a bit of the checksum", lambda f: f.flip(NOTE, 36), False, NOTE),
    ("a bit of the kind", lambda f: f.flip(NOTE, 44), False, NOTE),
    ("a record's length of text", lambda f: f.flip(NOTE, 45), False, NOTE),
    ("a bit of the seq", lambda f: f.flip(NOTE, 50), False, NOTE),
    ("a bit of the second record of a row", lambda f: f.flip(SECOND, -3), False, SECOND + 1),
    ("a bit of the time", lambda f: f.flip(NOTE, 0), False, NOTE),
    ("a bit of the steady clock", lambda f: f.flip(NOTE, 9), False, NOTE),
    ("a bit of the boot", lambda f: f.flip(NOTE, 20), False, NOTE),
    ("where the first record begins", lambda f: f.flip(NOTE, 32), False, NOTE),
    ("where the second record begins", lambda f: f.flip(SECOND, 36), False, SECOND),
    ("the last byte of a body", lambda f: f.set(NOTE, body=f.row(NOTE)[3][:-1]), False, NOTE),
    ("a body that is empty", lambda f: f.set(NOTE, body=b""), False, NOTE),
    ("a row's hash", lambda f: f.set(NOTE, hash=f.row(NOTE + 1)[2]), False, NOTE),
    ("what a row follows", lambda f: f.set(NOTE, previous=bytes(32)), False, NOTE),
    ("a row's count", lambda f: f.set(NOTE, count=2), False, NOTE),
    ("a row is gone", lambda f: drop(f, NOTE), False, NOTE),
    ("the first row is gone", lambda f: drop(f, 1), False, 1),
    ("the last row is gone", lambda f: drop(f, POSITIONS), False, POSITIONS),
    ("the second half is gone", lambda f: cut(f, MIDDLE), False, MIDDLE + 1),
    ("every row is gone", lambda f: cut(f, 0), False, 1),
    ("two rows changed places", lambda f: swap_rows(f, NOTE, NOTE + 3), False, NOTE),
    ("two records changed places", lambda f: swap_records(f, SECOND, False), False, SECOND),
    ("two records changed places and checksums", lambda f: swap_records(f, SECOND, True), False, SECOND),
    ("other words, with their checksum", lambda f: reword(f, NOTE), False, NOTE),
    ("other words, with their row's hash", lambda f: reword_and_forge(f, NOTE, NOTE), False, NOTE + 1),
    ("other words, with all hashes after them", lambda f: reword_and_forge(f, NOTE), False, POSITIONS),
    ("and a mark by another key", lambda f: reword_and_forge(f, NOTE, key=bytes(32)), False, POSITIONS - 1),
    ("a record is erased", lambda f: f.erase(SECOND, 1), True, None),
    ("a bit of an epoch", lambda f: flip_epoch(f, 20), False, 1),
    ("no epoch", lambda f: f.sql("delete from journal_epoch"), False, None),
    ("a bit of one slot of the mark", lambda f: f.flip_in_file("journal.mark", 20), True, None),
    ("a bit of the other slot", lambda f: f.flip_in_file("journal.mark", 4096 + 60), True, None),
    ("a bit of both slots", lambda f: flip_all(f, "journal.mark", 20, 4116), False, None),
    ("no mark", lambda f: (f.path / "journal.mark").unlink(), False, None),
    ("no key", lambda f: (f.path / "journal.key").unlink(), False, None),
    ("a bit of the key", lambda f: f.flip_in_file("journal.key", 20), False, None),
    ("a torn key", lambda f: os.truncate(f.path / "journal.key", 20), False, None),
    ("another format", lambda f: f.sql("pragma user_version = 2"), False, None),
    ("the head of the file", lambda f: f.flip_in_file("journal.db", 0), False, None),
    ("no database", lambda f: (f.path / "journal.db").unlink(), False, None),
    ("a restore that is on its way", lambda f: shutil.copytree(f.path, f.path / "incoming"), False, None),
)
# The same of a long folder, whose server was killed: it has a seal, and much of it is in the log.
DAMAGES_OF_THE_LONG = (
    ("nothing", lambda f: None, True, None),
    ("the log's tail is gone", lambda f: cut_log(f, 4), False, ...),
    ("half of the log is gone", lambda f: cut_log(f, live_frames(f) // 2), False, ...),
    ("the log is gone", lambda f: (f.path / "journal.db-wal").unlink(), False, ...),
    ("a bit of the log", lambda f: flip_in_log(f, live_frames(f) // 2, 5000), False, ...),
    ("a bit of a seal: it can be lost", lambda f: f.flip_in_file("journal.seals", 20), True, None),
    ("a torn seal", lambda f: os.truncate(f.path / "journal.seals", 100), True, None),
)


def live_frames(folder):
    """How many frames of SQLite's log count: behind them may be some of the time before it began anew."""
    log = (folder.path / "journal.db-wal").read_bytes()
    frames = range(32, len(log) - FRAME + 1, FRAME)
    return next((n for n, at in enumerate(frames) if log[at + 8:at + 16] != log[16:24]), len(frames))


def flip_in_log(folder, frame, at):
    folder.flip_in_file("journal.db-wal", 32 + FRAME * frame + at)


def cut_log(folder, frames):
    log = folder.path / "journal.db-wal"
    log.write_bytes(log.read_bytes()[:32 + FRAME * (live_frames(folder) - frames)])


class Agree(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="lifeline-verifier-")
        cls.short, cls.long = Path(cls.folder.name, "short"), Path(cls.folder.name, "long")
        cls.running = []  # What both said beside a running server.
        make(BINARY, cls.short, CALLS, NOTES, "terminate")
        make(BINARY, cls.long, 1, 1005, "kill", lambda: cls.running.extend(
            (run([BINARY, "verify", cls.long, "--json"]), verifier(cls.long))))

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def copy(self, original, damage=lambda folder: None):
        folder = Folder(original, Path(tempfile.mkdtemp(dir=self.folder.name), "data"))
        damage(folder)
        return folder

    def agree(self, original, damage, whole, first):
        folder = self.copy(original, damage)
        theirs, ours = run([BINARY, "verify", folder.path, "--json"]), verifier(folder.path)
        self.assertEqual(theirs[0] == 0, whole, theirs[1])
        self.assertEqual(ours[0] == 0, whole, ours[1])
        if ours[0] == 2:
            return self.assertIsNone(first)
        said = json.loads(ours[1])["first"]
        named = re.search(r"the (?:record|row) at position (\d+)|journal.db ends at (\d+)", theirs[1])
        theirs_first = named and (int(named[1]) if named[1] else int(named[2]) + 1)
        if first is ...:
            self.assertEqual(said, theirs_first, (ours[1], theirs[1]))
        else:
            self.assertEqual(said, first, ours[1])
            self.assertIn(theirs_first, (None, first), theirs[1])


    def test_beside_a_running_server(self):
        for status, said in self.running:
            self.assertEqual(status, 0, said)
            self.assertEqual(json.loads(said)["head"], BEFORE + 1007)

    def test_they_count_the_same(self):
        folder = self.copy(self.long, lambda f: f.erase(FIRST, 1))
        theirs, ours = (json.loads(run(command)[1]) for command in (
            [BINARY, "verify", folder.path, "--json"],
            [sys.executable, "-B", VERIFIER, folder.path, "--json"]))
        self.assertEqual(theirs["epoch"], ours["epochs"][-1])
        for name in ("rows", "events", "erased", "streams", "head", "marked"):
            self.assertEqual(theirs[name], ours[name], name)
        self.assertEqual([ours["erased"], ours["seals"]], [1, 1])

    def test_reads_and_changes_nothing(self):
        folder = self.copy(self.long)
        names = ("journal.db", "journal.db-wal", "journal.mark", "journal.key", "journal.seals")
        before = [(folder.path / name).read_bytes() for name in names]
        self.assertEqual(verifier(folder.path)[0], 0)
        self.assertEqual([(folder.path / name).read_bytes() for name in names], before)

    def test_an_accepted_loss_is_whole_and_says_so(self):
        folder = self.copy(self.short, lambda f: cut(f, MIDDLE))
        self.assertEqual(run([BINARY, "journal", "accept-loss", folder.path])[0], 0)
        self.agree(folder.path, lambda f: None, True, None)
        said = run([sys.executable, "-B", VERIFIER, folder.path])[1]
        self.assertRegex(said, rf"accepted_loss, from record {MIDDLE + 1} on; .* have come to {POSITIONS} in ")

    def test_seals_of_what_was_lost_are_passed_over(self):
        folder = self.copy(self.long, lambda f: cut(f, MIDDLE))  # As an older copy of journal.db would be.
        self.assertEqual(run([BINARY, "verify", folder.path])[0], 1)
        self.assertEqual(run([BINARY, "journal", "accept-loss", folder.path])[0], 0)
        passed = "seals of what this journal no longer has, or never had: 1"
        self.agree(folder.path, lambda f: None, True, None)
        said = json.loads(verifier(folder.path)[1])
        self.assertEqual([said["seals"], said["head"]], [0, MIDDLE])
        self.assertIn(passed, said["notChecked"])
        # Then other rows, of another epoch, have come to where the seal is.
        make(BINARY, folder.path, 1, 1005, "terminate")
        self.agree(folder.path, lambda f: None, True, None)
        said = json.loads(verifier(folder.path)[1])
        self.assertGreater(said["head"], 1005)
        self.assertIn(passed, said["notChecked"])

    def test_whoever_has_the_key_can_write_another_history_but_not_beside_their_own_seal(self):
        folder = self.copy(self.long, lambda f: reword_and_forge(f, 500, key=own_key(f)))
        status, said = verifier(folder.path)
        self.assertEqual([status, json.loads(said)["first"]], [1, 1001], said)
        theirs = run([BINARY, "verify", folder.path])
        self.assertEqual(theirs[0], 1, theirs)
        (folder.path / "journal.seals").unlink()
        self.assertEqual(verifier(folder.path)[0], 0, "only a hash that was kept elsewhere says more")

    def test_says_what_was_not_checked_without_a_key_and_without_openssl(self):
        folder = self.copy(self.long)
        (folder.path / "journal.key").rename(folder.path.parent / "kept.key")
        said = json.loads(verifier(folder.path, "--without-key")[1])
        self.assertEqual([said["ok"], said["seals"]], [True, 1])
        self.assertIn("who wrote mark and seals: that takes the key", said["notChecked"])
        kept = ["--key", folder.path.parent / "kept.key"]
        self.assertEqual(verifier(folder.path, *kept)[0], 0)
        status, text = verifier(folder.path, *kept, env={"PATH": self.folder.name})
        self.assertEqual(status, 0)
        self.assertIn("who signed the seals: there is no `openssl` here", json.loads(text)["notChecked"])
        reword(folder, 500)
        self.assertEqual(json.loads(verifier(folder.path, "--without-key")[1])["first"], 500)

    def test_leaves_the_index_to_the_server(self):
        folder = self.copy(self.short)
        with closing(sqlite3.connect(folder.path / "index.db")) as db, db:
            db.execute("update index_state set position = position - 1")
        self.assertIn("index_corrupt", run([BINARY, "verify", folder.path, "--json"])[1])
        status, said = verifier(folder.path)
        self.assertEqual(status, 0)
        self.assertRegex(json.loads(said)["notChecked"][0], "^index.db")

    def test_computes_the_worked_example_of_the_page(self):
        page = (ROOT / "docs/journal_format.md").read_text()
        example = page[page.index("## A worked example"):]
        body = b"".join(_bytes(line) for line in re.findall(r"^    \d+ +(.*)$", example, re.M))
        self.assertEqual(len(body), 93)
        checked = Journal(report=None, epochs=[Epoch(bytes(16), 1, "")])
        leaves = checked._records(None, 1, 1, ZEROS, body)
        self.assertIn(checked._row_hash(1, 1, ZEROS, body, leaves).hex(), example)


def _bytes(line):
    """What a line of the example stands for: hex words, or texts in quotes, until words begin."""
    if line.startswith('"'):
        return "".join(re.findall(r'"([^"]*)"', line)).encode()
    return bytes.fromhex("".join(re.match(r"((?:(?:[0-9a-f]{2})+(?: |$))*)", line)[0].split()))


def run(command, env=None):
    done = subprocess.run(command, text=True, capture_output=True, env=env)
    return done.returncode, done.stdout or done.stderr


def verifier(path, *options, env=None):
    return run([sys.executable, "-B", VERIFIER, path, "--json", *options], env)


def add(cls, which, damages):
    for n, (name, damage, whole, first) in enumerate(damages, 1):
        def test(self, damage=damage, whole=whole, first=first):
            self.agree(getattr(self, which), damage, whole, first)
        test.__doc__ = f"{which}: {name}"
        setattr(cls, f"test_{which}_{n:02}", test)


add(Agree, "short", DAMAGES)
add(Agree, "long", DAMAGES_OF_THE_LONG)


if __name__ == "__main__":
    archives.BINARY = BINARY = str(Path(sys.argv.pop(1)).resolve())
    unittest.main(verbosity=2)
