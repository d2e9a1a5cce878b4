#!/usr/bin/env python3
"""Checks a Lifeline data folder without Lifeline: python3 tools/verify_journal DIR

Written from docs/journal_format.md alone, with what Python brings, so that whether a history is whole
need not be believed of the program that wrote it. It reads; it changes nothing. The server may run.
Ends with 0 when all is as it was written, 1 when something is not (it names the first record that
was altered, is missing or out of its place), 2 when there is nothing that can be read."""

import argparse
import json
import sqlite3
import sys
from pathlib import Path
from urllib.parse import quote

sys.dont_write_bytecode = True  # Not even beside its own sources.
from journal import APPLICATION, FORMAT, Damaged, Journal  # noqa: E402
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
    asked.add_argument("folder", type=Path)
    asked.add_argument("--key", type=Path, help="a copy of journal.key that was kept elsewhere")
    asked.add_argument("--without-key", action="store_true", help="only what can be checked without")
    asked.add_argument("--json", action="store_true")
    asked = asked.parse_args()
    report = Report()
    journal = Journal(report)
    try:
        db = _open(asked.folder / "journal.db")
    except (OSError, sqlite3.Error, ValueError) as fault:
        print(f"verify_journal: {asked.folder / 'journal.db'} cannot be read: {fault}", file=sys.stderr)
        return 2
    marked, seals = _check(asked, db, journal, report)
    (_as_json if asked.json else _as_text)(journal, marked, seals, report)
    return 1 if report.problems else 0


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


def _as_json(journal, marked, seals, report):
    problems = [{"position": position, "code": reason, "detail": text}
                for position, reason, text in report.problems[:PROBLEMS_MAX]]
    print(json.dumps({
        "ok": not problems, "epochs": [epoch.id.hex() for epoch in journal.epochs],
        "rows": journal.rows, "events": journal.events, "erased": journal.erased,
        "streams": len(journal.heads), "head": journal.head, "hash": _hex(journal.hash),
        "marked": marked, "seals": seals, "first": report.first(), "problems": problems,
        "notChecked": report.skipped}))


def _as_text(journal, marked, seals, report):
    for epoch in journal.epochs:
        print(f"epoch    {epoch.text}")
    print(f"events   {journal.events} in {len(journal.heads)} streams ({journal.erased} erased), "
          f"{journal.rows} rows")
    print(f"head     {journal.head}, hash {_hex(journal.hash)}")
    print(f"vouched  {marked} by the mark; {seals} seals hold")
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
