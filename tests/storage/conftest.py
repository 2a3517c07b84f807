"""An archive on either database, with one site."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from sqlalchemy.orm import Session

from storage import Archive
from storage.repository import save_candidates, save_site
from storage.writer import ArchiveWriter
from tests.storage.build import NOW, found


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
