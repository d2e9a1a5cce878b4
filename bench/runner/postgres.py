"""PostgreSQL beside a replay, a search and sums of usage: the same rows, asked the same, from its own cache. Only
where it is installed; on a socket in a folder that is gone afterwards."""

import os
import pwd
import re
import shutil
import subprocess
import tempfile
import time
from contextlib import contextmanager
from statistics import median

from console import Failure, note

ROW_BYTES = 430  # What an event has with its envelope.
USER = "postgres"
USER_OF_ALL, USER_OF_FEW = "usr_bench", "usr_few"  # As search_bench names them.
QUESTIONS = 60  # Of each kind.

# As `match_text` reads what is typed: a phrase, a beginning, a word.
SEARCH_TABLES = """
create table passages(id int primary key, stream int, at text, body text);
create table members(who text, stream int);
\\copy passages from '{folder}/passages.tsv'
\\copy members from '{folder}/members.tsv'
alter table members add primary key(who, stream);
alter table passages add column words tsvector
    generated always as (to_tsvector('simple', body)) stored;
create index passages_words on passages using gin(words);
vacuum analyze passages;
vacuum analyze members;
"""
SEARCH = """
select id, ts_headline('simple', body, asked, 'MaxFragments=1'), rank from (
    select p.id, p.body, asked, ts_rank(p.words, asked) as rank
    from passages p, {asked} asked
    where p.words @@ asked {rights}
    order by rank desc, p.at desc, p.id desc limit 20) best;
"""

# As money_bench has them, and asks SQLite.
MONEY_TABLES = """
create table usage(record text, account text, session text, participant text, item text,
    meter text, dims text, hour int, quantity bigint);
create table charges(charge text, account text, item text, hour int, quantity bigint,
    amount numeric, primary key(account, item, hour));
\\copy usage from '{folder}/usage.tsv'
\\copy charges from '{folder}/charges.tsv'
vacuum analyze usage;
vacuum analyze charges;
"""
MONEY = """
with kinds as (select account, item, meter, dims, hour, sum(quantity) as quantity,
        count(*) as records from usage group by account, item, meter, dims, hour),
    lines as (select account, item, hour, sum(quantity) as quantity, sum(records) as records
        from kinds group by account, item, hour)
select count(*), sum(lines.records),
    count(*) filter (where lines.quantity is distinct from charges.quantity)
from lines left join charges on charges.account = lines.account and charges.item = lines.item
    and charges.hour = lines.hour;
"""


def is_there():
    """Says why not, where it is not."""
    missing = [name for name in ("initdb", "pg_ctl", "psql") if not shutil.which(name)]
    if missing:
        note(f"no PostgreSQL beside it: {' '.join(missing)} not on PATH; Debian's package "
             "postgresql has them in /usr/lib/postgresql/*/bin")
    return not missing


@contextmanager
def _cluster():
    """(run, psql, folder): a new one, that trusts whoever reaches its socket."""
    folder = tempfile.mkdtemp(prefix="lifeline-postgres-")
    as_user = _as_user(folder)
    def run(*command, **more):
        return subprocess.run(command, check=True, cwd=folder, **{
            "stdout": subprocess.DEVNULL, **as_user, **more})
    psql = ["psql", "-q", "-v", "ON_ERROR_STOP=1", "-h", folder, "-d", "postgres"]
    try:
        run("initdb", "-D", f"{folder}/data", "-A", "trust", "-E", "UTF8", "--locale", "C",
            "--no-sync")
        run("pg_ctl", "-D", f"{folder}/data", "-w", "-l", f"{folder}/log", "-o",
            f"-c listen_addresses= -k {folder} -c shared_buffers=512MB -c jit=off", "start")
        yield run, psql, folder
    finally:
        subprocess.run(["pg_ctl", "-D", f"{folder}/data", "-m", "immediate", "stop"], cwd=folder,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **as_user)
        shutil.rmtree(folder, ignore_errors=True)


def replay(calls, events, seconds):
    """Rows a second."""
    with _cluster() as (run, psql, _folder):
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


def search(dumped):
    """(kind, who) -> milliseconds of each question: those that search_bench left in this folder."""
    kinds = {}
    with open(f"{dumped}/questions.tsv") as file:
        for line in file:
            kind, typed = line.rstrip("\n").split("\t")
            kinds.setdefault(kind, []).append(typed)
    with _cluster() as (run, psql, folder):
        for name in ("passages.tsv", "members.tsv"):
            shutil.copy(f"{dumped}/{name}", folder)
            os.chmod(f"{folder}/{name}", 0o644)
        note("PostgreSQL loads the same and indexes it")
        begun = time.monotonic()
        run(*psql, input=SEARCH_TABLES.format(folder=folder).encode())
        note(f"PostgreSQL has it after {time.monotonic() - begun:.0f} s")
        return {(kind, who): _timed(run, psql, typed[:QUESTIONS], rights)
                for kind, typed in kinds.items()
                for who, rights in (("a person", _member(USER_OF_ALL)),
                                    ("of few calls", _member(USER_OF_FEW)), ("an operator", ""))}


def money(dumped):
    """Seconds of the sum over the records that money_bench left in this folder: the middle of three,
    on one core, from its own cache."""
    with _cluster() as (run, psql, folder):
        for name in ("usage.tsv", "charges.tsv"):
            shutil.copy(f"{dumped}/{name}", folder)
            os.chmod(f"{folder}/{name}", 0o644)
        run(*psql, input=MONEY_TABLES.format(folder=folder).encode())
        asks = "set max_parallel_workers_per_gather=0;\nset work_mem='256MB';\n" + MONEY
        said = run(*psql, input=f"{asks}\\timing on\n{MONEY * 3}".encode(),
                   stdout=subprocess.PIPE).stdout.decode()
    differing = re.findall(r"^ *\d+ \| +\d+ \| +(\d+)$", said, re.M)
    if len(differing) != 4 or set(differing) != {"0"}:
        raise Failure(f"PostgreSQL has other sums: {said}")
    return median(_times(said)) / 1000


def _member(who):
    return ("and exists(select 1 from members m "
            f"where m.who = '{who}' and m.stream = p.stream)")


def _timed(run, psql, typed, rights):
    asks = "".join(SEARCH.format(asked=_tsquery(one), rights=rights).strip() + "\n"
                   for one in typed)
    # Once to warm it. It counts without the way to the client and back, as the other does.
    said = run(*psql, input=f"{asks}\\timing on\n{asks}".encode(), stdout=subprocess.PIPE).stdout
    return _times(said.decode())


def _times(said):
    """Milliseconds."""
    return [float(ms) for ms in re.findall(r"^Time: ([0-9.]+) ms", said, re.M)]


def _tsquery(typed):
    """The words are of letters only, as search_bench makes them."""
    if typed.startswith('"'):
        return f"phraseto_tsquery('simple', '{typed.strip(chr(34))}')"
    return f"to_tsquery('simple', '{typed.replace('*', ':*')}')"


def _as_user(folder):
    """It refuses to run as root."""
    if os.getuid() != 0:
        return {}
    who = pwd.getpwnam(USER)
    os.chown(folder, who.pw_uid, who.pw_gid)
    return {"user": who.pw_uid, "group": who.pw_gid, "extra_groups": []}
