#!/usr/bin/env python3
"""Holds every file of the repository against what a clone on another machine needs: no path or host
of one machine, lock files without addresses, no build output, no large files."""

import re
import sys

from source import Finding, line_of, main, tracked

FILE_BYTES_MAX = 512 * 1024
BINARY = (".png", ".ico", ".woff2", ".wasm")
FOREIGN = re.compile(r"(?<![\w.:/-])/(?:home|Users|root|mnt|media)/[\w.-]+")
ADDRESS = re.compile(r'"resolved"\s*:\s*"https?:')
REGISTRY = re.compile(r"^\s*(?:registry|//[\w.:/-]+:_auth\w*)\s*=|\bregistry\.npm\w*\.\w+", re.M)
OUTPUT = re.compile(r"(?:^|/)(?:node_modules|dist|build|__pycache__)/")


def check(root):
    findings = []
    names = tracked(root)
    for name in names:
        path = root / name
        if OUTPUT.search(name):
            findings.append(Finding(name, 1, "build output is committed", "a line in .gitignore"))
            continue
        if path.stat().st_size > FILE_BYTES_MAX:
            findings.append(Finding(name, 1, f"larger than {FILE_BYTES_MAX // 1024} KiB"))
        if path.suffix in BINARY or "corpus/" in name:
            continue
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            findings.append(Finding(name, 1, "not UTF-8 text, and of no known binary type"))
            continue
        findings += _text(name, text)
    return findings, len(names)


def _text(name, text):
    for pattern, what, instead in (
            (FOREIGN, "a path of one machine", "a path beneath the repository, or an option"),
            (ADDRESS, "a lock file with addresses", "npm's omit-lockfile-registry-resolved"),
            (REGISTRY, "a registry is named", "the machine's own npm settings")):
        for found in pattern.finditer(text):
            yield Finding(name, line_of(text, found.start()), what, instead)
    if re.search(r"^(?:<{7} |>{7} |={7}$)", text, re.M):
        yield Finding(name, 1, "a merge was not finished")
    if text and not text.endswith("\n"):
        yield Finding(name, text.count("\n") + 1, "the last line has no end")


if __name__ == "__main__":
    sys.exit(main(check, "repository"))
