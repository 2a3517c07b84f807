"""Saved searches and frozen corpora: each match once, what came and went, all from the ledger again."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from storage import Archive, corpora, journal, ledger, open_archive, saved_searches
from storage.export.contents import Contents
from storage.export.manifest import manifest_of
from storage.filters import Filters
from storage.models import Article, SavedSearch
from storage.named_queries import as_json, from_json
from storage.records import Tag
from storage.selection import Selection
from tests.analysis.build import HOUR, NOW, Press, prose, reading
from tests.analysis.test_corrections import correct


def save(archive: Archive, name: str, query: str, at: float = 0, **values: Any) -> None:
    data = {"name": name, "query": query, "filters": {}, "targets": [], "who": "ida"} | values
    journal.record(archive, "saved_search", data, NOW + at * HOUR)


def one(archive: Archive, name: str) -> SavedSearch:
    with archive.read() as session:
        return saved_searches.saved(session, name)[0]


def check(archive: Archive, name: str, at: float = 5) -> int:
    with archive.write() as session:
        return saved_searches.check(session, one(archive, name).id, NOW + at * HOUR)


def matches(archive: Archive, name: str, *, unseen: bool = False) -> list[int]:
    number = one(archive, name).id
    with archive.read() as session:
        rows = session.execute(saved_searches.new_matches(number, unseen=unseen)).all()
    return sorted(row.article for row in rows)


def test_what_matched_before_is_not_new_and_what_comes_is_new_once(archive: Archive) -> None:
    press = Press(archive, "a")
    press.store(reading("a", 1, "Le phare de la pointe nord."))
    save(archive, "phares", "phare")
    assert (check(archive, "phares"), matches(archive, "phares")) == (0, [])
    found = reading("a", 2, "Un autre phare, au sud.", fetched=NOW + HOUR)
    (number,) = press.store(found, reading("a", 3, "Une bouée.", fetched=NOW + HOUR))[:1]
    assert (check(archive, "phares"), check(archive, "phares")) == (1, 0)
    press.store(press.edit(found, body="Sans rien."))
    press.store(press.edit(press.edit(found, body="Un phare encore.")))
    assert check(archive, "phares") == 0
    assert matches(archive, "phares") == [number]


def test_an_old_article_that_begins_to_match_is_new(archive: Archive) -> None:
    press = Press(archive, "a")
    first = reading("a", 1, "Une bouée.")
    (number,) = press.store(first)
    save(archive, "phares", "phare")
    press.store(press.edit(first, body="Une bouée et un phare."))
    assert check(archive, "phares") == 1
    assert matches(archive, "phares") == [number]


def test_shown_matches_are_not_shown_again(archive: Archive) -> None:
    press = Press(archive, "a")
    save(archive, "phares", "phare")
    press.store(reading("a", 1, "Un phare.", fetched=NOW + HOUR))
    check(archive, "phares")
    with archive.write() as session:
        rows = session.execute(saved_searches.new_matches(one(archive, "phares").id)).all()
        saved_searches.mark_shown(session, [row.match for row in rows], NOW)
    assert matches(archive, "phares", unseen=True) == []
    assert len(matches(archive, "phares")) == 1


def test_filters_come_back_from_json(archive: Archive) -> None:
    from datetime import date

    (number,) = Press(archive, "a").store(reading("a", 1, "Un phare."))
    filters = Filters(site="a", tag="Mer", date_from=date(2026, 3, 1), related_to=number)
    with archive.read() as session:
        kept = as_json(session, filters)
        assert len(kept["related_to"]) == 64
        assert from_json(session, kept) == filters
        assert from_json(session, {}) == Filters()
        assert from_json(session, {"site": "a", "moon": "full"}) == Filters(site="a")
        assert from_json(session, kept | {"related_to": "0" * 64}).related_to == 0


def test_a_search_is_changed_and_dropped(archive: Archive) -> None:
    press = Press(archive, "a", "b")
    press.store(reading("a", 1, "Une bouée.", tags=(Tag("Mer"),)))
    save(archive, "s", "phare")
    save(archive, "s", "", 1, filters={"tag": "mer"})
    assert (one(archive, "s").query, one(archive, "s").filters) == ("", {"tag": "mer"})
    assert check(archive, "s") == 0
    journal.record(archive, "saved_search_dropped", {"name": "s", "who": "ida"}, NOW + 2 * HOUR)
    with archive.read() as session:
        assert saved_searches.saved(session) == []


def test_searches_and_corpora_outlive_the_database(archive: Archive, tmp_path: Path) -> None:
    press = Press(archive, "a")
    texts = [reading("a", n, f"Le phare numéro {n}.") for n in (1, 2)]
    press.store(*texts)
    save(archive, "phares", "phare", targets=["mailto:a@b.example"])
    save(archive, "gone", "x")
    journal.record(archive, "saved_search_dropped", {"name": "gone", "who": "ida"}, NOW + HOUR)
    freeze(archive, "deux", "phare")
    with open_archive(tmp_path / "new", create=True, database_url="sqlite") as new:
        Press(new, "a").store(*texts)
        (new.folder / ledger.NAME).write_bytes((archive.folder / ledger.NAME).read_bytes())
        for _ in range(2):
            assert journal.replay(new) == []
        with new.read() as session:
            (search,) = saved_searches.saved(session)
            (corpus,) = corpora.corpora(session)
            assert (search.name, search.targets) == ("phares", ["mailto:a@b.example"])
            assert (corpus.articles, corpora.drift(session, corpus).same) == (2, 2)
        assert matches(new, "phares") == []


def freeze(archive: Archive, name: str, query: str, **filters: Any) -> dict[str, Any]:
    with archive.read() as session:
        data = corpora.plan(session, name, query, Filters(**filters), "ida", "pour un article")
    journal.record(archive, "corpus", data, NOW)
    return data


def drift(archive: Archive, name: str) -> corpora.Drift:
    with archive.read() as session:
        return corpora.drift(session, corpora.corpora(session, name)[0])


def test_a_corpus_says_what_came_went_and_changed(archive: Archive) -> None:
    press = Press(archive, "a", "b")
    pages = [reading("a", n, f"Le phare numéro {n}.\n{prose(n, 30)}") for n in range(1, 5)]
    ids = press.store(*pages)
    data = freeze(archive, "phares", "phare", site="a")
    assert len(data["articles"]) == 4
    assert not drift(archive, "phares").any
    press.store(press.edit(pages[0], body="Plus rien."))
    press.store(press.edit(pages[1], body="Le phare, corrigé."))
    (new,) = press.store(reading("a", 9, "Un phare de plus."))
    press.store(reading("b", 1, "Un phare ailleurs."))
    with archive.write() as session:
        session.execute(update(Article).where(Article.id == ids[2]).values(gone_at=NOW))
    found = drift(archive, "phares")
    assert found.same == 2
    assert [[m.article_id for m in part] for part in (found.came, found.went, found.changed, found.gone)] == [
        [new],
        [ids[0]],
        [ids[1]],
        [ids[2]],
    ]
    with archive.read() as session:
        corpus = corpora.corpora(session, "phares")[0]
        assert [m.article_id for m in corpora.members(session, corpus.id)] == sorted(ids, reverse=True)
    assert corpus.digest == data["digest"] == corpora.digest_of(data["articles"])


def test_a_correction_changes_what_a_corpus_holds(archive: Archive) -> None:
    press = Press(archive, "a")
    ids = press.store(*(reading("a", n, f"Le phare numéro {n}.\n{prose(n, 30)}") for n in (1, 2)))
    first = freeze(archive, "avant", "phare")["digest"]
    correct(archive, ids[0], "body", "Le phare, dit l'archiviste.")
    found = drift(archive, "avant")
    assert (found.same, [m.article_id for m in found.changed]) == (1, [ids[0]])
    assert _changed_in_manifest(archive, "avant") == 1
    second = freeze(archive, "corrigé", "phare")["digest"]
    assert second != first
    assert not drift(archive, "corrigé").any
    correct(archive, ids[0], "body", None, 1)
    assert not drift(archive, "avant").any
    assert [m.article_id for m in drift(archive, "corrigé").changed] == [ids[0]]


def _changed_in_manifest(archive: Archive, corpus: str) -> int:
    with archive.read() as session:
        contents = Contents(archive, session, Selection(corpus=corpus))
        return int(manifest_of(contents, "jsonl", 2, "a.jsonl", io.BytesIO())["corpus"]["changed"])


def test_a_redacted_article_is_missing_from_its_corpus(archive: Archive) -> None:
    from sqlalchemy import delete

    press = Press(archive, "a")
    ids = press.store(*(reading("a", n, f"Le phare numéro {n}.") for n in (1, 2)))
    freeze(archive, "phares", "phare")
    with archive.write() as session:
        session.execute(delete(Article).where(Article.id == ids[0]))
    found = drift(archive, "phares")
    assert ([m.article_id for m in found.missing], found.same) == ([None], 1)


def test_a_digest_is_of_the_set() -> None:
    one, two = ("a" * 64, "1" * 64), ("b" * 64, "2" * 64)
    assert corpora.digest_of([one, two]) == corpora.digest_of([two, one])
    assert corpora.digest_of([one]) != corpora.digest_of([one, two])


def test_what_cannot_be_frozen_is_refused(archive: Archive) -> None:
    press = Press(archive, "a")
    press.store(reading("a", 1, "Un phare."))
    freeze(archive, "x", "phare")
    with pytest.raises(corpora.CorpusError, match="already"):
        freeze(archive, "x", "phare")
    with pytest.raises(corpora.CorpusError, match="nothing"):
        freeze(archive, "y", "licorne")
