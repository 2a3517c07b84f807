"""Storing what pages say: what is new, what is an edit, what is neither; how links find their targets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from storage import Archive
from storage.index import rebuild
from storage.models import (
    Article,
    ArticleUrl,
    Author,
    Candidate,
    FieldEvidence,
    RelatedLink,
    Revision,
    Tag,
)
from storage.queries import find_article
from storage.readings import Outcome, store_readings
from storage.records import Attribution, Date, Reading
from storage.records import Tag as PageTag
from storage.repository import captured_candidates, load_sources, mark_gone
from storage.stored import load_article
from storage.writer import ArchiveWriter
from tests.storage.build import HOUR, NOW, article, capture, day, link, reading, rich_article, url
from tests.storage.conftest import Frontier, make_site


def store(archive: Archive, site: int, *readings: Reading) -> list[Outcome]:
    with archive.write() as session:
        return store_readings(session, [(site, made, None) for made in readings], NOW)


def rows(session: Session, table: Any, **equal: Any) -> Sequence[Any]:
    return session.scalars(select(table).filter_by(**equal).order_by(table.id)).all()


def one(archive: Archive, table: Any, **equal: Any) -> Any:
    with archive.read() as session:
        (found,) = rows(session, table, **equal)
        return found


def vocabulary(archive: Archive) -> list[Any]:
    """Every posting of the full-text index."""
    with archive.read() as session:
        if archive.is_sqlite:
            session.execute(
                text("CREATE VIRTUAL TABLE temp.words USING fts5vocab(main, article_index, instance)")
            )
            found = session.execute(text("SELECT term, doc, col, offset FROM temp.words ORDER BY 1, 2, 3, 4"))
        else:
            found = session.execute(
                text("SELECT order_key, document::text, terms FROM article_index_fresh ORDER BY 1")
            )
        return [tuple(row) for row in found]


def assert_index_in_step(archive: Archive) -> None:
    """The index is what it would be if it were made now."""
    before = vocabulary(archive)
    with archive.write() as session:
        rebuild(session.connection())
    assert before == vocabulary(archive)


def test_everything_a_page_says_comes_back(archive: Archive, site: int) -> None:
    page = replace(rich_article(1), site="vigie")
    (outcome,) = store(archive, site, reading(of=page))
    with archive.read() as session:
        stored = load_article(session, outcome.article_id or 0)
    assert outcome.kind == "new"
    assert stored is not None
    assert replace(stored.article, related=()) == replace(page, related=())
    assert [(entry.title, entry.url, entry.teaser, entry.teaser_raw) for entry in stored.article.related] == [
        ("Premier", url(2), "Le début", "Le début..."),
        ("Sans lien", None, None, None),
    ]


def test_twice_is_once(archive: Archive, site: int) -> None:
    page = reading(of=rich_article(1))
    store(archive, site, page)
    before = contents(archive)
    (again,) = store(archive, site, page)
    assert (again.kind, again.article_id) == ("unchanged", 1)
    assert contents(archive) == before
    assert_index_in_step(archive)


def contents(archive: Archive) -> dict[str, list[Any]]:
    with archive.read() as session:
        names = [table.name for table in Article.metadata.sorted_tables]
        return {
            name: sorted(map(str, session.execute(text(f"SELECT * FROM {name}")).all())) for name in names
        }


def test_one_page_twice_in_one_batch(archive: Archive, site: int) -> None:
    later = reading(1, of=article(1, title="Autre titre"), fetched_at=NOW + HOUR)
    first, second = store(archive, site, reading(1), later)
    assert (first.kind, second.kind) == ("new", "changed")
    assert first.article_id == second.article_id


@pytest.mark.parametrize(
    ("after", "changed", "stealth"),
    [
        ({"title": "Autre titre"}, ["title"], True),
        ({"lead": "Un chapeau"}, ["lead"], True),
        ({"body": "Autre texte", "title": "Autre titre"}, ["body", "title"], True),
        ({"body": "Autre texte", "modified": day(2021, 4, 15)}, ["body", "modified"], False),
        ({"modified": day(2021, 4, 15)}, ["modified"], False),
    ],
)
def test_an_edit_is_a_revision(
    archive: Archive, site: int, after: dict[str, Any], changed: list[str], stealth: bool
) -> None:
    store(archive, site, reading(1))
    (outcome,) = store(archive, site, reading(of=article(1, **after), fetched_at=NOW + HOUR))
    with archive.read() as session:
        first, second = rows(session, Revision)
        now = session.get_one(Article, outcome.article_id)
    assert outcome.kind == "changed"
    assert (first.number, first.changed, first.stealth) == (1, None, False)
    assert (second.number, second.changed, second.stealth) == (2, changed, stealth)
    assert (now.revision_count, now.title, now.body) == (
        2,
        after.get("title", article(1).title),
        after.get("body", article(1).body),
    )
    assert (now.first_seen_at, now.last_seen_at) == (NOW, NOW + HOUR)
    assert_index_in_step(archive)


def test_a_changed_sidebar_is_no_edit(archive: Archive, site: int) -> None:
    store(archive, site, reading(of=article(1, related=(link("Un", 2), link("Deux", 3, 2)))))
    later = reading(of=article(1, related=(link("Deux", 3), link("Trois", 4, 2))), fetched_at=NOW + HOUR)
    (outcome,) = store(archive, site, later)
    with archive.read() as session:
        links = {found.title: found for found in rows(session, RelatedLink)}
        stored = load_article(session, 1)
        assert session.scalar(select(func.count()).select_from(Revision)) == 1
    assert outcome.kind == "unchanged"
    seen = {title: (entry.first_seen_at, entry.last_seen_at) for title, entry in links.items()}
    assert seen == {"Un": (NOW, NOW), "Deux": (NOW, NOW + HOUR), "Trois": (NOW + HOUR, NOW + HOUR)}
    assert links["Deux"].position == 1
    assert stored is not None
    assert [entry.title for entry in stored.article.related] == ["Deux", "Trois"]
    assert_index_in_step(archive)


def test_links_without_address_are_known_by_their_title(archive: Archive, site: int) -> None:
    store(archive, site, reading(of=article(1, related=(link("L’été à Paris"), link("Autre", None, 2)))))
    store(archive, site, reading(of=article(1, related=(link("l'ÉTÉ à Paris"),)), fetched_at=NOW + HOUR))
    with archive.read() as session:
        assert [found.title for found in rows(session, RelatedLink)] == ["l'ÉTÉ à Paris", "Autre"]


def test_links_find_their_targets_whoever_comes_first(archive: Archive, site: int) -> None:
    store(archive, site, reading(of=article(1, related=(link("Deux", 2), link("Neuf", 9, 2)))))
    store(archive, site, reading(of=article(2, related=(link("Un", 1),))))
    with archive.read() as session:
        ids = {row.url: row.id for row in rows(session, Article)}
        found = {
            (row.article_id, row.title): (row.target_id, row.method) for row in rows(session, RelatedLink)
        }
    assert found == {
        (ids[url(1)], "Deux"): (ids[url(2)], "identity"),
        (ids[url(1)], "Neuf"): (None, None),
        (ids[url(2)], "Un"): (ids[url(1)], "identity"),
    }


def test_links_find_their_targets_in_one_batch(archive: Archive, site: int) -> None:
    store(
        archive,
        site,
        reading(of=article(1, related=(link("Deux", 2),))),
        reading(of=article(2, related=(link("Un", 1),))),
    )
    with archive.read() as session:
        assert [row.target_id for row in rows(session, RelatedLink)] == [2, 1]


def test_a_link_by_site_key_meets_its_article_under_any_slug(archive: Archive, site: int) -> None:
    key = "ab" * 32
    page = reading(of=article(1, related=(link("Deux", 2),)), related_identities=(key,))
    store(archive, site, page, reading(7, identity=key))
    assert one(archive, RelatedLink).target_id == 2


def test_a_link_to_an_alias_is_resolved(archive: Archive, frontier: Frontier) -> None:
    """The candidate's address redirected: a link to the old address means the article at the new one."""
    moved = reading(of=article(20), candidate_id=frontier.ids[3])
    store(archive, frontier.site, moved)
    store(archive, frontier.site, reading(of=article(1, related=(link("Trois", 3),))))
    store(archive, frontier.site, reading(of=article(2, related=(link("Vingt", 20),))))
    with archive.read() as session:
        assert {row.title: (row.target_id, row.method) for row in rows(session, RelatedLink)} == {
            "Trois": (1, "alias"),
            "Vingt": (1, "identity"),
        }
        assert {row.url: row.kind for row in rows(session, ArticleUrl, article_id=1)} == {
            url(20): "canonical",
            url(3): "alias",
        }
        assert find_article(session, url(3)) == find_article(session, "1") == 1


def test_an_alias_seen_later_resolves_links_that_waited(archive: Archive, frontier: Frontier) -> None:
    store(archive, frontier.site, reading(of=article(1, related=(link("Trois", 3),))))
    store(archive, frontier.site, reading(of=article(20)))
    assert one(archive, RelatedLink).target_id is None
    store(
        archive, frontier.site, reading(of=article(20), candidate_id=frontier.ids[3], fetched_at=NOW + HOUR)
    )
    assert one(archive, RelatedLink).target_id == 2


def test_five_thousand_links_and_a_link_to_itself(archive: Archive, site: int) -> None:
    many = tuple(link(f"Titre {n}", n, n) for n in range(1, 5001))
    store(archive, site, reading(of=article(1, related=(*many, *many[:10]))))
    with archive.read() as session:
        assert session.scalar(select(func.count()).select_from(RelatedLink)) == 5000


def test_only_articles_become_articles(archive: Archive, frontier: Frontier) -> None:
    page = reading(of=article(1, page_type="listing"), candidate_id=frontier.ids[1])
    assert store(archive, frontier.site, page) == [Outcome("not_article", None)]
    with archive.read() as session:
        candidate = session.get_one(Candidate, frontier.ids[1])
        assert rows(session, Article) == []
    assert (candidate.state, candidate.reason) == ("done", "listing")


def test_a_consent_wall_does_not_replace_an_article(archive: Archive, site: int) -> None:
    store(archive, site, reading(1))
    (outcome,) = store(
        archive, site, reading(of=article(1, page_type="other", body="Acceptez"), fetched_at=NOW + HOUR)
    )
    assert (outcome.kind, outcome.article_id) == ("not_article", 1)
    assert one(archive, Article).body == article(1).body


def test_the_candidate_is_done_with_its_article(
    archive: Archive, frontier: Frontier, writer: ArchiveWriter
) -> None:
    number = writer.capture(capture(1, candidate_id=frontier.ids[1])).result()
    with archive.read() as session:
        (waiting,) = captured_candidates(session, frontier.site)
        assert (waiting.id, waiting.capture.id) == (frontier.ids[1], number)
    writer.store(reading(1, candidate_id=frontier.ids[1], capture_id=number), frontier.site).result()
    with archive.read() as session:
        assert captured_candidates(session, frontier.site) == []
        assert session.get_one(Candidate, frontier.ids[1]).state == "done"
        assert session.get_one(Article, 1).capture_id == number


def test_half_a_transfer_never_replaces_a_whole_text(
    archive: Archive, frontier: Frontier, writer: ArchiveWriter
) -> None:
    whole = writer.capture(capture(1)).result()
    writer.store(reading(1, capture_id=whole), frontier.site).result()
    cut = writer.capture(capture(1, b"<p>Les", truncated="disconnect")).result()
    half = reading(of=article(1, body="Les"), capture_id=cut, fetched_at=NOW + HOUR)
    outcome = writer.store(half, frontier.site).result()
    assert outcome.kind == "unchanged"
    assert one(archive, Article).body == article(1).body


def test_gone_and_come_back(archive: Archive, frontier: Frontier) -> None:
    store(archive, frontier.site, reading(1, candidate_id=frontier.ids[1]))
    with archive.write() as session:
        mark_gone(session, frontier.ids[1], NOW + HOUR, status=410)
        mark_gone(session, frontier.ids[1], NOW + 2 * HOUR, status=410)
    gone = one(archive, Article)
    assert gone.gone_at == NOW + HOUR
    assert gone.body == article(1).body
    store(archive, frontier.site, reading(1, candidate_id=frontier.ids[1], fetched_at=NOW + 3 * HOUR))
    assert one(archive, Article).gone_at is None


def test_reading_a_capture_again_adds_no_revision(archive: Archive, writer: ArchiveWriter, site: int) -> None:
    number = writer.capture(capture(1)).result()
    writer.store(reading(1, capture_id=number), site).result()
    better = reading(of=rich_article(1), capture_id=number, extractor="2")
    outcome = writer.store(better, site).result()
    assert (outcome.kind, outcome.reread) == ("unchanged", True)
    revision = one(archive, Revision)
    assert (revision.number, revision.extractor, revision.content_digest) == (1, "2", better.content_digest)
    with archive.read() as session:
        assert len(rows(session, FieldEvidence)) == 3
        assert len(rows(session, Author)) == 2
    assert_index_in_step(archive)


def test_new_rules_alone_make_no_edit(archive: Archive, site: int) -> None:
    store(archive, site, reading(1))
    same_words = reading(of=article(1, title="Le port rouvre"), extractor="2", fetched_at=NOW + HOUR)
    (outcome,) = store(archive, site, same_words)
    assert (outcome.kind, outcome.reread) == ("unchanged", True)
    other_words = reading(of=article(1, body="Autre texte"), extractor="3", fetched_at=NOW + 2 * HOUR)
    (outcome,) = store(archive, site, other_words)
    assert outcome.kind == "changed"
    with archive.read() as session:
        assert [row.extractor_changed for row in rows(session, Revision)] == [False, True]


def test_an_older_capture_takes_its_place_in_history(archive: Archive, site: int) -> None:
    texts = {0: "Premier texte", 2: "Deuxième texte", 4: "Troisième texte"}
    for hours in (2, 4, 0):
        made = reading(of=article(1, body=texts[hours]), fetched_at=NOW + hours * HOUR)
        store(archive, site, made)
    store(archive, site, reading(of=article(1, body=texts[2]), fetched_at=NOW + HOUR))  # nothing new
    with archive.read() as session:
        history = session.scalars(select(Revision).order_by(Revision.number)).all()
        found = session.get_one(Article, 1)
    assert [row.number for row in history] == [1, 2, 3]
    assert [row.fetched_at - NOW for row in history] == [timedelta(0), 2 * HOUR, 4 * HOUR]
    assert [row.changed for row in history] == [None, ["body"], ["body"]]
    assert (found.body, found.revision_count, found.first_seen_at) == (texts[4], 3, NOW)


def test_a_later_date_moves_the_article_in_order(archive: Archive, site: int) -> None:
    store(archive, site, reading(1), reading(2), reading(of=article(3, published=None)))
    with archive.read() as session:
        newest = select(Article.url).order_by(Article.order_key.desc())
        assert session.scalars(newest).all() == [url(2), url(1), url(3)]
    store(
        archive, site, reading(of=article(1, published=day(2022, 1, 1), title="Neuf"), fetched_at=NOW + HOUR)
    )
    with archive.read() as session:
        assert session.scalars(newest).all() == [url(1), url(2), url(3)]
    assert_index_in_step(archive)


def test_names_are_shared_and_kept_as_written(archive: Archive, site: int) -> None:
    first = article(1, authors=("Élodie Martin", "ELODIE MARTIN"), tags=(PageTag("Pêche"), PageTag("pêche")))
    store(
        archive,
        site,
        reading(of=first),
        reading(of=article(2, authors=("elodie martin",), tags=(PageTag("PECHE"),))),
    )
    with archive.read() as session:
        assert [row.name for row in rows(session, Author)] == ["Élodie Martin"]
        assert [row.name for row in rows(session, Tag)] == ["Pêche"]


class Entry:
    """A row of an outlet table."""

    def __init__(self, name: str, kind: str, countries: Sequence[str], **names: Sequence[str]) -> None:
        self.name, self.kind, self.countries, self.title = name, kind, countries, f"{name} en toutes lettres"
        self.aliases, self.domains = names.get("aliases", ()), names.get("domains", ())
        self.home_only = names.get("home_only", ())


ENTRIES = [
    Entry("APS-DZ", "agency", ["DZ"], home_only=["APS"]),
    Entry("APS-SN", "agency", ["SN"], home_only=["APS"]),
    Entry("Atlas Info", "outlet", ["MA", "FR"], aliases=["AtlasInfo"], domains=["atlasinfo.example"]),
]


@pytest.mark.parametrize(("country", "key"), [("DZ", "APS-DZ"), ("SN", "APS-SN"), ("MA", None)])
def test_a_credit_means_a_source_by_country(archive: Archive, country: str, key: str | None) -> None:
    with archive.write() as session:
        assert load_sources(session, ENTRIES) == load_sources(session, ENTRIES) == 3
        site = make_site(session, country=country)
    line = Attribution("agency", ("atlasinfo.example", "Inconnu"), ("APS",), raw="(APS)", rule="tail")
    store(archive, site, reading(of=article(1, attributions=(line,))))
    with archive.read() as session:
        found = session.execute(text("SELECT role, name, source FROM v_attributions ORDER BY name")).all()
    expected = [
        ("agency", "APS", key),
        ("outlet", "Inconnu", None),
        ("outlet", "atlasinfo.example", "Atlas Info"),
    ]
    assert [tuple(row) for row in found] == expected


def test_credits_stored_before_their_source_are_resolved(archive: Archive, site: int) -> None:
    line = Attribution("republication", ("AtlasInfo",), raw="SOURCE WEB Par AtlasInfo", rule="tail")
    store(archive, site, reading(of=article(1, attributions=(line,))))
    with archive.write() as session:
        load_sources(session, ENTRIES)
    with archive.read() as session:
        assert session.execute(text("SELECT source FROM v_attributions")).scalar() == "Atlas Info"


def test_what_a_database_refuses_is_cleaned(archive: Archive, site: int) -> None:
    page = article(
        1,
        title="nul\0 et demi \ud800 paire",
        body="a\0b\ud83d",
        authors=("X\0Y",),
        warnings=("w\0", "\udfff"),
    )
    (outcome,) = store(
        archive, site, reading(of=page, content_json=r'{"title": "nul\u0000 \ud800", "body": "\\u0000"}')
    )
    with archive.read() as session:
        stored = load_article(session, outcome.article_id or 0)
        then = session.execute(text("SELECT title, body FROM v_revisions")).one()
    assert stored is not None
    kept = stored.article
    assert (kept.title, kept.body, kept.authors) == ("nul et demi \ufffd paire", "ab\ufffd", ("XY",))
    assert kept.warnings == ("w", "\ufffd")
    assert tuple(then) == ("nul \ufffd", r"\u0000")
    assert_index_in_step(archive)


def test_a_body_of_a_million_words(archive: Archive, site: int) -> None:
    body = " ".join(f"mot{n}" for n in range(120_000)) + " fin" * 80_000
    (outcome,) = store(archive, site, reading(of=article(1, body=body)))
    assert outcome.kind == "new"


def test_dates_stay_as_precise_as_the_page(archive: Archive, site: int) -> None:
    month = Date(date(2016, 3, 1), "month", raw="Mars 2016", rule="line")
    store(archive, site, reading(of=article(1, published=month)), reading(of=article(2, published=None)))
    with archive.read() as session:
        first, second = rows(session, Article)
    assert (first.published_date, first.published_precision, first.published_local) == (
        date(2016, 3, 1),
        "month",
        None,
    )
    assert (second.published_date, second.published_precision, second.published_timezone_assumed) == (
        None,
        None,
        None,
    )


def test_a_thousand_articles_of_one_day_keep_an_order(archive: Archive, site: int) -> None:
    for start in range(0, 1200, 100):
        store(archive, site, *(reading(n) for n in range(start, start + 100)))
    with archive.read() as session:
        keys = session.scalars(select(Article.order_key).order_by(Article.id)).all()
    assert keys == sorted(keys)
    assert len(set(keys)) == 1200
