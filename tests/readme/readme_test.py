#!/usr/bin/env python3
"""Does what the README says, block by block: every ```sh block after "Five minutes" in one shell,
every ```js block as the file it is named after, against a server that `./dev run` started. A block
that fails is a test that fails."""

import os
import re
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BLOCK = re.compile(r"^```(?P<language>sh|js)\n(?P<text>.*?)^```$", re.M | re.S)
PAGE = re.compile(r"page\s+(?:\033\[\d+m)?(http://[\w.:]+)/")
ADDRESS = "http://127.0.0.1:8787"
MARK = "=== block "


def blocks(text):
    """(line, language, text) of what is to be done, in order. The two commands before are what the
    other rungs and this test's own server are."""
    start = text.index("## Five minutes")
    for found in BLOCK.finditer(text, start):
        yield text.count("\n", 0, found.start()) + 1, found["language"], found["text"]


def script(text, url, data, folder):
    """One shell script of all blocks, with this server's address and data in place of the README's."""
    lines = ["set -eu"]
    for line, language, block in blocks(text):
        block = block.replace(ADDRESS, url).replace("--data data", f"--data {data}") \
            .replace("'--data', 'data'", f"'--data', '{data}'") \
            .replace("'./sdk/", f"'{ROOT.as_uri()}/sdk/").replace("hello.mjs", f"{folder}/hello.mjs")
        lines.append(_say(line))
        if language == "js":
            lines += [f"cat > {folder}/hello.mjs <<'END_OF_FILE'", block.rstrip("\n"), "END_OF_FILE"]
        else:
            lines.append(block)
    lines.append(_say("end"))
    return "\n".join(lines)


def _say(where):
    """On a line of its own, even after an answer that ends without one."""
    return f"printf '\\n{MARK}{where}\\n'"


def start_server(data):
    server = subprocess.Popen(["./dev", "run", "--port", "0", "--data", data, "--no-agent"], cwd=ROOT,
                              text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    said = []
    for line in server.stdout:
        said.append(line)
        if found := PAGE.search(line):
            threading.Thread(target=server.stdout.read, daemon=True).start()
            return server, found[1]
    sys.exit("".join(said) + f"./dev run ended with {server.wait()}")


def main():
    text = (ROOT / "README.md").read_text()
    expected = [line for line, _, _ in blocks(text)]
    with tempfile.TemporaryDirectory() as folder:
        server, url = start_server(f"{folder}/data")
        try:
            done = subprocess.run(["sh", "-c", script(text, url, f"{folder}/data", folder)], cwd=ROOT,
                                  text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                  timeout=120, env={**os.environ, "NO_COLOR": "1"})
        finally:
            server.terminate()  # Not SIGINT, which whoever is started in the background may ignore.
            server.wait(30)
    parts = re.split(rf"^{MARK}(\w+)$", done.stdout, flags=re.M)
    reached = parts[1::2]
    passed = len(reached) - 1  # The last that was reached is the one that failed, or the end.
    if done.returncode == 0:
        for line, output in zip(expected, parts[2::2]):
            print(f"README.md:{line}: ok, {len(output)} bytes of answer")
    else:
        print(f"README.md:{reached[-1]}: exit status {done.returncode}\n{parts[-1]}")
    check_answers(done.stdout if done.returncode == 0 else "")
    print(f"{len(expected)} tests, {passed} passed")
    return done.returncode


def check_answers(output):
    """What the prose promises about the answers, so that a block cannot succeed by saying nothing."""
    promises = {"an event's place": '"seq":', "not a duplicate": '"duplicate":false',
                "a reason for nonsense": '"code":"missing_field"', "what to do": "What to do",
                "the event itself": '"text":"Hello"', "the SDK heard it": "usr_ada Hello"}
    for promise, needle in promises.items():
        if output and needle not in output:
            sys.exit(f"README.md promises {promise}, but no answer has {needle}:\n{output}")


if __name__ == "__main__":
    sys.exit(main())
