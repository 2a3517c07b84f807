"""An archive on either database, and one in which the press cycle has been played."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from cli.press_cycle import play
from pipelines.flow import read_page
from storage import Archive, open_archive
from tests.postgres import Cluster


@dataclass(frozen=True)
class Cycle:
    """The archive after the press cycle. `ids`: article by name; only to be read."""

    archive: Archive
    ids: dict[str, int]

    @property
    def names(self) -> dict[int, str]:
        return {number: name for name, number in self.ids.items()}


@pytest.fixture(scope="session", params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def cycle(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cycle]:
    url = "sqlite"
    if request.param == "postgres":
        cluster: Cluster = request.getfixturevalue("postgres")
        url = cluster.new_database()
    folder = tmp_path_factory.mktemp("cycle") / "archive"
    with open_archive(folder, create=True, database_url=url, patience=10) as archive:
        yield Cycle(archive, play(archive, read_page))
