"""Benches of what agents do: judging it, doing nothing by a tool that is built in, and answering."""

import json
import subprocess

import servers
from console import ROOT, Failure
from measuring import Sample
from report import LIFELINE

CALLS = 64
AGENT = "usr_bench_agent"
TOOL = "[tools.\"lifeline.noop\"]\nkind = \"builtin\"\n"


def policy(place, seconds):
    """100 rules of which the last decides, one core."""
    done = subprocess.run([str(place.policy), "--seconds", str(seconds)], text=True,
                          stdout=subprocess.PIPE, cwd=ROOT)
    if done.returncode:
        raise Failure("policy_bench failed")
    figures = json.loads(done.stdout)
    yield LIFELINE, Sample(value=figures["perCoreSecond"], per_core=figures["perCoreSecond"],
                           server_cpu=1)


def actions(place, seconds):
    """From a request over a WebSocket to accepted, and through policy, claim and outcome."""
    with servers.folder() as data, servers.lifeline_on(place, data, last="\n" + TOOL) as server:
        done = subprocess.run(
            ["node", str(ROOT / "bench/clients/actions.mjs"), f"http://127.0.0.1:{server.port}",
             server.tokens["user"], server.tokens["agent"], AGENT, str(CALLS), str(seconds)],
            text=True, stdout=subprocess.PIPE)
    if done.returncode:
        raise Failure("the agents failed; their reason is above")
    figures = json.loads(done.stdout)
    if figures["otherwise"] or not figures["executed"]:
        raise Failure(f"not every action was executed: {figures}")
    yield LIFELINE, Sample(value=figures["perSecond"], p50=figures["p50Us"],
                           p99=figures["p99Us"])


TALKS = 16  # Few enough that a turn waits for no other.
# Answers as soon as somebody has spoken; the caps are those of a person, not of a bench. What it asks
# to be sent is confirmed first.
SPEAKER = """
[agents.bench]
join = "all"
debounce_ms = 1
caps = {{ call_tokens = 0, user_day_tokens = 0, day_tokens = 0 }}
{driver}
[tools."lifeline.echo"]
kind = "builtin"
risk = "high_risk_external_send"
"""
DRIVERS = {
    "by rules": 'driver = "scripted"\n',
    "by a model on loopback": 'driver = "openai"\nprofile = "ollama"\nmodel = "bench"\n'
                              'base_url = "http://127.0.0.1:{port}/v1"\n',
}
# What is waited for -> what of it is shown, and as what (bench/clients/turns.mjs).
SHOWN = {
    "answer": {"firstWords": "first words", "wholeTurn": "whole turn"},
    "question": {"confirmation": "confirmation shown"},
}


def turns(place, seconds):
    """From a person's words to the first ones of the answer, to the end of the turn, and to the
    question whether that may be done; and the floor: an event that comes back to whoever sent it."""
    for name, driver in DRIVERS.items():
        for waited_for, shown in SHOWN.items():
            figures = _people(place, seconds, driver, waited_for)
            for key, what in shown.items():
                yield f"{LIFELINE}, {name}, {what}", _sample(figures, key)
    yield "floor, publish to seen", _sample(_people(place, seconds, DRIVERS["by rules"], "publish"),
                                            "publish")


def _people(place, seconds, driver, waited_for):
    port = servers.free_port()
    last = SPEAKER.format(driver=driver.format(port=port))
    with servers.folder() as data, servers.lifeline_on(place, data, last=last) as server:
        done = subprocess.run(
            ["node", str(ROOT / "bench/clients/turns.mjs"), waited_for,
             f"http://127.0.0.1:{server.port}", server.tokens["user"], str(TALKS), str(seconds),
             str(port)], text=True, stdout=subprocess.PIPE)
    if done.returncode:
        raise Failure("the people failed; their reason is above")
    figures = json.loads(done.stdout)
    if figures["otherwise"] or not figures["rounds"]:
        raise Failure(f"not every turn was completed: {figures}")
    return figures


def _sample(figures, key):
    times = figures["times"][key]
    return Sample(value=figures["perSecond"], p50=times["p50Us"], p99=times["p99Us"])
