"""Usage records: whether each is what the archive's key signed, and rests on events that come before it."""

import base64
import json

from ed25519 import verify

TYPE = '"type":"billing.usage.measured"'


def usage_record(event):
    """The payload, where the event is a usage record."""
    if TYPE not in event:
        return None
    made = json.loads(event)
    return made["payload"] if made.get("type") == "billing.usage.measured" else None


def wrong_with(record, seq, session, key, key_id):
    """What, in words; None when nothing is."""
    if record.get("keyId") != key_id:
        return f"is signed by key {record.get('keyId')}, not by the archive's"
    unsigned = {name: value for name, value in record.items() if name != "signature"}
    # RFC 8785, for what these records are made of: texts, whole numbers, true, false and null.
    canonical = json.dumps(unsigned, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    try:
        text = record.get("signature", "")
        signature = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except ValueError:
        signature = b""
    if not verify(key, b"lifeline-usage-record-1\n" + canonical.encode(), signature):
        return "is not what was signed"
    if record["sessionId"] != session:
        return "is of another call"
    first, last, count = (record["evidence"][name] for name in ("seqFirst", "seqLast", "count"))
    if not 0 < first <= last < seq or not 0 < count <= last - first + 1:
        return "rests on events that cannot be"
    return None
