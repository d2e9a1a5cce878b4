"""./dev run: the server on the embedded store, and the scripted agent beside it."""

import argparse
import os
import shlex
import signal
import subprocess
import sys
import threading

import build
import node
import packages
import share
from console import ROOT, Failure, bold, header, note, step

READY = "ready "
AGENT_USER = "usr_dev_agent"  # Whom calls of the development mode invite.
STOP_SECONDS = {"agent": 5, "server": 20}  # The server drains its calls.


def command(arguments):
    """./dev run [--port N] [--data DIR] [--share URL] [--no-agent] [--debug]: build and start"""
    options = _parse(arguments)
    header("lifeline")
    packages.need("build", "node")
    node.build_all()
    build.build(options.preset, ["lifeline"])
    binary = build.program(options.preset, "lifeline")

    children = []  # Name and process, in the order of their start.
    try:
        server, url = _start_server(binary, options)
        children.append(("server", server))
        if options.agent:
            children.append(("agent", _start_agent(binary, url, options)))
        if options.share:
            share.invite(binary, url, options.data, AGENT_USER if options.agent else None)
        else:
            _say(url, options)
        _wait(children)
    except KeyboardInterrupt:
        print()
    finally:
        for name, child in reversed(children):
            _stop(name, child)


def lifeline(arguments):
    """./dev lifeline ...: the release binary that was built, with these arguments"""
    binary = build.program("release", "lifeline")
    os.execv(binary, [str(binary), *arguments])


def _parse(arguments):
    parser = argparse.ArgumentParser(prog="./dev run", allow_abbrev=False)
    parser.add_argument("--port", type=int, default=8787, help="0 takes a free one")
    parser.add_argument("--data", default="data", help="the data folder (default: ./data)")
    parser.add_argument("--share", metavar="URL",
                        help="the server's public address, behind a tunnel: no tokens for the "
                        "asking, one-time invites to a call instead")
    parser.add_argument("--no-agent", dest="agent", action="store_false",
                        help="without the scripted agent")
    parser.add_argument("--debug", dest="preset", action="store_const", const="debug",
                        default="release", help="the debug build instead of the release build")
    parser.add_argument("--release", dest="preset", action="store_const", const="release")
    return parser.parse_args(arguments)


def _start_server(binary, options):
    """Starts it and waits for its line `ready URL`; its log goes on to our standard error."""
    command = [binary, "serve", "--data", options.data, "--listen", f"127.0.0.1:{options.port}"]
    if options.share:
        command += ["--public-url", options.share]
    else:
        command += ["--dev"] + (["--dev-agent"] if options.agent else [])
    with step("start"):
        # A session of its own: Ctrl-C reaches this program alone, which then stops them in order.
        server = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True,
                                  start_new_session=True)
        for line in server.stdout:
            if line.startswith(READY):
                threading.Thread(target=_forward, args=(server.stdout,), daemon=True).start()
                return server, line[len(READY):].strip()
            print(line, end="", flush=True)
    raise Failure(f"the server did not start (exit status {server.wait()}); it says why above")


def _forward(lines):
    for line in lines:
        print(line, end="", flush=True)


def _start_agent(binary, url, options):
    """The agent is a client like any other: it comes in by the front door, with tokens that it asks
    for when it needs them."""
    token = [str(binary), "token", "--data", options.data, "--user", AGENT_USER,
             "--name", "Scripted agent", "--account", "acct_dev", "--role", "agent"]
    env = {**os.environ, "LIFELINE_URL": url, "LIFELINE_TOKEN_COMMAND": shlex.join(token)}
    return subprocess.Popen(["node", "sdk/agent/scripted.js"], cwd=ROOT, env=env,
                            start_new_session=True)


def _say(url, options):
    print(f"""
   page   {bold(url + '/')}
   API    {url}/v1  (described by {url}/openapi.json)
   data   {options.data}
   try    {bold('./dev test --quick')}, or open the page in two tabs and talk
   stop   Ctrl-C
""", flush=True)


def _wait(children):
    """Until the server ends, which is a failure, or Ctrl-C. An agent that ends is only said."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    server = children[0][1]
    while True:
        try:
            status = server.wait(timeout=1)
        except subprocess.TimeoutExpired:
            for name, child in children[1:]:
                if child.poll() is not None:
                    note(f"the {name} ended with status {child.returncode}; the server goes on")
                    children.remove((name, child))
                    break
            continue
        raise Failure(f"the server ended with status {status}; it says why above")


def _stop(name, child):
    if child.poll() is not None:
        return
    child.terminate()
    try:
        child.wait(STOP_SECONDS[name])
    except (subprocess.TimeoutExpired, KeyboardInterrupt):
        child.kill()
        child.wait()
    note(f"{name} stopped")
