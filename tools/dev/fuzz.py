"""./dev fuzz: libFuzzer on each target for a while, from the corpus in the repository."""

import argparse
import json
import os
import re
import subprocess
import time

import build
import evidence
from console import ROOT, Failure, header, note, stream

EXECUTED = re.compile(r"^stat::number_of_executed_units: +(\d+)$")
FOUND = ROOT / "build" / "fuzz-found"  # New inputs and crashes, by target; nothing is lost between runs.


def command(arguments):
    """./dev fuzz [--minutes N] [target ...]: hunts in the decoders, N minutes in all"""
    parser = argparse.ArgumentParser(prog="./dev fuzz", allow_abbrev=False)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("targets", nargs="*")
    options = parser.parse_args(arguments)

    build.build("fuzz")
    corpora = _corpora()
    chosen = options.targets or sorted(corpora)
    if set(chosen) - set(corpora) or not chosen:
        raise Failure(f"fuzz targets are: {' '.join(sorted(corpora)) or 'none yet'}")
    seconds = max(1, int(options.minutes * 60 / len(chosen)))
    started = time.monotonic()
    hunts = {name: _hunt(name, corpora[name], seconds) for name in chosen}
    crashed = [name for name, (clean, _) in hunts.items() if not clean]
    if evidence.wanted():
        counts = {"executions": sum(ran for _, ran in hunts.values()), "targets": len(hunts),
                  "crashes": len(crashed)}
        evidence.write("fuzz", time.monotonic() - started, counts, crashed)
    if crashed:
        raise Failure(f"inputs that break {', '.join(crashed)} are in {FOUND.relative_to(ROOT)}; "
                      "move each into the target's corpus with its repair")


def _corpora():
    """Target -> its corpus folder, as cmake/Fuzz.cmake registered it for the replay test."""
    shown = subprocess.run(["ctest", "--test-dir", build.folder("fuzz"), "--show-only=json-v1",
                            "-R", "^fuzz[.]"], stdout=subprocess.PIPE, check=True).stdout
    return {test["name"].removeprefix("fuzz."): test["command"][1]
            for test in json.loads(shown)["tests"]}


def _hunt(name, corpus, seconds):
    header(f"fuzz {name}: {seconds} s")
    fresh, crashes = FOUND / name / "corpus", FOUND / name / "crashes"
    for folder in (fresh, crashes):
        folder.mkdir(parents=True, exist_ok=True)
    started = time.monotonic()
    status, lines = stream(
        [build.program("fuzz", f"{name}_fuzz"), fresh, corpus, f"-max_total_time={seconds}",
         f"-artifact_prefix={crashes}/", "-print_final_stats=1", "-verbosity=0",
         f"-jobs={os.cpu_count() or 2}", f"-workers={os.cpu_count() or 2}"], cwd=FOUND)
    ran = executions(lines)
    note(f"{name}: {'clean' if status == 0 else 'CRASHED'} after {time.monotonic() - started:.0f} s, "
         f"{ran:,} inputs")
    return status == 0, ran


def executions(lines):
    """How many inputs the jobs of a hunt tried, from the statistics that each prints at its end."""
    return sum(int(found[1]) for line in lines if (found := EXECUTED.match(line.strip())))
