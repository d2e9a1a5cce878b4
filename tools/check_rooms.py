#!/usr/bin/env python3
"""Holds every #include under src/ against the house: a room includes only rooms it names after USES
in src/CMakeLists.txt, and an outside library only if it owns it. Each finding names the way out."""

import re
import sys
from fnmatch import fnmatch

from source import Finding, code_only, cpp_files, line_of, main

ROOM = re.compile(r"^\s*room\(\s*(?P<name>\w+)(?P<rest>[^)]*)\)", re.M)
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(?:"(?P<own>[^"]+)"|<(?P<outside>[^>]+)>)', re.M)

# Outside library (by the beginning of its header's name), where it may be included, and what the
# rest of the house uses. The first row that fits decides; headers of no row are free for all.
LIBRARIES = (
    ("boost/beast", ("net/*",), "net/http_server.h or net/http_client.h"),
    ("boost/asio", ("net/*", "base/asio_loop.*", "app/*.cpp", "app/server_house.h"),
     "base/loop.h (post, timers); sockets are net's"),
    ("boost/", (), "the standard library; of Boost only Asio and Beast are used"),
    ("openssl/ssl", ("net/*",), "net/socket.h"),
    ("openssl/err", ("net/*", "base/*.cpp"), "a Result from base or net"),
    ("openssl/x509", ("net/*",), "net/dial.h"),
    ("openssl/", ("base/*.cpp",), "base/digest.h, base/signature.h"),
    ("simdjson", ("contract/*.cpp",), "contract/json.h"),
    ("sqlite3", ("sql/*",), "sql/database.h, sql/statement.h"),
    ("spdlog/", ("base/log.cpp",), "base/log.h"),
    ("xxhash", ("journal/*",), "base/digest.h, or a hash of the journal's"),
    ("CLI/", ("app/*.cpp",), "options as a struct, handed in by app"),
    ("toml++", ("app/*.cpp",), "options as a struct, handed in by app"),
    ("prometheus/", ("app/*.cpp",), "plain numbers, which app shows (app/metric.h)"),
    ("gtest/", ("*_test.cpp", "*/test_*"), "a file that ends in _test.cpp"),
    ("gmock/", ("*_test.cpp", "*/test_*"), "a file that ends in _test.cpp"),
    ("benchmark/", ("*_bench.cpp",), "a file that ends in _bench.cpp"),
    ("sys/epoll", ("net/*",), "net/socket.h"),
    ("sys/socket", ("net/*",), "net/socket.h"),
    ("netinet/", ("net/*",), "net/socket.h"),
    ("iostream", (), "base/log.h, or fmt into a string"),
)

# What a room must not reach, through whatever it uses: what cannot be called has no effect (ADR 33),
# and a second count that shares nothing with the first cannot repeat its fault (ADR 39).
NEVER = {
    "reconciliation": ("metering", "billing", "sinks", "findings"),
    "whatif": ("orchestration", "net", "agent", "session", "journal", "sql"),
    "rerun": ("orchestration",),
}


def read_rooms(text):
    """Room name -> names after USES, from src/CMakeLists.txt."""
    rooms = {}
    for found in ROOM.finditer(re.sub(r"#[^\n]*", "", text)):
        words, uses, taking = found["rest"].split(), set(), False
        for word in words:
            if word.isupper():  # USES, LIBRARIES, PRECOMPILED ...: what comes is of this kind.
                taking = word == "USES"
            elif taking:
                uses.add(word)
        rooms[found["name"]] = uses
    return rooms


def check(root):
    rooms = read_rooms((root / "src/CMakeLists.txt").read_text())
    findings, looked_at = list(_reach(rooms)), 0
    for path, text in cpp_files(root):
        looked_at += 1
        inside = path.removeprefix("src/")
        room = inside.split("/")[0]
        if room not in rooms:
            findings.append(Finding(path, 1, f"{room} is not a room",
                                    f"add room({room} USES ...) to src/CMakeLists.txt"))
            continue
        code = code_only(text)
        for include in INCLUDE.finditer(code):
            line = line_of(code, include.start())
            if include["own"]:
                findings += _own(root, path, line, include["own"], room, rooms)
            else:
                findings += _outside(path, line, include["outside"], inside)
    return findings, looked_at


def _reach(rooms):
    for room, never in NEVER.items():
        reached, left = set(), [room]
        while left:
            for used in rooms.get(left.pop(), set()) - reached:
                reached.add(used)
                left.append(used)
        for bad in sorted(reached & set(never)):
            yield Finding("src/CMakeLists.txt", 1, f"{room} reaches {bad}, which it never may",
                          f"take the room that leads to {bad} out of what {room} uses")


def _own(root, path, line, header, room, rooms):
    target = header.split("/")[0]
    if "/" not in header or target not in rooms:
        yield Finding(path, line, f'"{header}" does not begin with a room',
                      f'"{room}/{header}", or <{header}> for an outside library')
    elif target != room and target not in rooms[room]:
        yield Finding(path, line, f"{room} does not use {target}",
                      f"an interface in {room} that app plugs {target} into, or, if {target} lies "
                      f"below, name it after USES in src/CMakeLists.txt")


def _outside(path, line, header, inside):
    for prefix, allowed, instead in LIBRARIES:
        if header.startswith(prefix):
            if not any(fnmatch(inside, pattern) for pattern in allowed):
                yield Finding(path, line, f"<{header}> is not for {inside}", instead)
            return


if __name__ == "__main__":
    sys.exit(main(check, "rooms"))
