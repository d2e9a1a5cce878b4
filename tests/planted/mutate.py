#!/usr/bin/env python3
"""Breaks rules of the server in their own source, for the simulation's checks to find.

    mutate.py MUTANTS source src/call/x.cpp OUT   that file with its mutants in it, each behind a switch
    mutate.py MUTANTS names OUT                   all mutants, as the table that planted.h declares
    mutate.py MUTANTS check                       whether each still fits its source

MUTANTS is a text file that has them. A mutant whose `was` does not stand exactly once in its file stops the build:
the rule has moved, and the mutant has to move with it."""

import re
import sys
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Edit:
    path: str
    was: str = ""
    now: str = ""


@dataclass
class Mutant:
    name: str
    what: str
    edits: list = field(default_factory=list)


class Misfit(Exception):
    pass


def read(text):
    mutants = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        word, _, rest = line.strip().partition(" ")
        if not line.startswith(" "):
            mutants.append(Mutant(word.rstrip(":"), rest))
        elif word == "in":
            mutants[-1].edits.append(Edit(rest.strip()))
        elif word in ("was", "now"):
            setattr(mutants[-1].edits[-1], word, rest.strip())
        else:
            raise Misfit(f"mutants.txt:{number}: neither in, was nor now: {word}")
    return mutants


def mutated(path, text, mutants):
    """The text of that file with every mutant of it in it."""
    places = []
    for mutant in mutants:
        for edit in mutant.edits:
            if edit.path != path:
                continue
            if "BROKEN" not in edit.now:
                raise Misfit(f"mutant {mutant.name}: `now` has no BROKEN: {edit.now}")
            words = r"\s+".join(re.escape(word) for word in edit.was.split())
            found = list(re.finditer(words, text)) if words else []
            if len(found) != 1:
                raise Misfit(f"mutant {mutant.name}: this stands {len(found)} times in {path}, "
                             f"not once: {edit.was}")
            switch = f'::lifeline::planted::broken("{mutant.name}")'
            places.append((*found[0].span(), edit.now.replace("BROKEN", switch), mutant.name))
    places.sort()
    for one, other in zip(places, places[1:]):
        if other[0] < one[1]:
            raise Misfit(f"mutants {one[3]} and {other[3]} change the same words of {path}")
    for begin, end, now, _ in reversed(places):
        text = text[:begin] + now + text[end:]
    return f'#include "planted.h"\n#line 1 "{path}"\n{text}'


def names(mutants):
    rows = "".join(f'    {{"{one.name}", "{one.what}"}},\n' for one in mutants)
    return ('#include "planted.h"\n\nnamespace lifeline::planted {\n\n'
            "const std::vector<Mutant>& all() {\n"
            f"    static const std::vector<Mutant> mutants{{\n{rows}    }};\n    return mutants;\n}}\n\n"
            "}  // namespace lifeline::planted\n")


def main(file, what, *words):
    mutants = read(Path(file).read_text())
    if what == "source":
        path, out = words
        Path(out).write_text(mutated(path, (ROOT / path).read_text(), mutants))
    elif what == "names":
        Path(words[0]).write_text(names(mutants))
    else:
        for path in sorted({edit.path for one in mutants for edit in one.edits}):
            mutated(path, (ROOT / path).read_text(), mutants)
        print(f"mutants: {len(mutants)} fit their sources")


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except Misfit as misfit:
        sys.exit(str(misfit))
