"""Building with the CMake presets of CMakePresets.json and Ninja."""

import os
import shutil

import node
import packages
from console import ROOT, Failure, header, note, quiet, step, stream

# Clones of this repository on one machine share what ccache keeps: paths count from each one's root.
os.environ.setdefault("CCACHE_BASEDIR", str(ROOT))
os.environ.setdefault("CCACHE_NOHASHDIR", "1")

PRESETS = ("release", "debug", "asan", "tsan", "fuzz")


def folder(preset):
    return ROOT / "build" / preset


def configure(preset):
    packages.need("build", *(["test"] if preset in ("asan", "tsan", "fuzz") else []))
    if not (folder(preset) / "build.ninja").exists():
        quiet(["cmake", "--preset", preset], f"configure {preset}")


def build(preset, targets=("all",)):
    """Configures when needed and builds these targets of a preset; a second time costs a second."""
    configure(preset)
    with step(f"build {preset} ({' '.join(targets)})"):
        status, lines = stream(["ninja", "-C", folder(preset), f"-j{os.cpu_count() or 2}", *targets])
    if status:
        raise Failure(f"building {' '.join(targets)} ({preset}) failed; the errors are above")
    return not any("no work to do" in line for line in lines)


def generated(preset):
    """Brings only what the configure step writes up to date, for tools that read sources: room
    contract's headers and compile_commands.json."""
    build(preset, ["build.ninja"])


def program(preset, name):
    """A program that was built, wherever its CMakeLists.txt put it."""
    found = [p for p in folder(preset).rglob(name)
             if p.is_file() and os.access(p, os.X_OK) and "CMakeFiles" not in p.parts]
    if len(found) != 1:
        raise Failure(f"build/{preset} has {len(found)} programs named {name}, not one")
    return found[0]


def command(arguments):
    """./dev build [release|debug|asan|tsan] [target ...]: C++, or some targets of it; the page and the SDK first where they become part of it"""
    preset = arguments.pop(0) if arguments and arguments[0] in PRESETS else "release"
    header(f"build {preset}")
    targets = arguments or ["all"]
    if embeds_page(targets):
        node.build_all()  # First: the page becomes part of the binary.
    build(preset, targets)


def embeds_page(targets):
    """Whether one of these targets has the page and the SDK in it: all that stands on room api."""
    return bool({"all", "tests", "lifeline", "api_test", "app_test", "room_api", "room_app"} & set(targets))


def clean(arguments):
    """./dev clean: removes build/; the data folder stays"""
    shutil.rmtree(ROOT / "build", ignore_errors=True)
    note("build/ is gone")
