"""An archive of a call: whether it is what the journal had, with nothing but the file."""

import re
import struct
from hashlib import sha256

from ed25519 import verify
from heads import Head, NotAsWritten, members, number_of, text_of, time_of, unhex
from journal import CAUSES, Epoch
from keys import Keys
from usage import usage_record, wrong_with

NAMES = {
    "head": ["line", "format", "sessionId", "epoch", "records", "exportedAt", "key", "epochs"],
    "key": ["line", "position", "key"],
    "row": ["line", "firstPosition", "count", "wall", "steady", "boot", "root", "hash"],
    "record": ["line", "seq", "position", "eventId", "actor", "cause", "salt", "event", "path"],
    "erased": ["line", "seq", "position", "eventId", "actor", "cause", "inner", "path"],
    "seal": ["line", "kind", "epoch", "position", "hash", "keyId", "signature"],
    "signed head": ["line", "kind", "epoch", "position", "hash", "at", "keyId", "signature"],
    "end": ["line", "lines", "sha256", "signature"],
}
KIND = re.compile(rb'{"line":"([a-z]+)"')
COUNT_MAX = 1024
TEXT_BYTES_MAX = 255
LINE_BYTES_MAX = 64 << 20


class Invalid(Exception):
    """The file is no archive."""


class Altered(Exception):
    """The first line that is not as it was written."""


def read(path):
    """The file's bytes; a line that none has ends it before it fills the memory."""
    lines = []
    with path.open("rb") as file:
        while line := file.readline(LINE_BYTES_MAX + 2):
            if len(line.removesuffix(b"\n")) > LINE_BYTES_MAX:
                raise Altered(f"line {len(lines) + 1} is longer than {LINE_BYTES_MAX >> 20} MiB")
            lines.append(line)
    return b"".join(lines)


class Archive:
    format, signed, names = "lifeline-archive-1", b"LLARCH1\n", NAMES
    derived = ("transcript", "decision")
    counter = "seq"  # What counts the records from 1.

    def __init__(self, known_key=None, heads=()):
        self.known_key, self.heads = known_key, list(heads)
        self.session = self.epoch = self.key_id = ""
        self.key, self.epochs = b"", []
        self.keys = Keys()  # That sign usage records.
        self.said = self.seq = self.erased = self.rows = self.segments = self.held = 0
        self.position = 0  # Of the record that was read last.
        self.row = None  # (first position, count, root, hash)
        self.in_segment = self.reading_derived = self.over = False
        self.transcripts = self.usage = 0
        self.differs = []
        self.records_altered = []  # Usage records, in words.

    def check(self, text):
        """Raises Altered at the first line that is not as it was written."""
        lines = text.split(b"\n")
        if KIND.match(lines[0]) is None or KIND.match(lines[0])[1] != b"head" or len(lines) == 1:
            raise Invalid
        self._head(lines[0])
        at = len(lines[0]) + 1
        for number, line in enumerate(lines[1:-1], 2):
            self._line(line, number, text[:at] if line.startswith(b'{"line":"end"') else b"")
            at += len(line) + 1
        if not self.over:
            raise Altered(f"the archive ends with line {len(lines) - 1}: its last lines are missing")
        if lines[-1]:
            raise Altered(f"line {len(lines)} stands behind the end")

    def _line(self, line, number, before):
        found = KIND.match(line)
        kind = found[1].decode() if found else ""
        if self.over:
            raise Altered(f"line {number} stands behind the end")
        if kind in ("key", "row", "record", "anchor") and self.reading_derived:
            raise Altered(f"line {number} ({kind}) stands behind the {self.derived[0]}")
        try:
            if kind == "key":
                self._key(line, number)
            elif kind == "row":
                self._row(line)
            elif kind == "record":
                self._record(line)
            elif kind == "anchor":
                self._anchor(line)
            elif kind in self.derived:
                self._derived(kind)
            elif kind == "end":
                self._end(line, number, before)
            else:
                raise NotAsWritten
        except NotAsWritten:
            where = f": it is where record {self.counter} {self.seq + 1} was" if kind == "record" else ""
            raise Altered(f"line {number} ({kind or 'of no kind'}) is not as it was written{where}") from None

    def _head(self, line):
        try:
            made = members(line, self.names["head"])
            if made["format"] != self.format or list(made["key"]) != ["keyId", "alg", "publicKey"]:
                raise NotAsWritten
            self.key = unhex(made["key"], "publicKey", 32)
            self.key_id = sha256(self.key).hexdigest()[:16]
            if made["key"]["keyId"] != self.key_id or made["key"]["alg"] != "Ed25519" or not made["epochs"]:
                raise NotAsWritten
            self._about(made)
            self.epoch = text_of(made, "epoch")
            self.said = number_of(made, "records")
            self.exported_at = time_of(made, "exportedAt")
            for number in range(len(made["epochs"])):
                record = unhex(made["epochs"], number, 89)
                if record[0] >= len(CAUSES):
                    raise NotAsWritten
                first = struct.unpack_from("<Q", record, 1)[0]
                self.epochs.append(Epoch(sha256(b"lifeline-epoch-1" + record).digest()[:16], first, ""))
        except (NotAsWritten, TypeError):
            raise Invalid from None
        if self.known_key and self.known_key != self.key:
            raise Altered(f"it is signed by key {self.key_id}, not by the one that was given")

    def _about(self, made):
        self.session = text_of(made, "sessionId")

    def _stream(self, made):
        return self.session

    def _key(self, line, number):
        """Only what stands in it: the last line vouches for it, as for all of them."""
        made = members(line, NAMES["key"])
        if not isinstance(made["key"], dict):
            raise NotAsWritten
        if self.row:
            raise Altered(f"line {number} (key) stands behind the first row")
        position = number_of(made, "position")
        wrong = self.keys.take(made["key"], position)
        if wrong:
            raise Altered(f"line {number} (key): the change of keys at position {position} {wrong}")

    def _epoch_of(self, first):
        fitting = [epoch for epoch in self.epochs if epoch.first <= first]
        return (fitting or self.epochs[:1])[-1].id

    def _row(self, line):
        begins = b',"previous":' in line
        made = members(line, [*NAMES["row"][:-1], "previous", "hash"] if begins else NAMES["row"])
        first, count = number_of(made, "firstPosition"), number_of(made, "count")
        stood = self.row[0] + self.row[1] - 1 if self.row else 0
        name = f"the row at position {first}"
        if not first or not 0 < count <= COUNT_MAX:
            raise Altered(f"{name} has no possible place")
        if first <= stood:
            raise Altered(f"{name} stands a second time or out of its place")
        if self.in_segment and first != stood + 1:
            raise Altered(f"the row at position {stood + 1} is missing: the next is at {first}")
        if self.in_segment == begins:
            raise Altered(f"{name} does not follow what is before it")
        previous = self.row[3] if self.in_segment else unhex(made, "previous", 32)
        root, hash_, boot = unhex(made, "root", 32), unhex(made, "hash", 32), unhex(made, "boot", 16)
        times = [made[key] for key in ("wall", "steady")]
        if any(type(time) is not int or not -2**63 <= time < 2**63 for time in times):
            raise NotAsWritten
        place = struct.pack("<QQqq", first, count, *times) + boot
        epoch = self._epoch_of(first)
        if hash_ != sha256(b"lifeline-row-1" + epoch + previous + place + root).digest():
            raise Altered(f"{name} was altered, or does not follow the row before it")
        if not self.in_segment:
            self.segments += 1
            self._hold(first - 1, first - 1, previous, None)
        self._hold(first, first + count - 1, hash_, epoch)
        self.row, self.in_segment = (first, count, root, hash_), True
        self.rows += 1

    def _record(self, line):
        erased = b',"inner":"' in line and b',"salt":"' not in line
        made = members(line, self.names["erased" if erased else "record"])
        counted, stream = number_of(made, self.counter), self._stream(made)
        seq, position = number_of(made, "seq"), number_of(made, "position")
        if not isinstance(made["actor"], dict) or list(made["actor"]) != ["kind", "id"]:
            raise NotAsWritten
        if not isinstance(made["path"], list):
            raise NotAsWritten
        texts = [text.encode() for text in (stream, text_of(made, "eventId"), text_of(made["actor"], "kind"),
                                            text_of(made["actor"], "id"), text_of(made, "cause"))]
        if any(len(text) > TEXT_BYTES_MAX for text in texts):
            raise NotAsWritten
        inner = (unhex(made, "inner", 32) if erased
                 else sha256(unhex(made, "salt", 16) + text_of(made, "event").encode()).digest())
        path = [unhex(made["path"], n, 32) for n in range(len(made["path"]))]
        if counted > self.seq + 1:
            raise Altered(f"record {self.counter} {self.seq + 1} is missing: {self.counter} {counted} stands in its place")
        if counted <= self.seq:
            raise Altered(f"record {self.counter} {counted} stands a second time or out of its place")
        name = f"record {self.counter} {counted} (position {position})"
        if not self.in_segment or not 0 <= position - self.row[0] < self.row[1]:
            raise Altered(f"{name} does not stand behind its row")
        if position <= self.position:
            raise Altered(f"{name} stands before the one that it follows")
        header = bytes(map(len, texts)) + struct.pack("<Q", seq) + b"".join(texts)
        leaf = sha256(b"\0" + header + inner).digest()
        if _root(leaf, position - self.row[0], self.row[1], path) != self.row[2]:
            raise Altered(f"{name} was altered, or is not of this {'call' if stream == self.session else 'stream'}")
        self.seq, self.position = counted, position
        self.erased += erased
        if not erased:
            self._event(made["event"])
        record = None if erased else usage_record(made["event"])
        if record is not None:
            self.usage += 1
            wrong = self._wrong_with(record, stream, seq, position)
            if wrong:
                self.records_altered.append(
                    f"usage record {record.get('recordId')} (record {self.counter} {counted}) {wrong}")

    def _event(self, text):
        """Of a call nothing more is asked."""

    def _wrong_with(self, record, stream, seq, position):
        """By a key of the history; where there is none, by the archive's."""
        if not self.keys.known:
            return wrong_with(record, seq, stream, self.key, self.key_id)
        name = record.get("keyId")
        return (self.keys.doubt(name, position)
                or wrong_with(record, seq, stream, self.keys.known[name]["key"], name))

    def _anchor(self, line):
        kind = "seal" if b',"at":' not in line else "signed head"
        made = members(line, NAMES[kind])
        if made["kind"] != kind.split()[-1]:
            raise NotAsWritten
        at = time_of(made, "at") if "at" in made else ""
        one = Head(unhex(made, "epoch", 16), number_of(made, "position"), unhex(made, "hash", 32), at,
                   unhex(made, "signature", 64))
        name = f"the {kind} at position {one.position}"
        if not self.in_segment:
            raise Altered(f"{name} ends no segment")
        first, count, _, hash_ = self.row
        if (one.epoch, one.position, one.hash) != (self._epoch_of(first), first + count - 1, hash_):
            raise Altered(f"{name} is not of the row before it")
        message = one.message() if at else b"LLSEAL1\n" + struct.pack("<Q32s16s", one.position, one.hash, one.epoch)
        if made["keyId"] != self.key_id or not verify(self.key, message, one.signature):
            raise Altered(f"{name} is not signed by the archive's key {self.key_id}")
        self.in_segment = False

    def _derived(self, kind):
        """What is in such a line only the last one vouches for."""
        self._rows_are_over()
        self.transcripts += kind == self.derived[0]
        if self.transcripts != 1:
            raise NotAsWritten

    def _rows_are_over(self):
        if self.in_segment:
            raise Altered(f"what was signed of the row at position {self.row[0]} is missing")
        if self.seq != self.said:
            missing = self.seq < self.said
            raise Altered(f"record {self.counter} {min(self.seq, self.said) + 1} is "
                          + ("missing" if missing else "one more than are said to be there"))
        self.reading_derived = True

    def _end(self, line, number, before):
        made = members(line, NAMES["end"])
        self._rows_are_over()
        if not self.transcripts:
            raise Altered(f"before line {number} the {self.derived[0]} is missing")
        if number_of(made, "lines") != number - 1:
            raise NotAsWritten
        digest = sha256(before).digest()
        if unhex(made, "sha256", 32) != digest:
            raise Altered("every record is as it was written, but the whole has another digest: the first line, "
                          f"or what follows from them ({' or '.join(self.derived)}), was altered")
        if not verify(self.key, self.signed + digest, unhex(made, "signature", 64)):
            raise Altered(f"the whole is not signed by the archive's key {self.key_id}")
        self.over = True

    def _hold(self, first, last, hash_, epoch):
        """Which of the known heads are of a row that ends at `last`, and which cannot be."""
        for head in [head for head in self.heads if first <= head.position <= last]:
            self.heads.remove(head)
            if head.position == last and head.hash == hash_ and epoch in (None, head.epoch):
                self.held += 1
            else:
                self.differs.append(f"{head} is not of the row that the archive has there")


def _root(leaf, index, count, path):
    """RFC 6962, 2.1.1, from the leaf upwards; None when the path has too few or too many nodes."""
    path = list(path)
    while count > 1:
        if index + 1 < count or count % 2 == 0:
            if not path:
                return None
            beside = path.pop(0)
            leaf = sha256(b"\1" + (beside + leaf if index % 2 else leaf + beside)).digest()
        index, count = index // 2, (count + 1) // 2
    return None if path else leaf
