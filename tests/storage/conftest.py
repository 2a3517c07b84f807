"""An archive on either database, with one site."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from storage import Archive, open_archive
from storage.repository import save_candidates, save_site
from storage.writer import ArchiveWriter
from tests.postgres import Cluster
from tests.storage.build import NOW, found


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


@pytest.fixture
def site(archive: Archive) -> int:
    with archive.write() as session:
        return make_site(session)


@pytest.fixture
def writer(archive: Archive, site: int) -> Iterator[ArchiveWriter]:
    with ArchiveWriter(archive, None) as running:
        yield running


def make_site(session: Session, name: str = "vigie", country: str = "MA") -> int:
    return save_site(
        session, name, "La Vigie", "https://www.vigie.example/", country, "fr", "Africa/Casablanca"
    )


@dataclass(frozen=True)
class Frontier:
    site: int
    ids: dict[int, int]  # number of the page -> candidate


@pytest.fixture
def frontier(archive: Archive, site: int) -> Frontier:
    """Ten candidates."""
    from sqlalchemy import select

    from storage.models import Candidate

    pages = {number: found(number) for number in range(1, 11)}
    with archive.write() as session:
        save_candidates(session, site, list(pages.values()), NOW)
        rows = {row.identity: row.id for row in session.execute(select(Candidate.identity, Candidate.id))}
    return Frontier(site, {number: rows[page.identity] for number, page in pages.items()})
