"""The commands of tools/schemagen.py."""
import sys
from pathlib import Path

from . import bundle, catalogue, cpp, lock, protocol, typescript

# Files that are committed; each module has FILE and text(catalogue).
COMMITTED = {"typescript": typescript, "protocol": protocol}


def main(arguments):
    try:
        return run(*arguments)
    except catalogue.SchemaError as error:
        print(f"schema: {error}", file=sys.stderr)
        return 1


def run(command="", *rest):
    if not understood(command, rest):
        print(sys.modules["__main__"].__doc__, file=sys.stderr)
        return 2
    loaded = catalogue.load()
    if command == "build":
        cpp.write(loaded, Path(rest[0]) / "contract")
        bundle.write(loaded, Path(rest[0]) / "documents")
    elif command == "lock":
        lock.write(loaded, rest[1::2])
    elif command == "check":
        return check(loaded)
    else:
        for name, module in COMMITTED.items():
            if command in (name, "all"):
                module.FILE.write_text(module.text(loaded))
    return 0


def understood(command, rest):
    if command == "build":
        return len(rest) == 1
    if command == "lock":
        return len(rest) % 2 == 0 and set(rest[::2]) <= {"--break"}
    return command in ("check", "all", *COMMITTED) and not rest


def check(loaded):
    found = lock.complaints(loaded)
    for command, module in COMMITTED.items():
        if module.FILE.read_text() != module.text(loaded):
            found.append(f"{module.FILE.name} is stale: tools/schemagen.py all")
    for complaint in found:
        print(complaint, file=sys.stderr)
    return 1 if found else 0
