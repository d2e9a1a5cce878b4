"""./dev bench: the server and its peers, one after the other, on this machine.

A figure counts only as a ratio inside one run: server on one core, load on another, repetitions of
all interleaved. Nothing here fails because something is slow."""

import argparse
import json
import os
import sys
import time

import build
import evidence
import node
import packages
from console import ROOT, Failure, header, note

TABLES = ("transcript", "money")

sys.path.insert(0, str(ROOT / "bench" / "runner"))


def command(arguments):
    """./dev bench [NAME ...] [--repeat N] [--seconds N] [--utterances N] [--events N] [--records N] [--json FILE]: Lifeline against its peers"""
    import benches
    import report

    known = {bench.name: bench for bench in benches.BENCHES}
    parser = argparse.ArgumentParser(prog="./dev bench", allow_abbrev=False,
                                     epilog="benches: " + ", ".join(known))
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=5, help="of each repetition of each row")
    parser.add_argument("--utterances", type=int,
                        help="of the benches search (1,000,000) and transcript (a tenth of events)")
    parser.add_argument("--events", type=int, help="of the benches transcript (200,000) and money (1,000,000)")
    parser.add_argument("--records", type=int, help="of the bench money (1,000,000)")
    parser.add_argument("--json", metavar="FILE")
    options = parser.parse_args(arguments)
    # fanout is two, 8 and 1 in flight; transcript and money one run each with several tables.
    names = [n for name in options.names for n in known
             if n == name or n.rstrip("1") == name or n.startswith(name + "_") and name in TABLES]
    if len(set(options.names) - set(known)) or options.repeat < 1:
        raise Failure(f"benches are: {' '.join(known)}; --repeat is at least 1")
    chosen = [known[name] for name in dict.fromkeys(names)] or benches.BENCHES
    if len(os.sched_getaffinity(0)) < 2:
        note("one core only: server and load share it, so only ratios of CPU mean anything")

    place = _prepare()
    place.utterances, place.events = options.utterances, options.events
    place.records = options.records
    started = time.monotonic()
    header(f"bench: {options.repeat} x {options.seconds:g} s a row, {evidence.host()}")
    note("ratio: Lifeline divided by that row, per server-core second where there is one; "
         "others: cores that were busy with something else")
    results, missed = [], []
    for bench in chosen:
        samples = {}
        for _ in range(min(options.repeat, bench.repeats_max)):
            for who, sample in bench.run(place, options.seconds):
                samples.setdefault(who, []).append(sample)
        result = report.summary(bench, samples)
        report.show(bench, result)
        results.append(result)
        missed += [f"{what}: {'no figure' if figure is None else figure}, wanted {target}"
                   for what, figure, target, met in report.verdicts(bench, result) if not met]
    _write(options, results, missed, time.monotonic() - started, len(chosen) == len(known))


def _prepare():
    import servers

    packages.need("bench")
    node.install("bench/peers")
    place = servers.Place(lifeline=_binary(), load=None, floor=None)
    build.build("release", ["bench_programs"])
    place.load = build.program("release", "lifeline_load")
    place.floor = build.program("release", "floor_server")
    place.contract = build.program("release", "contract_bench")
    place.policy = build.program("release", "policy_bench")
    place.search = build.program("release", "search_bench")
    place.journal = build.program("release", "journal_bench")
    place.transcript = build.program("release", "transcript_bench")
    place.money = build.program("release", "money_bench")
    return place


def _binary():
    """The server: LIFELINE_BINARY where that is given, as for every test; else the release build."""
    given = os.environ.get("LIFELINE_BINARY")
    if given:
        return given
    node.build_all()
    build.build("release", ["lifeline"])
    return build.program("release", "lifeline")


def _write(options, results, missed, seconds, all_of_them):
    whole = {"commit": evidence.commit(), "host": evidence.host(), "benches": results}
    if options.json:
        with open(options.json, "w") as file:
            file.write(json.dumps(whole, indent=2) + "\n")
        note(f"written: {options.json}")
    if all_of_them and options.repeat >= 3:
        shown = {"name": "bench", "commit": whole["commit"], "date": evidence.now(),
                 "host": whole["host"], "seconds": round(seconds, 1),
                 "counts": {"benches": len(results), "repetitions": options.repeat,
                            "targetsMissed": len(missed)},
                 "failures": missed, "benches": results}
        (ROOT / "evidence").mkdir(exist_ok=True)
        (ROOT / "evidence" / "bench.json").write_text(json.dumps(shown, indent=2) + "\n")
        note("written: evidence/bench.json")

