"""What metering and rating cost, and counting an hour again; SQL that sums the same rows beside it.
One run of money_bench fills all three tables."""

import postgres
import servers
from measuring import Sample, lines
from report import LIFELINE

EVENTS, RECORDS = 1_000_000, 1_000_000
NAMES = {"metered and rated": LIFELINE, "recount": LIFELINE, "sqlite": "SQLite, sums and join",
         "floor": "floor, one scan"}


def money(kind):
    def run(place, _seconds):
        if place.money_lines is None:
            place.money_lines = list(_figures(place))
        for figures in place.money_lines:
            who = NAMES.get(figures["who"], figures["who"])
            if kind == "memory":
                if "peakBytes" in figures:
                    yield who, Sample(value=figures["peakBytes"])
            elif figures["kind"] == kind == "rate":
                yield who, Sample(value=figures["perCore"],
                                  server_cpu=figures["perSecond"] / figures["perCore"])
            elif figures["kind"] == kind:
                yield who, Sample(value=figures["seconds"],
                                  server_cpu=figures.get("cpu", 0) / figures["seconds"],
                                  rss=figures.get("peakBytes", 0))
    return run


def _figures(place):
    with servers.folder() as data:
        yield from lines([place.money, "rate", "--events", place.events or EVENTS, "--dir", data])
    beside = postgres.is_there()
    with servers.folder() as data:
        lines([place.money, "hour", "--records", place.records or RECORDS, "--dir", data,
               "--dump", "yes" if beside else "no"])
        yield from lines([place.money, "recount", "--dir", data])
        if beside:
            yield {"who": "PostgreSQL, sums and join", "kind": "hour",
                   "seconds": postgres.money(data)}
