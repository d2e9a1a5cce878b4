"""./dev test: the rungs, then one table. Fails when a rung failed or ran nothing.

First come those that compute, one after the other. Those that talk to a server wait more than they
work: they follow in two lanes side by side, one of tests/system and one of the others."""

import json
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import build
import evidence
import node
import packages
from console import ROOT, Failure, header, stream
from count import Count, count
from rungs import RUNGS, SYSTEM, Ctest, Npm, Program

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
    _table(Climb(chosen).all())


class Climb:
    def __init__(self, chosen):
        self.chosen = chosen
        self.outcomes = {}

    def all(self):
        """What came of each, in their order."""
        for rung in self.chosen:
            if not rung.waits:
                self._run(rung, self._make_ready(rung))
        waiting = [rung for rung in self.chosen if rung.waits]
        # Whoever builds has the machine: in the lanes nothing is built any more.
        ready = {rung.name: self._make_ready(rung) for rung in waiting}
        lanes = [[rung for rung in waiting if (rung.folder == SYSTEM) == system]
                 for system in (True, False)]
        lanes = [lane for lane in lanes if lane]
        with ThreadPoolExecutor(2) as pool:
            running = [pool.submit(self._lane, lane, ready, len(lanes) > 1) for lane in lanes]
        for lane in running:
            lane.result()  # Raises what was raised there.
        return [self.outcomes[rung.name] for rung in self.chosen]

    def _lane(self, lane, ready, beside):
        for rung in lane:
            self._run(rung, ready[rung.name], rung.name if beside else "")

    def _header(self, rung):
        header(f"[{self.chosen.index(rung) + 1}/{len(self.chosen)}] {rung.name}: {rung.what}")

    def _make_ready(self, rung):
        """Its command, folder and environment, once all that it needs is built; None if that fails."""
        try:
            packages.need(*rung.packages)
            command, cwd, env = _prepare(rung.how)
            if isinstance(rung.how, Program) and rung.how.counts:
                _counts_file(rung.name).parent.mkdir(parents=True, exist_ok=True)
                _counts_file(rung.name).unlink(missing_ok=True)  # What is there is of this run.
                command += ["--evidence", _counts_file(rung.name)]
            return command, cwd, env
        except Failure as failure:
            self._header(rung)
            print(f"   {failure}")
            word = f"FAILED: {str(failure).splitlines()[0]}"
            self.outcomes[rung.name] = Outcome(rung.name, word=word)
            return None

    def _run(self, rung, ready, beside=""):
        """The table shows what the tests cost, not what building does."""
        if ready is None:
            return
        self._header(rung)
        command, cwd, env = ready
        log = ROOT / "build" / "test" / f"{rung.name}.log"
        started = time.monotonic()
        status, lines = stream(command, cwd, env, log, beside)
        outcome = Outcome(rung.name, count(lines), time.monotonic() - started)
        outcome.word = _judge(status, outcome.counted, lines)
        _publish(rung, outcome)
        self.outcomes[rung.name] = outcome


def _publish(rung, outcome):
    """What a program counted, as evidence; tests that are scripts write theirs themselves."""
    if not (evidence.wanted() and _counts_file(rung.name).exists()):
        return
    counts = json.loads(_counts_file(rung.name).read_text())
    evidence.write(rung.name, outcome.seconds, counts, [] if outcome.word == "ok" else [outcome.word])


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
        for need in how.needs.split():
            variable, _, word = need.partition("=")
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
    if any(outcome.word.startswith("FAILED") for outcome in outcomes):
        sys.exit(1)
