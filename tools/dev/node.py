"""Node packages of this repository: installed from their lock file, built only when changed.

Registry and proxy are the machine's own npm settings; nothing here names one. Install scripts of
packages never run. What was done is remembered in build/stamps by the hash of what went in."""

import hashlib
import json
import os
import subprocess

import packages
from console import ROOT, Failure, quiet

STAMPS = ROOT / "build" / "stamps"
BUILT = ("sdk", "web")  # In this order: the page is written on the SDK.


def install(name):
    """npm ci, when the lock file is another than the one installed."""
    folder = ROOT / name
    packages.need("node")
    if not (folder / "package-lock.json").exists():
        if _manifest(name).keys() & {"dependencies", "devDependencies"}:
            raise Failure(f"{name}/package-lock.json is missing: its packages are not pinned")
        return
    digest = _digest([folder / "package.json", folder / "package-lock.json"])
    if (folder / "node_modules").exists() and _stamp(name, "install") == digest:
        return
    quiet(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], f"{name}: npm ci", folder)
    _set_stamp(name, "install", digest)


def build(name):
    """npm run build, when a source of the package (or of what it is written on) changed."""
    folder = ROOT / name
    install(name)
    if "build" not in _manifest(name).get("scripts", {}):
        return
    sources = [path for source in (name, "schema", "sdk") for path in _sources(source)]
    digest = _digest(sources)
    if (folder / "dist").exists() and _stamp(name, "build") == digest:
        return
    quiet(["npm", "run", "--silent", "build"], f"{name}: npm run build", folder)
    _set_stamp(name, "build", digest)


def build_all():
    for name in BUILT:
        if (ROOT / name / "package.json").exists():
            build(name)


def _manifest(name):
    return json.loads((ROOT / name / "package.json").read_text())


def _sources(name):
    """Files of a folder that are the repository's or would be: neither ignored nor deleted."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z", name],
        cwd=ROOT, text=True, stdout=subprocess.PIPE, check=True).stdout
    return [path for path in (ROOT / p for p in sorted(listed.split("\0")) if p) if path.is_file()]


def _digest(paths):
    digest = hashlib.sha256()
    for path in paths:
        digest.update(os.fsencode(path.relative_to(ROOT)) + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _stamp_file(name, what):
    return STAMPS / f"{name.replace('/', '-')}.{what}"


def _stamp(name, what):
    path = _stamp_file(name, what)
    return path.read_text() if path.exists() else None


def _set_stamp(name, what, digest):
    STAMPS.mkdir(parents=True, exist_ok=True)
    _stamp_file(name, what).write_text(digest)
