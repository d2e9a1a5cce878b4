"""What people see: headers, steps with their seconds, output that stays short until it matters."""

import re
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TERMINAL = sys.stdout.isatty()

# Lines that only say "so far, so good": ninja's steps and ctest's passed tests.
PROGRESS = re.compile(r"^\s*\[?(?P<done>\d+)/(?P<total>\d+)\]?\s+(?P<what>.*)$")
NOISE = re.compile(r"^\s*Start +\d+: |^\[0/\d+\] |^ninja: (Entering directory|no work to do)|"
                   r"^-- (GLOB|Configuring|Generating|Build files)")


class Failure(Exception):
    """An end that a person can do something about: what happened, then what to do."""


def bold(text):
    return f"\033[1m{text}\033[0m" if TERMINAL else text


def header(text):
    print(f"\n{bold('== ' + text)}", flush=True)


def note(text):
    print(f"   {text}", flush=True)


@contextmanager
def step(text):
    """Prints what is being done and how long it took; silent when it was nothing."""
    started = time.monotonic()
    yield
    seconds = time.monotonic() - started
    if seconds > 0.5:
        note(f"{text}: {seconds:.1f} s")


class Progress:
    """Folds "n of m" lines into one line of a terminal, or into a line for every tenth of a log."""

    def __init__(self):
        self.open_line = False
        self.tenth = -1

    def take(self, line):
        found = PROGRESS.match(line)
        if not found or "FAILED" in line or "Failed" in line or "***" in line:
            return False
        done, total = int(found["done"]), int(found["total"])
        if TERMINAL:
            print(f"\r\033[K   {done}/{total} {found['what'][:80]}", end="", flush=True)
            self.open_line = True
        elif total >= 20 and done * 10 // total > self.tenth:
            self.tenth = done * 10 // total
            print(f"   {done}/{total}", flush=True)
        return True

    def close(self):
        if self.open_line:
            print("\r\033[K", end="")
            self.open_line = False


def stream(command, cwd=ROOT, env=None, log=None, beside=""):
    """Runs a command and shows its output as it comes; all of it goes to `log`. Progress is folded,
    unless it runs `beside` others: then each line begins with that name. Returns the exit status and
    the lines."""
    lines, progress = [], Progress()
    with subprocess.Popen([str(part) for part in command], cwd=cwd, env=env, text=True,
                          errors="replace", stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT) as child:
        for line in child.stdout:
            line = line.rstrip("\n")
            lines.append(line)
            if beside:
                print(f"   {beside}: {line}\n", end="", flush=True)
                continue
            if NOISE.match(line) or progress.take(line):
                continue
            progress.close()
            print(f"   {line}", flush=True)
        progress.close()
    if log:
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_text("\n".join(lines) + "\n")
    return child.returncode, lines


def quiet(command, what, cwd=ROOT, env=None):
    """Runs a command whose output matters only when it fails."""
    with step(what):
        done = subprocess.run([str(part) for part in command], cwd=cwd, env=env, text=True,
                              errors="replace", stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode:
        print("\n".join(f"   {line}" for line in done.stdout.splitlines()[:60]))
        raise Failure(f"{what} failed: {' '.join(str(part) for part in command)}")
    return done.stdout
