"""Spellings that mean the same: the packaged ones, an analyst's, on both databases, kept in the ledger."""

from __future__ import annotations

from datetime import timedelta

import pytest

from storage import Archive, journal
from storage.search import search
from storage.selection import article_ids
from storage.spellings import SpellingError, check, groups
from tests.analysis.build import NOW, Press, reading

TEXTS = {
    1: "Le scrutin de Laâyoune a été reporté.",
    2: "Une usine ouvrira à El Aaiún au printemps.",
    3: "اجتماع في العيون اليوم",
    4: "Monsieur Hassad a présenté le bilan.",
    5: "La gare de Casablanca et le port de Dar el Beida.",
    6: "Un colis pour Kenitra attend au dépôt de Qnitra.",
}


@pytest.fixture
def press(archive: Archive) -> Archive:
    made = Press(archive, "vigie")
    made.store(*(reading("vigie", number, text) for number, text in TEXTS.items()), compare=False)
    return archive


def found(archive: Archive, query: str) -> list[int]:
    with archive.read() as session:
        hits = search(session, query, limit=50).hits
        assert sorted(article_ids(session, query)) == sorted(hit.article_id for hit in hits)
        return sorted(int(hit.url.rpartition("/")[2]) for hit in hits)


def decide(archive: Archive, kind: str, *spellings: str, hour: int = 0) -> None:
    data = {"spellings": list(spellings), "who": "ida"}
    journal.record(archive, kind, data, NOW + timedelta(hours=hour))


def test_packaged_spellings_find_each_other(press: Archive) -> None:
    for query in ("laayoune", "LAÂYOUNE", '"el aaiun"', "el aaiún", "العيون"):
        assert found(press, query) == [1, 2, 3], query
    assert found(press, "حصاد") == [4]
    assert found(press, "laayoune -scrutin") == [2, 3]
    assert found(press, "-laayoune") == [4, 5, 6]
    assert found(press, "titre:laayoune") == []
    assert found(press, "laay*") == [1]
    assert found(press, "usine dar el beida") == []
    assert found(press, "gare dar el beida") == [5]


def test_the_other_spelling_is_marked(press: Archive) -> None:
    with press.read() as session:
        (hit,) = search(session, "laayoune usine").hits
    assert [hit.snippet.text[a:b] for a, b in hit.snippet.matches] == ["usine", "El", "Aaiún"]


def test_an_analyst_adds_joins_and_takes_out(press: Archive) -> None:
    assert found(press, "kenitra colis") == [6]
    decide(press, "spelling", "Hassad", "Monsieur Intérieur", "bilan")
    assert found(press, "bilan") == [4]
    assert found(press, '"monsieur interieur"') == [4]
    decide(press, "spelling_removed", "El Aaiún", hour=1)
    assert found(press, "laayoune") == [1, 3]
    assert found(press, '"el aaiun"') == [2]
    decide(press, "spelling", "El Aaiún", "Laâyoune", "Qnitra", hour=2)
    assert found(press, "qnitra") == [1, 2, 3, 6]


def test_the_ledger_says_it_again(press: Archive) -> None:
    decide(press, "spelling", "Kenitra", "Port Lyautey")
    decide(press, "spelling_removed", "Rabat", hour=1)
    with press.read() as session:
        before = groups(session)
    assert ["Kenitra", "Port Lyautey"] in before.values()
    assert journal.replay(press) == []
    with press.read() as session:
        assert groups(session) == before


def test_what_is_no_word_is_refused() -> None:
    with pytest.raises(SpellingError, match="no word"):
        check(["Laâyoune", "le"])
