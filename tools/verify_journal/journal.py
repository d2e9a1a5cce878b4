"""journal.db: its epochs, rows and records, and the chain of hashes through them."""

import sqlite3
import struct
from dataclasses import dataclass, field
from hashlib import sha256

from xxh3 import xxh3

APPLICATION, FORMAT = 0x4C4C4A31, 1
ZEROS = bytes(32)
RECORD_BYTES_MIN = 8 + 1 + 13 + 16  # Checksum, kind, a header of empty texts, salt.
CAUSES = ("created", "restored", "accepted_loss")
ROWS = "select first_position, count, previous, hash, body from journal_row"


class Damaged(Exception):
    """A record, row or epoch is not as the format has it."""


@dataclass
class Epoch:
    id: bytes
    first: int
    text: str


@dataclass
class Journal:
    report: object
    epochs: list = field(default_factory=list)
    rows: int = 0
    events: int = 0
    erased: int = 0
    heads: dict = field(default_factory=dict)  # Of each stream, the newest seq.
    seen: set = field(default_factory=set)  # (stream, eventId)
    head: int = 0
    hash: bytes = ZEROS

    def check(self, db):
        self._read_epochs(db)
        whole = True  # Whether `hash` is what the next row has to follow.
        for first, count, previous, hash_, body in db.execute(f"{ROWS} order by first_position"):
            if first > self.head + 1:
                missing = self.head + 1
                self._bad(missing, f"record {missing} is missing: the next row is at {first}")
            elif first <= self.head:
                self._bad(first, f"the row at {first} begins before record {self.head} is over")
            whole = whole and first == self.head + 1
            try:
                leaves = self._records(db, first, count, previous, body)
                if whole and previous != self.hash:
                    raise Damaged(f"the row at {first} does not follow the row before it"
                                  + _place(p for p in _after(db, previous) if p != first))
                if leaves and hash_ != self._row_hash(first, count, previous, body, leaves):
                    raise Damaged(f"the row of records {first} to {first + count - 1} was altered: "
                                  "its hash is of another content")
            except Damaged as fault:
                self._bad(first, str(fault))
            except (TypeError, struct.error):
                self._bad(first, f"the row at {first} has columns of no known form")
            self.rows += 1
            whole, self.hash = True, hash_
            last = first + (count if isinstance(count, int) and count > 0 else 1) - 1
            self.head = max(self.head, last)

    def row_at(self, db, position):
        """The hash and the epoch of the row that ends at a position, or None."""
        row = db.execute(f"{ROWS} where first_position <= ? order by first_position desc limit 1",
                         (position,)).fetchone()
        ends_there = row and row[0] + row[1] - 1 == position
        return (row[3], self.epoch_of(row[0]).id) if ends_there else None

    def epoch_of(self, first):
        return [epoch for epoch in self.epochs if epoch.first <= first][-1]

    def _bad(self, position, text):
        self.report.add("journal_corrupt", text, position)

    def _read_epochs(self, db):
        for number, record in db.execute("select number, record from journal_epoch order by number"):
            if not isinstance(record, bytes) or len(record) != 89 or record[0] >= len(CAUSES):
                raise Damaged(f"epoch {number} is of no known form")
            cause, first, _, _, lost, position, _ = struct.unpack("<BQq16s16sQ32s", record)
            id_ = sha256(b"lifeline-epoch-1" + record).digest()[:16]
            text = f"{id_.hex()} {CAUSES[cause]}, from record {first} on"
            if cause:
                text += f"; what was before was known to have come to {position} in {lost.hex()}"
            self.epochs.append(Epoch(id_, first, text))
        if not self.epochs or self.epochs[0].first != 1:
            raise Damaged("the journal has no epoch for its first record")

    def _records(self, db, first, count, previous, body):
        """The leaves of a row's tree; none when one of its records is damaged, which is reported."""
        if first < 1 or not 0 < count <= 256:
            raise Damaged(f"the row at {first} says that it has {count} records")
        (wall,), starts = struct.unpack_from("<q", body), struct.unpack_from(f"<{count}I", body, 32)
        if starts[0] != 32 + 4 * count:
            raise Damaged(f"record {first} does not begin behind the offsets of its row")
        leaves = []
        places = range(first, first + count)
        for position, begin, end in zip(places, starts, (*starts[1:], len(body))):
            try:
                if end - begin < RECORD_BYTES_MIN or end > len(body):
                    raise Damaged(f"record {position} does not lie where its row says")
                leaves.append(self._record(position, wall, body[begin:end]))
            except Damaged as fault:
                others = (*places, *(row + position - first for row in _after(db, previous)))
                fits = (place for place in others if _sums(body[begin:end], place, wall))
                self._bad(position, str(fault) + _place(fits))
        return leaves if len(leaves) == count else None

    def _record(self, position, wall, record):
        if not _sums(record, position, wall):
            raise Damaged(f"record {position} was altered: it does not match its checksum")
        kind, lengths, seq = record[8], record[9:14], struct.unpack_from("<Q", record, 14)[0]
        end = 22 + sum(lengths)
        header, content = record[9:end], record[end:]
        if kind > 1 or (len(content) != 32 if kind else len(content) < 16):
            raise Damaged(f"record {position} is of no known form")
        texts = header[13:]
        stream, event_id = texts[:lengths[0]], texts[lengths[0]:lengths[0] + lengths[1]]
        stood = self.heads.get(stream, 0)
        # Which seqs a damaged record had is not known, so behind one a stream may seem to have a gap.
        if seq != stood + 1 and not self.report.problems:
            name = stream.decode(errors="replace")
            self._bad(position, f"record {position} is seq {seq} of {name}, which stood at {stood}")
        if (stream, event_id) in self.seen:
            self._bad(position, f"record {position} has an eventId that its stream had before")
        self.seen.add((stream, event_id))
        self.heads[stream] = seq
        self.events += 1
        self.erased += kind
        inner = content if kind else sha256(content).digest()
        return sha256(b"\0" + header + inner).digest()

    def _row_hash(self, first, count, previous, body, leaves):
        place = struct.pack("<QQ", first, count)
        return sha256(b"lifeline-row-1" + self.epoch_of(first).id + previous + place + body[:32]
                      + root(leaves)).digest()


def _sums(record, position, wall):
    """Whether a record has the checksum of this place and time."""
    return (len(record) >= RECORD_BYTES_MIN
            and struct.unpack_from("<Q", record)[0] == checksum(record[8:], position, wall))


def checksum(rest, position, wall):
    return xxh3(rest, xxh3(struct.pack("<Qq", position, wall)))


def root(leaves):
    """RFC 6962: the left subtree is the largest power of two that is less than the whole."""
    if len(leaves) == 1:
        return leaves[0]
    left = 1 << (len(leaves) - 1).bit_length() - 1
    return sha256(b"\1" + root(leaves[:left]) + root(leaves[left:])).digest()


def _after(db, previous):
    """Where the row begins that follows the row with this hash, if there is one."""
    return [first for first, in db.execute(
        "select first_position + count from journal_row where hash = ?", (previous,))]


def _place(places):
    """What is added to a problem when the thing is well and only belongs elsewhere."""
    place = next(iter(places), None)
    return f"; reordered, its place is {place}" if place else ""
