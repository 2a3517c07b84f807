"""What all tests share: both databases, and an honest last line about what could not be tested here.

A test that needs PostgreSQL, Chromium, libfaketime or the replay tools is skipped where they are missing,
unless HEMERO_REQUIRE names them ("postgres,chromium,faketime,replay", as CI does): then it fails.
"""

from __future__ import annotations

import gc
import os
import shutil
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from storage import Archive, open_archive
from tests.clock import find_faketime
from tests.postgres import Cluster, find_programs, run_cluster

PROGRAMS = {
    "postgres": "PostgreSQL",
    "chromium": "Chromium",
    "faketime": "libfaketime",
    "replay": "wacz and pywb (make .venv-replay/.done)",
}


def find_chromium() -> str | None:
    """A Chromium to drive: named by HEMERO_CHROMIUM, on the path, or one that playwright has installed."""
    named = os.environ.get("HEMERO_CHROMIUM")
    if named:
        return named
    for name in ("chromium", "chromium-browser", "google-chrome", "chrome"):
        found = shutil.which(name)
        if found:
            return found
    cache = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or Path.home() / ".cache/ms-playwright")
    found_here = sorted(cache.glob("chromium*/chrome-*/*chrom*")) if cache.is_dir() else []
    return next((str(path) for path in found_here if os.access(path, os.X_OK) and path.is_file()), None)


def find_replay() -> Path | None:
    """The programs of the environment that `make test` makes for wacz and pywb, which pin other versions."""
    folder = Path(__file__).resolve().parent.parent / ".venv-replay" / "bin"
    return folder if all((folder / name).is_file() for name in ("wacz", "wayback", "cdxj-indexer")) else None


def _available(name: str) -> bool:
    finders: dict[str, Callable[[], object | None]] = {
        "postgres": find_programs,
        "chromium": find_chromium,
        "faketime": find_faketime,
        "replay": find_replay,
    }
    return finders[name]() is not None


def require(config: pytest.Config, name: str) -> None:
    """Skip, or fail where HEMERO_REQUIRE says so, a test that needs a program that is not here."""
    if _available(name):
        return
    message = f"{PROGRAMS[name]} is not installed here"
    if name in os.environ.get("HEMERO_REQUIRE", "").replace(" ", "").split(","):
        pytest.fail(f"{message}, and HEMERO_REQUIRE names it", pytrace=False)
    pytest.skip(message)


def pytest_configure() -> None:
    """What nohup or a shell's background has switched off is passed on to the commands that tests stop."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


def pytest_collection_finish() -> None:
    """Thousands of tests are collected, and stay: the garbage collector need not look at them again."""
    gc.collect()
    gc.freeze()


def pytest_runtest_setup(item: pytest.Item) -> None:
    for name in PROGRAMS:
        if item.get_closest_marker(name) is not None:
            require(item.config, name)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Counted from the reports: with several workers the tests are not run in this process."""
    skipped = [str(report.longrepr) for report in terminalreporter.stats.get("skipped", [])]
    for program in PROGRAMS.values():
        count = sum(f"{program} is not installed here" in reason for reason in skipped)
        if count:
            terminalreporter.write_sep(
                "!", f"NOT TESTED: {count} tests skipped, {program} is missing", red=True
            )


@pytest.fixture(scope="session")
def postgres(pytestconfig: pytest.Config) -> Iterator[Cluster]:
    """A running private PostgreSQL."""
    require(pytestconfig, "postgres")
    programs = find_programs()
    assert programs is not None
    yield from run_cluster(programs)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """An empty database, once SQLite ("sqlite": the archive's own file), once PostgreSQL."""
    if request.param == "sqlite":
        yield "sqlite"
        return
    cluster: Cluster = request.getfixturevalue("postgres")
    url = cluster.new_database()
    yield url
    cluster.drop_database(url)


@pytest.fixture(scope="session")
def sqlite_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new archive's database, to be copied: making the schema takes longer than most tests."""
    folder = tmp_path_factory.mktemp("model")
    open_archive(folder, create=True, database_url="sqlite").close()
    return folder / "archive.db"


@pytest.fixture(scope="session")
def postgres_model(postgres: Cluster, tmp_path_factory: pytest.TempPathFactory) -> str:
    url = postgres.new_database()
    open_archive(tmp_path_factory.mktemp("model"), create=True, database_url=url).close()
    return url


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def archive_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The database of an archive in `tmp_path / "archive"`, made and empty."""
    (tmp_path / "archive" / "captures").mkdir(parents=True)
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_model"), tmp_path / "archive" / "archive.db")
        yield "sqlite"
        return
    cluster: Cluster = request.getfixturevalue("postgres")
    url = cluster.new_database(like=request.getfixturevalue("postgres_model"))
    yield url
    cluster.drop_database(url)


@pytest.fixture
def archive(tmp_path: Path, archive_url: str) -> Iterator[Archive]:
    with open_archive(tmp_path / "archive", database_url=archive_url, patience=10) as opened:
        yield opened


@pytest.fixture(autouse=True)
def _no_operator_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of the machine's own configuration reaches a test."""
    for name in ("HEMERO_ARCHIVE", "HEMERO_DATABASE_URL", "HEMERO_PATIENCE", "HEMERO_FAULTS", "FAULT_AT"):
        monkeypatch.delenv(name, raising=False)
