"""The history of keys: which signature counts where, as the verifier says it."""

import base64
import unittest
from hashlib import sha256

from usage_records import KEY, KEY_ID, sign  # The path to the verifier comes with it.
from keys import Keys


def text(data):
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


OTHER = bytes(range(32))


def change(key, state, **more):
    return {"keyId": sha256(key).hexdigest()[:16], "publicKey": text(key), "use": "usage", "state": state, **more}


ENDORSED = {"endorsedBy": KEY_ID, "endorsement": text(sign(b"lifeline-key-1\n" + OTHER))}


class UsageKeys(unittest.TestCase):
    def setUp(self):
        self.keys = Keys()
        for position, one in enumerate((change(KEY, "active"), change(OTHER, "added", **ENDORSED),
                                        change(OTHER, "active"), change(KEY, "retired")), 10):
            self.assertIsNone(self.keys.take(one, position))
        self.other = change(OTHER, "active")["keyId"]

    def test_what_was_signed_while_active_counts(self):
        self.assertIsNone(self.keys.doubt(KEY_ID, 3))
        self.assertIn("retired", self.keys.doubt(KEY_ID, 14))
        self.assertIn("before", self.keys.doubt(self.other, 11))
        self.assertIsNone(self.keys.doubt(self.other, 20))
        self.assertIn("none of the history", self.keys.doubt("00" * 8, 20))

    def test_what_is_doubtful_proves_nothing(self):
        self.assertIsNone(self.keys.take(change(OTHER, "revoked", doubtfulFrom=25), 50))
        self.assertIsNone(self.keys.doubt(self.other, 24))
        self.assertIn("proves nothing", self.keys.doubt(self.other, 25))

    def test_what_no_server_writes(self):
        self.assertIn("brings back", self.keys.take(change(KEY, "active"), 60))
        self.assertIn("out of its place", self.keys.take(change(OTHER, "retired"), 13))
        self.assertIn("another key's id", self.keys.take({**change(OTHER, "retired"), "keyId": KEY_ID}, 60))
        forged = {**ENDORSED, "endorsement": text(bytes(64))}
        self.assertIn("endorsed", self.keys.take(change(bytes(32), "added", **forged), 60))


if __name__ == "__main__":
    unittest.main()
