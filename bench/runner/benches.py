"""Which benches there are, and how a repetition of each is run."""

from dataclasses import dataclass, field

import acting
import postgres
import recovery
import servers
from console import Failure
from measuring import Sample, lines, load, rss_while_held, settled_rss
from money import money
from report import LIFELINE

WS = "Node ws"
ECHO = "Node ws, echo"  # The sender hears itself too: as many writes as Lifeline makes.
REDIS = "Node ws + Redis"
FLOOR = "floor"

SEARCHED = ("a phrase", "a beginning", "a rare word", "a common word")

CONTEXTS = {LIFELINE: servers.lifeline, WS: servers.node_ws, ECHO: servers.node_ws_echo,
            REDIS: servers.node_ws_redis}


@dataclass
class Bench:
    name: str
    unit: str
    what: str
    run: object  # (place, seconds) -> yields (who, Sample) of one repetition
    targets: dict = field(default_factory=dict)  # who -> the least ratio
    ceilings: dict = field(default_factory=dict)  # who -> the greatest, where less is better
    # Row -> which of Lifeline's rows it is divided into, where there are several.
    pairs: dict = field(default_factory=dict)
    compared: bool = True  # False where the rows are not doing the same thing.
    per_core: bool = True  # Ratios are per server-core second.
    lower_is_better: bool = False
    value_target: float = 0  # What Lifeline's own figure should be.
    repeats_max: int = 1000  # Fewer for what hardly varies and takes long.


def over_sockets(shape, peers, *arguments, floor=servers.floor, count=lambda f: f["deliveries"],
                 value=None):
    """A bench of the load generator: Lifeline first, because its frames set the floor's size."""
    def run(place, seconds):
        for who in (LIFELINE, *peers, FLOOR):
            context = floor if who == FLOOR else CONTEXTS[who]
            with context(place) as server:
                figures = load(place, server, shape, seconds, *arguments)
            if who == LIFELINE:
                place.frame_bytes = round(figures["frameBytes"])
            cpu = figures["serverCpuSeconds"]
            each = count(figures)
            yield who, Sample(
                value=value(figures) if value else each / figures["seconds"],
                server_cpu=cpu / figures["seconds"], p50=figures["p50Us"], p99=figures["p99Us"],
                rss=figures["rssBytes"], foreign=figures["foreignCores"],
                per_core=each / cpu if cpu else 0)
    return run


def contract(place, seconds):
    for figures in lines([place.contract, "--seconds", seconds]):
        who = LIFELINE if figures["who"] == "event" else figures["who"]
        yield who, Sample(value=figures["perCoreSecond"], per_core=figures["perCoreSecond"],
                          server_cpu=1)


def journal(place, seconds):
    with servers.folder() as data:
        for figures in lines([place.journal, "--seconds", seconds, "--dir", data,
                               "--shape", "64x1", "--shape", "256x1"]):
            shape = f"{figures['streams']} writers"
            yield f"{LIFELINE}, {shape}", Sample(
                value=figures["perSecond"], p50=figures["p50Us"], p99=figures["p99Us"],
                per_core=1e6 / figures["cpuUsPerEvent"],
                server_cpu=figures["perSecond"] * figures["cpuUsPerEvent"] / 1e6)
            yield f"{FLOOR}, {shape}", Sample(
                value=figures["floorPerSecond"], p50=figures["floorP50Us"],
                p99=figures["floorP99Us"], per_core=1e6 / figures["floorCpuUsPerEvent"],
                server_cpu=figures["floorPerSecond"] * figures["floorCpuUsPerEvent"] / 1e6)


def search(place, seconds):
    """Warm questions to the search of one account, in process; PostgreSQL is asked the same."""
    beside = postgres.is_there()
    with servers.folder() as data:
        for figures in lines([place.search, "--utterances", place.utterances or 1_000_000,
                               "--seconds", seconds, "--dir", data,
                               "--dump", "yes" if beside else "no"]):
            yield figures["who"], Sample(value=figures["p99Us"] / 1000, p50=figures["p50Us"],
                                         p99=figures["p99Us"])
        for (kind, who), taken in (postgres.search(data) if beside else {}).items():
            taken.sort()
            p50, p99 = (taken[round(share * (len(taken) - 1))] for share in (0.5, 0.99))
            yield f"{kind}, {who}, PostgreSQL", Sample(value=p99, p50=p50 * 1000, p99=p99 * 1000)


def transcript(kind):
    """What transcript_bench says of one kind; it runs once for all of them."""
    def run(place, _seconds):
        if place.transcript_lines is None:
            with servers.folder() as data:
                events = place.events or 200_000
                place.transcript_lines = lines(
                    [place.transcript, "--events", events,
                     "--utterances", place.utterances or events // 10, "--dir", data])
        for figures in place.transcript_lines:
            if kind == "memory" and "rss" in figures:
                who = LIFELINE if figures["who"] == "search" else figures["who"]
                yield f"{who}, at a tenth", Sample(value=figures["rssAtTenth"])
                yield who, Sample(value=figures["rss"])
            if figures["kind"] != kind:
                continue
            who = LIFELINE if figures["who"] in ("search", "first page, cold") else figures["who"]
            if kind == "rate":
                yield who, Sample(value=figures["perSecond"])
            elif kind == "time":
                yield who, Sample(value=figures["p99Us"] / 1000, p50=figures["p50Us"],
                                  p99=figures["p99Us"])
            else:
                yield who, Sample(value=figures["value"])
    return run


def memory(place, _seconds):
    """1,000 open calls of 1,000 events each, two people connected in each, on two loops."""
    with servers.lifeline(place, loops=2, cores=servers.CORES) as server:
        rss = rss_while_held(place, server, "--shape", "fill", "--calls", 1000, "--events", 1000,
                              "--in-flight", 8)
    yield LIFELINE, Sample(value=rss, rss=rss)


IDLE = 19_000  # 20,000 open files are the limit of many a machine.


def idle(place, _seconds):
    """Many people, each alone in an open call, who say nothing: what one of them costs."""
    with servers.lifeline(place, loops=2, cores=servers.CORES) as server:
        empty = settled_rss(server.processes[0])
        rss = rss_while_held(place, server, "--shape", "idle", "--calls", IDLE)
    yield LIFELINE, Sample(value=(rss - empty) / IDLE, rss=rss)


def storm(place, seconds):
    """10,002 clients cut at once, 100 events missed by each: until the last is live again."""
    with servers.lifeline(place, loops=2, cores=servers.CORES) as server:
        figures = load(place, server, "storm", seconds, "--events", 100)
    if figures["lostOrDoubled"] or figures["short"]:
        raise Failure(f"the storm lost or doubled events: {figures}")
    yield LIFELINE, Sample(value=figures["maxMs"], p50=figures["p50Ms"] * 1000,
                           p99=figures["p99Ms"] * 1000, rss=figures["rssBytes"])


BENCHES = [
    Bench("contract", "events/s", "events of 300 bytes checked, one core", contract,
          compared=False, value_target=1_000_000),
    Bench("policy", "verdicts/s", "a policy of 100 rules, the last decides, one core",
          acting.policy, compared=False, value_target=10_000),
    Bench("actions", "actions/s",
          f"{acting.CALLS} agents, one action at a time: asked, judged, claimed, done by a no-op",
          acting.actions, compared=False, per_core=False),
    Bench("turn", "turns/s",
          f"{acting.TALKS} people and the server's agent: what they say, answered; from their words on",
          acting.turns, compared=False, per_core=False),
    Bench("search", "ms, p99", "words of an account that has said 1,000,000 utterances, warm",
          search, pairs={f"{kind}, {who}, PostgreSQL": f"{kind}, {who}" for kind in SEARCHED
                         for who in ("a person", "of few calls", "an operator")},
          per_core=False, lower_is_better=True, value_target=50, repeats_max=1),
    Bench("transcript", "events/s", "the search of a whole journal, made anew, beside its writing",
          transcript("rate"), {"ingest": 1}, per_core=False, repeats_max=1),
    Bench("transcript_page", "ms, p99", "the first 200 events of a call in the middle, not in cache",
          transcript("time"), compared=False, per_core=False, lower_is_better=True,
          value_target=20, repeats_max=1),
    Bench("transcript_size", "bytes", "on the disk, for each event", transcript("size"),
          compared=False, per_core=False, lower_is_better=True, repeats_max=1),
    Bench("transcript_memory", "bytes", "of its own while the search is made, and at a tenth of it",
          transcript("memory"), ceilings={f"{LIFELINE}, at a tenth": 1.5},
          pairs={f"{who}, at a tenth": who
                 for who in (LIFELINE, "ingest", "roster", "audit", "library")},
          per_core=False, lower_is_better=True, repeats_max=1),
    Bench("money", "events/s", "metered and rated from the journal, for each second of CPU",
          money("rate"), per_core=False, value_target=100_000, repeats_max=1),
    Bench("money_hour", "s", "an hour of 1,000,000 usage records and its charges, counted again",
          money("hour"), per_core=False, lower_is_better=True, value_target=10, repeats_max=1),
    Bench("money_memory", "bytes", "the most that counting it again needs", money("memory"),
          compared=False, per_core=False, lower_is_better=True, value_target=500_000_000,
          repeats_max=1),
    Bench("journal", "events/s", "the journal alone, and append + fdatasync of the same groups",
          journal, {f"{FLOOR}, 64 writers": 0.6, f"{FLOOR}, 256 writers": 0.6},
          pairs={f"{FLOOR}, {n} writers": f"{LIFELINE}, {n} writers" for n in (64, 256)},
          per_core=False),
    Bench("ingest", "events/s", "64 publishers, each waits for its own event",
          over_sockets("ingest", [REDIS], floor=servers.floor_on_disk, count=lambda f: f["own"]),
          {REDIS: 2}),
    Bench("calls", "deliveries/s", "2,000 calls of 3 connections, one event in flight in each",
          over_sockets("calls", [WS, ECHO, REDIS]), {WS: 2.3, FLOOR: 0.75}),
    Bench("fanout", "deliveries/s", "1 publisher, 1,000 subscribers, 8 events in flight",
          over_sockets("fanout", [WS, REDIS], "--in-flight", 8), {WS: 4}),
    Bench("fanout1", "deliveries/s", "1 publisher, 1,000 subscribers, 1 event in flight",
          over_sockets("fanout", [WS, REDIS]), {WS: 1.2}),
    Bench("latency", "us, p99", "publish to seen by another, 200 calls at 5 events/s",
          over_sockets("latency", [WS, REDIS], floor=servers.floor_on_disk,
                       value=lambda f: f["p99Us"]),
          per_core=False, lower_is_better=True, value_target=10_000),
    Bench("memory", "bytes", "resident with 1,000 open calls of 1,000 events each", memory,
          per_core=False, lower_is_better=True, value_target=80_000_000, repeats_max=1),
    Bench("idle", "bytes", f"resident for each of {IDLE:,} idle connections, its call included",
          idle, per_core=False, lower_is_better=True, value_target=8_192, repeats_max=1),
    Bench("storm", "ms", "10,002 clients cut at once, 100 events missed by each, until all are live",
          storm, per_core=False, lower_is_better=True, value_target=10_000),
    Bench("idle_tls", "bytes",
          f"resident for each of {recovery.IDLE_TLS:,} idle connections over TLS", recovery.idle_tls,
          per_core=False, lower_is_better=True, repeats_max=1),
    Bench("replay", "events/s", "one call of 200,000 events from its beginning, from warm pages",
          recovery.replay_long, value_target=500_000, per_core=False),
    Bench("replay_short", "events/s", "1,000 calls of 100 events, 64 at once", recovery.replay_short,
          per_core=False),
    Bench("slow", "us, p99", "publish to seen by 400, beside whom 20 more read 1 KB/s or do not",
          recovery.slow, ceilings={recovery.WITHOUT_SLOW: 1.5}, per_core=False, lower_is_better=True),
    Bench("start", "ms", "until ready, with 1,000 open calls and 1,000,000 events", recovery.start,
          per_core=False, lower_is_better=True, value_target=2_000, repeats_max=1),
    Bench("restart", "ms, p99", "without a line while the server restarts, 500 calls that publish",
          recovery.restart, per_core=False, lower_is_better=True, value_target=3_000),
]
