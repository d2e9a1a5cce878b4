"""clang-tidy over many files in the time of a few.

Nearly all of a run goes into the headers that a file includes, and our files include the same ones.
So dirty files are looked at in bundles: a bundle is a file that includes several. A clean bundle
proves its files clean; any other is halved and looked at again, and only what is found in a file by
itself, with its own flags, counts."""

import hashlib
import json
import os
import re
import subprocess
from concurrent.futures import ThreadPoolExecutor, as_completed

import build
from console import ROOT, TERMINAL, note, step

CLEAN = ROOT / "build" / "lint"  # One empty file for each input that was found clean.
BUNDLES = CLEAN / "bundled"
BUNDLE_MAX = 24  # Files; more would leave the second core idle at the end.
PRESET = "debug"
INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"', re.M)
NAMED = re.compile(r"(\w+)\s*(?:[({=;\[]|:(?!:)|$)")


def findings(sources):
    """Says what is wrong with those whose text, headers and flags were not yet found clean, and
    returns how many have something wrong."""
    build.generated(PRESET)
    database = json.loads((build.folder(PRESET) / "compile_commands.json").read_text())
    entries = {os.path.relpath(entry["file"], ROOT): entry for entry in database}
    digests = {source: _digest(source, entries[source]["command"])
               for source in sources if source in entries}
    CLEAN.mkdir(parents=True, exist_ok=True)
    dirty = [source for source, digest in digests.items() if not (CLEAN / digest).exists()]
    note(f"clang-tidy: {len(digests)} files, {len(digests) - len(dirty)} known to be clean")
    bundles = sorted(_bundles(dirty), key=len, reverse=True)  # The longest work first.

    faults = done = 0
    with step("clang-tidy"), ThreadPoolExecutor(os.cpu_count() or 2) as pool:
        ahead = {pool.submit(_clean, files, entries): files for files in bundles}
        while ahead:
            bundle = next(as_completed(ahead))
            said, files = bundle.result(), ahead.pop(bundle)
            if said and len(files) > 1:
                halves = files[:len(files) // 2], files[len(files) // 2:]
                ahead |= {pool.submit(_clean, half, entries): half for half in halves}
                continue
            if said:
                print(said, flush=True)
                faults += 1
            else:
                for source in files:
                    (CLEAN / digests[source]).touch()
            done += len(files)
            print(f"   {done}/{len(dirty)} files", end="\r" if TERMINAL else "\n", flush=True)
    return faults


def _bundles(sources):
    """Files whose anonymous namespaces have no name in common; those of two rooms never have."""
    bundles = []
    for source in sources:
        room = os.path.dirname(source)
        names = {(room, name) for name in _hidden_names((ROOT / source).read_text(encoding="utf-8"))}
        for files, taken in bundles:
            if len(files) < BUNDLE_MAX and not taken & names:
                files.append(source)
                taken |= names
                break
        else:
            bundles.append(([source], names))
    return [files for files, _ in bundles]


def _hidden_names(text):
    """What is declared, by the look of the lines that begin at the margin; too many do no harm."""
    names, inside = set(), False
    for line in text.splitlines():
        if line in ("namespace {", "}  // namespace"):
            inside = line == "namespace {"
        elif inside and line and not line[0].isspace() and not line.startswith("//"):
            names |= set(NAMED.findall(line))
    return names


def _written(bundle, entries):
    """A folder with this bundle and how it is compiled: as the file of it that has the most defined
    for it. Shadowing is no finding there: one file's hidden constant is another's local name."""
    entry = max((entries[source] for source in bundle), key=lambda entry: entry["command"].count(" -D"))
    path = _bundle_file(bundle)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f'#include "{ROOT / source}"  // NOLINT(bugprone-suspicious-include)\n'
                            for source in bundle))
    command = entry["command"].replace(entry["file"], str(path)) + " -Wno-shadow"
    (path.parent / "compile_commands.json").write_text(json.dumps(
        [{"directory": entry["directory"], "file": str(path), "command": command}]))
    return path.parent


def _bundle_file(bundle):
    return BUNDLES / bundle[0].replace("/", "_") / "bundle.cpp"


def _clean(files, entries):
    """Nothing when they are, or what was said of them."""
    if len(files) > 1:
        command = ["-p", _written(files, entries),
                   "--header-filter=.*/src/[a-z]+/[a-z_]+\\.(h|cpp)$", _bundle_file(files)]
    else:
        command = ["-p", build.folder(PRESET), files[0]]
    done = subprocess.run(["clang-tidy-19", "--quiet", *command], cwd=ROOT, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    return (done.stdout.strip() or "clang-tidy failed") if done.returncode else None


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
