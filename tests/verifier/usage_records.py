"""A usage record, signed here by a key of the test's: what the verifier says of it, and of each that is not so."""

import base64
import json
import sys
import unittest
from hashlib import sha256, sha512

from folder import VERIFIER

sys.path.insert(0, str(VERIFIER))
import ed25519  # noqa: E402  The verifier's, as is the next.
from usage import usage_record, wrong_with  # noqa: E402

SEED = bytes(range(32))


def packed(point):
    x, y, z, _ = point
    inverse = pow(z, ed25519.P - 2, ed25519.P)
    return (y * inverse % ed25519.P | (x * inverse % ed25519.P & 1) << 255).to_bytes(32, "little")


def secret():
    half = sha512(SEED).digest()
    return int.from_bytes(half[:32], "little") & (1 << 254) - 8 | 1 << 254, half[32:]


KEY = packed(ed25519._times(secret()[0], ed25519.BASE))
KEY_ID = sha256(KEY).hexdigest()[:16]


def sign(message):
    """RFC 8032, 5.1.6."""
    number, prefix = secret()
    r = int.from_bytes(sha512(prefix + message).digest(), "little") % ed25519.ORDER
    commitment = packed(ed25519._times(r, ed25519.BASE))
    h = int.from_bytes(sha512(commitment + KEY + message).digest(), "little")
    return commitment + ((r + h * number) % ed25519.ORDER).to_bytes(32, "little")


def signed(**changed):
    record = {"recordId": "mr_1", "sessionId": "sess_a", "quantity": "16", "dims": {"speaker": "Müller \"x\"\n"},
              "needsReconciliation": False, "evidence": {"seqFirst": 2, "seqLast": 5, "count": 3, "sha256": "00"},
              "keyId": KEY_ID, **changed}
    text = json.dumps(record, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    signature = base64.urlsafe_b64encode(sign(b"lifeline-usage-record-1\n" + text.encode())).decode().rstrip("=")
    return {**record, "signature": signature}


class UsageRecords(unittest.TestCase):
    def test_one_that_is_so(self):
        self.assertEqual(KEY.hex(), "03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8")
        self.assertIsNone(wrong_with(signed(), 6, "sess_a", KEY, KEY_ID))

    def test_which_events_are_some(self):
        event = {"type": "billing.usage.measured", "payload": {"recordId": "mr_1"}}
        self.assertEqual(usage_record(json.dumps(event, separators=(",", ":"))), {"recordId": "mr_1"})
        self.assertIsNone(usage_record('{"type":"x.note","payload":{"type":"billing.usage.measured"}}'))
        self.assertIsNone(usage_record('{"type":"x.note","payload":{}}'))

    def test_each_that_is_not(self):
        evidence = signed()["evidence"]
        for name, record, says in (
                ("a quantity", {**signed(), "quantity": "61"}, "is not what was signed"),
                ("a member more", {**signed(), "reason": "x"}, "is not what was signed"),
                ("no signature", {**signed(), "signature": ""}, "is not what was signed"),
                ("another key", signed(keyId="0" * 16), "is signed by key 0000000000000000"),
                ("another call", signed(sessionId="sess_b"), "is of another call"),
                ("what comes later", signed(evidence={**evidence, "seqLast": 6}), "rests on events that cannot be"),
                ("more than fit", signed(evidence={**evidence, "count": 5}), "rests on events that cannot be"),
                ("none", signed(evidence={**evidence, "count": 0}), "rests on events that cannot be")):
            with self.subTest(name):
                self.assertIn(says, wrong_with(record, 6, "sess_a", KEY, KEY_ID) or "")
