"""./dev doc: whatever is made from the schema and committed beside it."""

import subprocess
import sys

from console import ROOT, Failure, note


def command(arguments):
    """./dev doc [--check]: writes docs/protocol.md and the SDK's types from schema/v1"""
    word = "check" if "--check" in arguments else "all"
    if subprocess.run([sys.executable, "-B", "tools/schemagen.py", word], cwd=ROOT).returncode:
        raise Failure("the schema or what is made from it is not right; it says what above")
    note("docs/protocol.md and sdk/src/contract.ts are what schema/v1 says")
