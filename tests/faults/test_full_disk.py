"""The disk is full: under the database, the captures, the log; then space returns (F029 to F034)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.care.conftest import DATABASES
from tests.faults.disk import Disk, small_disk
from tests.faults.press import SITE, Ended, Press, press_at
from tests.running import environment, run_hemero

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

NO_FLOOR = "[archive]\nmin_free_mb = 0\n"


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    with small_disk(tmp_path / "disk", 24) as disk:
        yield disk


def without_floor(press: Press) -> Press:
    press.archive.more += NO_FLOOR
    press.archive.declare()
    return press


def assert_stopped_whole(press: Press, ended: Ended) -> None:
    """Out of space: said in one line, and everything that was acknowledged is there."""
    assert ended.code == 3, ended.err
    assert "Traceback" not in ended.err
    assert "no space" in ended.err.lower()
    press.assert_records_of_rows()
    if press.kept.url is None:
        assert press.kept.sql("PRAGMA integrity_check") == [{"integrity_check": "ok"}]
        assert press.kept.sql("PRAGMA foreign_key_check") == []


def leaving(first: int, last: int, step: int, quick: tuple[int, ...]) -> list[object]:
    """KB to leave free: a few in make test, every step in make soak."""
    more = [pytest.param(kb, marks=pytest.mark.soak) for kb in range(first, last, step) if kb not in quick]
    return [*quick, *more]


@pytest.mark.case("F029", "F033")
@pytest.mark.parametrize("kb", leaving(0, 800, 32, (64,)))
def test_full_in_the_middle_of_a_crawl_then_space_returns(disk: Disk, kb: int) -> None:
    """Database and captures share a disk on which a little is left: wherever it ends, nothing is lost."""
    with press_at(disk.folder / "archive", articles=4) as press:
        without_floor(press)
        assert press.crawl().code == 0
        press.server.articles = 24
        disk.fill(leaving=kb << 10)
        ended = press.crawl()
        disk.empty()  # SQLite needs some room even to be read
        if kb <= 64 or ended.code != 0:  # 20 articles need more than that
            assert_stopped_whole(press, ended)
        again = press.crawl()
        assert again.code == 0, again.err
        press.assert_complete()


@pytest.mark.case("F029", "F033")
@pytest.mark.soak
def test_full_from_the_very_first_byte(disk: Disk) -> None:
    """No archive yet and no room for one; then the disk is made larger."""
    with press_at(disk.folder / "archive") as press:
        without_floor(press)
        disk.fill()
        ended = press.crawl()
        assert ended.code == 3, ended.err
        assert press.server.hits == []
        disk.remount("size=50m")
        again = press.crawl()
        assert again.code == 0, again.err
        press.assert_complete()


@pytest.mark.case("F030", "F033")
@pytest.mark.parametrize("kb", range(0, 64, 4))
@pytest.mark.parametrize("database", DATABASES)
@pytest.mark.soak
def test_full_under_the_captures_alone(
    tmp_path: Path, disk: Disk, kb: int, database: str, request: pytest.FixtureRequest
) -> None:
    url = request.getfixturevalue("postgres").new_database() if database == "postgres" else None
    with press_at(tmp_path / "archive", url, articles=16) as press:
        without_floor(press)
        (press.folder / "captures").symlink_to(disk.folder)
        disk.fill(leaving=kb << 10)
        ended = press.crawl()
        disk.empty()  # SQLite needs some room even to be read
        if ended.code != 0:
            assert_stopped_whole(press, ended)
        again = press.crawl()
        assert again.code == 0, again.err
        press.assert_complete()


@pytest.mark.case("F032")
def test_full_under_the_log(tmp_path: Path) -> None:
    """What is printed and logged cannot be written: the crawl ends in a known state, and its code says it."""
    with press_at(tmp_path / "archive") as press:
        full = ("sh", "-c", 'exec "$@" >/dev/full 2>&1', "sh")  # the kernel's own full disk
        running = press.start("crawl", SITE, "-vv", wrap=full)
        assert running.wait().code in (0, 3)
        press.assert_complete()
        press.server.articles += 2
        assert press.start("crawl", SITE, wrap=full).wait().code == 0  # nothing to say: nothing to fail
        press.assert_complete()
        nothing = press.start("crawl", "inconnu", wrap=full).wait()
        assert nothing.code == 2  # the line that says why is lost, the code is not


@pytest.mark.case("F034")
@pytest.mark.soak
def test_the_floor_stops_before_the_disk_is_full(disk: Disk) -> None:
    with press_at(disk.folder / "archive") as press:
        assert press.crawl().code == 0
        press.server.articles = 30
        disk.fill(leaving=1 << 20)  # the floor of this disk is a tenth of 24 MB
        before = len(press.server.hits)
        ended = press.crawl()
        assert ended.code == 3
        assert "min_free_mb" in ended.err
        assert len(press.server.hits) == before
        assert disk.free > 0
        disk.empty()
        assert press.crawl().code == 0
        press.assert_complete()


@pytest.mark.case("F034")
@pytest.mark.soak
def test_the_floor_is_met_on_the_way(disk: Disk) -> None:
    """Enough at the start, too little later: it ends with 3 while there is still room."""
    with press_at(disk.folder / "archive", latency=0.1) as press:
        assert press.crawl().code == 0
        press.server.articles = 60
        running = press.start()
        since = len(press.server.hits)
        press.wait_for(lambda: press.asked(since) >= 8, running)
        disk.fill(leaving=1 << 20)
        ended = running.wait()
        assert_stopped_whole_with_room(press, ended, disk)


def assert_stopped_whole_with_room(press: Press, ended: Ended, disk: Disk) -> None:
    assert ended.code == 3
    assert "min_free_mb" in ended.err
    assert disk.free > 0
    press.assert_records_of_rows()
    disk.empty()
    assert press.crawl().code == 0
    press.assert_complete()


@pytest.mark.case("F029")
def test_a_result_that_does_not_fit_on_the_disk_for_temporary_files(disk: Disk, tmp_path: Path) -> None:
    """It is written down while it comes, so that a slow reader holds no lock."""
    with press_at(tmp_path / "archive", articles=2) as press:
        assert press.crawl().code == 0
        disk.fill(leaving=64 << 10)
        query = "WITH RECURSIVE x(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM x) SELECT n, hex(n) FROM x"
        ended = run_hemero(
            *("sql", "--limit", "1000000", query, "--archive", press.archive.folder),
            cwd=tmp_path,
            env=environment(TMPDIR=str(disk.folder)),
        )
    assert (ended.returncode, len(ended.stderr.splitlines())) == (3, 1), ended.stderr
    assert f"no space left in {disk.folder}" in ended.stderr
