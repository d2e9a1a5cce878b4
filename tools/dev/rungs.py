"""The rungs of ./dev test, cheapest first. To add one, add a line to RUNGS.

A rung is what it is called, what it shows, and how it is run: Ctest (tests of the CMake tree, chosen
by label), Npm (`npm test` in a folder) or Program (a built program or a script). Whatever runs must
print its count in a form that count.py knows; a rung that ran no test fails. An exit status of 77
means "cannot be run here" and the last line says why."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Ctest:
    preset: str
    label: str = ""  # Tests with this label; without one, all that are not checks.
    targets: tuple = ()  # What must be built first; nothing for tests that are scripts.
    only: str = ""  # A regular expression of test names.


@dataclass(frozen=True)
class Npm:
    folder: str
    needs: str = ""  # "VARIABLE=release:lifeline ...": each built first, its path in its variable.
    script: str = "test"  # Which of the folder's npm scripts.


@dataclass(frozen=True)
class Program:
    command: tuple  # A word like "release:lifeline" becomes the path of that program, built first.
    counts: bool = False  # It takes --evidence FILE and writes there what it counted.


@dataclass(frozen=True)
class Rung:
    name: str
    what: str
    how: Ctest | Npm | Program
    packages: tuple = ()
    quick: bool = False  # Also part of ./dev test --quick.

    @property
    def folder(self):
        return getattr(self.how, "folder", "")

    @property
    def waits(self):
        """It talks to a server that is a process of its own: both wait more than they work."""
        return getattr(self.how, "needs", "") == SERVER


# The rooms in which threads meet; everything above them lives on one loop.
THREADED = ("base", "journal", "net", "sql", "identity")

SERVER = "LIFELINE_BINARY=release:lifeline"
SYSTEM = "tests/system"

RUNGS = (
    Rung("checks", "rooms, banned calls, links, and that each check can fail",
         Ctest("asan", "check"), quick=True),
    Rung("unit", "tables, properties and corpora beside the code, under ASan and UBSan",
         Ctest("asan", targets=("tests",)), quick=True),
    Rung("threads", "the rooms in which threads meet, under TSan",
         Ctest("tsan", targets=tuple(f"{room}_test" for room in THREADED),
               only=f"^({'|'.join(THREADED)})[.]")),
    Rung("toolchain", "clang is right where g++ 12 is wrong, and CMake refuses g++",
         Program(("python3", "-B", "tests/toolchain/toolchain_test.py")), ("test",)),
    Rung("schema", "ajv as the checker's oracle; the documents lint",
         Npm("schema", "LIFELINE_CONTRACT_CHECK=asan:contract_check"), quick=True),
    Rung("sdk", "the SDK against a hostile server and the real one", Npm("sdk", SERVER), quick=True),
    Rung("faults", "what networks and servers do to a client, one by one, through the fault proxy",
         Npm("sdk", SERVER, "faults")),
    Rung("web", "what the page promises, without a browser", Npm("web"), quick=True),
    Rung("conformance", "the WebSocket kit, against our codec and against npm ws",
         Npm("tests/conformance", "LIFELINE_WS_ECHO=asan:ws_echo")),
    Rung("mcp", "our MCP client against servers from npm, as child processes and over HTTP",
         Npm("tests/mcp", "LIFELINE_MCP_PROBE=asan:mcp_probe")),
    Rung("openclaw", "the openclaw driver against a gateway that misbehaves; the plugin",
         Npm("tests/openclaw", f"LIFELINE_OPENCLAW_PROBE=asan:openclaw_probe {SERVER}")),
    Rung("sinks", "charges over real HTTP to a billing sink that loses, forgets, throttles and breaks",
         Npm("tests/sinks", "LIFELINE_SINK_PROBE=asan:sink_probe")),
    Rung("simulation", "the whole house on virtual time and a failing disk, 500 seeds",
         Program(("release:simulation", "--seeds", "500"), counts=True)),
    Rung("mutants", "rules broken in their own source, and a broken house, are found to be broken",
         Program(("release:simulation_mutants", "--seeds", "100"), counts=True)),
    Rung("money", "rules of usage, prices, charges and sinks broken in their own source, and found",
         Program(("release:money_mutants",), counts=True)),
    Rung("badinput", "hundreds of bad inputs, each refused by name, none written",
         Npm(SYSTEM, SERVER, "badinput"), quick=True),
    Rung("publishers", "every event type with every role, through the door",
         Npm(SYSTEM, SERVER, "publishers"), quick=True),
    Rung("verifier", "the journal judged by a program written from its format page alone",
         Program(("python3", "-B", "tests/verifier/verifier_test.py", "release:lifeline")),
         quick=True),
    Rung("proof", "a call as a file that proves itself; heads that others keep",
         Npm(SYSTEM, SERVER, "proof"), quick=True),
    Rung("commands", "what an operator types, and what the server then does",
         Npm(SYSTEM, SERVER, "commands"), quick=True),
    Rung("doctor", "init, doctor and trigger; each thing doctor can find, broken and found",
         Npm(SYSTEM, SERVER, "doctor"), quick=True),
    Rung("metrics", "a real scrape: its form, and that the figures move",
         Npm(SYSTEM, SERVER, "metrics"), quick=True),
    Rung("openapi", "every route, done and refused, as /openapi.json says",
         Npm(SYSTEM, SERVER, "openapi"), quick=True),
    Rung("doors", "feeds without a cap, limits by every way in, readable refusals",
         Npm(SYSTEM, SERVER, "doors"), quick=True),
    Rung("resume", "lines, windows and drains of the real server, frame by frame",
         Npm(SYSTEM, SERVER, "resume"), quick=True),
    Rung("listener", "TLS, trusted proxies, and what SIGHUP changes",
         Npm(SYSTEM, SERVER, "listener"), quick=True),
    Rung("proxies", "nginx, HAProxy and Caddy in front, each with its recipe",
         Npm(SYSTEM, SERVER, "proxies"), ("proxies",)),
    Rung("actions", "what agents ask for: judged, confirmed, done once by real tools, kill -9",
         Npm(SYSTEM, SERVER, "actions")),
    Rung("speech", "a recording becomes words of whoever spoke, once, whatever the recogniser does",
         Npm(SYSTEM, SERVER, "speech"), quick=True),
    Rung("transcript", "what was said, in its order, at any position, in every form",
         Npm(SYSTEM, SERVER, "transcript"), quick=True),
    Rung("consent", "nothing that a person says is kept before they agreed, by no way in, in no file",
         Npm(SYSTEM, SERVER, "consent"), quick=True),
    Rung("search", "found by its words, by whoever may see it, also after the view was lost",
         Npm(SYSTEM, SERVER, "search"), quick=True),
    Rung("rebuild", "killed in the midst of it, each view is what the journal makes of it anew",
         Npm(SYSTEM, SERVER, "rebuild"), quick=True),
    Rung("retention", "who is erased is in no file any more; others' words and the money stay; kill -9",
         Npm(SYSTEM, SERVER, "retention"), quick=True),
    Rung("metering", "what calls used, recounted by plain loops: signed, cut by the hour, once; kill -9",
         Npm(SYSTEM, SERVER, "metering"), quick=True),
    Rung("billing", "closed hours by their cards, late words as adjustments, statements; kill -9",
         Npm(SYSTEM, SERVER, "billing"), quick=True),
    Rung("publishing", "every billing system counts every charge once, whatever is lost; dead letters; kill -9",
         Npm(SYSTEM, SERVER, "publishing"), quick=True),
    Rung("budgets", "two calls on one small credit, warnings, hard stops, refusals; kill -9 and expiry",
         Npm(SYSTEM, SERVER, "budgets"), quick=True),
    Rung("reconciliation", "hours are counted again: each fault found, told and mended; kill -9",
         Npm(SYSTEM, SERVER, "reconciliation"), quick=True),
    Rung("documents", "two people and an agent edit at once, over real sockets, kill -9",
         Npm(SYSTEM, SERVER, "documents"), quick=True),
    Rung("agent", "agents inside the server: a model server that streams, stalls, refuses; kill -9",
         Npm("tests/agent", SERVER)),
    Rung("mcp_door", "an agent outside acts by the official MCP client, through the same gates",
         Npm(SYSTEM, SERVER, "mcp_door"), quick=True),
    Rung("gates", "kill switches, counts of a day, an engine, a spoken yes, grants, the canary",
         Npm(SYSTEM, SERVER, "gates")),
    Rung("whatif", "recorded calls through another policy and agent: what differs, and no effect",
         Npm(SYSTEM, SERVER, "whatif"), quick=True),
    Rung("crash", "the real binary, killed with -9 forty times; between any two steps of the money",
         Npm(SYSTEM, SERVER, "crash")),
    Rung("dialogues", "real conversations as calls, fifty at a time",
         Npm(SYSTEM, SERVER, "dialogues")),
    Rung("readme", "the README's commands, one after the other",
         Program(("python3", "-B", "tests/readme/readme_test.py")), ("test", "node")),
    Rung("e2e", "real pages in Chromium, the real server, kill -9", Npm("tests/e2e", SERVER),
         ("browser",)),
)
