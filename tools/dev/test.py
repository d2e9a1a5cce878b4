"""./dev test: the rungs one after the other, then one table. Fails when a rung failed or ran
nothing."""

import json
import os
import sys
import time
from dataclasses import dataclass, field

import build
import evidence
import node
import packages
from console import ROOT, Failure, header, stream
from count import Count, count
from rungs import RUNGS, Ctest, Npm, Program

CANNOT_RUN = 77


@dataclass
class Outcome:
    name: str
    counted: Count = field(default_factory=Count)
    seconds: float = 0
    word: str = "ok"  # "ok", "FAILED: why" or "skipped: why"


def command(arguments):
    """./dev test [--quick] [rung ...]: everything, or these rungs; --list names them"""
    if "--list" in arguments:
        for rung in RUNGS:
            print(f"{rung.name:<12} {rung.what}{'  (quick)' if rung.quick else ''}")
        return
    wanted = [word for word in arguments if word != "--quick"]
    unknown = set(wanted) - {rung.name for rung in RUNGS}
    if unknown:
        raise Failure(f"no rung is named {' or '.join(sorted(unknown))}; ./dev test --list")
    chosen = [rung for rung in RUNGS
              if (rung.name in wanted if wanted else "--quick" not in arguments or rung.quick)]
    outcomes = [_climb(rung, n, len(chosen)) for n, rung in enumerate(chosen, 1)]
    _table(outcomes)
    if any(outcome.word.startswith("FAILED") for outcome in outcomes):
        sys.exit(1)


def _climb(rung, n, total):
    header(f"[{n}/{total}] {rung.name}: {rung.what}")
    outcome, started = Outcome(rung.name), time.monotonic()
    try:
        packages.need(*rung.packages)
        command, cwd, env = _prepare(rung.how)
        if isinstance(rung.how, Program) and rung.how.counts:
            _counts_file(rung.name).parent.mkdir(parents=True, exist_ok=True)
            _counts_file(rung.name).unlink(missing_ok=True)  # What is there is of this run.
            command += ["--evidence", _counts_file(rung.name)]
        started = time.monotonic()  # The table shows what the tests cost, not what building does.
        status, lines = stream(command, cwd, env, ROOT / "build" / "test" / f"{rung.name}.log")
        outcome.counted = count(lines)
        outcome.word = _judge(status, outcome.counted, lines)
        _publish(rung, outcome, time.monotonic() - started)
    except Failure as failure:
        print(f"   {failure}")
        outcome.word = f"FAILED: {str(failure).splitlines()[0]}"
    outcome.seconds = time.monotonic() - started
    return outcome


def _publish(rung, outcome, seconds):
    """What a program counted, as evidence; tests that are scripts write theirs themselves."""
    if not (evidence.wanted() and _counts_file(rung.name).exists()):
        return
    counts = json.loads(_counts_file(rung.name).read_text())
    evidence.write(rung.name, seconds, counts, [] if outcome.word == "ok" else [outcome.word])


def _counts_file(name):
    return ROOT / "build" / "test" / f"{name}.json"


def _judge(status, counted, lines):
    if status == CANNOT_RUN:
        return f"skipped: {lines[-1] if lines else 'without a reason'}"
    if status:
        return f"FAILED: exit status {status}"
    if counted.tests == 0:
        return "FAILED: no test ran"
    if counted.passed + counted.skipped != counted.tests:
        return "FAILED: not all passed"
    if counted.passed == 0:
        return "FAILED: every test was skipped"
    return "ok"


def _prepare(how):
    """Builds what a rung needs; gives its command, folder and environment."""
    env = dict(os.environ)
    if isinstance(how, Ctest):
        if how.targets:
            node.build_all()
            build.build(how.preset, how.targets)
        else:
            build.configure(how.preset)
        chosen = ["-L", f"^{how.label}$"] if how.label else ["-LE", "^check$"]
        chosen += ["-R", how.only] if how.only else []
        return (["ctest", "--test-dir", build.folder(how.preset), *chosen, "--output-on-failure",
                 f"-j{os.cpu_count() or 2}"], ROOT, env)
    if isinstance(how, Npm):
        if not (ROOT / how.folder / "package.json").exists():
            raise Failure(f"{how.folder} has no package.json")
        node.build_all()
        node.install(how.folder)
        if how.needs:
            variable, _, word = how.needs.partition("=")
            env[variable] = str(_built(word))
        return (["npm", "run", how.script, "--silent"], ROOT / how.folder, env)
    assert isinstance(how, Program)
    return ([_built(word) if word.partition(":")[0] in build.PRESETS else word
             for word in how.command], ROOT, env)


def _built(word):
    preset, _, name = word.partition(":")
    node.build_all()
    build.build(preset, [name])
    return build.program(preset, name)


def _table(outcomes):
    print(f"\n{'rung':<13}{'tests':>7}{'passed':>8}{'skipped':>9}{'seconds':>9}")
    for o in outcomes:
        c = o.counted
        print(f"{o.name:<13}{c.tests:>7}{c.passed:>8}{c.skipped:>9}{o.seconds:>9.1f}  {o.word}")
    c = sum((o.counted for o in outcomes), Count())
    seconds = sum(o.seconds for o in outcomes)
    print(f"{'all':<13}{c.tests:>7}{c.passed:>8}{c.skipped:>9}{seconds:>9.1f}", flush=True)
