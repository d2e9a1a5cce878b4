"""A statement's proof: whether each event of it is what the journal had, with nothing but the file, and whether the
months are closed that are said to be. Whether the charges follow is another question, which this does not ask."""

import json

from archive import NAMES, Altered, Archive
from heads import NotAsWritten, text_of

CLOSING = '"type":"billing.statement.closed"'
BEGINS = b'{"line":"head","format":"lifeline-statement-'


class Statement(Archive):
    format, signed = "lifeline-statement-1", b"LLSTMT1\n"
    derived = ("statement",)
    counter = "number"
    names = {
        "head": ["line", "format", "accountId", "period", "closed", "epoch", "records", "exportedAt", "key", "epochs"],
        "record": ["line", "number", "stream", *NAMES["record"][1:]],
        "erased": ["line", "number", "stream", *NAMES["erased"][1:]],
    }

    account = period = ""
    said_closed, closed = [], ()  # The months that the head names, and those whose closing was read.

    def _about(self, made):
        self.account, self.period = text_of(made, "accountId"), text_of(made, "period")
        if not isinstance(made["closed"], list):
            raise NotAsWritten
        self.said_closed = made["closed"]

    def _stream(self, made):
        return text_of(made, "stream")

    def _event(self, text):
        if CLOSING not in text:
            return
        made = json.loads(text)
        if made.get("type") == "billing.statement.closed":
            self.closed = (*self.closed, str(made["payload"].get("period")))

    def _derived(self, kind):
        if self.reading_derived:  # There is one.
            raise NotAsWritten
        super()._derived(kind)
        if self.said_closed != sorted(self.closed):
            raise Altered(f"line 1 (head) says that these months are closed: {', '.join(map(str, self.said_closed)) or 'none'}; "
                          f"the closings are there of: {', '.join(sorted(self.closed)) or 'none'}")

    def _wrong_with(self, record, stream, seq, position):
        if record.get("accountId") != self.account:
            return f"is of account {record.get('accountId')}"
        return super()._wrong_with(record, stream, seq, position)
