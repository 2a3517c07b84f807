"""The wire to PostgreSQL breaks at the Nth message of a crawl, until it sends no more (F022)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.faults.press import Press, press_at
from tests.faults.wire_cut import WireCut
from tests.postgres import Cluster

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600), pytest.mark.postgres]

OPENING = 400  # messages in which tables are made and looked at: each of them is tried
EVERY = 13  # after that they repeat themselves


@pytest.fixture
def press(tmp_path: Path, postgres: Cluster) -> Iterator[Press]:
    url = postgres.new_database()
    with press_at(tmp_path / "archive", url, articles=3) as press:
        yield press
    postgres.drop_database(url)


def socket_of(url: str) -> Path:
    return Path(parse_qs(urlsplit(url).query)["host"][0]) / ".s.PGSQL.5432"


def broken_at(press: Press, number: int) -> bool:
    """Crawl over a wire that breaks at a message. Whether it sent so many."""
    assert press.kept.url is not None
    with WireCut(socket_of(press.kept.url), number) as wire:
        ended = press.crawl(HEMERO_DATABASE_URL=wire.url(press.kept.url))
    assert ended.code == 0, (number, wire.sent, ended.err)
    press.assert_complete()
    return wire.cut


@pytest.mark.case("F022")
def test_a_first_run_survives_a_broken_wire(press: Press) -> None:
    assert broken_at(press, 60)  # while the archive is opened


@pytest.mark.case("F022")
@pytest.mark.soak
@pytest.mark.timeout(7200)
def test_wherever_the_wire_breaks(tmp_path: Path, postgres: Cluster) -> None:
    number, tried = 1, 0
    while True:
        url = postgres.new_database()
        with press_at(tmp_path / f"archive{number}", url, articles=3) as press:
            again = broken_at(press, number)
        postgres.drop_database(url)
        if not again:
            break
        number += 1 if number < OPENING else EVERY
        tried += 1
    print(f"the wire broke {tried} times, at message {number} no more; nothing lost or doubled")
    assert number > OPENING
