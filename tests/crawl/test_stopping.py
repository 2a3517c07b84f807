"""A signal ends a crawl in time, whatever the hosts do; a second one at once. The archive stays whole."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import oracles
from tests.crawl.hostile_site import Archive, Site
from tests.hostile import HostileServer
from tests.oracles import Held
from tests.running import environment, run_hemero

pytestmark = pytest.mark.slow


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    """A site of ten good articles and a site whose pages never end, with patient settings."""
    with HostileServer(articles=10) as good, HostileServer() as bad:
        archive = Archive(tmp_path / "archive", settings={"timeout": 120.0, "retry_unit": 1.0})
        hanging = "/links?n=8&to=/t/hang-before-headers&to=/t/slow-body&to=/t/hang-mid-body&to=/t/100-flood"
        archive.declare(Site("good", good), Site("hanging", bad, hanging, "^/t/", {"concurrency": 8}))
        yield archive


def in_flight(archive: Archive, process: subprocess.Popen[str]) -> None:
    """Wait until the good articles are stored and the others hang."""
    deadline = time.monotonic() + 60
    server = archive.sites["hanging"].server
    while time.monotonic() < deadline and process.poll() is None:
        paths = server.paths()
        if sum(paths[path] for path in paths if path.startswith("/t/")) >= 4 and _articles(archive) == 10:
            return
        time.sleep(0.05)
    process.kill()
    raise AssertionError(process.communicate(timeout=5))


def _articles(archive: Archive) -> int:
    if not (archive.folder / "archive.db").exists():
        return 0
    try:
        return int(archive.rows("SELECT count(*) AS n FROM articles")[0]["n"])
    except Exception:  # noqa: BLE001  the tables are being made
        return 0


def is_whole(archive: Archive) -> None:
    result = run_hemero("verify", "--archive", archive.folder, cwd=archive.folder.parent)
    assert result.returncode == 0, result.stdout + result.stderr
    assert list((archive.folder / "captures").rglob("*.open")) == []
    assert archive.rows("SELECT id FROM runs WHERE finished_at IS NULL") == []


@pytest.mark.case("F005")
def test_a_signal_ends_a_crawl_of_hanging_hosts_within_30_seconds(archive: Archive) -> None:
    with archive.start() as process:
        in_flight(archive, process)
        sent = time.monotonic()
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=60)
    assert time.monotonic() - sent < 30
    assert process.returncode == 128 + signal.SIGTERM, errors
    is_whole(archive)
    states = {row["name"]: row["state"] for row in _runs(archive)}
    assert states["hanging"] == "stopped"
    left = archive.rows("SELECT state, next_try_at FROM candidates WHERE url LIKE '%/t/%'")
    assert len(left) == 32
    assert all(row["state"] == "pending" and row["next_try_at"] for row in left), left


@pytest.mark.case("F006")
def test_a_second_signal_ends_it_at_once(archive: Archive) -> None:
    with archive.start() as process:
        in_flight(archive, process)
        process.send_signal(signal.SIGINT)
        time.sleep(0.3)
        sent = time.monotonic()
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=60)
    assert time.monotonic() - sent < 5
    assert process.returncode == 128 + signal.SIGINT, errors
    is_whole(archive)
    assert oracles.sound(Held(archive.folder)) == []
    assert _articles(archive) == 10


@pytest.mark.case("F007")
def test_a_hangup_is_a_stop_like_others(archive: Archive) -> None:
    with archive.start() as process:
        in_flight(archive, process)
        process.send_signal(signal.SIGHUP)
        process.communicate(timeout=60)
    assert process.returncode == 128 + signal.SIGHUP
    is_whole(archive)


@pytest.mark.case("F007")
def test_a_reader_that_leaves_ends_nothing(tmp_path: Path) -> None:
    """Cron's mail program is gone: what a crawl prints has nobody to read it."""
    with HostileServer(articles=10) as server:
        archive = Archive(tmp_path / "archive")
        archive.declare(Site("good", server))
        read, write = os.pipe()
        os.close(read)
        process = subprocess.Popen(
            archive.command("-v"), env=environment(), stdin=subprocess.DEVNULL, stdout=write, stderr=write
        )
        os.close(write)
        assert process.wait(100) == 0
        archive.crawl()
        is_whole(archive)
        held = Held(archive.folder)
        assert oracles.complete(held, "good", [truth.url for truth in oracles.news(server)]) == []
        assert oracles.unique(held) == []


@pytest.mark.case("F005")
@pytest.mark.parametrize("seed", [1, *(pytest.param(n, marks=pytest.mark.soak) for n in range(2, 21))])
def test_a_signal_at_a_random_moment(tmp_path: Path, seed: int) -> None:
    """Ended in time and honestly, nothing half done; the next run completes it and asks for nothing twice."""
    chance = random.Random(seed)
    number = chance.choice([signal.SIGTERM, signal.SIGINT])
    with HostileServer(articles=20, latency=0.05) as server:
        archive = Archive(tmp_path / "archive", settings={"timeout": 30.0})
        archive.declare(Site("good", server, options={"concurrency": 2}))
        with archive.start() as process:
            requests = chance.randrange(1, 25)
            deadline = time.monotonic() + 60
            while len(server.hits) < requests and process.poll() is None and time.monotonic() < deadline:
                time.sleep(0.01)
            process.send_signal(number)
            _, errors = process.communicate(timeout=60)
        assert process.returncode in (128 + number, 0), errors  # 0: it had ended already
        is_whole(archive)
        held, urls = Held(archive.folder), [truth.url for truth in oracles.news(server)]
        assert oracles.raw(held) == []
        assert archive.crawl().returncode == 0
        assert oracles.complete(held, "good", urls) == []
        assert oracles.unique(held) == []
        assert oracles.honest(held, archive.sites["good"].report, urls) == []
        articles = [hit.target for hit in server.hits if hit.target.startswith("/news/article/")]
        assert len(articles) <= 20 + 2  # at most what was in flight is asked for again


def test_max_minutes_ends_a_crawl_of_hanging_hosts(archive: Archive) -> None:
    archive.settings["timeout"] = 3.0
    archive.declare()
    started = time.monotonic()
    result = archive.crawl("--max-minutes", "0.05", sites=["hanging"])
    assert time.monotonic() - started < 30
    assert archive.sites["hanging"].report["deferred_by_reason"].get("max_minutes", 0) > 0, result.stderr


def test_a_run_that_died_without_a_word_is_closed_by_the_next(archive: Archive) -> None:
    with archive.start(sites=["hanging"]) as process:
        deadline = time.monotonic() + 60
        while not archive.sites["hanging"].server.paths()["/t/hang-before-headers"]:
            time.sleep(0.05)
            if time.monotonic() > deadline:
                break
        process.kill()
        process.communicate(timeout=60)
    archive.crawl("--limit", "1", sites=["good"])
    assert [row["state"] for row in _runs(archive, "hanging")] == ["running"]
    archive.settings["timeout"] = 0.5
    archive.declare()
    archive.crawl("--limit", "1", sites=["hanging"])
    assert _runs(archive, "hanging")[0]["state"] == "dead"


def _runs(archive: Archive, site: str = "%") -> list[dict[str, object]]:
    return archive.rows(
        "SELECT runs.*, sites.name FROM runs JOIN sites ON sites.id = site_id WHERE name LIKE ?"
        " ORDER BY runs.id",
        site,
    )
