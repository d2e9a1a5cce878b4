#!/usr/bin/env python3
"""Every reason that is said beside a Code is one of schema/v1/errors.json, and the Code is the one that
stands there: what a client may branch on is written down, with its meaning and what to do, before any
code says it, and no two places call one refusal by different words."""

import json
import re
import sys

from source import Finding, cpp_files, line_of, main

# A CloseCode has a list of its own; of what is said beside it only the reason is looked at.
SAID = re.compile(r'(?P<kind>\w*?)Code::(?P<code>\w+)\s*,\s*"(?P<reason>[a-z0-9_]+)"')


def check(root):
    known = json.loads((root / "schema/v1/errors.json").read_text())["reasons"]
    findings, looked_at = [], 0
    for name, text in cpp_files(root):
        if name.endswith("_test.cpp"):
            continue
        looked_at += 1
        for said in SAID.finditer(text):
            line = line_of(text, said.start())
            entry = known.get(said["reason"])
            if entry is None:
                findings.append(Finding(name, line,
                                        f"the reason {said['reason']} is not in schema/v1/errors.json",
                                        "add it there, with its meaning and a fix"))
            elif not said["kind"] and said["code"] != entry["code"]:
                findings.append(Finding(name, line, f"{said['reason']} is said with Code::{said['code']}",
                                        f"Code::{entry['code']}, as schema/v1/errors.json has it"))
    return findings, looked_at


if __name__ == "__main__":
    sys.exit(main(check, "reasons"))
