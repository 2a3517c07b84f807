"""Clocks that are wrong at the start or jump during a run: libfaketime moves the command's clock."""

from __future__ import annotations

import subprocess
from collections import Counter
from pathlib import Path

import pytest

from tests import oracles
from tests.crawl.hostile_site import Archive, Site
from tests.faults.test_overlap import asked, until
from tests.hostile import HostileServer
from tests.oracles import Held
from tests.running import environment

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]  # a busy machine is no fault

LIBRARIES = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
needs_faketime = pytest.mark.skipif(not LIBRARIES, reason="libfaketime is not installed here")


def moved(**clock: str) -> dict[str, str]:
    """An environment in which the wall clock is moved; deadlines are by the monotonic clock, which is not."""
    return environment(LD_PRELOAD=str(LIBRARIES[0]), FAKETIME_DONT_FAKE_MONOTONIC="1", **clock)


def start(archive: Archive, **clock: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        archive.command(),
        env=moved(**clock),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def crawl_at(archive: Archive, clock: str) -> tuple[int, str]:
    with start(archive, FAKETIME=clock) as process:
        _, errors = process.communicate(timeout=100)
    return process.returncode, errors


def urls(server: HostileServer) -> list[str]:
    return [truth.url for truth in oracles.news(server)]


@needs_faketime
@pytest.mark.soak  # a moved clock that is read at each look costs twenty seconds of processor time
@pytest.mark.case("F016")
def test_a_clock_that_jumps_back_during_a_run(tmp_path: Path) -> None:
    """An hour, then a year: all articles once; with the right clock nothing is new, nothing changed."""
    clock = tmp_path / "clock"
    clock.write_text("+0\n")
    with HostileServer(articles=14, latency=0.2, newest_first=True) as server:
        archive = Archive(tmp_path / "archive", settings={"timeout": 30.0})
        archive.declare(Site("vigie", server, options={"concurrency": 1}))
        environ = {"FAKETIME_TIMESTAMP_FILE": str(clock), "FAKETIME_NO_CACHE": "1"}
        with start(archive, **environ) as process:
            for count, jump in ((3, "-1h"), (7, "-1y")):
                until(lambda count=count: sum(asked(server).values()) >= count, process)  # type: ignore[misc]
                clock.write_text(f"{jump}\n")
            server.latency = 0.0
            _, errors = process.communicate(timeout=100)
        assert process.returncode == 0, errors
        held = Held(archive.folder)
        years = {str(row["fetched_at"])[:4] for row in held.rows("SELECT fetched_at FROM captures")}
        assert len(years) == 2  # the jump was felt
        assert oracles.complete(held, "vigie", urls(server)) == []
        assert oracles.raw(held) == []
        before = oracles.content(held)
        server.articles += 1
        assert archive.crawl().returncode == 0
        assert archive.sites["vigie"].report["new"] == 1
        assert archive.sites["vigie"].report["changed"] == 0
        assert oracles.complete(held, "vigie", urls(server)) == []
        assert oracles.unique(held) == []
        assert before["revisions"]


@needs_faketime
@pytest.mark.case("F017")
def test_clocks_that_are_wrong_at_the_start_lose_nothing(tmp_path: Path) -> None:
    clocks = ["+12y", "+0", "-1h", "-200d"]  # wrong, set right, an hour slow, slow by months
    with HostileServer(articles=2, newest_first=True) as server:
        archive = Archive(tmp_path / "archive")
        archive.declare(Site("vigie", server))
        held = Held(archive.folder)
        for number, clock in enumerate(clocks):
            server.articles = 2 + number
            code, errors = crawl_at(archive, clock)
            assert code == 0, (clock, errors)
            assert oracles.complete(held, "vigie", urls(server)) == []
            assert oracles.unique(held) == []
        news = held.rows("SELECT new FROM runs ORDER BY id")
        assert [row["new"] for row in news] == [2, 1, 1, 1]
        server.articles += 1
        server.hits.clear()
        code, errors = crawl_at(archive, "@1970-01-02 00:00:00")
        assert code == 2
        assert "the clock says 1970-01-02" in errors
        assert server.hits == []
        assert Counter(row["id"] for row in oracles.of_site(held, "vigie")).total() == 5
