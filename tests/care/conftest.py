"""One archive crawled twice (two editions of the demo site) on each database; every test gets a copy."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from demo.server import DemoServer
from tests.care.kept import Kept
from tests.crawl.conftest import Crawled
from tests.postgres import Cluster
from tests.running import PAGE, environment, run_preloaded

ARTICLES = 24
SOON = 0.5 / 3600
DATABASES = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]
# Where the second database runs the same code: in make test on SQLite only, in make soak on both.
LATER = ["sqlite", pytest.param("postgres", marks=[pytest.mark.postgres, pytest.mark.soak])]


def crawl_both_editions(folder: Path, server: DemoServer, url: str | None) -> None:
    """An archive with articles, edits, deletions, redirects, copies and two imported pages."""
    crawled = Crawled(folder, server)
    crawled.declare(revisit_hours=(SOON, 24))
    with (folder / "hemero.toml").open("a", encoding="utf-8") as file:
        file.write("[readers]\nprocesses = 1\n")
    _run(folder, url, "crawl", "echo")
    server.publish(2)
    time.sleep(0.6)
    _run(folder, url, "crawl", "echo")
    pages = folder.parent / "pages"
    pages.mkdir(exist_ok=True)
    for number in (7, 8):
        (pages / f"{number}.html").write_text(PAGE.format(number=number), encoding="utf-8")
    _run(folder, url, "import", str(pages), "--fetched-at", "2021-04-15")


def _run(folder: Path, url: str | None, *arguments: str) -> None:
    extra = {"HEMERO_DATABASE_URL": url} if url else {}
    result: subprocess.CompletedProcess[str] = run_preloaded(
        *arguments, "--archive", folder, cwd=folder.parent, env=environment(**extra)
    )
    assert result.returncode == 0, result.stderr


@pytest.fixture(scope="session")
def echo() -> Iterator[DemoServer]:
    with DemoServer(articles=ARTICLES, port=0) as server:
        yield server


@pytest.fixture(scope="session")
def sqlite_master(tmp_path_factory: pytest.TempPathFactory, echo: DemoServer) -> Path:
    folder = tmp_path_factory.mktemp("care") / "archive"
    echo.publish(1)
    crawl_both_editions(folder, echo, None)
    return folder


@pytest.fixture(scope="session")
def postgres_master(
    tmp_path_factory: pytest.TempPathFactory, echo: DemoServer, postgres: Cluster
) -> tuple[Path, str]:
    folder, url = tmp_path_factory.mktemp("care-pg") / "archive", postgres.new_database()
    echo.publish(1)
    crawl_both_editions(folder, echo, url)
    return folder, url


def copy_of_sqlite(master: Path, tmp_path: Path) -> Kept:
    shutil.copytree(master, tmp_path / "archive")
    return Kept(tmp_path / "archive")


@pytest.fixture
def kept(sqlite_master: Path, tmp_path: Path) -> Kept:
    """A crawled archive on SQLite."""
    return copy_of_sqlite(sqlite_master, tmp_path)


@pytest.fixture
def on_server(postgres: Cluster, postgres_master: tuple[Path, str], tmp_path: Path) -> Iterator[Kept]:
    """A crawled archive on PostgreSQL."""
    folder, like = postgres_master
    shutil.copytree(folder, tmp_path / "archive")
    url = postgres.new_database(like=like)
    yield Kept(tmp_path / "archive", url)
    postgres.drop_database(url)


@pytest.fixture(params=DATABASES)
def either(request: pytest.FixtureRequest) -> Kept:
    """A crawled archive, once on SQLite, once on PostgreSQL."""
    kept: Kept = request.getfixturevalue("kept" if request.param == "sqlite" else "on_server")
    return kept
