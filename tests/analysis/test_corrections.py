"""Corrections: kept over every new reading, in the index, in the ledger, and back on request."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.outlets import source_table
from storage import Archive, corrections, journal, ledger
from storage.correction_values import FIELDS, CorrectionError, changed_article, page_value
from storage.filters import Filters
from storage.records import Article
from storage.search import search
from storage.sources import load_sources
from storage.stored import Stored, load_article
from storage.verify_index import check_index
from tests.analysis.build import HOUR, NOW, Press, minute, prose, reading
from tests.storage.build import rich_article

TEXT = prose(1, 60)


def correct(archive: Archive, number: int, field: str, value: str | None, hours: float = 0) -> None:
    with archive.read() as session:
        previous = corrections.check(session, number, field, value)
        stored = load_article(session, number)
    assert stored is not None
    data = {
        "identity": stored.identity,
        "field": field,
        "value": value,
        "previous": previous,
        "who": "ida",
        "note": None,
    }
    journal.record(archive, "correction", data, NOW + hours * HOUR)


def load(archive: Archive, number: int) -> Stored:
    with archive.read() as session:
        stored = load_article(session, number)
    assert stored is not None
    return stored


@pytest.fixture
def press(archive: Archive) -> Press:
    press = Press(archive, "a", "b")
    with archive.write() as session:
        load_sources(session, source_table())
    return press


CASES: dict[str, tuple[str, Any]] = {
    "title": ("Un autre titre", "Un autre titre"),
    "lead": ("Un chapeau", "Un chapeau"),
    "body": ("Un corps.\nDeux lignes.", "Un corps.\nDeux lignes."),
    "language": ("ar", "ar"),
    "section": ("", None),
    "authors": ("Ida Belkhou; Sami Ouhmad ;", ("Ida Belkhou", "Sami Ouhmad")),
}


@pytest.mark.parametrize("field", CASES)
def test_a_field_is_set_and_stays_over_a_new_reading(press: Press, field: str) -> None:
    value, expected = CASES[field]
    first = reading("a", 1, TEXT, section="Mer", lead="Chapeau", authors=("Omar",))
    (number,) = press.store(first)
    correct(press.archive, number, field, value)
    assert getattr(load(press.archive, number).article, field) == expected
    press.store(press.edit(first, body=TEXT.replace("quai", "môle", 1), title="Nouveau", lead="Autre"))
    after = load(press.archive, number)
    assert getattr(after.article, field) == expected
    assert after.revisions == 2
    claim = next(e for e in after.article.evidence if e.rule == "correction")
    assert (claim.field, claim.value, claim.raw) == (field, value, "ida, 2026-03-02")


def test_a_date_moves_in_the_order_and_takes_its_precision(press: Press) -> None:
    early, late = press.store(
        reading("a", 1, TEXT, published=minute(8)), reading("a", 2, prose(2, 60), published=minute(9))
    )
    with press.archive.read() as session:
        assert [hit.article_id for hit in search(session, "").hits] == [late, early]
    correct(press.archive, early, "published", "2026-03-05")
    with press.archive.read() as session:
        assert [hit.article_id for hit in search(session, "").hits] == [early, late]
    found = load(press.archive, early).article.published
    assert found is not None
    assert (found.date.isoformat(), found.precision, found.datetime, found.utc) == (
        "2026-03-05",
        "day",
        None,
        None,
    )
    correct(press.archive, early, "published", "2026-03-05T14:30+01:00", hours=1)
    found = load(press.archive, early).article.published
    assert found is not None
    assert found.utc is not None
    assert (found.precision, found.timezone, found.utc.isoformat()) == (
        "minute",
        "UTC+01:00",
        "2026-03-05T13:30:00+00:00",
    )
    correct(press.archive, early, "published", "", hours=2)
    assert load(press.archive, early).article.published is None


def test_tags_and_sources_are_searched_as_corrected(press: Press) -> None:
    (number,) = press.store(reading("a", 1, TEXT))
    correct(press.archive, number, "tags", "Criée; Port de pêche")
    correct(press.archive, number, "source", "Le Matin; MAP")
    article = load(press.archive, number).article
    assert [tag.name for tag in article.tags] == ["Criée", "Port de pêche"]
    (credit,) = article.attributions
    assert (credit.kind, credit.outlets, credit.agencies) == ("cosigned", ("Le Matin",), ("MAP",))
    with press.archive.read() as session:
        for filters in (Filters(tag="criee"), Filters(source="Le Matin"), Filters(source="MAP")):
            assert [hit.article_id for hit in search(session, "", filters).hits] == [number]
    assert list(check_index(press.archive, quick=False)) == []


def test_what_was_said_before_comes_back_when_withdrawn(press: Press) -> None:
    page = rich_article(1)
    first = press.edit(
        reading("a", 1, TEXT), **{n: getattr(page, n) for n in ("published", "attributions", "title")}
    )
    (number,) = press.store(first)
    before = load(press.archive, number).article
    for step, (field, value) in enumerate(
        (("published", "2020"), ("source", "Yabiladi"), ("title", "Autre"))
    ):
        correct(press.archive, number, field, "2020-01" if field == "published" else value, hours=step)
        correct(press.archive, number, field, "" if field != "published" else "2019-01", hours=step + 0.5)
    for step, field in enumerate(("published", "source", "title")):
        correct(press.archive, number, field, None, hours=10 + step)
    after = load(press.archive, number).article
    for field in ("published", "attributions", "title"):
        assert getattr(after, field) == getattr(before, field), field
    assert not [claim for claim in after.evidence if claim.rule == "correction"]
    press.store(press.edit(first, title="Et encore"))
    assert load(press.archive, number).article.title == "Et encore"


def test_corrections_outlive_the_database(press: Press, tmp_path: Any) -> None:
    first = reading("a", 1, TEXT)
    (number,) = press.store(first)
    correct(press.archive, number, "title", "Corrigé")
    correct(press.archive, number, "section", "Mer", hours=1)
    assert journal.replay(press.archive) == []
    from storage import open_archive

    with open_archive(tmp_path / "new", create=True, database_url="sqlite") as new:
        again = Press(new, "a")
        (other,) = again.store(first)
        (new.folder / ledger.NAME).write_bytes((press.archive.folder / ledger.NAME).read_bytes())
        for _ in range(2):
            assert journal.replay(new) == []
            found = load(new, other).article
            assert (found.title, found.section) == ("Corrigé", "Mer")


def test_an_entry_without_its_article_is_named(press: Press) -> None:
    data = {
        "identity": "0" * 64,
        "field": "title",
        "value": "x",
        "previous": None,
        "who": "ida",
        "note": None,
    }
    entry = journal.record(press.archive, "correction", data, NOW)
    assert journal.replay(press.archive) == [entry]


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("url", "x", "cannot be corrected"),
        ("published", "hier", "is no date"),
        ("published", "2026-02-30", "is no date"),
        ("published", "2026-03-01T25:00", "is no date"),
        ("title", None, "no correction of title"),
    ],
)
def test_what_cannot_be_is_refused_before_it_is_noted(
    press: Press, field: str, value: str | None, says: str
) -> None:
    (number,) = press.store(reading("a", 1, TEXT))
    with press.archive.read() as session, pytest.raises(CorrectionError, match=says):
        corrections.check(session, number, field, value)
    assert ledger.read(press.archive.folder) == []


@given(st.sampled_from(FIELDS), st.text(max_size=40))
def test_any_value_is_read_or_refused(field: str, value: str) -> None:
    try:
        article = changed_article(
            Article("u", "article"), field, value, "x", "Africa/Casablanca", lambda _: False
        )
    except CorrectionError:
        assert field == "published"
        return
    again = page_value(article, field)
    if again is not None:
        same = changed_article(Article("u", "article"), field, again, "x", None, lambda _: False)
        assert page_value(same, field) == again
