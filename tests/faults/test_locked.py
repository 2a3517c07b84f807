"""An analyst in the way: SQLite locked, or read for a long time, while a crawl writes (F027, F028)."""

from __future__ import annotations

import signal
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.faults.press import Press, press_at

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

HEARTBEAT = Path(__file__).parent / "heartbeat"


@pytest.fixture
def press(tmp_path: Path) -> Iterator[Press]:
    with press_at(tmp_path / "archive", articles=12, latency=0.1, concurrency=2) as press:
        yield press


@contextmanager
def locked(press: Press) -> Iterator[None]:
    """What a forgotten `BEGIN IMMEDIATE` in an analyst's shell does."""
    analyst = sqlite3.connect(press.kept.database, timeout=30, isolation_level=None)
    analyst.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        analyst.execute("ROLLBACK")
        analyst.close()


@pytest.mark.case("F027")
@pytest.mark.parametrize("seconds", [5, pytest.param(60, marks=pytest.mark.soak)])
def test_a_locked_database_is_waited_for_and_nothing_is_fetched_meanwhile(press: Press, seconds: int) -> None:
    """Fetching pauses, the event loop does not: its longest silence is far from the time of the lock."""
    beats = press.said / "beats"
    # on a busy machine as well the crawl has to last until the lock is taken
    press.server.articles, press.server.latency = 40, 0.4
    running = press.start(HEMERO_PATIENCE="90", PYTHONPATH=str(HEARTBEAT), HEARTBEAT_FILE=str(beats))
    press.wait_for(lambda: press.asked() >= 3 and press.articles() >= 1, running)
    with locked(press):
        time.sleep(5)  # what is in flight, or in the engine's hands, comes in
        before = press.asked()
        time.sleep(seconds)
        assert press.asked() == before < 40
    ended = running.wait()
    assert ended.code == 0, ended.err
    assert ended.err == ""
    press.assert_complete()
    number, longest = beats.read_text(encoding="utf-8").split()
    print(f"longest silence of the event loop: {longest} s in {number} beats")
    assert int(number) > 20
    assert float(longest) < 2.5


@pytest.mark.case("F027")
@pytest.mark.soak
def test_a_lock_that_is_never_given_up(press: Press) -> None:
    """Waited for as long as patience lasts; then code 4, and the next run stores what was captured."""
    assert press.crawl().code == 0
    press.server.articles += 8
    running = press.start(HEMERO_PATIENCE="3")
    since = len(press.server.hits)
    press.wait_for(lambda: press.asked(since) >= 2, running)
    with locked(press):
        ended = running.wait(60)
        assert ended.code == 4, ended.err
        assert "locked" in ended.err
        at_start = press.crawl(HEMERO_PATIENCE="1")
        assert at_start.code == 4, at_start.err
    again = press.crawl()
    assert again.code == 0, again.err
    press.assert_complete()


@pytest.mark.case("F005", "F027")
@pytest.mark.soak
def test_a_signal_does_not_wait_for_a_lock(press: Press) -> None:
    running = press.start(HEMERO_PATIENCE="300")
    press.wait_for(lambda: press.asked() >= 3, running)
    with locked(press):
        running.signal(signal.SIGTERM)
        ended = running.wait(40)
    assert ended.code in (4, 143), ended.err
    again = press.crawl()
    assert again.code == 0, again.err
    press.assert_complete()


@pytest.mark.case("F028")
@pytest.mark.soak
def test_a_long_read_does_not_hold_up_a_crawl(press: Press) -> None:
    """It sees its own state all the while; the journal grows, is said, and goes when the reader has left."""
    assert press.crawl().code == 0
    journal = Path(f"{press.kept.database}-wal")
    analyst = sqlite3.connect(press.kept.database, isolation_level=None)
    analyst.execute("BEGIN")
    assert analyst.execute("SELECT count(*) FROM articles").fetchone() == (12,)
    for more in (6, 6):
        press.server.articles += more
        ended = press.crawl()
        assert ended.code == 0, ended.err
    assert analyst.execute("SELECT count(*) FROM articles").fetchone() == (12,)
    grown = journal.stat().st_size
    assert grown > 100_000
    said = press.start("doctor").wait().out
    assert f"{grown >> 20} MB wait" in said
    analyst.execute("COMMIT")
    analyst.close()
    press.server.articles += 1
    assert press.crawl().code == 0
    assert not journal.exists() or journal.stat().st_size < grown
    press.assert_complete()
