"""The Debian packages Lifeline needs, named once, here; docs/dependencies.md says why each."""

import os
import shutil
import subprocess
from glob import glob

from console import Failure, note, step

GROUPS = {
    # To build the server and its unit tests.
    "build": """
        clang-19 lld-19 cmake ninja-build ccache git ca-certificates
        libboost1.81-dev libssl-dev libsqlite3-dev libsimdjson-dev libxxhash-dev
        libfmt-dev libspdlog-dev libtomlplusplus-dev libcli11-dev prometheus-cpp-dev
        libgtest-dev libgmock-dev
    """,
    # To build the SDK and the page; a node that is already on PATH is used as it is.
    "node": "nodejs npm",
    # Beyond that, for the rungs of ./dev test: libclang-rt is the sanitizers' run time, g++ the
    # compiler whose refusal is tested.
    "test": "libclang-rt-19-dev g++ curl",
    "browser": "chromium",
    "proxies": "nginx haproxy caddy",
    "lint": "clang-format-19 clang-tidy-19",
    "bench": "libbenchmark-dev redis-server",
}
COMMANDS = {"nodejs": "node", "npm": "npm"}  # Enough when the command is there, from wherever.


def need(*groups):
    """Installs what is missing of these groups; costs milliseconds when nothing is."""
    missing = _missing([name for group in groups for name in GROUPS[group].split()])
    if not missing:
        return
    note(f"installing {len(missing)} Debian packages: {' '.join(missing)}")
    with step("packages"):
        if not glob("/var/lib/apt/lists/*_Packages*"):
            _apt("update", "-qq")
        # Without an fsync per file, as Debian's container images do it: half the time. Only what is
        # being unpacked could suffer from a power cut, and would be installed again.
        install = ["install", "-y", "-qq", "--no-install-recommends",
                   "-o", "Dpkg::Options::=--force-unsafe-io", *missing]
        if _apt(*install, check=False):
            _apt("update", "-qq")
            _apt(*install)


def _missing(names):
    names = [n for n in names if not (n in COMMANDS and shutil.which(COMMANDS[n]))]
    if not names:
        return []
    if not shutil.which("dpkg-query"):
        raise Failure("this is no Debian, so nothing can be installed from here.\n"
                      f"Needed are, by their Debian 12 names: {' '.join(names)}")
    shown = subprocess.run(["dpkg-query", "-W", "-f=${Package} ${db:Status-Status}\n", *names],
                           text=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
    installed = {line.split()[0] for line in shown.splitlines() if line.endswith(" installed")}
    return [name for name in names if name not in installed]


def _apt(*arguments, check=True):
    command = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", *arguments]
    if os.geteuid() != 0:
        if not shutil.which("sudo"):
            raise Failure("packages are missing and there is neither root nor sudo here.\n"
                          f"As root: apt-get {' '.join(arguments)}")
        command.insert(0, "sudo")
    done = subprocess.run(command, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode and check:
        print(done.stdout)
        raise Failure(f"apt-get {arguments[0]} failed; its output is above")
    return done.returncode
