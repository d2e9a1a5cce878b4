"""./dev fmt and ./dev lint: how the code looks, and what clang-tidy and tsc say about it."""

import hashlib
import json
import os
import re
import subprocess
from concurrent.futures import ThreadPoolExecutor, as_completed

import build
import node
import packages
from console import ROOT, TERMINAL, Failure, header, note, step

CLEAN = ROOT / "build" / "lint"  # One empty file for each input that was found clean.
INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"', re.M)
PRESET = "debug"


def fmt(arguments):
    """./dev fmt [--check]: clang-format 19 over all C++, prettier over the SDK"""
    packages.need("lint")
    check = "--check" in arguments
    files = cpp_files()
    mode = ["--dry-run", "-Werror"] if check else ["-i"]
    if subprocess.run(["clang-format-19", *mode, *files], cwd=ROOT).returncode:
        raise Failure("these files are not formatted; ./dev fmt does it")
    node.install("sdk")
    script = "fmt:check" if check else "fmt"
    if subprocess.run(["npm", "run", "--silent", script], cwd=ROOT / "sdk").returncode:
        raise Failure("these files of the SDK are not formatted; ./dev fmt does it")
    note(f"{len(files)} C++ files and the SDK are formatted")


def lint(arguments):
    """./dev lint [--changed] [file ...]: clang-tidy 19, tsc, and a report of long files

    Tests are looked at only by name: GoogleTest's macros make each take four times as long as the
    code it tests, and the sanitizers they run under see more."""
    packages.need("build", "lint")
    header("lint")
    chosen = [a for a in arguments if not a.startswith("--")]
    files = chosen or cpp_files("--changed" in arguments)
    faults = _tidy([f for f in files if f.endswith(".cpp") and f.startswith("src/")
                    and (chosen or not f.endswith("_test.cpp"))])
    if not chosen:
        faults += _typescript()
        _report_long(files)
    if faults:
        raise Failure(f"{faults} files have findings; they are above")


def cpp_files(changed=False):
    if changed:
        listed = _git("diff", "--name-only", "HEAD", "--", "*.h", "*.cpp") \
            + _git("ls-files", "--others", "--exclude-standard", "*.h", "*.cpp")
    else:
        listed = _git("ls-files", "--cached", "--others", "--exclude-standard", "*.h", "*.cpp")
    return sorted(name for name in set(listed) if (ROOT / name).exists())


def _git(*arguments):
    return subprocess.run(["git", *arguments], cwd=ROOT, text=True, stdout=subprocess.PIPE,
                          check=True).stdout.split()


def _tidy(sources):
    """Runs clang-tidy over those whose text, headers and flags were not yet found clean."""
    build.generated(PRESET)
    flags = {os.path.relpath(entry["file"], ROOT): entry["command"] for entry in
             json.loads((build.folder(PRESET) / "compile_commands.json").read_text())}
    CLEAN.mkdir(parents=True, exist_ok=True)
    digests = {source: _digest(source, flags[source]) for source in sources if source in flags}
    dirty = [source for source, digest in digests.items() if not (CLEAN / digest).exists()]
    note(f"clang-tidy: {len(digests)} files, {len(digests) - len(dirty)} known to be clean")
    faults = 0
    with step("clang-tidy"), ThreadPoolExecutor(os.cpu_count() or 2) as pool:
        jobs = {pool.submit(_tidy_one, source): source for source in dirty}
        for n, job in enumerate(as_completed(jobs), 1):
            said, source = job.result(), jobs[job]
            if said is None:
                (CLEAN / digests[source]).touch()
            else:
                print(said, flush=True)
                faults += 1
            if TERMINAL or n % 20 == 0:
                print(f"   {n}/{len(dirty)}", end="\r" if TERMINAL else "\n", flush=True)
    return faults


def _tidy_one(source):
    done = subprocess.run(["clang-tidy-19", "-p", build.folder(PRESET), "--quiet", source],
                          cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    return done.stdout.strip() if done.returncode else None


def _digest(source, flags):
    """Of the rules, the flags, the file and every header of ours that it reaches."""
    digest = hashlib.sha256((ROOT / ".clang-tidy").read_bytes() + flags.encode())
    seen, ahead = set(), [ROOT / source]
    while ahead:
        path = ahead.pop()
        if path in seen or not path.exists():
            continue
        seen.add(path)
        text = path.read_text(encoding="utf-8")
        digest.update(text.encode() + b"\0")
        ahead += [folder / name for name in sorted(INCLUDE.findall(text))
                  for folder in (ROOT / "src", build.folder(PRESET) / "generated")]
    return digest.hexdigest()


def _typescript():
    """Whatever package has a `check` script: tsc without output."""
    faults = 0
    for name in node.BUILT:
        manifest = ROOT / name / "package.json"
        if not manifest.exists() or "check" not in json.loads(manifest.read_text())["scripts"]:
            continue
        node.build_all()
        done = subprocess.run(["npm", "run", "--silent", "check"], cwd=ROOT / name)
        note(f"tsc: {name} {'has findings' if done.returncode else 'is clean'}")
        faults += done.returncode != 0
    return faults


def _report_long(files, lines_max=400):
    """Said, never a failure: a long file is looked at twice, not forbidden."""
    for name in files:
        lines = (ROOT / name).read_text(encoding="utf-8").count("\n")
        if lines > lines_max:
            note(f"long: {name} has {lines} lines")
