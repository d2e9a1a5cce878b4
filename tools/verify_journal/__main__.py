#!/usr/bin/env python3
"""Checks a Lifeline data folder, an archive or a proof, without Lifeline: python3 tools/verify_journal DIR|FILE

Written from docs/journal_format.md alone, with what Python brings, so that whether a history is whole
need not be believed of the program that wrote it. It reads; it changes nothing. The server may run.
Ends with 0 when all is as it was written, 1 when something is not (it names the first record that
was altered, is missing or out of its place), 2 when there is nothing that can be read."""

import argparse
import json
import re
import sqlite3
import sys
from pathlib import Path
from urllib.parse import quote

sys.dont_write_bytecode = True  # Not even beside its own sources.
from archive import Altered, Archive, Invalid, read  # noqa: E402
from heads import NotAsWritten, hold, load  # noqa: E402
from journal import APPLICATION, FORMAT, Damaged, Journal  # noqa: E402
from statement import BEGINS, Statement  # noqa: E402
from vouchers import check_mark, check_seals, read_key  # noqa: E402

PROBLEMS_MAX = 50


class Report:
    def __init__(self):
        self.problems = []  # (position or None, reason, text)
        self.skipped = ["index.db and the views: they hold nothing that is not in the journal"]

    def add(self, reason, text, position=None):
        self.problems.append((position, reason, text))

    def first(self):
        """Where the history stops being what was written."""
        return min((at for at, _, _ in self.problems if at is not None), default=None)


def main():
    asked = argparse.ArgumentParser(prog="verify_journal", description=__doc__.splitlines()[0])
    asked.add_argument("folder", type=Path, help="a data folder, an archive of a call, or a statement's proof")
    asked.add_argument("--checkpoint", type=Path, help="heads that were published and kept elsewhere")
    asked.add_argument("--public-key", type=_public_key, help="that an archive must be signed with, in hex")
    asked.add_argument("--key", type=Path, help="a copy of journal.key that was kept elsewhere")
    asked.add_argument("--without-key", action="store_true", help="only what can be checked without")
    asked.add_argument("--json", action="store_true")
    asked = asked.parse_args()
    try:
        heads = load(asked.checkpoint) if asked.checkpoint else []
    except (OSError, NotAsWritten) as fault:
        print(f"verify_journal: {fault}", file=sys.stderr)
        return 2
    if asked.folder.is_file():
        return _archive(asked, heads)
    report = Report()
    journal = Journal(report)
    try:
        db = _open(asked.folder / "journal.db")
    except (OSError, sqlite3.Error, ValueError) as fault:
        print(f"verify_journal: {asked.folder / 'journal.db'} cannot be read: {fault}", file=sys.stderr)
        return 2
    marked, seals = _check(asked, db, journal, report)
    held = hold(heads, journal, db, report) if journal.epochs else 0
    (_as_json if asked.json else _as_text)(journal, marked, seals, held, report)
    return 1 if report.problems else 0


def _public_key(text):
    if not re.fullmatch("[0-9a-f]{64}", text):
        raise argparse.ArgumentTypeError("64 hex digits")
    return bytes.fromhex(text)


def _archive(asked, heads):
    archive, problems = Archive(asked.public_key, heads), []
    try:
        text = read(asked.folder)
        if text.startswith(BEGINS):
            archive = Statement(asked.public_key, heads)
        archive.check(text)
    except (OSError, Invalid) as fault:
        print(f"verify_journal: {asked.folder} is no archive {fault}", file=sys.stderr)
        return 2
    except Altered as fault:
        problems.append(("archive_altered", str(fault)))
    problems += [("checkpoint_differs", text) for text in archive.differs]
    problems += [("record_altered", text) for text in archive.records_altered]
    proof = isinstance(archive, Statement)
    skipped = ["whether the charges follow from usage records and cards, costNano included, and the statement from the charges" if proof
               else "whether transcript and decisions follow from the events, and what usage records count"]
    about = {"accountId": archive.account, "period": archive.period} if proof else {"sessionId": archive.session}
    if not asked.public_key:
        skipped.append(f"whose key {archive.key_id} is: give --public-key")
    if asked.json:
        print(json.dumps({
            "ok": not problems, **about, "records": archive.seq, "erased": archive.erased,
            "usageRecords": archive.usage, "rows": archive.rows, "segments": archive.segments, "keyId": archive.key_id,
            "headsHeld": archive.held, "headsOutside": len(archive.heads),
            "problems": [{"code": code, "detail": text} for code, text in problems], "notChecked": skipped}))
    else:
        print(f"{'proof   ' if proof else 'archive '} {', '.join(about.values())}, {archive.seq} events ({archive.erased} erased), {archive.rows} rows")
        print(f"key      {archive.key_id}")
        print(f"heads    {archive.held} are in its rows, {len(archive.heads)} are not within them")
        for text in skipped:
            print(f"not checked: {text}")
        for code, text in problems:
            print(f"{code}: {text}")
        print("ALTERED" if problems else "ok: every event is as it was written, and the chain is whole")
    return 1 if problems else 0


def _open(path):
    if not path.is_file() or not path.stat().st_size:
        raise ValueError("it is not there")
    db = sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True)
    (application,), (version,) = (db.execute(f"pragma {name}").fetchone()
                                  for name in ("application_id", "user_version"))
    if (application, version) != (APPLICATION, FORMAT):
        raise ValueError(f"it is no journal of format {FORMAT} ({application:#x}, {version})")
    db.execute("begin")  # One moment of it, also beside a running server.
    return db


def _check(asked, db, journal, report):
    marked = seals = 0
    if (asked.folder / "incoming" / "journal.db").exists():
        report.add("restore_unfinished", "a restore was interrupted: what lies here is what it replaces")
    try:
        journal.check(db)
        if asked.without_key:
            key = None
            report.skipped.append("who wrote mark and seals: that takes the key")
        else:
            key = read_key(asked.key or asked.folder / "journal.key", report)
        if key or asked.without_key:
            marked = check_mark(asked.folder / "journal.mark", key, journal, db, report)
            seals = check_seals(asked.folder / "journal.seals", key, journal, db, report)
    except Damaged as fault:
        report.add("journal_corrupt", str(fault))
    except sqlite3.Error as fault:
        report.add("storage_corrupt", f"SQLite cannot read on behind position {journal.head}: {fault}",
                   journal.head + 1)
    return marked, seals


def _as_json(journal, marked, seals, held, report):
    problems = [{"position": position, "code": reason, "detail": text}
                for position, reason, text in report.problems[:PROBLEMS_MAX]]
    print(json.dumps({
        "ok": not problems, "epochs": [epoch.id.hex() for epoch in journal.epochs],
        "rows": journal.rows, "events": journal.events, "erased": journal.erased,
        "streams": len(journal.heads), "head": journal.head, "hash": _hex(journal.hash),
        "marked": marked, "seals": seals, "headsHeld": held, "first": report.first(), "problems": problems,
        "notChecked": report.skipped}))


def _as_text(journal, marked, seals, held, report):
    for epoch in journal.epochs:
        print(f"epoch    {epoch.text}")
    print(f"events   {journal.events} in {len(journal.heads)} streams ({journal.erased} erased), "
          f"{journal.rows} rows")
    print(f"head     {journal.head}, hash {_hex(journal.hash)}")
    print(f"vouched  {marked} by the mark; {seals} seals hold")
    if held:
        print(f"heads    {held} that were published are this journal's")
    for text in report.skipped:
        print(f"not checked: {text}")
    problems = sorted(report.problems, key=lambda problem: problem[0] or 0)
    for _, reason, text in problems[:PROBLEMS_MAX]:
        print(f"{reason}: {text}")
    if not problems:
        print("ok: every record is as it was written, and the chain is whole")
    elif report.first():
        print(f"DAMAGED, first at record {report.first()}")
    else:
        print("DAMAGED")


def _hex(hash_):
    return hash_.hex() if isinstance(hash_, bytes) else ""


if __name__ == "__main__":
    sys.exit(main())
