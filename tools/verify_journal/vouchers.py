"""What vouches for the journal from outside of it: journal.mark and journal.seals, by journal.key."""

import hmac
import shutil
import struct
import subprocess
import tempfile
from pathlib import Path

SLOT, SEAL = struct.Struct("<8sQQ32s16s"), struct.Struct("<8sQ32s16s")
SIGNED_SEAL_BYTES = SEAL.size + 64
ED25519_SEED = bytes.fromhex("302e020100300506032b657004220420")  # PKCS 8 before the seed.


def read_key(path, report):
    if not path.exists():
        report.add("journal_key_missing", f"{path} is not there")
        return None
    text = path.read_bytes()
    if len(text) != 40 or text[:8] != b"LLJKEY1\n":
        report.add("journal_key_invalid", f"{path} is not a journal's key")
        return None
    return text[8:]


def check_mark(path, key, journal, db, report):
    """The position that it vouches for. Without a key a slot is believed."""
    if not path.exists():
        report.add("mark_missing", f"{path} is not there")
        return 0
    slots = [slot for number in (0, 1) if (slot := _slot(path.read_bytes(), number, key))]
    if not slots:
        signed = " and signed with this key" if key else ""
        report.add("mark_corrupt", f"{path}: neither slot is whole{signed}")
        return 0
    _, position, hash_, epoch = max(slots)
    row = journal.row_at(db, position) if position else (bytes(32), epoch)
    if position > journal.head:
        report.add("journal_tail_lost", f"record {journal.head + 1} is missing: {position} was "
                   f"acknowledged, the journal ends at {journal.head}", journal.head + 1)
    elif not row or row[0] != hash_:
        report.add("journal_differs", f"the row that ends at {position} is not the one that was "
                   "acknowledged", position)
    elif epoch != journal.epochs[-1].id:
        report.add("journal_differs", f"{path} is of epoch {epoch.hex()}")
    return position


def _slot(text, number, key):
    slot = text[4096 * number:4096 * number + SLOT.size + 32]
    if len(slot) < SLOT.size + 32 or slot[:8] != b"LLMARK1\n":
        return None
    body, mac = slot[:SLOT.size], slot[SLOT.size:]
    if key and not hmac.compare_digest(_mac(_mac(key, b"journal mark"), body), mac):
        return None
    _, counter, *rest = SLOT.unpack(body)
    return (counter, *rest) if counter % 2 == number else None


def check_seals(path, key, journal, db, report):
    """How many seals there are that say what the journal says."""
    text = path.read_bytes() if path.exists() else b""
    signatures = Signatures(key) if text and key and shutil.which("openssl") else None
    if text and key and not signatures:
        report.skipped.append("who signed the seals: there is no `openssl` here")
    good = passed = 0
    for at in range(0, len(text) - SIGNED_SEAL_BYTES + 1, SIGNED_SEAL_BYTES):
        body, signature = text[at:at + SEAL.size], text[at + SEAL.size:at + SIGNED_SEAL_BYTES]
        magic, position, hash_, epoch = SEAL.unpack(body)
        if magic != b"LLSEAL1\n" or signatures and not signatures.good(body, signature):
            report.skipped.append(f"the seal at byte {at}: it is none of this key (seals can be lost)")
        elif not 0 < position <= journal.head or epoch != journal.epoch_of(position).id:
            passed += 1  # Of rows that were given up.
        elif journal.row_at(db, position) != (hash_, epoch):
            report.add("journal_differs", f"the row that ends at {position} is not the one that was "
                       "sealed", position)
        else:
            good += 1
    if passed:
        report.skipped.append(f"seals of what this journal no longer has, or never had: {passed}")
    return good


class Signatures:
    """Ed25519 by `openssl`, with the public half of the seals' key."""

    def __init__(self, key):
        self.folder = tempfile.TemporaryDirectory()
        names = ("public", "text", "signature")
        self.public, self.text, self.signature = (Path(self.folder.name, name) for name in names)
        seed = ED25519_SEED + _mac(key, b"journal seal")
        self.public.write_bytes(subprocess.run(["openssl", "pkey", "-inform", "DER", "-pubout"],
                                               check=True, input=seed, stdout=subprocess.PIPE).stdout)

    def good(self, text, signature):
        self.text.write_bytes(text)
        self.signature.write_bytes(signature)
        done = subprocess.run(["openssl", "pkeyutl", "-verify", "-rawin", "-pubin", "-inkey",
                               self.public, "-in", self.text, "-sigfile", self.signature],
                              capture_output=True)
        return done.returncode == 0


def _mac(key, text):
    return hmac.digest(key, text, "sha256")
