"""The keys that sign usage records: which signature counts where."""

import base64
from hashlib import sha256

from ed25519 import verify

STATES = ("added", "active", "retired", "revoked")


def unbase64(text):
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (TypeError, ValueError):
        return b""


class Keys:
    def __init__(self):
        self.known = {}  # By id: public key, state, and positions.
        self.last = 0

    def take(self, change, position):
        """What is wrong with the change, in words; None when nothing is."""
        public, name, state = unbase64(change.get("publicKey")), change.get("keyId"), change.get("state")
        if len(public) != 32 or state not in STATES:
            return "cannot be read"
        if position <= self.last:
            return "stands out of its place"
        if name != sha256(public).hexdigest()[:16]:
            return "names another key's id"
        if "endorsedBy" in change:
            before = self.known.get(change["endorsedBy"])
            message = b"lifeline-key-1\n" + public
            if before is None or change["endorsedBy"] == name:
                return "is endorsed by a key that is not known"
            if not verify(before["key"], message, unbase64(change.get("endorsement"))):
                return "is not what the key before it endorsed"
        first = not self.known
        key = self.known.setdefault(name, {"key": public, "state": state, "from": None, "to": None, "doubtful": None})
        if key["state"] in STATES[2:] and state in STATES[:2]:
            return "brings back a key that went"
        if state == "active" and key["from"] is None:
            key["from"] = 0 if first else position
        if state in STATES[2:] and key["to"] is None:
            key["to"] = position
        if state == "revoked":
            doubtful = change.get("doubtfulFrom", position)
            key["doubtful"] = doubtful if key["doubtful"] is None else min(key["doubtful"], doubtful)
        key["state"], self.last = state, position
        return None

    def doubt(self, name, position):
        """Why a signature of this key at this position proves nothing; None when it does."""
        key = self.known.get(name)
        if key is None:
            return f"is signed by key {name}, which is none of the history of keys"
        if key["from"] is None or position < key["from"]:
            return f"is signed by key {name} before that one signed"
        if key["doubtful"] is not None and position >= key["doubtful"]:
            return f"is signed by key {name}, which proves nothing from position {key['doubtful']} on"
        if key["to"] is not None and position > key["to"]:
            return f"is signed by key {name} after that one was retired"
        return None
