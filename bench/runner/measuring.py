"""One repetition of one row, and how it is come by: the load generator, and memory at rest."""

import json
import os
import subprocess
import time
from dataclasses import dataclass

import servers
from console import ROOT, Failure


@dataclass
class Sample:
    """One repetition of one row: `value` is what the bench counts."""
    value: float
    server_cpu: float = 0  # Cores.
    p50: float = 0
    p99: float = 0
    rss: int = 0
    foreign: float = 0  # Cores that others used meanwhile.
    per_core: float = 0  # `value` for each CPU second of the server.


def load(place, server, shape, seconds, *arguments):
    command = [place.load, "--dialect", server.dialect, "--shape", shape, "--port", server.port,
               "--seconds", seconds, *arguments]
    for process in server.processes:
        command += ["--process", process]
    for name, token in server.tokens.items():
        command += ["--token", f"{name}={token}"]
    done = subprocess.run([str(part) for part in command], text=True, stdout=subprocess.PIPE,
                          preexec_fn=lambda: os.sched_setaffinity(0, [servers.LOAD_CORE]))
    if done.returncode:
        raise Failure(f"the load {shape} failed; its reason is above")
    return json.loads(done.stdout)


def rss_while_held(place, server, *arguments):
    """Resident bytes of the server once the load has done what it had to, and stays connected."""
    command = [place.load, "--dialect", "lifeline", "--port", server.port, "--hold", "yes",
               "--process", server.processes[0], *arguments]
    for name, token in server.tokens.items():
        command += ["--token", f"{name}={token}"]
    child = subprocess.Popen([str(part) for part in command], text=True,
                             stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        if not child.stdout.readline():
            raise Failure(f"the load {arguments[1]} failed; its reason is above")
        return settled_rss(server.processes[0])
    finally:
        child.stdin.close()
        child.wait()


def settled_rss(process):
    """Resident bytes once they have stopped falling: three readings a second apart."""
    readings = []
    while len(readings) < 3 or min(readings[-2:]) < readings[-3] * 0.99:
        time.sleep(1)
        with open(f"/proc/{process}/statm") as file:
            readings.append(int(file.read().split()[1]) * os.sysconf("SC_PAGESIZE"))
    return readings[-1]


def lines(command):
    """What a program says, a JSON object a line."""
    done = subprocess.run([str(part) for part in command], text=True, stdout=subprocess.PIPE,
                          cwd=ROOT)
    if done.returncode:
        raise Failure(f"{command[0]} failed")
    return [json.loads(line) for line in done.stdout.splitlines()]
