"""Folders that cannot be written, and too few open files (F035, F036)."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.disk import small_disk
from tests.faults.press import Press, press_at

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

PARTS = ("", "locks", "archive.db")  # of the archive folder


@pytest.fixture
def press(tmp_path: Path) -> Iterator[Press]:
    with press_at(tmp_path / "archive") as press:
        yield press


def assert_refused_unasked(press: Press, wrap: tuple[str, ...] = ()) -> None:
    """One clear line, code 2, and not a single request."""
    before = len(press.server.hits)
    ended = press.crawl(wrap=wrap)
    assert ended.code == 2, ended.err
    assert len(ended.err.splitlines()) == 1
    assert str(press.folder) in ended.err
    assert len(press.server.hits) == before


@pytest.mark.case("F035")
@pytest.mark.parametrize("crawled", [pytest.param(False, marks=pytest.mark.soak), True])
@pytest.mark.soak
def test_a_disk_that_is_read_only(tmp_path: Path, crawled: bool) -> None:
    with small_disk(tmp_path / "disk", 24) as disk, press_at(disk.folder / "archive") as press:
        if crawled:
            assert press.crawl().code == 0
        disk.remount("ro")
        assert_refused_unasked(press)
        if crawled:
            assert press.start("search", "quartier").wait().code == 0  # analysts still read
        disk.remount("rw")
        assert press.crawl().code == 0
        press.assert_complete()


def _without_privilege() -> tuple[str, ...]:
    """Root that must respect the mode of a file, like everybody."""
    if os.geteuid() != 0:
        return ()
    return ("setpriv", "--bounding-set", "-dac_override,-dac_read_search")


@pytest.mark.case("F035")
@pytest.mark.parametrize("part", ["captures", *(pytest.param(p, marks=pytest.mark.soak) for p in PARTS)])
def test_what_may_not_be_written(press: Press, part: str) -> None:
    """The folder or a part of it is closed to us, as after one run by another user."""
    for name in ("captures", "locks"):
        (press.folder / name).mkdir()
    (press.folder / "archive.db").touch()
    closed = press.folder / part
    mode = closed.stat().st_mode
    closed.chmod(0o555 if closed.is_dir() else 0o444)
    assert_refused_unasked(press, _without_privilege())
    closed.chmod(mode)
    ended = press.crawl(wrap=_without_privilege())
    assert ended.code == 0, ended.err
    press.assert_complete()


@pytest.mark.case("F036")
@pytest.mark.parametrize("limit", [40, *(pytest.param(n, marks=pytest.mark.soak) for n in (16, 24, 32, 64))])
def test_too_few_open_files_are_refused_before_anything_is_asked(press: Press, limit: int) -> None:
    ended = press.crawl(wrap=("sh", "-c", f'ulimit -n {limit}; exec "$@"', "sh"))
    assert ended.code in (1, 2), ended.err
    assert "open files" in ended.err
    assert press.server.hits == []


@pytest.mark.case("F036")
@pytest.mark.soak
def test_a_soft_limit_is_raised(press: Press) -> None:
    ended = press.crawl(wrap=("sh", "-c", 'ulimit -S -n 40; exec "$@"', "sh"))
    assert ended.code == 0, ended.err
    press.assert_complete()
