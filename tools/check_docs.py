#!/usr/bin/env python3
"""Holds the prose against the tree: every link leads somewhere, every path and every test named in
backquotes exists, every command that somebody is told to type exists, ADRs have their form, and
whatever a source cites from docs/ is there."""

import re
import sys

from source import Finding, line_of, main, tracked

LINK = re.compile(r"\[[^\]\n]*\]\((?P<target>[^()\s]+)\)")
FENCE = re.compile(r"^(```|~~~).*?^\1", re.M | re.S)
CITED = re.compile(r"(?<![\w/*(\[-])(?:docs|schema/v1|tools|tests|cmake)/[\w./-]*\w[.](?:md|py|json|cmake)\b")
NAMED_PATH = re.compile(r"`((?:src|sdk|web|schema|tools|tests|cmake|bench|docs)/[\w./-]+)`")
NAMED_TEST = re.compile(r"`([A-Z]\w+)[.]([A-Z]\w+)`")
# In prose only in backquotes, where "lifeline" is the program; in errors.json wherever it stands.
TYPED = re.compile(r"`(?:\./dev )?lifeline (?P<words>[a-z][a-z-]*(?: [a-z][a-z-]*)?)")
ADVISED = re.compile(r"\blifeline (?P<words>[a-z][a-z-]*(?: [a-z][a-z-]*)?)")
ADR_NAME = re.compile(r"^docs/adr/\d{4}-[a-z0-9-]+\.md$")
ADR_HEADINGS = ("## Context", "## Decision", "## Consequences", "## Turned down")
ADR_LINES_MAX = 60
SOURCES = ("*.h", "*.cpp", "*.py", "*.cmake", "CMakeLists.txt", "*.ts", "*.js", "*.mjs", "dev",
           "*.md", "*.json")


def check(root):
    findings = []
    tests = {(suite, case) for name in tracked(root, "*_test.cpp") for suite, case in
             re.findall(r"^TEST(?:_[FP])?\((\w+), (\w+)\)", (root / name).read_text(), re.M)}
    pages = tracked(root, "*.md")
    for page in pages:
        text = (root / page).read_text(encoding="utf-8")
        prose = FENCE.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), text)
        findings += _links(root, page, prose)
        findings += _names(root, page, prose, tests)
        if page.startswith("docs/adr/"):
            findings += _adr(page, text)
    findings += _settings(root)
    findings += _metrics(root)
    findings += _commands(root, pages)
    for name in tracked(root, *SOURCES):
        if "package-lock" in name or name == "tests/checks/checks_test.py":  # Cites what is not there.
            continue
        text = (root / name).read_text(encoding="utf-8", errors="replace")
        for found in CITED.finditer(text):
            if not (root / found[0]).exists():
                findings.append(Finding(name, line_of(text, found.start()),
                                        f"{found[0]} is cited but does not exist"))
    return findings, len(pages)


def _links(root, page, prose):
    for found in LINK.finditer(prose):
        target, _, anchor = found["target"].partition("#")
        if re.match(r"[a-z]+:", target) or target.startswith("/"):
            continue
        line = line_of(prose, found.start())
        goal = ((root / page).parent / target) if target else root / page
        if not goal.exists():
            yield Finding(page, line, f"the link {found['target']} leads nowhere")
        elif anchor and goal.suffix == ".md" and anchor not in _anchors(goal.read_text()):
            yield Finding(page, line, f"{goal.name} has no heading #{anchor}")


def _names(root, page, prose, tests):
    for found in NAMED_PATH.finditer(prose):
        beside = (root / page).parent / found[1]
        if not (root / found[1]).exists() and not beside.exists() and "/dist/" not in found[1]:
            yield Finding(page, line_of(prose, found.start()), f"{found[1]} does not exist")
    for found in NAMED_TEST.finditer(prose):
        if found.groups() not in tests:
            yield Finding(page, line_of(prose, found.start()), f"there is no test {found[0]}")


def _settings(root):
    """Every setting the server reads has its row in docs/operations.md, and no other has one."""
    source, page = root / "src/app/settings.cpp", root / "docs/operations.md"
    if not source.exists():
        return
    read = {name for file in sorted(source.parent.glob("settings*.cpp"))
            for name in re.findall(r'^ {8}\{"([a-z_.]+)",', file.read_text(), re.M)}
    explained = set(re.findall(r"^\| `([a-z_.]+)` \|", page.read_text().split("## Settings")[-1], re.M))
    for name in sorted(read ^ explained):
        yield Finding("docs/operations.md", 1, f"the setting {name} is "
                      + ("not explained" if name in read else "explained but not read"))


def _metrics(root):
    """Every family of figures has its row in docs/operations.md, and no other has one."""
    source, page = root / "src/app/metric_families.cpp", root / "docs/operations.md"
    if not source.exists():
        return
    shown = set(re.findall(r'^ {4}\{"([a-z_]+)",', source.read_text(), re.M))
    explained = set(re.findall(r"^\| `(lifeline_[a-z_]+)` \|", page.read_text(), re.M))
    for name in sorted(shown ^ explained):
        yield Finding("docs/operations.md", 1, f"the metric {name} is "
                      + ("not explained" if name in shown else "explained but not shown"))


def _commands(root, pages):
    """Whatever somebody is told to type is a command: a literal of src/app/*_command.cpp; after the
    name of a group (journal_command.cpp, ...) comes a literal of the group's own file."""
    names, groups = set(), {}
    for path in sorted((root / "src/app").glob("*_command.cpp")):
        text = path.read_text()
        literals = set(re.findall(r'"([a-z][a-z-]*)"', text))
        names |= literals
        if "require_subcommand" in text:
            groups[path.name.removesuffix("_command.cpp")] = literals
    if not names:
        return
    errors = [("schema/v1/errors.json", ADVISED)] if (root / "schema/v1/errors.json").exists() else []
    for page, form in [(page, TYPED) for page in pages] + errors:
        text = (root / page).read_text(encoding="utf-8")
        for found in form.finditer(text):
            first, _, second = found["words"].partition(" ")
            if first not in names or (second and second not in groups.get(first, {second})):
                yield Finding(page, line_of(text, found.start()),
                              f"there is no command `lifeline {found['words']}`")


def _anchors(text):
    """The names a forge gives to headings: lower case, punctuation gone, blanks to hyphens."""
    headings = re.findall(r"^#+\s+(.*)$", FENCE.sub("", text), re.M)
    return {re.sub(r"[^\w\- ]", "", h.strip().lower()).replace(" ", "-") for h in headings}


def _adr(page, text):
    lines = text.splitlines()
    if not ADR_NAME.match(page):
        yield Finding(page, 1, "an ADR has another name", "docs/adr/0012-six-key-envelope.md")
    if len(lines) > ADR_LINES_MAX:
        yield Finding(page, len(lines), f"an ADR has at most {ADR_LINES_MAX} lines")
    missing = [heading for heading in ADR_HEADINGS if heading not in lines]
    if missing:
        yield Finding(page, 1, f"an ADR needs {', '.join(missing)}")


if __name__ == "__main__":
    sys.exit(main(check, "docs"))
