"""Storing what pages say: article, revision, names, links, evidence, index and candidate, in bulk.

A batch is one transaction's work for up to 50 readings. Each reading is first judged against what is stored
(`_judge`), then all rows of one kind are written together (storage.reading_writes).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select, update
from sqlalchemy.orm import Session

from storage import index
from storage import reading_writes as write
from storage.candidates import REVISIT
from storage.keys import url_key
from storage.models import Article, Candidate, Capture
from storage.reading_items import Item, Kind, Outcome
from storage.records import READ_PLAINLY, Reading
from storage.tombstones import redacted

__all__ = ["Kind", "Outcome", "store_reading", "store_readings"]

_ARTICLES: Any = Article.__table__
_CANDIDATES: Any = Candidate.__table__


def store_reading(
    session: Session, site_id: int, reading: Reading, run_id: int | None, now: datetime
) -> Outcome:
    """Store one reading (see `store_readings`)."""
    return store_readings(session, [(site_id, reading, run_id)], now)[0]


def store_readings(
    session: Session, items: Sequence[tuple[int, Reading, int | None]], now: datetime
) -> list[Outcome]:
    """Store readings (site id, reading, run id) in their order; outcomes come in the same order.

    new: first reading of the article, revision 1. changed: the content differs, one more revision.
    unchanged: nothing new was said (a changed sidebar is not an edit), or transfer or reading was cut.
    not_article: only the candidate is noted.
    """
    connection = session.connection()
    session.flush()
    work = [Item(site_id, reading, run_id) for site_id, reading, run_id in items]
    for wave in _waves(work):
        _store_wave(connection, wave, now)
    _finish_candidates(connection, work, now)
    return [item.outcome for item in work]


def _waves(work: Sequence[Item]) -> list[list[Item]]:
    """Parts in which no article occurs twice: the second capture of a page is compared with the first."""
    waves: list[list[Item]] = [[]]
    seen: set[str] = set()
    for item in work:
        if item.reading.identity in seen:
            waves.append([])
            seen = set()
        seen.add(item.reading.identity)
        waves[-1].append(item)
    return waves


def _store_wave(connection: Connection, wave: Sequence[Item], now: datetime) -> None:
    stored = _stored(connection, [item.reading.identity for item in wave])
    cut = _cut_captures(connection, wave)
    gone = redacted(
        connection, (key for i in wave for key in (i.reading.identity, url_key(i.reading.article.url)))
    )
    for item in wave:
        item.stored = stored.get(item.reading.identity)
        item.article_id = None if item.stored is None else item.stored.id
        item.kind = _judge(item, item.reading.capture_id in cut)
        if gone and gone.intersection((item.reading.identity, url_key(item.reading.article.url))):
            item.kind = "redacted"
    new = [item for item in wave if item.kind == "new"]
    again = [item for item in wave if item.kind in ("changed", "reread", "refresh")]
    same = [item for item in wave if item.kind == "unchanged"]
    older = [item for item in wave if item.kind == "older"]
    write.correct(connection, again)
    indexed = _before(connection, [*again, *same])
    write.insert_articles(connection, new)
    write.update_articles(connection, again)
    write.mark_seen(connection, [*again, *same])
    revisions = write.write_revisions(connection, new, again)
    write.write_children(connection, new, again, revisions)
    write.note_fingerprints(connection, new, again)
    touched = write.merge_related(connection, [*again, *same])
    write.write_urls(connection, [*new, *again, *same])
    write.reindex(connection, indexed, {item.article_id for item in again} | touched)
    for item in older:
        write.store_older(connection, item)


def _judge(item: Item, cut: bool) -> str:
    """What a reading is, compared with the stored article."""
    reading, old = item.reading, item.stored
    if reading.article.page_type != "article":
        return "not_article"
    if old is None:
        return "new"
    if cut or READ_PLAINLY in reading.article.warnings:
        return "cut"  # half a transfer, or half a reading, never replaces a whole text
    same_rules = old.extractor == reading.extractor
    if reading.capture_id is not None and reading.capture_id == old.capture_id:
        return "reread"
    if reading.content_digest == old.content_digest and reading.fetched_at >= old.fetched_at:
        return "unchanged" if same_rules else "refresh"
    if reading.fetched_at < old.fetched_at:
        return "older"
    if not same_rules and reading.text_digest == old.text_digest:
        return "refresh"  # the same words under other rules: the difference is ours
    return "changed"


def _stored(connection: Connection, identities: Sequence[str]) -> dict[str, Any]:
    columns = (
        _ARTICLES.c.id,
        _ARTICLES.c.identity,
        _ARTICLES.c.order_key,
        _ARTICLES.c.content_digest,
        _ARTICLES.c.text_digest,
        _ARTICLES.c.extractor,
        _ARTICLES.c.fetched_at,
        _ARTICLES.c.first_seen_at,
        _ARTICLES.c.last_seen_at,
        _ARTICLES.c.gone_at,
        _ARTICLES.c.capture_id,
        _ARTICLES.c.revision_count,
        _ARTICLES.c.published_date,
        _ARTICLES.c.published_local,
    )
    rows = connection.execute(select(*columns).where(_ARTICLES.c.identity.in_(identities)))
    return {row.identity: row for row in rows}


def _cut_captures(connection: Connection, wave: Sequence[Item]) -> set[int]:
    ids = [item.reading.capture_id for item in wave if item.reading.capture_id is not None]
    if not ids:
        return set()
    return set(
        connection.scalars(select(Capture.id).where(Capture.id.in_(ids), Capture.truncated.is_not(None)))
    )


def _before(connection: Connection, items: Sequence[Item]) -> dict[int, index.Document]:
    """Documents as they are indexed now, of articles whose words may change. By article id."""
    keys = {item.stored.order_key: item.stored.id for item in items if _may_change(item)}
    found = index.documents(connection, list(keys.values()))
    return {keys[document.order_key]: document for document in found}


def _may_change(item: Item) -> bool:
    return item.kind != "unchanged" or bool(item.reading.article.related)


def _finish_candidates(connection: Connection, work: Sequence[Item], now: datetime) -> None:
    marks = [
        {
            "row": item.reading.candidate_id,
            "why": {"not_article": item.reading.article.page_type, "redacted": "redacted"}.get(item.kind),
            "now": now,
            "again": item.reading.next_visit_at,
        }
        for item in work
        if item.reading.candidate_id is not None
    ]
    if marks:
        connection.execute(_DONE, marks)


_DONE = (
    update(_CANDIDATES)
    .where(_CANDIDATES.c.id == bindparam("row"))
    .values(
        state="done",
        reason=bindparam("why"),
        priority=REVISIT,
        tries=0,
        next_try_at=bindparam("again"),
        revisits=_CANDIDATES.c.revisits + 1,
        updated_at=bindparam("now"),
    )
)
