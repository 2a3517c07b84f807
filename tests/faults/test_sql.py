"""Analysts' SQL and searches, by the installed command: it reads, within limits, no more (F129-F136)."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest

from storage import open_archive
from storage.copying import digest_tables, snapshot
from tests.postgres import Cluster
from tests.running import HEMERO, environment, run_preloaded
from tests.storage.test_search import PAGES, fill

pytestmark = pytest.mark.slow

Some = Callable[[list[str]], list[str]]

LOOP = "WITH RECURSIVE x(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM x) SELECT {} FROM x"
WIDE = LOOP.format("'" + "x" * 400 + "' || n")


@dataclass
class Press:
    """A small archive on either database, and how its analysts reach it."""

    folder: Path
    env: dict[str, str] = field(default_factory=environment)
    url: str = "sqlite"

    @property
    def is_sqlite(self) -> bool:
        return self.url == "sqlite"

    def hemero(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command, *rest = arguments
        return run_preloaded(command, "--archive", self.folder, *rest, cwd=self.folder.parent, env=self.env)

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        command, *rest = arguments
        words = [HEMERO, command, "--archive", self.folder, *rest]
        return subprocess.Popen(words, env=self.env, stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def state(self) -> tuple[object, ...]:
        """What every table holds, and the files of the folder but for locks and SQLite's own."""
        with (
            open_archive(self.folder, database_url=self.url, read_only=True) as archive,
            snapshot(archive) as connection,
        ):
            tables = digest_tables(connection)
        files = {
            str(path.relative_to(self.folder)): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in self.folder.rglob("*")
            if path.is_file() and not path.name.endswith((".lock", "-wal", "-shm"))
        }
        return tables, files


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def press(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Press:
    folder = tmp_path_factory.mktemp("sql") / "archive"
    made = Press(folder)
    if request.param == "postgres":
        cluster: Cluster = request.getfixturevalue("postgres")
        made.url = cluster.new_database()
        made.env["HEMERO_DATABASE_URL"] = made.url
    with open_archive(folder, create=True, database_url=made.url) as archive:
        fill(archive)
    if not made.is_sqlite:
        result = made.hemero("sql", "--make-reader")
        assert result.returncode == 0, result.stderr
        made.env["HEMERO_SQL_URL"] = result.stdout.strip()
    return made


@pytest.fixture(params=["some", pytest.param("all", marks=pytest.mark.soak)])
def some(request: pytest.FixtureRequest) -> Some:
    """All of a list, or every fourth of it: each of them is a command of its own."""
    step = 1 if request.param == "all" else 4
    return lambda values: values[::step]


def test_rows_as_table_json_and_csv(press: Press) -> None:
    query = "SELECT article_id, title, article_id FROM v_articles WHERE article_id <= 2 ORDER BY 1"
    shown = press.hemero("sql", query)
    assert shown.returncode == 0
    assert [line.split()[0] for line in shown.stdout.splitlines()] == ["article_id", "1", "2"]
    assert shown.stderr == "2 rows\n"
    objects = [json.loads(line) for line in press.hemero("sql", "--json", query).stdout.splitlines()]
    assert objects[0] == {"article_id": 1, "title": PAGES[1][0], "article_id_2": 1}
    lines = press.hemero("sql", "--csv", "SELECT '=1+1' AS a, -5 AS b, 'x;\"y' AS c").stdout.splitlines()
    assert lines == ["\ufeffa,b,c", '\'=1+1,-5,"x;""y"']


def test_no_rows_and_rows_beyond_the_limit(press: Press) -> None:
    none = press.hemero("sql", "SELECT title FROM v_articles WHERE site = 'x'")
    assert (none.returncode, none.stderr) == (0, "0 rows\n")
    cut = press.hemero("sql", "--limit", "3", "--json", "SELECT article_id FROM v_articles")
    assert (cut.returncode, len(cut.stdout.splitlines())) == (0, 3)
    assert "truncated: there are more than 3 rows" in cut.stderr


WRITES = [
    "DELETE FROM articles",
    "INSERT INTO tags (name, folded) VALUES ('x', 'x')",
    "UPDATE articles SET title = 'x'",
    "DROP TABLE articles",
    "VACUUM INTO 'copy.db'",
    "CREATE TEMP TABLE x (a integer)",
    "SELECT 1; DELETE FROM articles",
    "SELECT 1 -- x\n; DROP TABLE articles",
    "WITH x AS (SELECT 1) DELETE FROM articles",
    "BEGIN",
]
WRITES_SQLITE = [
    "ATTACH 'new.db' AS new",
    "PRAGMA journal_mode=DELETE",
    "SELECT * FROM pragma_journal_mode('DELETE')",
    "SELECT load_extension('/lib/x.so')",
    "SELECT fts3_tokenizer('x', x'00')",
    "WITH x AS (SELECT 1) INSERT INTO article_index(article_index) VALUES ('delete-all')",
    "WITH x AS (SELECT 1) UPDATE sqlite_master SET sql = ''",
    "EXPLAIN DELETE FROM articles",
]
WRITES_POSTGRES = [
    "WITH x AS (DELETE FROM articles RETURNING 1) SELECT * FROM x",
    "COPY articles TO PROGRAM 'touch copied'",
    "SELECT pg_read_file('/etc/passwd')",
    "SELECT lo_import('/etc/passwd')",
    "SELECT * FROM dblink('', 'DELETE FROM articles') AS t(a int)",
    "SELECT set_config('role', 'postgres', false)",
    "SELECT query_to_xml('SELECT 1', true, true, '')",
    "SELECT * FROM ts_stat('SELECT to_tsvector(title) FROM articles')",
    "SELECT pg_advisory_lock(1212501330)",
    "SELECT U&\"\\0070g_read_file\"('/etc/passwd')",
    "SELECT * INTO new FROM articles",
    "SELECT * FROM articles FOR UPDATE",
    "SET default_transaction_read_only = off",
    "SELECT * FROM pg_authid",
]


@pytest.mark.case("F132")
@pytest.mark.timeout(600)
def test_what_does_more_than_read_is_refused(press: Press, some: Some) -> None:
    before = press.state()
    for query in some(WRITES) + some(WRITES_SQLITE if press.is_sqlite else WRITES_POSTGRES):
        result = press.hemero("sql", query)
        assert (result.returncode, result.stdout) == (2, ""), query
        assert len(result.stderr.splitlines()) == 1, query
        assert "refused" in result.stderr or "only reading" in result.stderr or "wrong" in result.stderr
    assert press.state() == before


@pytest.mark.case("F132")
@pytest.mark.postgres
def test_a_role_that_may_write_is_not_used(postgres: Cluster, tmp_path: Path) -> None:
    url = postgres.new_database()
    open_archive(tmp_path / "a", create=True, database_url=url).close()
    made = Press(tmp_path / "a", environment(HEMERO_DATABASE_URL=url), url)
    result = made.hemero("sql", "SELECT 1")
    assert result.returncode == 2
    assert "can do more than read" in result.stderr
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DROP ROLE IF EXISTS half_reader")
        connection.execute("CREATE ROLE half_reader LOGIN")
        connection.execute("GRANT SELECT, UPDATE ON tags TO half_reader")
    made.env["HEMERO_SQL_URL"] = url.replace("postgres@", "half_reader@")
    result = made.hemero("sql", "SELECT 1")
    assert (result.returncode, "half_reader may write tags" in result.stderr) == (2, True)
    postgres.drop_database(url)


@pytest.mark.case("F133")
def test_a_runaway_query_ends_at_its_limits(press: Press) -> None:
    queries = {
        LOOP.format("count(*)"): "took longer",
        "SELECT count(*) FROM " + ", ".join(f"articles a{n}" for n in range(18)): "took longer",
    }
    if press.is_sqlite:
        queries |= {
            "SELECT length(replace(printf('%15000000d', 1), ' ', 'xxxx'))": "16 MB",
            "SELECT randomblob(1000000000)": "refused",
            "WITH RECURSIVE x(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM x)"
            " SELECT n, printf('%9000d', n) AS t FROM x ORDER BY t": "needs more than 128 MB",
        }
    else:
        queries |= {
            "SELECT repeat('x', 400000000)": "128 MB",
            "SELECT count(*) FROM generate_series(1, 1000000000000)": "took longer",
            "SELECT pg_sleep(50)": "took longer",
        }
    for query, told in queries.items():
        seconds = "60" if "MB" in told else "1"
        result = press.hemero("sql", "--seconds", seconds, "--memory", "128", query)
        assert result.returncode == 2, (query, result.stderr)
        assert told in result.stderr, (query, result.stderr)


def children(folder: Path) -> list[int]:
    """Processes that run a query, by the lock of the archive that their parents hold."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                words = (entry / "cmdline").read_bytes().split(b"\0")
                parent = (entry / "stat").read_text().rpartition(")")[2].split()[1]
                if b"storage.sql_child" in words and str(folder).encode() in (
                    Path("/proc") / parent / "cmdline"
                ).read_bytes().split(b"\0"):
                    found.append(int(entry.name))
            except OSError:
                continue
    return found


def niceness(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[16])


def many_at_once(press: Press, count: int) -> None:
    """Two queries that run on, and a crawl: whoever else asks is refused, and the crawl is done."""
    (press.folder / "hemero.toml").write_text("[sql]\nwait = 1.0\n", encoding="utf-8")
    holders = [press.start("sql", "--seconds", "100", LOOP.format("count(*)")) for _ in range(2)]
    until(lambda: [niceness(pid) for pid in children(press.folder)] == [10, 10])
    crawl = press.start("crawl", "-v", "demo", "--limit", "5")
    started = [press.start("sql", LOOP.format("count(*)")) for _ in range(count)]
    while any(process.poll() is None for process in started):
        assert len(children(press.folder)) == 2
        time.sleep(0.05)
    assert crawl.communicate(timeout=100)[1] is not None
    assert crawl.returncode == 0
    for process in started:
        assert b"queries are running on this archive" in process.communicate()[1]
        assert process.returncode == 75
    for holder in holders:
        holder.send_signal(signal.SIGINT)
        holder.communicate(timeout=60)
    (press.folder / "hemero.toml").unlink()


@pytest.mark.case("F134")
@pytest.mark.soak
@pytest.mark.timeout(600)
def test_many_runaway_queries_beside_a_crawl(press: Press) -> None:
    many_at_once(press, 10)


@pytest.mark.soak
@pytest.mark.case("F134")
def test_fifty_runaway_queries_beside_a_crawl(press: Press) -> None:
    many_at_once(press, 50)


def peak_mb(process: subprocess.Popen[bytes]) -> int:
    lines = Path(f"/proc/{process.pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) // 1024


def until(what: Callable[[], object], seconds: float = 60) -> None:
    """Wait for something that must come; a hang fails."""
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def busy(press: Press) -> int:
    """Queries that the PostgreSQL server still works on for analysts."""
    with psycopg.connect(press.url) as connection:
        row = connection.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE usename = 'hemero_reader' AND state = 'active'"
            " AND datname = current_database()"
        ).fetchone()
    return int(row[0]) if row else 0


@pytest.mark.case("F135")
def test_a_reader_that_leaves_ends_the_query(press: Press) -> None:
    with press.start("sql", "--json", "--limit", "100000000", "--seconds", "90", WIDE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.wait(60) == 128 + signal.SIGPIPE
        assert children(press.folder) == []
        if not press.is_sqlite:
            until(lambda: busy(press) == 0)


@pytest.mark.case("F135")
def test_a_slow_reader_holds_neither_memory_nor_the_database(press: Press) -> None:
    with press.start("sql", "--csv", "--limit", "150000", "--seconds", "90", WIDE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        until(
            lambda: not children(press.folder), 100
        )  # the query is over while most rows are still to be read
        assert process.poll() is None
        assert peak_mb(process) < 150
        assert sum(1 for _ in process.stdout) == 150_000
        assert process.wait(60) == 0


@pytest.mark.case("F135")
def test_a_reader_that_leaves_ends_an_export(press: Press) -> None:
    with press.start("export", "--format", "jsonl") as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.wait(60) == 128 + signal.SIGPIPE


def test_ctrl_c_cancels_the_query(press: Press) -> None:
    with press.start("sql", "--seconds", "90", LOOP.format("count(*)")) as process:
        until(lambda: children(press.folder))
        until(lambda: press.is_sqlite or busy(press))
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 128 + signal.SIGINT
        assert children(press.folder) == []
        if not press.is_sqlite:
            until(lambda: busy(press) == 0)


def test_a_killed_command_takes_its_query_with_it(press: Press) -> None:
    with press.start("sql", "--seconds", "90", LOOP.format("count(*)")) as process:
        until(lambda: children(press.folder))
        (child,) = children(press.folder)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        until(lambda: not Path(f"/proc/{child}").exists())


@pytest.mark.case("F136")
def test_limits_and_offsets_without_bounds(press: Press) -> None:
    deep = press.hemero("sql", "SELECT title FROM v_articles LIMIT 1000000000 OFFSET 1000000000")
    assert (deep.returncode, deep.stderr) == (0, "0 rows\n")
    for command in (["search", "port"], ["runs"], ["sql", "SELECT 1"]):
        for limit in ("0", "-1", "1" + "0" * 30):
            result = press.hemero(*command, "--limit", limit)
            assert (result.returncode, "--limit" in result.stderr) == (2, True), result.stderr


PAYLOADS = [
    "' OR '1'='1",
    "'; DROP TABLE articles; --",
    '") OR 1=1 --',
    "x' UNION SELECT password FROM users --",
    "%' OR 1=1 --",
    "1); DELETE FROM tags; --",
    "\\'; VACUUM; --",
]


@pytest.mark.case("F129")
@pytest.mark.timeout(600)
def test_names_and_words_are_never_sql(press: Press, some: Some) -> None:
    before = press.state()
    for payload in some(PAYLOADS):
        found = press.hemero("search", "--", payload)
        assert found.returncode == 0, (payload, found.stderr)
    for option in some(["--site", "--tag", "--author", "--source", "--from", "--to", "--related-to"]):
        result = press.hemero("search", f"{option}={PAYLOADS[0]}", "")
        assert result.returncode in (0, 2), (option, result.stderr)
        assert result.stdout == "", option
    assert press.hemero("show", PAYLOADS[1]).returncode == 2
    assert press.state() == before


SYNTAX = [
    '"',
    "l'été",
    "AND",
    "NEAR(",
    "col:x",
    "-x",
    "*",
    "{a}:b ^c",
    "port*",
    "x" * 100_000,
    "\u202e(",
    "&|!:*",
]


@pytest.mark.case("F130")
@pytest.mark.timeout(600)
def test_the_index_languages_are_not_spoken(press: Press, some: Some) -> None:
    for query in some(SYNTAX):
        result = press.hemero("search", "--json", "--", query)
        assert result.returncode == 0, (query[:20], result.stderr)
    (hit,) = press.hemero("search", "--json", "--site", "vigie", '"porte parole"').stdout.splitlines()
    assert json.loads(hit)["title"] == PAGES[2][0]


FORMS = {  # spellings -> how many articles
    ("été", "ete", "ÉTÉ", "l’été", "l'été", "e\u0301te\u0301"): 1,
    ("œuvre", "oeuvre", "ŒUVRES"): 1,
    ("porte-parole", "porte parole", "Porte‑Paroles"): 1,
    ("laâyoune", "LAAYOUNE"): 1,
    ("الحكومة", "حكومة"): 1,
}


@pytest.mark.case("F131")
@pytest.mark.timeout(600)
def test_spellings_find_the_same(press: Press, some: Some) -> None:
    for spellings, count in FORMS.items():
        for query in some([*spellings]):
            lines = press.hemero("search", "--json", "--site", "vigie", query).stdout.splitlines()
            assert len(lines) == count, query


READS = [
    ["search", "--json", "le port OR quai"],
    ["search", "--rank", "--json", "ville"],
    ["sql", "--json", "SELECT site, count(*) AS n, count(title) AS t FROM v_articles GROUP BY site"],
    ["export", "--format", "jsonl"],
    ["status", "--json"],
]


@pytest.mark.case("F150")
@pytest.mark.soak
@pytest.mark.timeout(600)
def test_ten_readers_during_a_crawl(press: Press) -> None:
    crawl = press.start("crawl", "-v", "demo", "--limit", "25")
    for reader in [press.start(*READS[n % len(READS)]) for n in range(10)]:
        out, err = reader.communicate(timeout=100)
        assert reader.returncode == 0, err
        for line in out.splitlines():
            value = json.loads(line)
            if "n" in value:
                assert value["n"] == value["t"]  # a page of one state: no article without its title
    _, err = crawl.communicate(timeout=100)
    assert crawl.returncode == 0, err
