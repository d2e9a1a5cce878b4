"""evidence/NAME.json: what a run showed, written by the run itself."""

import datetime
import json
import os
import platform
import subprocess

from console import ROOT, note


def wanted():
    """Ordinary runs leave no trace there."""
    return bool(os.environ.get("LIFELINE_EVIDENCE"))


def commit():
    shown = subprocess.run(["git", "rev-parse", "HEAD"], cwd=ROOT, text=True,
                           stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    return shown.stdout.strip() or "unknown"


def now():
    moment = datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="milliseconds")
    return moment.replace("+00:00", "Z")


def host():
    """In the words of tests/system/support/evidence.mjs."""
    model = "unknown"
    with open("/proc/cpuinfo") as file:
        for line in file:
            if line.startswith("model name"):
                model = line.partition(":")[2].strip()
                break
    return f"{model} x {os.cpu_count()}, Linux {platform.release()}"


def write(name, seconds, counts, failures):
    shown = {"name": name, "commit": commit(), "date": now(), "host": host(),
             "seconds": round(seconds, 1), "counts": counts, "failures": failures}
    (ROOT / "evidence").mkdir(exist_ok=True)
    (ROOT / "evidence" / f"{name}.json").write_text(json.dumps(shown, indent=2) + "\n")
    note(f"written: evidence/{name}.json")
