"""PostgreSQL down, restarted, gone for a while, gone for good, in the way, or refusing us (F021 to F026)."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import psycopg
import pytest

from storage.database import WRITE_LOCK
from tests.faults.press import Press, press_at
from tests.postgres import Cluster, find_programs, run_cluster

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600), pytest.mark.postgres]

SECRET = "M0T-DE-PASSE"  # as it would stand in a database URL
ARTICLES = 12


@pytest.fixture(scope="module")
def server() -> Iterator[Cluster]:
    """A server of our own: these tests stop it."""
    programs = find_programs()
    assert programs is not None
    yield from run_cluster(programs)


@pytest.fixture
def press(tmp_path: Path, server: Cluster) -> Iterator[Press]:
    """A site whose pages take a moment, so that a fault meets pages in flight."""
    url = server.new_database()
    with press_at(tmp_path / "archive", url, articles=ARTICLES, latency=0.15, concurrency=2) as press:
        yield press
    server.drop_database(url)


@contextmanager
def stopped(server: Cluster, mode: str = "fast") -> Iterator[None]:
    server.stop(mode)
    try:
        yield
    finally:
        server.start()


def in_flight(press: Press, pages: int = 4) -> Callable[[], bool]:
    return lambda: press.asked() >= pages


@pytest.mark.case("F021")
def test_down_at_start_nothing_is_asked_for(press: Press, server: Cluster) -> None:
    with stopped(server):
        ended = press.crawl(HEMERO_PATIENCE="2")
    assert ended.code == 4, ended.err
    assert len(ended.err.splitlines()) == 1
    assert press.server.hits == []


@pytest.mark.case("F021")
@pytest.mark.soak
def test_a_server_that_is_starting_is_waited_for(press: Press, server: Cluster) -> None:
    with stopped(server):
        running = press.start()
        time.sleep(3)
        assert press.server.hits == []
    ended = running.wait()
    assert ended.code == 0, ended.err
    press.assert_complete()


@pytest.mark.case("F022")
@pytest.mark.parametrize(
    ("mode", "pages"),
    [
        ("fast", 5),
        *(
            pytest.param(mode, n, marks=pytest.mark.soak)
            for mode in ("fast", "immediate")
            for n in (0, 1, 3, 8, 12)
        ),
    ],
)
def test_a_restart_in_the_middle_is_survived(press: Press, server: Cluster, mode: str, pages: int) -> None:
    running = press.start()
    press.wait_for(lambda: bool(press.server.hits) and press.asked() >= pages, running)
    with stopped(server, mode):
        pass
    ended = running.wait()
    assert ended.code == 0, ended.err
    press.assert_complete()


@pytest.mark.case("F023")
@pytest.mark.parametrize("seconds", [3, 20])
@pytest.mark.soak
def test_while_it_is_away_fetching_pauses(press: Press, server: Cluster, seconds: float) -> None:
    running = press.start(HEMERO_PATIENCE="60")
    press.wait_for(in_flight(press), running)
    with stopped(server):
        time.sleep(1)  # what is in flight comes in
        before = press.asked()
        time.sleep(seconds)
        assert press.asked() == before < ARTICLES
    ended = running.wait()
    assert ended.code == 0, ended.err
    press.assert_complete()


@pytest.mark.case("F024")
@pytest.mark.parametrize("pages", [4, *(pytest.param(n, marks=pytest.mark.soak) for n in (0, 1, 2, 7, 11))])
def test_gone_for_good_what_was_fetched_waits_in_the_captures(
    press: Press, server: Cluster, pages: int
) -> None:
    running = press.start(HEMERO_PATIENCE="2")
    press.wait_for(lambda: bool(press.server.hits) and press.asked() >= pages, running)
    with stopped(server, "immediate"):
        ended = running.wait(60)
        assert ended.code == 4, ended.err
        assert press.crawl(HEMERO_PATIENCE="1").code == 4
    again = press.crawl()
    assert again.code == 0, again.err
    press.assert_complete()
    assert press.asked() <= ARTICLES + 2  # at most what was on the wire when the first run gave up


@contextmanager
def beside(work: Callable[[threading.Event], None]) -> Iterator[None]:
    """Something done again and again in a thread."""
    ended = threading.Event()
    thread = threading.Thread(target=work, args=(ended,))
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


@pytest.mark.case("F025")
def test_connections_that_are_ended_by_the_server(press: Press, server: Cluster) -> None:
    name = press.kept.sql("SELECT current_database() AS d")[0]["d"]

    def end_all(ended: threading.Event) -> None:
        with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
            while not ended.wait(0.4):
                connection.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name]
                )

    running = press.start()
    press.wait_for(lambda: bool(press.server.hits), running)
    with beside(end_all):
        press.wait_for(in_flight(press, 8), running)
    ended = running.wait()
    assert ended.code == 0, ended.err
    press.assert_complete()


@pytest.mark.case("F025")
@pytest.mark.soak
def test_a_deadlock_is_tried_again(press: Press) -> None:
    """An analyst holds what the writer needs and then waits for what it has: the writer is the victim."""
    assert press.kept.url is not None
    running = press.start()
    press.wait_for(in_flight(press, 2), running)
    with psycopg.connect(press.kept.url) as analyst:
        analyst.execute("SET deadlock_timeout = '60s'")
        analyst.execute("LOCK TABLE revisions IN SHARE MODE")
        waiting = "SELECT 1 FROM pg_locks WHERE relation = 'revisions'::regclass AND NOT granted"
        press.wait_for(lambda: bool(press.kept.sql(waiting)), running)
        analyst.execute(f"SELECT pg_advisory_xact_lock({WRITE_LOCK})")
        analyst.rollback()
    ended = running.wait()
    assert ended.code == 0, ended.err
    press.assert_complete()


@pytest.mark.case("F025")
@pytest.mark.soak
def test_serialization_failures_are_tried_again(press: Press) -> None:
    url = press.kept.url
    assert url is not None
    name = press.kept.sql("SELECT current_database() AS d")[0]["d"]
    press.kept.sql(f"ALTER DATABASE {name} SET default_transaction_isolation = 'serializable'")
    failures: list[str] = []

    def touch_all(ended: threading.Event) -> None:
        with psycopg.connect(url, autocommit=True) as connection:
            while not ended.wait(0.01):
                try:
                    connection.execute("UPDATE candidates SET claimed_at = claimed_at")
                except psycopg.Error as error:
                    failures.append(str(error))

    running = press.start()
    press.wait_for(in_flight(press, 1), running)
    with beside(touch_all):
        press.wait_for(in_flight(press, 11), running)
    ended = running.wait()
    assert ended.code == 0, ended.err
    press.assert_complete()


@pytest.mark.case("F025")
@pytest.mark.soak
def test_a_statement_timeout_is_tried_again(press: Press) -> None:
    assert press.kept.url is not None
    name = press.kept.sql("SELECT current_database() AS d")[0]["d"]
    press.kept.sql(f"ALTER DATABASE {name} SET statement_timeout = '500ms'")
    running = press.start()
    press.wait_for(in_flight(press, 2), running)
    with psycopg.connect(press.kept.url) as analyst:
        analyst.execute("LOCK TABLE revisions IN SHARE MODE")
        time.sleep(3)
        analyst.rollback()
    ended = running.wait()
    assert ended.code == 0, ended.err
    press.assert_complete()


def _take_all(server: Cluster, stack: ExitStack) -> None:
    while True:
        stack.enter_context(closing(psycopg.connect(server.url("postgres"))))


@pytest.mark.case("F026")
def test_out_of_connections(press: Press, server: Cluster) -> None:
    with ExitStack() as stack:
        with pytest.raises(psycopg.OperationalError, match="too many clients"):
            _take_all(server, stack)
        ended = press.crawl(HEMERO_PATIENCE="1")
        assert ended.code == 4, ended.err
        assert "too many clients" in ended.err
        assert press.server.hits == []


@pytest.mark.case("F026")
def test_who_is_refused_is_told_why_without_the_password(press: Press, server: Cluster) -> None:
    with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
        connection.execute("CREATE ROLE archiviste LOGIN PASSWORD 'une autre'")
    with_password = server.folder / "data" / "pg_hba.conf"
    with_password.write_text("local all archiviste scram-sha-256\nlocal all all trust\n", encoding="utf-8")
    server.stop("fast")
    server.start()
    host = server.url("archive").partition("host=")[2]
    refused = {
        f"postgresql://archiviste:{SECRET}@/archive?host={host}": "password authentication failed",
        f"postgresql://archiviste@/archive?host={host}&password={SECRET}": "password authentication failed",
        f"postgresql://postgres:{SECRET}@/absente?host={host}": 'database "absente" does not exist',
        f"postgresql://postgres:{SECRET}@127.0.0.1:1/absente": "efused",
        f"mysql://postgres:{SECRET}@127.0.0.1/absente": "postgresql://user@host/name",
    }
    commands: list[tuple[str, ...]] = [(), ("status",), ("verify",), ("doctor",), ("search", "port")]
    for url, why in refused.items():
        press.kept.url = url
        ended = press.start(*commands.pop(0), HEMERO_PATIENCE="0.5").wait()
        assert ended.code in (2, 4), (url, ended.err)
        assert why in ended.err + ended.out, url
        assert SECRET not in ended.err + ended.out, url
    assert press.server.hits == []
