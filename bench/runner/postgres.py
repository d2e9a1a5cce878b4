"""PostgreSQL beside a replay: the same number of rows of the same size, by stream and seq, read in
order from its own cache. Only where it is installed."""

import os
import pwd
import shutil
import subprocess
import tempfile
import time

ROW_BYTES = 430  # What an event has with its envelope.
USER = "postgres"


def is_there():
    return all(shutil.which(program) for program in ("initdb", "pg_ctl", "psql"))


def replay(calls, events, seconds):
    """Rows a second."""
    folder = tempfile.mkdtemp(prefix="lifeline-postgres-")
    as_user = _as_user(folder)
    run = lambda *command, **more: subprocess.run(  # noqa: E731
        command, check=True, cwd=folder, stdout=subprocess.DEVNULL, **as_user, **more)
    psql = ["psql", "-q", "-h", folder, "-d", "postgres"]
    try:
        run("initdb", "-D", f"{folder}/data", "-A", "trust", "-E", "UTF8", "--locale", "C",
            "--no-sync")
        run("pg_ctl", "-D", f"{folder}/data", "-w", "-l", f"{folder}/log", "-o",
            f"-c listen_addresses= -k {folder} -c shared_buffers=512MB", "start")
        run(*psql, "-c", "create table events(stream int, seq bigint, body text, "
                         "primary key(stream, seq))")
        run(*psql, "-c", f"""
            insert into events select call, seq, repeat('x', {ROW_BYTES})
                from generate_series(1, {calls}) call, generate_series(1, {events}) seq""")
        run(*psql, "-c", "vacuum analyze events")
        asks = "".join(f"copy (select seq, body from events where stream = {call} and seq > 0 "
                       "order by seq) to stdout;\n" for call in range(1, calls + 1))
        run(*psql, input=asks.encode())  # Warms it.
        spent = rounds = 0
        while spent < seconds:
            begun = time.monotonic()
            run(*psql, input=asks.encode())
            spent += time.monotonic() - begun
            rounds += 1
        return rounds * calls * events / spent
    finally:
        subprocess.run(["pg_ctl", "-D", f"{folder}/data", "-m", "immediate", "stop"], cwd=folder,
                       stdout=subprocess.DEVNULL, **as_user)
        shutil.rmtree(folder, ignore_errors=True)


def _as_user(folder):
    """It refuses to run as root."""
    if os.getuid() != 0:
        return {}
    who = pwd.getpwnam(USER)
    os.chown(folder, who.pw_uid, who.pw_gid)
    return {"user": who.pw_uid, "group": who.pw_gid, "extra_groups": []}
