#!/usr/bin/env python3
"""effects_test.py NM WHATIF_TEST RERUN_TEST ORCHESTRATION_TEST: what is linked, by the names of its symbols.
ADR 33: the rooms behind `lifeline whatif` have no effect because no code that has one is in reach."""

import re
import subprocess
import sys

NAMESPACE = re.compile(rb"8lifeline\d+([a-z]+)")  # In a mangled name: the house, then the room.


def rooms_in(nm, program):
    names = subprocess.run((nm, program), check=True, capture_output=True).stdout
    return {room.decode() for room in NAMESPACE.findall(names)}


def main(nm, whatif, rerun, orchestration):
    failed = 0
    for program, there, never in (
            (whatif, {"whatif", "call", "safety"}, {"orchestration", "net", "agent", "session", "journal"}),
            (rerun, {"rerun", "agent"}, {"orchestration", "app"}),
            (orchestration, {"orchestration", "net", "journal"}, set())):
        rooms = rooms_in(nm, program)
        for room in sorted(there - rooms):
            failed += 1
            print(f"{program}: no symbol of {room}: either it is stripped, or this test looks wrong")
        for room in sorted(rooms & never):
            failed += 1
            print(f"{program}: has symbols of {room}, which it never may")
    print("what is linked: " + ("ok" if not failed else f"{failed} findings"))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
