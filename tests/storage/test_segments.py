"""Sealed segments of PostgreSQL's index: packed and unpacked, left by articles, damaged, upgraded to."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from array import array
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from storage import Archive, index, index_postgres, migrations, open_archive
from storage.documents import Document
from storage.postings import bits, later, pack_places, pack_slots, slots_of, unpack_addresses, unpack_slots
from storage.readings import store_readings
from storage.search import search
from storage.segments import Segment, documents_of, pack_keys, rows_of, unpack_keys
from storage.verify_index import check_index
from tests.postgres import Cluster
from tests.storage.build import NOW, article, reading
from tests.storage.conftest import make_site
from tests.storage.test_migrations import MAKE

WORDS = ["eau", "feu", "port", "ministr", "حكومه", "œ"]
TERMS = st.lists(st.sampled_from(WORDS), max_size=40)


@given(st.sets(st.integers(0, 8_191)), st.sampled_from([0.0, 0.02, 0.9]))
def test_a_set_of_slots_comes_back(some: set[int], share: float) -> None:
    chance = random.Random(len(some))
    slots = sorted(some | {slot for slot in range(8_192) if chance.random() < share})
    assert slots_of(bits(slots)) == slots
    assert unpack_slots(pack_slots(slots, 8_192)) == bits(slots)


@given(
    st.lists(st.tuples(st.integers(0, 999), st.integers(0, 65_535)), min_size=1, max_size=200, unique=True)
)
def test_places_come_back(pairs: list[tuple[int, int]]) -> None:
    addresses = sorted(slot << 16 | place for slot, place in pairs)
    slots = sorted({slot for slot, _ in pairs})
    assert list(unpack_addresses(pack_places(addresses), slots)) == addresses
    some = {*slots[::9], 77, 1_000}
    picked = list(unpack_addresses(pack_places(addresses), slots, bits(some)))
    assert [address for address in picked if address >> 16 in some] == [
        address for address in addresses if address >> 16 in some
    ]


@given(st.lists(st.integers(0, (1 << 30) - 1000), max_size=50), st.integers(0, 400))
def test_places_move_on(addresses: list[int], step: int) -> None:
    assert list(later(array("I", addresses), step)) == [address + step for address in addresses]


@given(st.lists(st.tuples(TERMS, TERMS, TERMS, TERMS, st.sets(st.sampled_from(["_s1", "_t2"]))), max_size=9))
def test_the_documents_of_a_segment_come_back(parts: list[tuple[list[str], ...]]) -> None:
    made = [
        Document(key, title, body, tags, ["_r_" + term for term in related], sorted({"_all", *facets}))
        for key, (title, body, tags, related, facets) in enumerate(parts, 1_000)
    ]
    keys = unpack_keys(pack_keys([document.order_key for document in made]))
    assert documents_of(keys, 0, rows_of(made)) == made
    assert documents_of(keys, 1, rows_of(made)) == made[1:]


def test_a_phrase_stays_within_its_field() -> None:
    made = [
        Document(1, ["eau"], ["feu", "port"], [], [], ["_all"]),
        Document(2, [], ["eau", "feu", "eau"], ["eau", "feu"], [], ["_all"]),
    ]
    segment = Segment(0b11, {row.term: row for row in rows_of(made)})
    assert segment.side_by_side([["eau"], ["feu"]], None, 0b11) == 0b10
    assert segment.side_by_side([["eau"], ["feu"]], "tags", 0b11) == 0b10
    assert segment.side_by_side([["eau"], ["feu"]], "title", 0b11) == 0
    assert segment.side_by_side([["feu"], ["port", "eau"]], "text", 0b11) == 0b11
    assert segment.side_by_side([["feu"], ["port", "eau"]], "text", 0b01) == 0b01


@pytest.fixture
def sealed(postgres: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Archive]:
    """Fifteen articles: two segments of five, five fresh ones."""
    monkeypatch.setattr(index_postgres, "SEAL", 5)
    with open_archive(tmp_path / "a", create=True, database_url=postgres.new_database()) as archive:
        for first in (1, 3, 6, 8, 11, 13):
            size = 2 if first % 5 == 1 else 3
            with archive.write() as session:
                site = make_site(session)
                pages = [
                    article(n, title=f"Phare{n}", body=f"Le port {n}") for n in range(first, first + size)
                ]
                store_readings(session, [(site, reading(of=page), None) for page in pages], NOW)
                if first == 11:
                    monkeypatch.setattr(index_postgres, "SEAL", 100)
        yield archive


def segments(archive: Archive) -> dict[int, int]:
    """Segment number -> articles it still has."""
    with archive.read() as session:
        connection = session.connection()
        numbers = index_postgres.segments(connection)
        return {number: len(index_postgres.keys_of(connection, number)) for number in numbers}


def take_out(archive: Archive, *numbers: int) -> None:
    with archive.write() as session:
        connection = session.connection()
        index.remove(connection, index.documents(connection, numbers))


def terms(archive: Archive) -> set[str]:
    with archive.read() as session:
        return set(session.scalars(text("SELECT term FROM article_index_terms")))


def found(archive: Archive, query: str, **options: bool) -> int:
    with archive.read() as session:
        return search(session, query, **options).total  # type: ignore[arg-type]


@pytest.mark.postgres
def test_five_make_a_segment(sealed: Archive) -> None:
    assert segments(sealed) == {1: 5, 2: 5}
    assert found(sealed, "port") == found(sealed, "port", rank=True) == 15
    assert list(check_index(sealed, quick=False)) == []


@pytest.mark.postgres
def test_who_leaves_a_segment_is_not_found(sealed: Archive) -> None:
    take_out(sealed, 1, 2)
    assert (segments(sealed), found(sealed, "port"), found(sealed, "phare1")) == ({1: 3, 2: 5}, 13, 0)
    assert "phare1" in terms(sealed)
    with sealed.write() as session:
        index_postgres.clean(session.connection())
    assert (sorted(segments(sealed).values()), found(sealed, "port")) == ([5], 13)
    assert not {"phare1", "phare2", "phare3"} & terms(sealed)


@pytest.mark.postgres
def test_a_segment_that_most_have_left_is_made_again(
    sealed: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index_postgres, "SEAL", 6)
    take_out(sealed, 1, 2, 3)
    assert sorted(segments(sealed).values()) == [2, 5]
    assert "phare1" not in terms(sealed)
    assert (found(sealed, "port"), found(sealed, "phare4")) == (12, 1)
    take_out(sealed, 6, 7, 8, 9, 10)
    assert list(segments(sealed).values()) == [2]


@pytest.mark.postgres
@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE article_index_terms SET places = substr(places, 1, 1) WHERE term = 'port' AND segment = 1",
        "UPDATE article_index_terms SET term = 'porte' WHERE term = 'phare2'",
        "DELETE FROM article_index_terms WHERE term = 'phare2'",
        "UPDATE article_index_segments SET gone = '\\x01' WHERE number = 1",
        "DELETE FROM article_index_segments WHERE number = 2",
        "DELETE FROM article_index WHERE segment = 2",
        "UPDATE article_index_fresh SET terms = '\\x01'",
        "UPDATE article_index_fresh SET document = '''eau''\\:1A'",
    ],
)
def test_damage_is_found_and_repaired(sealed: Archive, damage: str) -> None:
    with sealed.write() as session:
        session.execute(text(damage))
    assert list(check_index(sealed, quick=False))
    with sealed.write() as session:
        assert index.rebuild(session.connection()) == 15
    assert list(check_index(sealed, quick=False)) == []
    assert found(sealed, "port") == 15


@pytest.mark.postgres
def test_an_article_is_in_one_segment(sealed: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index_postgres, "SEAL", 1)
    with pytest.raises(ValueError, match="hemero repair"), sealed.write() as session:
        index.add(session.connection(), index.documents(session.connection(), [1]))


@pytest.mark.postgres
def test_an_older_archive_gets_segments(sealed: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed before it is done, the upgrade never happened; asked again, it indexes every article."""
    with sealed.write() as session:
        for table in index_postgres.TABLES:
            session.execute(text(f"DROP TABLE {table}"))
        session.execute(
            text("CREATE TABLE article_index (order_key bigint PRIMARY KEY, document tsvector NOT NULL)")
        )
        session.execute(text("COMMENT ON TABLE article_index IS 'analyser 1'"))
        session.execute(text("UPDATE alembic_version SET version_num = '0006'"))
    environment = os.environ | {"HEMERO_FAULTS": "1", "FAULT_AT": "migrate:3"}
    command = [sys.executable, "-c", MAKE, str(sealed.folder), sealed.database_url]
    assert subprocess.run(command, env=environment, check=False).returncode == -9
    with sealed.engine.connect() as connection:
        assert migrations.current_version(connection) == "0006"
        assert connection.scalar(text("SELECT to_regclass('article_index_terms')")) is None
    with open_archive(sealed.folder, database_url=sealed.database_url) as archive:
        assert found(archive, "port") == 15
        assert list(check_index(archive, quick=False)) == []
