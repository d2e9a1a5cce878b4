#!/usr/bin/env python3
"""Every refusal's reason is one of schema/v1/errors.json: what a client may branch on is written
down there, with its meaning and what to do, before any code says it."""

import json
import re
import sys

from source import Finding, cpp_files, line_of, main

SAID = re.compile(r"""Code::\w+\s*,\s*"(?P<reason>[a-z_]+)\"""")


def check(root):
    known = set(json.loads((root / "schema/v1/errors.json").read_text())["reasons"])
    findings = []
    looked_at = 0
    for name, text in cpp_files(root):
        if name.endswith("_test.cpp"):
            continue
        looked_at += 1
        for said in SAID.finditer(text):
            if said["reason"] not in known:
                findings.append(Finding(name, line_of(text, said.start()),
                                        f"the reason {said['reason']} is not in schema/v1/errors.json",
                                        "add it there, with its meaning and a fix"))
    return findings, looked_at


if __name__ == "__main__":
    sys.exit(main(check, "reasons"))
