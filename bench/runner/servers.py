"""The servers that are measured: each starts on core 0, says where it listens, and is gone after.

A server is a context: `with lifeline(place) as server: server.port, server.processes`. Nothing it
wrote stays."""

import ctypes
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

from console import ROOT, Failure

CORES = sorted(os.sched_getaffinity(0))
SERVER_CORE, LOAD_CORE = CORES[0], CORES[-1]

# The bench is one address, one account and a few users: what protects a server from one client would
# only measure itself.
CONFIG = """
loops = {loops}

[limits]
events_per_second = 100000
events_burst = 1000000
changes_burst = 100000
connects_burst = 100000
lines_per_participant = 100000
connections_per_user = 1000000
connections_per_account = 1000000
bytes_per_second = 1000000000
bytes_burst = 1000000000
connections_per_address = 1000000
connections = 1000000

[log]
level = "error"
"""

# Who the generator's seats are (bench/load/seat.h), and the role in each one's token.
IDENTITIES = {"user": "user", "guest": "user", "agent": "agent", "viewer": "viewer"}


@dataclass
class Server:
    port: int
    processes: list
    dialect: str
    tokens: dict = field(default_factory=dict)


@dataclass
class Place:
    """Where the programs are, and how many bytes a delivery of Lifeline's has, once that is known."""
    lifeline: object
    load: object
    floor: object
    contract: object = None
    journal: object = None
    policy: object = None
    search: object = None
    transcript: object = None
    money: object = None
    utterances: int | None = None
    events: int | None = None
    records: int | None = None
    transcript_lines: list | None = None  # One run fills several tables.
    money_lines: list | None = None
    frame_bytes: int = 430


@contextmanager
def folder():
    """On the disk of the repository: what a sync costs is part of every figure."""
    parent = ROOT / "build" / "bench-data"
    parent.mkdir(parents=True, exist_ok=True)
    path = tempfile.mkdtemp(dir=parent)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


@contextmanager
def process(command, cores=(SERVER_CORE,), ready=True):
    """A process on its cores, and the port from its `ready` line."""
    child = subprocess.Popen([str(part) for part in command], text=True, cwd=ROOT,
                             stdout=subprocess.PIPE if ready else subprocess.DEVNULL,
                             preexec_fn=lambda: _at_home(cores))
    try:
        port = 0
        if ready:
            line = child.stdout.readline()
            if not line.startswith("ready "):
                raise Failure(f"{command[0]} did not say ready but: {line.strip() or 'nothing'}")
            port = int(line.rsplit(":", 1)[1])
        yield child.pid, port
    finally:
        if child.poll() is None:  # It may have been stopped in order, and waited for.
            child.send_signal(signal.SIGKILL)
            child.wait()


def _at_home(cores):
    """In the child: on its cores, and gone when the bench is, however that ends."""
    os.sched_setaffinity(0, cores)
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


@contextmanager
def lifeline(place, loops=1, cores=(SERVER_CORE,)):
    with folder() as data, lifeline_on(place, data, loops, cores) as server:
        yield server


@contextmanager
def lifeline_on(place, data, loops=1, cores=(SERVER_CORE,), port=0, first="", last=""):
    """On a folder that may be another's before and after; with more lines of configuration."""
    config = f"{data}/bench.toml"
    with open(config, "w") as file:
        file.write(first + CONFIG.format(loops=loops) + last)
    with process([place.lifeline, "serve", "--listen", f"127.0.0.1:{port}", "--data",
                  f"{data}/data", "--config", config], cores) as (pid, found):
        tokens = {name: _token(place, f"{data}/data", name) for name in IDENTITIES}
        yield Server(found, [pid], "lifeline", tokens)


def _token(place, data, name):
    return subprocess.run([place.lifeline, "token", "--data", data, "--user", f"usr_bench_{name}",
                           "--account", "acct_bench", "--role", IDENTITIES[name]],
                          check=True, text=True, stdout=subprocess.PIPE).stdout.strip()


@contextmanager
def node_ws(_place, *arguments):
    with process(["node", ROOT / "bench/peers/ws_relay.mjs", *arguments]) as (pid, port):
        yield Server(port, [pid], "websocket")


def node_ws_echo(place):
    return node_ws(place, "--echo")


@contextmanager
def node_ws_redis(_place):
    with ExitStack() as stack:
        data = stack.enter_context(folder())
        redis_port = free_port()
        redis, _ = stack.enter_context(process(
            ["redis-server", "--port", redis_port, "--bind", "127.0.0.1", "--dir", data,
             "--save", "", "--appendonly", "yes", "--appendfsync", "always",
             "--auto-aof-rewrite-percentage", "0"], ready=False))
        _await(redis_port)
        node, port = stack.enter_context(
            process(["node", ROOT / "bench/peers/ws_redis.mjs", redis_port]))
        yield Server(port, [node, redis], "websocket")


@contextmanager
def floor(place):
    with process([place.floor, "--reply-bytes", place.frame_bytes]) as (pid, port):
        yield Server(port, [pid], "raw")


@contextmanager
def floor_on_disk(place):
    with folder() as data:
        with process([place.floor, "--reply-bytes", place.frame_bytes,
                      "--log", f"{data}/log"]) as (pid, port):
            yield Server(port, [pid], "raw")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _await(port):
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.02)
    raise Failure("redis-server did not start")
