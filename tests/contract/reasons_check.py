#!/usr/bin/env python3
"""Every reason that a room gives is one of schema/v1/errors.json: whoever branches on it finds what it
means and what to do, at /errors/{reason}."""

import json
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
GIVEN = re.compile(r'(?<!\w)Code::\w+,\s*"([a-z0-9_]+)"')


def complaints(root, reasons):
    found, seen = [], 0
    for path in sorted((root / "src").rglob("*")):
        if path.suffix not in (".cpp", ".h") or path.name.endswith("_test.cpp"):
            continue
        text = path.read_text()
        for match in GIVEN.finditer(text):
            seen += 1
            where = f"{path.relative_to(root)}:{text.count(chr(10), 0, match.start()) + 1}"
            if match[1] not in reasons:
                found.append(f"{where}: {match[1]} is not in schema/v1/errors.json")
    return found, seen


def main():
    reasons = json.loads((ROOT / "schema/v1/errors.json").read_text())["reasons"]
    found, seen = complaints(ROOT, reasons)
    for complaint in found:
        print(complaint)
    print(f"{seen} reasons looked at, {len(found)} findings")
    return 1 if found or seen == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
