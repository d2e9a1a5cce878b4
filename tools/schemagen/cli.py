"""The commands of tools/schemagen.py."""
import sys
from pathlib import Path

from . import bundle, catalogue, cpp, lock, protocol, typescript

# Files that are committed; each module has FILE and text(catalogue).
COMMITTED = {"typescript": typescript, "protocol": protocol, "lock": lock}


def main(arguments):
    try:
        return run(*arguments)
    except catalogue.SchemaError as error:
        print(f"schema: {error}", file=sys.stderr)
        return 1


def run(command="", *rest):
    if command not in ("build", "check", "all", *COMMITTED) or (command == "build") != bool(rest):
        print(sys.modules["__main__"].__doc__, file=sys.stderr)
        return 2
    loaded = catalogue.load()
    if command == "build":
        cpp.write(loaded, Path(rest[0]) / "contract")
        bundle.write(loaded, Path(rest[0]) / "documents")
    elif command == "check":
        return check(loaded)
    else:
        for name, module in COMMITTED.items():
            if name == command or (command == "all" and name != "lock"):
                module.FILE.write_text(module.text(loaded))
    return 0


def check(loaded):
    found = lock.complaints(loaded)
    for command, module in COMMITTED.items():
        if command != "lock" and module.FILE.read_text() != module.text(loaded):
            found.append(f"{module.FILE.name} is stale: tools/schemagen.py all")
    for complaint in found:
        print(complaint, file=sys.stderr)
    return 1 if found else 0
