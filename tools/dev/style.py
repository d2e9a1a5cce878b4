"""./dev fmt and ./dev lint: how the code looks, and what clang-tidy and tsc say about it."""

import json
import subprocess

import node
import packages
import tidy
from console import ROOT, Failure, header, note


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
    faults = tidy.findings([f for f in files if f.endswith(".cpp") and f.startswith("src/")
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
