"""What the repetitions say together: a table for people, JSON for programs."""

from statistics import median

LIFELINE = "Lifeline"


def summary(bench, samples):
    """One bench as JSON: samples is who -> its repetitions."""
    rows = [_row(who, taken) for who, taken in samples.items()]
    return {"name": bench.name, "unit": bench.unit, "rows": rows, "ratios": _ratios(bench, rows)}


def _row(who, taken):
    values = [sample.value for sample in taken]
    row = {"who": who, "median": _round(median(values)), "min": _round(min(values)),
           "max": _round(max(values))}
    for key, name in (("perServerCoreSecond", "per_core"), ("p50Us", "p50"), ("p99Us", "p99"),
                      ("rssBytes", "rss")):
        figure = median(getattr(sample, name) for sample in taken)
        if figure:
            row[key] = _round(figure)
    cores = median(sample.server_cpu for sample in taken)
    if cores:
        row["serverCores"] = round(cores, 2)
    row["foreignCores"] = round(median(sample.foreign for sample in taken), 2)
    return row


def _ratios(bench, rows):
    """Lifeline divided by each other row: by the row that the bench pairs it with, or its only one."""
    by_name = {row["who"]: row for row in rows}
    key = "perServerCoreSecond" if bench.per_core else "median"
    ratios = {}
    for who, row in by_name.items():
        mine = by_name.get(bench.pairs.get(who, LIFELINE)) if bench.compared else None
        if mine and row is not mine and who not in bench.pairs.values() \
                and row.get(key) and mine.get(key):
            ratios[who] = round(mine[key] / row[key], 2)
    return ratios


def verdicts(bench, result):
    """(what, figure, target, met) for everything that has a target; no figure is no target met."""
    for who, least in bench.targets.items():
        figure = result["ratios"].get(who)
        yield f"{bench.name} / {who}", figure, f">= {least}", figure is not None and figure >= least
    for who, most in bench.ceilings.items():
        figure = result["ratios"].get(who)
        yield f"{bench.name} / {who}", figure, f"<= {most}", figure is not None and figure <= most
    if bench.value_target:
        figure = result["rows"][0]["median"]
        if bench.lower_is_better:
            yield bench.name, figure, f"< {bench.value_target:,}", figure < bench.value_target
        else:
            yield bench.name, figure, f">= {bench.value_target:,}", figure >= bench.value_target


def show(bench, result):
    print(f"\n{bench.name}: {bench.what}")
    width = max(22, *(len(row["who"]) + 1 for row in result["rows"]))
    print(f"  {'':{width}}{bench.unit:>14}{'min .. max':>24}{'per core s':>12}{'cores':>7}{'p50 us':>9}"
          f"{'p99 us':>9}{'MB':>6}{'ratio':>7}{'others':>8}")
    for row in result["rows"]:
        spread = f"{_short(row['min'])} .. {_short(row['max'])}"
        print(f"  {row['who']:{width}}{row['median']:>14,}{spread:>24}"
              f"{_short(row.get('perServerCoreSecond')):>12}{row.get('serverCores', ''):>7}"
              f"{row.get('p50Us', ''):>9}{row.get('p99Us', ''):>9}"
              f"{_megabytes(row.get('rssBytes')):>6}{result['ratios'].get(row['who'], ''):>7}"
              f"{row['foreignCores']:>8}", flush=True)
    for what, figure, target, met in verdicts(bench, result):
        shown = "without a figure" if figure is None else f"{figure:,}"
        print(f"  {'met' if met else 'MISSED'}: {what} {shown}, wanted {target}", flush=True)


def _round(figure):
    return round(figure) if figure >= 100 else round(figure, 2)


def _short(figure):
    if not figure:
        return ""
    for size, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if figure >= size:
            return f"{figure / size:.{0 if figure >= size * 100 else 1}f}{letter}"
    return str(figure)


def _megabytes(rss):
    return f"{rss / 1e6:.0f}" if rss else ""
