"""Stored captures read again: what a revision says is replaced, a revision is never added."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, func, select
from sqlalchemy.orm import Session

from storage import corrections, index, related
from storage.archive import Archive
from storage.models import Article, Candidate, Capture, RelatedLink, Revision, Site
from storage.readings import Outcome, store_readings
from storage.records import Reading
from storage.upsert import chunks


@dataclass(frozen=True, slots=True)
class Stored:
    """A capture that an article's revision was read from (`number` 0: a page that no article came of)."""

    capture_id: int
    article_id: int | None
    candidate_id: int | None
    identity: str
    site_id: int
    site: str
    url: str
    kind: str
    number: int
    is_current: bool
    only_links: bool = False  # a later fetch of the same text: only the entries it shows count
    has_links: bool = True  # the newest fetch: what its page shows now is what it read


def stored_pages(archive: Archive, site: str | None = None) -> Iterator[Stored]:
    """Captures behind revisions, article by article, oldest first; then pages that no article came of."""
    with archive.read() as session:
        articles = select(Article.id).join(Site, Site.id == Article.site_id).order_by(Article.id)
        ids = session.scalars(articles if site is None else articles.where(Site.name == site)).all()
    for part in chunks(ids, 200):
        with archive.read() as session:
            found = [*_older(session, part), *_current(session, part)]
        yield from sorted(found, key=lambda item: (item.article_id or 0, item.number, item.only_links))
    with archive.read() as session:
        rest = list(_without_article(session, site))
    yield from rest


def _columns() -> tuple[object, ...]:
    return (
        Capture.id.label("capture_id"),
        Article.id.label("article_id"),
        Article.identity,
        Article.site_id,
        Site.name.label("site"),
        Capture.url,
        Capture.kind,
    )


def _older(session: Session, ids: Sequence[int]) -> Iterator[Stored]:
    query = (
        select(*_columns(), Revision.number)  # type: ignore[call-overload]
        .join(Revision, Revision.article_id == Article.id)
        .join(Capture, Capture.id == Revision.capture_id)
        .join(Site, Site.id == Article.site_id)
        .where(Article.id.in_(ids), Revision.number < Article.revision_count, Capture.lost_at.is_(None))
    )
    for row in session.execute(query).mappings():
        yield Stored(**row, candidate_id=None, is_current=False, has_links=False)


def _current(session: Session, ids: Sequence[int]) -> Iterator[Stored]:
    query = (
        select(*_columns(), Article.revision_count.label("number"))  # type: ignore[call-overload]
        .join(Capture, Capture.id == Article.capture_id)
        .join(Site, Site.id == Article.site_id)
        .where(Article.id.in_(ids), Capture.lost_at.is_(None))
    )
    newest = _newest(session, ids)
    for row in session.execute(query).mappings():
        later = newest.get(row["article_id"])
        is_last = later is None or later == row["capture_id"]
        yield Stored(**row, candidate_id=None, is_current=True, has_links=is_last)
        if later is not None and not is_last:
            values = {**row, "capture_id": later}
            yield Stored(**values, candidate_id=None, is_current=True, only_links=True)


def _newest(session: Session, ids: Sequence[int]) -> dict[int, int]:
    """The newest whole capture of each article, by article id."""
    query = (
        select(Article.id, func.max(Capture.id).label("capture"))
        .join(Candidate, Candidate.identity == Article.identity)
        .join(Capture, Capture.candidate_id == Candidate.id)
        .where(
            Article.id.in_(ids),
            Capture.status == 200,
            Capture.truncated.is_(None),
            Capture.lost_at.is_(None),
            Capture.fetched_at >= Article.fetched_at,
        )
        .group_by(Article.id)
    )
    return {row.id: row.capture for row in session.execute(query)}


def _without_article(session: Session, site: str | None) -> Iterator[Stored]:
    """The newest capture of candidates that were read in vain: no article, or the reader failed."""
    query = (
        select(
            Capture.id.label("capture_id"),
            Candidate.id.label("candidate_id"),
            Candidate.identity,
            Candidate.site_id,
            Site.name.label("site"),
            Capture.url,
            Capture.kind,
        )
        .join(Capture, Capture.candidate_id == Candidate.id)
        .join(Site, Site.id == Candidate.site_id)
        .outerjoin(Article, Article.identity == Candidate.identity)
        .where(
            Article.id.is_(None),
            Capture.status == 200,
            Capture.truncated.is_(None),
            Capture.lost_at.is_(None),
            (Candidate.state == "done") | Candidate.reason.startswith("read_"),
        )
        .order_by(Candidate.id, Capture.id)
    )
    newest = {row["candidate_id"]: row for row in session.execute(_of(query, site)).mappings()}
    for row in newest.values():
        yield Stored(**row, article_id=None, number=0, is_current=True)


def _of(query: Any, site: str | None) -> Any:
    return query if site is None else query.where(Site.name == site)


def corrected(archive: Archive, article_id: int, reading: Reading) -> Reading:
    """A reading as analysts corrected the article."""
    with archive.read() as session:
        return corrections.corrected(session.connection(), {article_id: reading}).get(article_id, reading)


def store_again(session: Session, items: Sequence[tuple[Stored, Reading]], now: datetime) -> list[Outcome]:
    """Store new readings of captures that were read before.

    Related entries that only the old reading of the same capture saw are taken away.
    """
    connection = session.connection()
    outcomes = []
    for page, reading in items:
        if page.only_links:
            reading = _as_stored(connection, page, reading)
        outcomes += store_readings(session, [(page.site_id, reading, None)], now)
    stale = [
        number
        for (_, reading), outcome in zip(items, outcomes, strict=True)
        if outcome.article_id is not None
        for number in _stale(connection, outcome.article_id, reading)
    ]
    if stale:
        articles = set(connection.scalars(select(RelatedLink.article_id).where(RelatedLink.id.in_(stale))))
        index.remove(connection, index.documents(connection, sorted(articles)))
        connection.execute(delete(RelatedLink).where(RelatedLink.id.in_(stale)))
        index.add(connection, index.documents(connection, sorted(articles)))
    return outcomes


def _as_stored(connection: Connection, page: Stored, reading: Reading) -> Reading:
    """A later fetch of the same text, whatever the rules of today make of it: no revision."""
    row = connection.execute(
        select(Article.content_digest, Article.text_digest, Article.extractor).where(
            Article.id == page.article_id
        )
    ).one()
    return replace(
        reading, content_digest=row.content_digest, text_digest=row.text_digest, extractor=row.extractor
    )


def _stale(connection: Connection, article_id: int, reading: Reading) -> list[int]:
    keys = {row["entry_key"] for row in related.link_rows(reading, article_id)}
    rows = connection.execute(
        select(RelatedLink.id, RelatedLink.entry_key).where(
            RelatedLink.article_id == article_id,
            RelatedLink.first_seen_at == reading.fetched_at,
            RelatedLink.last_seen_at == reading.fetched_at,
        )
    )
    return [row.id for row in rows if row.entry_key not in keys]
