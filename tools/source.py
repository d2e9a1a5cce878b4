"""What the checks share: the files of the tree, C++ with comments and literals blanked out, and the
one form of a finding. A finding names its place, what is wrong and what to write instead."""

import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, order=True)
class Finding:
    path: str
    line: int
    what: str
    instead: str = ""

    def __str__(self):
        tail = f"; instead: {self.instead}" if self.instead else ""
        return f"{self.path}:{self.line}: {self.what}{tail}"


LITERAL = re.compile(
    r"""
      //[^\n]*
    | /\*.*?\*/
    | R"(?P<mark>[^\s()\\]{0,16})\(.*?\)(?P=mark)"
    | "(?:\\.|[^"\\\n])*"
    | (?<![0-9A-Za-z_])'(?:\\.|[^'\\\n])*'
    """,
    re.S | re.X)


def code_only(text):
    """The same text, every byte where it was, with comments and literals turned into blanks; the
    quotes stay, so that an empty string is still seen to be one. Includes keep their names."""
    def blank(found):
        literal = found[0]
        start = text.rfind("\n", 0, found.start()) + 1
        if literal[0] == '"' and text[start:found.start()].lstrip().startswith("#"):
            return literal
        blanks = re.sub(r"[^\n]", " ", literal)
        if literal[0] in "\"'R" and len(literal) >= 2:
            return literal[0].replace("R", " ") + blanks[1:-1] + literal[-1]
        return blanks
    return LITERAL.sub(blank, text)


def line_of(text, offset):
    return text.count("\n", 0, offset) + 1


def cpp_files(root, under="src"):
    """Path, as the repository writes it, and text of every C++ file under a folder."""
    for path in sorted((root / under).rglob("*")):
        if path.suffix in (".h", ".cpp") and path.is_file():
            yield path.relative_to(root).as_posix(), path.read_text(encoding="utf-8")


def tracked(root, *patterns):
    """The files git knows of, by pattern; in a tree without git (a fixture) all files."""
    listed = subprocess.run(["git", "-C", str(root), "ls-files", "-z", "--", *patterns], text=True,
                            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    top = subprocess.run(["git", "-C", str(root), "rev-parse", "--show-toplevel"], text=True,
                         stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    if listed.returncode == 0 and Path(top.stdout.strip()) == root:
        names = [name for name in listed.stdout.split("\0") if name]
        return sorted(name for name in names if (root / name).is_file())
    found = {p for pattern in patterns or ("*",) for p in root.rglob(pattern) if p.is_file()}
    return sorted(p.relative_to(root).as_posix() for p in found)


def main(check, what):
    """Runs one check over the repository (or the tree given as argument) as a program."""
    root = Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else ROOT
    findings, looked_at = check(root)
    for finding in sorted(findings):
        print(finding)
    print(f"{what}: {looked_at} files, {len(findings)} findings")
    if not looked_at:
        print(f"{what}: nothing was looked at, which cannot be right")
    return 1 if findings or not looked_at else 0
