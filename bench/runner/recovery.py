"""The benches of coming back: replays, starts, restarts, and who is slow beside those who are not."""

import json
import os
import signal
import subprocess
import time

import postgres
import servers
from console import ROOT, Failure
from measuring import Sample, load, settled_rss
from report import LIFELINE

CLIENTS = ROOT / "bench" / "clients"
IDLE_TLS = 5_000
WITHOUT_SLOW = "Lifeline, none slow"
SLOW_CALLS, SLOW_LISTENERS, SLOW_RATE = 10, 38, 40
RESTART_CALLS = 500


def replay_long(place, seconds):
    yield from _replay(place, seconds, calls=1, events=200_000)


def replay_short(place, seconds):
    yield from _replay(place, seconds, calls=1_000, events=100)


def _replay(place, seconds, calls, events):
    with servers.lifeline(place, loops=2, cores=servers.CORES) as server:
        figures = load(place, server, "replay", seconds, "--calls", calls, "--events", events)
    cpu = figures["serverCpuSeconds"]
    yield LIFELINE, Sample(value=figures["events"] / figures["seconds"], rss=figures["rssBytes"],
                           server_cpu=cpu / figures["seconds"], foreign=figures["foreignCores"],
                           per_core=figures["events"] / cpu if cpu else 0)
    if postgres.is_there():
        yield "PostgreSQL", Sample(value=postgres.replay(calls, events, seconds))


def slow(place, seconds):
    """Both rows in one run, and for long enough that what is slow has been behind for a while."""
    rows = {}
    for who in (WITHOUT_SLOW, LIFELINE):
        with servers.lifeline(place) as server:
            readers = _slow_readers(server) if who == LIFELINE else None
            figures = load(place, server, "latency", max(seconds, 10), "--calls", SLOW_CALLS,
                           "--subscribers", SLOW_LISTENERS, "--rate", SLOW_RATE, "--warm", 10)
            if readers:
                readers.communicate(timeout=30)
        rows[who] = Sample(value=figures["p99Us"], p50=figures["p50Us"], p99=figures["p99Us"],
                           rss=figures["rssBytes"], foreign=figures["foreignCores"],
                           server_cpu=figures["serverCpuSeconds"] / figures["seconds"])
    yield LIFELINE, rows[LIFELINE]
    yield WITHOUT_SLOW, rows[WITHOUT_SLOW]


def _slow_readers(server):
    """Two more viewers in each call: 5 % of all who listen. They come when the calls are there."""
    sessions = [f"sess_bench_{call:06}" for call in range(SLOW_CALLS)] * 2
    return subprocess.Popen(
        ["python3", str(CLIENTS / "slow_reader.py"), str(server.port), server.tokens["viewer"],
         *sessions], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        preexec_fn=lambda: os.sched_setaffinity(0, [servers.LOAD_CORE]))


def start(place, _seconds):
    """The journal is made once, over sockets as clients make it, and then started three times."""
    with servers.folder() as data:
        with servers.lifeline_on(place, data, loops=2, cores=servers.CORES) as server:
            load(place, server, "fill", 1, "--calls", 1_000, "--events", 1_000, "--in-flight", 8)
            _stop(server.processes[0])
        for _ in range(3):
            begun = time.monotonic()
            with servers.process([place.lifeline, "serve", "--listen", "127.0.0.1:0", "--data",
                                  f"{data}/data", "--config", f"{data}/bench.toml"],
                                 servers.CORES) as (pid, _port):
                ready = time.monotonic() - begun
                yield LIFELINE, Sample(value=ready * 1_000, rss=settled_rss(pid))
                _stop(pid)


def restart(place, seconds):
    """In order, as a deploy does it: SIGTERM, and the next one on the same port when it has gone."""
    port = servers.free_port()
    # So short that those who are quiet do not wait outside for those who are not.
    first = "drain_ms = 500\n"
    with servers.folder() as data:
        with servers.lifeline_on(place, data, 2, servers.CORES, port, first) as server:
            clients = _node("restart.mjs", f"http://127.0.0.1:{port}", server.tokens["user"],
                            RESTART_CALLS)
            _expect(clients, "up")
            time.sleep(seconds)
            _stop(server.processes[0])
        with servers.lifeline_on(place, data, 2, servers.CORES, port, first):
            time.sleep(seconds + 5)
            said, _ = clients.communicate(timeout=60)
    figures = json.loads(said)
    if figures["lost"] or figures["doubled"] or figures["cut"] < RESTART_CALLS:
        raise Failure(f"the restart lost or doubled events, or did not reach all: {figures}")
    yield LIFELINE, Sample(value=figures["p99Ms"], p50=figures["p50Ms"] * 1000,
                           p99=figures["p99Ms"] * 1000)


def idle_tls(place, _seconds):
    with servers.folder() as data:
        made = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1", "-subj", "/CN=127.0.0.1",
                "-keyout", f"{data}/key.pem", "-out", f"{data}/certificate.pem"]
        subprocess.run(made, check=True, stderr=subprocess.DEVNULL)
        last = f'\n[tls]\ncertificate = "{data}/certificate.pem"\nkey = "{data}/key.pem"\n'
        with servers.lifeline_on(place, data, 2, servers.CORES, last=last) as server:
            empty = settled_rss(server.processes[0])
            clients = _node("hold_tls.mjs", f"https://127.0.0.1:{server.port}",
                            server.tokens["user"], IDLE_TLS)
            try:
                _expect(clients, "held")
                rss = settled_rss(server.processes[0])
            finally:
                clients.stdin.close()
                clients.wait()
    yield LIFELINE, Sample(value=(rss - empty) / IDLE_TLS, rss=rss)


def _node(script, *arguments):
    return subprocess.Popen(["node", str(CLIENTS / script), *map(str, arguments)], text=True,
                            stdin=subprocess.PIPE, stdout=subprocess.PIPE)


def _expect(child, word):
    said = child.stdout.readline().strip()
    if said != word:
        child.kill()
        raise Failure(f"the clients did not say {word} but: {said or 'nothing'}")


def _stop(pid):
    """In order, and until it is gone; it is a child of ours."""
    os.kill(pid, signal.SIGTERM)
    while True:
        try:
            os.kill(pid, 0)
            with open(f"/proc/{pid}/stat") as file:
                if file.read().rsplit(")", 1)[1].split()[0] == "Z":
                    return
        except (ProcessLookupError, FileNotFoundError):
            return
        time.sleep(0.005)
