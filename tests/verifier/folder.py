"""A data folder that the real server wrote, and what can be done to it behind the server's back."""

import hmac
import http.client
import json
import shutil
import sqlite3
import struct
import subprocess
import sys
import time
from contextlib import closing
from hashlib import sha256
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VERIFIER = ROOT / "tools/verify_journal"
sys.path.insert(0, str(VERIFIER))
from journal import checksum, root  # noqa: E402


# What the house says of itself before any call: that it begins, what it measures, with which keys it signs.
BEFORE = 6


def wait_for_head(binary, data, head):
    """What is written later is in a row of its own."""
    deadline = time.monotonic() + 30
    while True:
        verified = subprocess.run([binary, "verify", data, "--json"], text=True, stdout=subprocess.PIPE,
                                  stderr=subprocess.DEVNULL)
        if verified.returncode == 0 and json.loads(verified.stdout)["head"] >= head:
            return
        assert time.monotonic() < deadline, verified.stdout
        time.sleep(0.05)


def make(binary, data, calls, notes, stop, meanwhile=lambda: None):
    """Serves the folder until each call has its notes; `stop` is how the server ends."""
    config = Path(f"{data}.toml")
    config.write_text("[limits]\nevents_per_second = 100000\nevents_burst = 100000\nchanges_burst = 100000\n")
    server = subprocess.Popen([binary, "serve", "--listen", "127.0.0.1:0", "--data", data, "--config", config],
                              text=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    who = ["--user", "usr_mia", "--account", "acct_test", "--role", "user", "--data", data]
    try:
        url = next(line.split()[1] for line in server.stdout if line.startswith("ready "))
        token = subprocess.check_output([binary, "token", *who], text=True).strip()
        connection = http.client.HTTPConnection(url.split("/")[2])

        def post(path, body):
            connection.request("POST", path, json.dumps(body), {
                "Authorization": f"Bearer {token}", "Content-Type": "application/json"})
            reply = connection.getresponse()
            assert reply.status == 201, reply.read()
            return json.load(reply)

        wait_for_head(binary, data, BEFORE)
        for _ in range(calls):
            call = post("/v1/call/sessions", {})["session"]["sessionId"]
            for n in range(notes):
                post(f"/v1/call/sessions/{call}/events", {
                    "eventId": f"note_{n}", "sessionId": call, "ts": "2026-02-16T10:00:00.000Z",
                    "type": "x.note", "payload": {"text": f"what was said, {n}. " * (1 + n % 40)},
                    "schemaVersion": "1.0"})
        connection.close()
        meanwhile()
    finally:
        (server.kill if stop == "kill" else server.terminate)()
        server.communicate()


class Folder:
    """A copy that a test may do anything to."""

    def __init__(self, original, path):
        self.path = Path(path)
        shutil.copytree(original, self.path)

    def sql(self, text, *values):
        with closing(sqlite3.connect(self.path / "journal.db", isolation_level=None)) as db:
            db.execute("pragma synchronous = off")
            return db.execute(text, values).fetchall()

    def row(self, first):
        return self.sql("select count, previous, hash, body from journal_row "
                        "where first_position = ?", first)[0]

    def set(self, first, **columns):
        for column, value in columns.items():
            self.sql(f"update journal_row set {column} = ? where first_position = ?", value, first)

    def flip(self, first, at, bit=1):
        """One bit of a row's body."""
        body = bytearray(self.row(first)[3])
        body[at] ^= bit
        self.set(first, body=bytes(body))

    def flip_in_file(self, name, at):
        text = bytearray((self.path / name).read_bytes())
        text[at] ^= 1
        (self.path / name).write_bytes(text)

    def records(self, first):
        count, _, _, body = self.row(first)
        starts = struct.unpack_from(f"<{count}I", body, 32)
        return [body[begin:end] for begin, end in zip(starts, (*starts[1:], len(body)))]

    def put_records(self, first, records, sums_too=False):
        """The row with these records; with `sums_too` each has the checksum of its place."""
        body, (wall,) = self.row(first)[3], struct.unpack_from("<q", self.row(first)[3])
        if sums_too:
            records = [struct.pack("<Q", checksum(record[8:], first + n, wall)) + record[8:]
                       for n, record in enumerate(records)]
        starts = [32 + 4 * len(records) + sum(map(len, records[:n])) for n in range(len(records))]
        self.set(first, body=body[:32] + struct.pack(f"<{len(starts)}I", *starts) + b"".join(records))

    def forge(self, first, last):
        """The hashes of the rows from one to another, as whoever wrote them would have made them."""
        (epoch,), = self.sql("select record from journal_epoch where number = 1")
        epoch = sha256(b"lifeline-epoch-1" + epoch).digest()[:16]
        previous = self.row(first)[1]
        for (position,) in self.sql("select first_position from journal_row "
                                    "where first_position between ? and ? order by 1", first, last):
            count, _, _, body = self.row(position)
            place = struct.pack("<QQ", position, count)
            leaves = [_leaf(record) for record in self.records(position)]
            hash_ = sha256(b"lifeline-row-1" + epoch + previous + place + body[:32]
                           + root(leaves)).digest()
            self.set(position, previous=previous, hash=hash_)
            previous = hash_
        return previous

    def mark(self, hash_, key):
        """The newest slot says, under this key, that the row at its position has this hash."""
        text = bytearray((self.path / "journal.mark").read_bytes())
        at = max((0, 4096), key=lambda at: struct.unpack_from("<Q", text, at + 8))
        text[at + 24:at + 56] = hash_
        signing = hmac.digest(key, b"journal mark", "sha256")
        text[at + 72:at + 104] = hmac.digest(signing, text[at:at + 72], "sha256")
        (self.path / "journal.mark").write_bytes(text)

    def erase(self, first, n):
        records = self.records(first)
        record = records[n]
        end = 22 + sum(record[9:14])
        records[n] = record[:8] + b"\1" + record[9:end] + sha256(record[end:]).digest()
        self.put_records(first, records, sums_too=True)


def _leaf(record):
    end = 22 + sum(record[9:14])
    inner = record[end:] if record[8] else sha256(record[end:]).digest()
    return sha256(b"\0" + record[9:end] + inner).digest()
