"""evidence/NAME.json: what a run showed, written by the run itself."""

import datetime
import json
import platform
import subprocess

from console import ROOT, note


def commit():
    shown = subprocess.run(["git", "rev-parse", "HEAD"], cwd=ROOT, text=True,
                           stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    return shown.stdout.strip() or "unknown"


def write(name, seconds, counts, failures):
    now = datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="milliseconds")
    shown = {"name": name, "commit": commit(), "date": now.replace("+00:00", "Z"),
             "host": platform.platform(), "seconds": round(seconds, 1), "counts": counts,
             "failures": failures}
    (ROOT / "evidence").mkdir(exist_ok=True)
    (ROOT / "evidence" / f"{name}.json").write_text(json.dumps(shown, indent=2) + "\n")
    note(f"written: evidence/{name}.json")
