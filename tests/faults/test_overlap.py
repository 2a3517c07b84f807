"""Crawls, upgrades and machines that meet: one works, the others are told, nothing is done twice."""

from __future__ import annotations

import fcntl
import signal
import socket
import sqlite3
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command as alembic
from alembic.config import Config
from sqlalchemy import create_engine

from storage import migrations
from tests import oracles
from tests.crawl.hostile_site import Archive, Site
from tests.hostile import HostileServer
from tests.oracles import Held
from tests.postgres import Cluster
from tests.running import environment, run_hemero

pytestmark = pytest.mark.slow

ARTICLES = 12


def until(condition: Callable[[], bool], process: subprocess.Popen[str] | None = None) -> None:
    """Wait for something another process does, but not for ever."""
    deadline = time.monotonic() + 100
    while not condition():
        assert process is None or process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.02)


def asked(server: HostileServer) -> Counter[str]:
    return Counter(hit.target for hit in server.hits if hit.target.startswith("/news/article/"))


@pytest.fixture
def server() -> Iterator[HostileServer]:
    with HostileServer(articles=ARTICLES, latency=0.1) as server:
        yield server


@pytest.fixture
def machines(
    tmp_path: Path, postgres: Cluster, server: HostileServer
) -> Iterator[tuple[Archive, Archive, str]]:
    """Two folders with locks of their own, one set of captures, one PostgreSQL."""
    url = postgres.new_database()
    patient = {"timeout": 100.0}
    one, other = (Archive(tmp_path / name, settings=patient) for name in ("one", "other"))
    for archive in (one, other):
        archive.declare(Site("vigie", server, options={"concurrency": 1}))
    (one.folder / "captures").mkdir()
    (other.folder / "captures").symlink_to(one.folder / "captures")
    yield one, other, url
    postgres.drop_database(url)


def start(archive: Archive, url: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        archive.command(),
        env=environment(HEMERO_DATABASE_URL=url),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.postgres
@pytest.mark.case("F010", "F009")
def test_two_machines_on_one_postgresql(
    machines: tuple[Archive, Archive, str], server: HostileServer
) -> None:
    one, other, url = machines
    with start(one, url) as first:
        until(lambda: sum(asked(server).values()) >= 2, first)
        server.latency = 60.0  # until the others have had their say
        with start(other, url) as second:
            _, errors = second.communicate(timeout=60)
        assert second.returncode == 75, errors
        assert "already running since 20" in errors
        assert f"pid {first.pid} on {socket.gethostname()}" in errors
        assert first.poll() is None
        first.send_signal(signal.SIGKILL)
        first.communicate(timeout=60)
    server.latency = 0.0
    until(lambda: not Held(one.folder, url).rows("SELECT 1 FROM pg_locks WHERE locktype = 'advisory'"))
    with start(other, url) as third:
        _, errors = third.communicate(timeout=60)
    assert third.returncode == 0, errors
    held = Held(other.folder, url)
    assert oracles.complete(held, "vigie", [truth.url for truth in oracles.news(server)]) == []
    assert oracles.unique(held) == []
    assert oracles.raw(held) == []
    assert oracles.sound(held) == []
    assert sum(asked(server).values()) <= ARTICLES + 1  # only what was in flight at the death is asked again


def older(folder: Path) -> None:
    """An archive whose database has the schema before the last, as a program of that time made it."""
    folder.mkdir(exist_ok=True)
    engine = create_engine(f"sqlite:///{folder / 'archive.db'}")
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        alembic.upgrade(config, migrations.VERSIONS[-2])
    engine.dispose()


def version(folder: Path) -> str:
    with closing(sqlite3.connect(folder / "archive.db")) as database:
        return str(database.execute("SELECT version_num FROM alembic_version").fetchone()[0])


@pytest.mark.case("F020")
def test_an_upgrade_waits_for_the_crawl_of_an_older_program(tmp_path: Path, server: HostileServer) -> None:
    """An older crawl holds the lock of those who write; what it does beside is not asked."""
    archive = Archive(tmp_path / "archive")
    archive.declare(Site("vigie", server, options={"concurrency": 4}))
    older(archive.folder)
    before = version(archive.folder)
    (archive.folder / "locks").mkdir()
    with (archive.folder / "locks" / "archive.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_SH)
        for command in ("migrate", "status", "crawl"):
            refused = run_hemero(
                command, "--archive", archive.folder, cwd=tmp_path, env=environment(HEMERO_PATIENCE="0")
            )
            assert refused.returncode == 75, (command, refused.stderr)
            assert "another process writes" in refused.stderr
        assert version(archive.folder) == before
        assert server.hits == []
        with archive.start() as waiting:
            time.sleep(1.0)
            assert waiting.poll() is None
            assert version(archive.folder) == before
            fcntl.flock(lock, fcntl.LOCK_UN)
            _, errors = waiting.communicate(timeout=100)
    assert waiting.returncode == 0, errors
    assert version(archive.folder) == migrations.HEAD
    held = Held(archive.folder)
    assert oracles.complete(held, "vigie", [truth.url for truth in oracles.news(server)]) == []
    assert oracles.sound(held) == []


@pytest.mark.case("F008")
@pytest.mark.parametrize("trial", [0, *(pytest.param(n, marks=pytest.mark.soak) for n in range(1, 20))])
def test_two_starts_at_once(tmp_path: Path, trial: int) -> None:
    with HostileServer(articles=ARTICLES, latency=0.02) as server:
        archive = Archive(tmp_path / "archive")
        archive.declare(Site("vigie", server, options={"concurrency": 1}))
        with archive.start() as one, archive.start() as other:
            answers = [process.communicate(timeout=100) for process in (one, other)]
        codes = sorted([one.returncode, other.returncode])
        assert codes in ([0, 75], [0, 0]), answers  # the second may come when the first has ended
        if 75 in codes:
            assert any("already running since" in errors and "pid" in errors for _, errors in answers)
        assert set(asked(server).values()) == {1}
        held = Held(archive.folder)
        assert oracles.complete(held, "vigie", [truth.url for truth in oracles.news(server)]) == []
        assert oracles.unique(held) == []
