"""Heads of the journal that were published and kept elsewhere, and whether a journal or an archive has them."""

import json
import re
import struct
from dataclasses import dataclass
from datetime import datetime, timezone

NAMES = ["epoch", "position", "hash", "at", "keyId", "signature"]
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", re.ASCII)


class NotAsWritten(Exception):
    """A line that nobody writes in this way."""


@dataclass
class Head:
    epoch: bytes
    position: int
    hash: bytes
    at: str
    signature: bytes

    def message(self):
        return b"LLHEAD1\n" + struct.pack("<Q32s16sq", self.position, self.hash, self.epoch, millis(self.at))

    def __str__(self):
        return f"the head of {self.at} (position {self.position}, epoch {self.epoch.hex()})"


def load(path):
    heads = []
    for number, line in enumerate(path.read_bytes().split(b"\n"), 1):
        if not line.endswith(b"}"):
            if b'{"epoch":"'.startswith(line[:10]):
                continue  # Torn by a crash, or the end.
            raise NotAsWritten(f"line {number} of {path} is no head")
        try:
            made = members(line, NAMES)
            unhex(made, "keyId", 8)
            heads.append(Head(unhex(made, "epoch", 16), number_of(made, "position"), unhex(made, "hash", 32),
                              time_of(made, "at"), unhex(made, "signature", 64)))
        except NotAsWritten:
            raise NotAsWritten(f"line {number} of {path} is no head") from None
    return heads


def hold(heads, journal, db, report):
    """How many of them this journal has."""
    held = 0
    known = {epoch.id for epoch in journal.epochs}
    for head in heads:
        if head.epoch not in known:
            fault = "knows no such epoch"
        elif head.position > journal.head:
            fault = f"ends at {journal.head}"
        elif head.position and journal.row_at(db, head.position) != (head.hash, head.epoch):
            fault = "has another row there"
        else:
            held += 1
            continue
        report.add("checkpoint_differs", f"{head} is not this journal's, which {fault}")
    return held


def members(line, names):
    """The members of an object that has exactly these, written in the one way there is."""
    try:
        text = line.decode()
        made = json.loads(text)
    except (UnicodeDecodeError, ValueError, RecursionError):
        raise NotAsWritten from None
    if (not isinstance(made, dict) or list(made) != names
            or json.dumps(made, separators=(",", ":"), ensure_ascii=False) != text):
        raise NotAsWritten
    return made


def unhex(made, name, length):
    text = made[name]
    if not isinstance(text, str) or not re.fullmatch(f"[0-9a-f]{{{2 * length}}}", text):
        raise NotAsWritten
    return bytes.fromhex(text)


def number_of(made, name, least=0):
    number = made[name]
    if type(number) is not int or not least <= number < 2**63:
        raise NotAsWritten
    return number


def text_of(made, name):
    if not isinstance(made[name], str):
        raise NotAsWritten
    return made[name]


def time_of(made, name):
    if not TIME.fullmatch(text_of(made, name)):
        raise NotAsWritten
    try:
        millis(made[name])
    except ValueError:
        raise NotAsWritten from None
    return made[name]


def millis(at):
    time = datetime.fromisoformat(at.replace("Z", "+00:00")) - datetime(1970, 1, 1, tzinfo=timezone.utc)
    return time.days * 86_400_000 + time.seconds * 1000 + time.microseconds // 1000
