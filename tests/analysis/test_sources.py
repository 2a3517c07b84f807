"""Names of sources: unresolved ones are listed, assigned once, and mean the same backwards and forwards."""

from __future__ import annotations

import pytest

from pipelines.outlets import SourceEntry, source_table
from storage import Archive, journal, sources_assign
from storage.filters import Filters
from storage.records import Attribution
from storage.search import search
from storage.sources import load_sources
from storage.sources_assign import AssignmentError, articles_of, known, plan, unresolved
from storage.verify_index import check_index
from tests.analysis.build import HOUR, NOW, Press, prose, reading


def credit(*outlets: str) -> tuple[Attribution, ...]:
    return (Attribution("republication", outlets, raw=f"SOURCE WEB Par {', '.join(outlets)}", rule="tail"),)


def assign(
    archive: Archive, name: str, source: str, country: str = "", kind: str | None = None, at: float = 0
) -> None:
    with archive.read() as session:
        data = plan(session, name, source, country, kind)
    journal.record(archive, "assignment", data | {"who": "ida"}, NOW + at * HOUR)


def names(archive: Archive, site: str | None = None) -> dict[str, int]:
    with archive.read() as session:
        return {row.name: row.articles for row in session.execute(unresolved(site))}


def by_source(archive: Archive, name: str) -> list[int]:
    with archive.read() as session:
        return sorted(hit.article_id for hit in search(session, "", Filters(source=name)).hits)


def test_a_name_is_assigned_backwards_and_forwards(archive: Archive) -> None:
    press = Press(archive, "a", "b")
    one, two = press.store(
        reading("a", 1, prose(1, 30), attributions=credit("La Voix du Sud")),
        reading("b", 1, prose(2, 30), attributions=credit("LA VOIX DU SUD", "Inconnu")),
    )
    assert names(archive) == {"LA VOIX DU SUD": 2, "Inconnu": 1}
    assert names(archive, "a") == {"La Voix du Sud": 1}
    assign(archive, "La voix du Sud", "Voix du Sud", kind="outlet")
    assert names(archive) == {"Inconnu": 1}
    (three,) = press.store(reading("a", 2, prose(3, 30), attributions=credit("La Voix du Sud")))
    assert by_source(archive, "Voix du Sud") == [one, two, three]
    assert list(check_index(archive, quick=False)) == []
    with archive.read() as session:
        rows = session.execute(known()).all()
        assert [(row.key, row.kind, row.origin, row.articles) for row in rows] == [
            ("Voix du Sud", "outlet", "analyst", 3)
        ]
        assert articles_of(session, "la voix du sud", "Voix du Sud") == 3


def test_a_query_finds_what_is_credited_under_any_name_of_a_source(archive: Archive) -> None:
    with archive.write() as session:
        load_sources(session, source_table())
    press = Press(archive, "a")
    (short, long, other, none) = press.store(
        reading("a", 1, prose(1, 30), attributions=credit("MAP")),
        reading("a", 2, prose(2, 30), attributions=credit("Maghreb Arabe Presse")),
        reading("a", 3, prose(3, 30), attributions=credit("L'Écho du Rif")),
        reading("a", 4, prose(4, 30)),
    )

    def found(query: str) -> list[int]:
        with archive.read() as session:
            return sorted(hit.article_id for hit in search(session, query).hits)

    for query in ("source:map", 'source:"Maghreb Arabe Presse"', "source:maghreb"):
        assert found(query) == [short, long], query
    assert found("-source:map") == [other, none]
    assign(archive, "L'Écho du Rif", "MAP")
    assert found("source:map") == [short, long, other]
    assert found("source:rif") == [short, long, other]


def test_a_country_has_its_own_meaning(archive: Archive) -> None:
    home = Press(archive, "a", country="MA")
    away = Press(archive, "b", country="SN")
    one, *_ = home.store(reading("a", 1, prose(1, 30), attributions=credit("Le Quotidien Libre")))
    two, *_ = away.store(reading("b", 1, prose(2, 30), attributions=credit("Le Quotidien Libre")))
    assign(archive, "Le Quotidien Libre", "Quotidien (Sénégal)", "SN", "outlet")
    assert names(archive) == {"Le Quotidien Libre": 1}
    assign(archive, "Le Quotidien Libre", "Quotidien (Maroc)", kind="outlet", at=1)
    assert by_source(archive, "Quotidien (Sénégal)") == [two]
    assert by_source(archive, "Quotidien (Maroc)") == [one]
    assert list(check_index(archive, quick=False)) == []


def test_a_later_word_wins_and_replaying_changes_nothing(archive: Archive) -> None:
    press = Press(archive, "a")
    (one,) = press.store(reading("a", 1, prose(1, 30), attributions=credit("Oubli")))
    assign(archive, "Oubli", "Premier", kind="outlet")
    assign(archive, "Oubli", "Second", kind="agency", at=1)
    assert (by_source(archive, "Premier"), by_source(archive, "Second")) == ([], [one])
    assert journal.replay(archive) == []
    assert by_source(archive, "Second") == [one]
    with archive.write() as session:
        load_sources(session, [SourceEntry("Troisième", aliases=("Oubli",))])
    assert by_source(archive, "Second") == [one]


def test_a_table_that_grows_reaches_stored_articles_and_their_index(archive: Archive) -> None:
    press = Press(archive, "a")
    (one,) = press.store(reading("a", 1, prose(1, 30), attributions=credit("Gazette Neuve")))
    with archive.write() as session:
        load_sources(session, [SourceEntry("Gazette Neuve"), SourceEntry("Autre")])
    assert names(archive) == {}
    assert by_source(archive, "Gazette Neuve") == [one]
    assert list(check_index(archive, quick=False)) == []


def test_the_packaged_table_is_found_by_any_of_its_names(archive: Archive) -> None:
    with archive.write() as session:
        load_sources(session, source_table())
    with archive.read() as session:
        found = sources_assign.find_source(session, "le figaro.fr") or sources_assign.find_source(
            session, "Le Figaro"
        )
        assert found is not None
        assert found.key == "Le Figaro"


def test_what_cannot_be_assigned_is_refused(archive: Archive) -> None:
    with archive.read() as session:
        with pytest.raises(AssignmentError, match="no source 'Nulle part'"):
            plan(session, "Nom", "Nulle part")
        with pytest.raises(AssignmentError, match="no letters"):
            plan(session, "...", "X", kind="outlet")
        with pytest.raises(AssignmentError, match="own newsroom"):
            plan(session, "self", "MAP", kind="agency")
        with pytest.raises(AssignmentError, match="no kind"):
            plan(session, "Nom", "X", kind="blog")
