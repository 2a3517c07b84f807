"""kill -9 at any moment, at every named step, again and again, in the middle of a recovery (F001 to F004).

`make soak` plays KILLS random moments, and every step until it is not reached any more, on both databases;
what it counted is printed and stands in the report.
"""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.care.conftest import DATABASES, LATER
from tests.faults.press import KILLED, Press, press_at, processes_of_session
from tests.oracles import idempotent

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

KILLS = 100  # random moments on each database
STEPS = (
    "after_fetch",
    "before_warc",
    "mid_warc",
    "after_warc",
    "before_commit",
    "after_commit",
    "before_rename",
)


@pytest.fixture
def press(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Press]:
    """An empty archive on the database that the test's parameter names."""
    postgres = request.getfixturevalue("postgres") if request.param == "postgres" else None
    url = postgres.new_database() if postgres is not None else None
    with press_at(tmp_path / "archive", url, articles=3, latency=0.02, concurrency=2) as press:
        yield press
    if postgres is not None:
        postgres.drop_database(url)


def assert_acknowledged(press: Press, articles: int) -> None:
    """Straight after a death: every row's record is whole, and no article is gone that was there."""
    press.assert_records_of_rows()
    assert press.articles() >= articles


@pytest.mark.case("F001", "F003", "F014")
@pytest.mark.timeout(7200)
@pytest.mark.parametrize(
    "press", [pytest.param(d, marks=pytest.mark.soak) for d in ("sqlite", "postgres")], indirect=True
)
def test_killed_at_random_moments(press: Press) -> None:
    """After one, two or three deaths in a row one run makes the archive whole."""
    chance = random.Random(20261129)
    counted: Counter[str] = Counter()
    assert press.crawl().code == 0
    spent = 1.0  # seconds between the first request and the end of a run that is not killed
    while counted["kills"] < KILLS:
        press.server.articles += chance.randint(1, 6)
        for _ in range(chance.choice((1, 1, 1, 2, 3))):
            kill_somewhere(press, chance, spent, counted)
        since, started = len(press.server.hits), time.monotonic()
        running = press.start()
        press.wait_for(lambda since=since: len(press.server.hits) > since, running)  # type: ignore[misc]
        started = time.monotonic()
        ended = running.wait()
        spent = (spent + time.monotonic() - started) / 2
        counted[f"code {ended.code}"] += 1
        assert ended.code == 0, ended.err
        press.assert_complete(ended.report)
        print(f"kill -9 at random moments so far: {dict(counted)}", flush=True)
    counted["articles"] = press.articles()
    before = press.content()
    assert press.crawl().code == 0
    assert idempotent(before, press.content()) == []
    print(f"kill -9 at random moments: {dict(counted)}; 0 lost, 0 doubled, 0 unreadable")


def kill_somewhere(press: Press, chance: random.Random, spent: float, counted: Counter[str]) -> None:
    """One run that dies: mostly between its first request and its end, sometimes before."""
    articles, since = press.articles(), len(press.server.hits)
    running = press.start()
    if chance.random() < 0.15:
        time.sleep(chance.uniform(0, 2))
    else:
        press.wait_for(lambda: len(press.server.hits) > since, running)
        time.sleep(chance.uniform(0, spent))
    code = running.kill().code
    counted["kills" if code == KILLED else "had ended"] += 1
    counted["killed before it asked"] += code == KILLED and len(press.server.hits) == since
    stored = press.articles()
    counted["killed with pages stored"] += code == KILLED and stored > articles
    assert_acknowledged(press, articles)


@pytest.mark.case("F002")
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("step", [pytest.param(step, marks=pytest.mark.soak) for step in STEPS])
@pytest.mark.parametrize("press", DATABASES, indirect=True)
def test_killed_at_every_step(press: Press, step: str) -> None:
    """The first, the second, ... time the step is reached, until a run does not reach it so often."""
    number, deaths = 0, 0
    assert press.crawl().code == 0
    while True:
        number += 1
        articles = press.articles()
        press.server.articles += 3
        ended = press.crawl(fault=f"{step}:{number}")
        if ended.code == 0:
            break
        assert ended.code == KILLED, ended.err
        deaths += 1
        assert_acknowledged(press, articles)
        again = press.crawl()
        assert again.code == 0, again.err
        press.assert_complete(again.report)
    press.assert_complete()
    assert deaths >= 1
    print(f"kill -9 at {step}: {deaths} deaths; 0 lost, 0 doubled, 0 unreadable")


@pytest.mark.case("F002", "F003", "F009")
@pytest.mark.parametrize("press", LATER, indirect=True)
def test_killed_three_times_then_whole(press: Press) -> None:
    """A few steps in a row, each by a run that finds what the one before left."""
    press.server.articles = 8
    for step in ("mid_warc:3", "before_commit:9", "after_commit:7"):
        assert press.crawl(fault=step).code == KILLED
    again = press.crawl()
    assert again.code == 0, again.err
    press.assert_complete()
    runs = press.kept.sql("SELECT state FROM runs ORDER BY id")
    assert [run["state"] for run in runs][-1] == "ok"


@pytest.mark.case("F004", "F014")
@pytest.mark.timeout(1200)
@pytest.mark.parametrize(
    "press", [pytest.param(value, marks=pytest.mark.soak) for value in ("sqlite", "postgres")], indirect=True
)
def test_killed_while_it_recovers(press: Press) -> None:
    """Each step of a recovery is the last one of a process; the next start does it again."""
    number, deaths = 0, 0
    assert press.crawl().code == 0
    while True:
        number += 1
        press.server.articles += 3
        assert press.crawl(fault="mid_warc:4").code == KILLED
        ended = press.crawl(fault=f"recover:{number}")
        if ended.code == 0:
            break
        assert ended.code == KILLED, ended.err
        deaths += 1
        again = press.crawl()
        assert again.code == 0, again.err
        assert "an earlier run died" in again.err
        press.assert_complete()
    press.assert_complete()
    assert deaths >= 5


@pytest.mark.case("F013")
@pytest.mark.parametrize(
    "delay", [0.3, *(pytest.param(n / 10, marks=pytest.mark.soak) for n in range(0, 30, 2))]
)
@pytest.mark.parametrize("press", ["sqlite"], indirect=True)
def test_readers_die_with_their_parent(press: Press, delay: float) -> None:
    press.server.articles = 30
    running = press.start()
    press.wait_for(lambda: bool(press.server.hits), running)
    time.sleep(delay)
    running.kill()
    deadline = time.monotonic() + 5
    while processes_of_session(running.process.pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert processes_of_session(running.process.pid) == []
