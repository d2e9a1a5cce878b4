"""./dev COMMAND: finds the command's module and runs it; each command's docstring is its help."""

import importlib
import os
import sys

from console import ROOT, Failure, header

# In the order of `./dev help`: module and function. Loaded when asked for, so start costs nothing.
COMMANDS = {
    "run": ("run", "command"),
    "test": ("test", "command"),
    "build": ("build", "command"),
    "lifeline": ("run", "lifeline"),
    "bench": ("bench", "command"),
    "sim": ("hunt", "sim"),
    "crash": ("hunt", "crash"),
    "fuzz": ("fuzz", "command"),
    "soak": ("hunt", "soak"),
    "fmt": ("style", "fmt"),
    "lint": ("style", "lint"),
    "doc": ("doc", "command"),
    "clean": ("build", "clean"),
}


def function(name):
    module, function_name = COMMANDS[name]
    return getattr(importlib.import_module(module), function_name)


def show_help():
    header("Lifeline: ./dev COMMAND")
    for name in COMMANDS:
        usage, _, what = function(name).__doc__.strip().splitlines()[0].partition(": ")
        print(f"\n  {usage}\n      {what}")
    print()


def main():
    os.chdir(ROOT)
    name, arguments = (sys.argv[1], sys.argv[2:]) if len(sys.argv) > 1 else ("help", [])
    if name in ("help", "--help", "-h"):
        show_help()
        return 0
    if name not in COMMANDS:
        raise Failure(f"no command is named {name}; ./dev help")
    function(name)(arguments)
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Failure as failure:
        print(f"\ndev: {failure}", file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        print()
        sys.exit(130)
    except BrokenPipeError:  # ./dev help | head
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
