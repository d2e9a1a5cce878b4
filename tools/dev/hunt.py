"""The long searches: ./dev sim, ./dev crash, and ./dev soak, which goes from one to the next."""

import argparse
import json
import os
import subprocess
import time

import build
import evidence
import fuzz
import node
from console import ROOT, Failure, header, note

SOAK_SEEDS, SOAK_ROUNDS, SOAK_FUZZ_MINUTES = 2000, 40, 2


def sim(arguments):
    """./dev sim [--seeds N] [--from SEED]: the whole house on virtual time, from N seeds"""
    options = _parse("sim", arguments, ("--seeds", 5000), ("--from", 1))
    build.build("release", ["simulation"])
    _sim(options["seeds"], options["from"])


def crash(arguments):
    """./dev crash [--rounds N]: the real binary, killed with -9 N times"""
    options = _parse("crash", arguments, ("--rounds", 200))
    _crash(options["rounds"])


def soak(arguments):
    """./dev soak [--minutes N]: new seeds, crashes and fuzzing in turn, until N minutes are over"""
    minutes = _parse("soak", arguments, ("--minutes", 60))["minutes"]
    build.build("release", ["simulation"])
    # Other seeds than last time, and known from the output, so that a failure can be repeated.
    seed, until = int(time.time()), time.monotonic() + minutes * 60
    turn = 0
    while time.monotonic() < until:
        turn += 1
        header(f"soak, turn {turn}: {(until - time.monotonic()) / 60:.0f} minutes left")
        _sim(SOAK_SEEDS, seed)
        seed += SOAK_SEEDS
        _crash(SOAK_ROUNDS)
        fuzz.command(["--minutes", str(SOAK_FUZZ_MINUTES)])
    note(f"{turn} turns, nothing found")


def _parse(name, arguments, *known):
    parser = argparse.ArgumentParser(prog=f"./dev {name}", allow_abbrev=False)
    for option, default in known:
        parser.add_argument(option, type=int, default=default, help=f"default {default}")
    return vars(parser.parse_args(arguments))


def _sim(seeds, first):
    counts = ROOT / "build" / "simulation.json"
    started = time.monotonic()
    _check([build.program("release", "simulation"), "--seeds", str(seeds), "--from", str(first),
            "--evidence", str(counts)], f"simulation: {seeds} seeds from {first}")
    if evidence.wanted():
        evidence.write("simulation", time.monotonic() - started, json.loads(counts.read_text()), [])


def _crash(rounds):
    node.build_all()
    build.build("release", ["lifeline"])
    node.install("tests/system")
    _check(["npm", "run", "--silent", "crash"], f"crash: {rounds} rounds", ROOT / "tests/system",
           {"LIFELINE_BINARY": str(build.program("release", "lifeline")),
            "LIFELINE_CRASH_ROUNDS": str(rounds)})


def _check(command, what, cwd=ROOT, variables=None):
    header(what)
    if subprocess.run(command, cwd=cwd, env={**os.environ, **(variables or {})}).returncode:
        raise Failure(f"{what}: found something; it is above")
