"""Writing judged readings: all rows of one kind for the whole batch together. Used by storage.readings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, case, delete, insert, select, update

from storage import corrections, index, names, related, shingle_rows
from storage.article_rows import (
    article_values,
    changed_fields,
    evidence_rows,
    is_stealth,
    revision_values,
)
from storage.base import Instant
from storage.disappearances import note_back
from storage.history import add_older, reread_older
from storage.keys import url_key
from storage.models import Article, ArticleUrl, Candidate, FieldEvidence, Revision, Site
from storage.order import allocate, key_range
from storage.reading_items import Item
from storage.records import Reading
from storage.upsert import chunks, upsert

_ARTICLES: Any = Article.__table__
_REVISIONS: Any = Revision.__table__
_EVIDENCE: Any = FieldEvidence.__table__


def insert_articles(connection: Connection, items: Sequence[Item]) -> None:
    if not items:
        return
    keys = allocate(connection, [item.reading.article.published for item in items])
    rows = [
        {
            **article_values(item.reading),
            "identity": item.reading.identity,
            "site_id": item.site_id,
            "order_key": key,
            "revision_count": 1,
            "first_seen_at": item.reading.fetched_at,
            "last_seen_at": item.reading.fetched_at,
        }
        for item, key in zip(items, keys, strict=True)
    ]
    inserted = connection.execute(insert(_ARTICLES).returning(_ARTICLES.c.id, _ARTICLES.c.identity), rows)
    ids = {row.identity: row.id for row in inserted}
    for item in items:
        item.article_id = ids[item.reading.identity]


def update_articles(connection: Connection, items: Sequence[Item]) -> None:
    moved = [item for item in items if _moves(item)]
    keys = dict(
        zip(
            (item.stored.id for item in moved),
            allocate(connection, [item.reading.article.published for item in moved]),
            strict=True,
        )
    )
    for item in items:
        values = article_values(item.reading)
        values["order_key"] = keys.get(item.stored.id, item.stored.order_key)
        values["revision_count"] = item.stored.revision_count + (item.kind == "changed")
        connection.execute(update(_ARTICLES).where(_ARTICLES.c.id == item.stored.id).values(values))


def _moves(item: Item) -> bool:
    """Whether the published date changed, and with it the place in the order."""
    low, high = key_range(item.reading.article.published)
    return not low <= item.stored.order_key < high


def mark_seen(connection: Connection, items: Sequence[Item]) -> None:
    marks = [
        {
            "row": item.stored.id,
            "first": min(item.stored.first_seen_at, item.reading.fetched_at),
            "last": max(item.stored.last_seen_at, item.reading.fetched_at),
            "fetched": item.reading.fetched_at,
        }
        for item in items
    ]
    if marks:
        connection.execute(_SEEN, marks)
    gone = [item for item in items if item.stored.gone_at is not None]
    back = [item for item in gone if item.stored.gone_at <= item.reading.fetched_at]
    note_back(connection, {item.stored.id: item.reading.fetched_at for item in back})


def correct(connection: Connection, items: Sequence[Item]) -> None:
    """What an analyst corrected outlives every new reading."""
    found = corrections.corrected(connection, {item.stored.id: item.reading for item in items})
    for item in items:
        item.reading = found.get(item.stored.id, item.reading)


def note_fingerprints(connection: Connection, new: Sequence[Item], again: Sequence[Item]) -> None:
    """What copies and related entries are found by, once the batch is stored."""
    readings = {item.article_id or 0: item.reading for item in (*new, *again)}
    moved = {item.stored.id for item in again if _moves(item)}
    shingle_rows.save_fingerprints(connection, readings, {item.stored.id for item in again}, moved)


_SEEN = (
    update(_ARTICLES)
    .where(_ARTICLES.c.id == bindparam("row"))
    .values(
        first_seen_at=bindparam("first"),
        last_seen_at=bindparam("last"),
        gone_at=case((_ARTICLES.c.gone_at > bindparam("fetched", type_=Instant), _ARTICLES.c.gone_at)),
    )
)


def write_revisions(connection: Connection, new: Sequence[Item], again: Sequence[Item]) -> dict[int, int]:
    """Insert or replace revisions. Returns the revision each article's reading belongs to."""
    rows = [revision_values(item.reading, item.article_id or 0, 1, item.run_id) for item in new]
    current = _current_revisions(connection, [item.stored for item in again])
    ids: dict[int, int] = {}
    for item in again:
        before = current[item.stored.id]
        if item.kind == "changed":
            row = revision_values(item.reading, item.stored.id, item.stored.revision_count + 1, item.run_id)
            row["changed"] = changed_fields(before.content, item.reading.content_json)
            old, now = (before.modified_utc, before.modified_raw), (row["modified_utc"], row["modified_raw"])
            row["stealth"] = is_stealth(row["changed"], old, now)
            row["extractor_changed"] = before.extractor != item.reading.extractor
            rows.append(row)
        else:
            ids[item.stored.id] = before.id
            reread_older(connection, before, item.reading)
    if rows:
        inserted = connection.execute(
            insert(_REVISIONS).returning(_REVISIONS.c.id, _REVISIONS.c.article_id), rows
        )
        ids.update({row.article_id: row.id for row in inserted})
    return ids


def _current_revisions(connection: Connection, articles: Sequence[Any]) -> dict[int, Any]:
    if not articles:
        return {}
    rows = connection.execute(
        select(_REVISIONS)
        .join(_ARTICLES, _ARTICLES.c.id == _REVISIONS.c.article_id)
        .where(_REVISIONS.c.article_id.in_([article.id for article in articles]))
        .order_by(_REVISIONS.c.number)
    )
    return {row.article_id: row for row in rows}


def write_children(
    connection: Connection, new: Sequence[Item], again: Sequence[Item], revisions: dict[int, int]
) -> None:
    """Names, credits, evidence and, for new articles, links and index."""
    names.forget(connection, [item.stored.id for item in again])
    items = [*new, *again]
    readings = {item.article_id: item.reading for item in items if item.article_id is not None}
    if not readings:
        return
    names.tie_authors(connection, readings)
    names.tie_tags(connection, readings)
    names.tie_credits(connection, readings, _countries(connection, items))
    _write_evidence(connection, readings, revisions, [revisions[item.stored.id] for item in again])
    links: list[dict[str, Any]] = []
    for item in new:
        links += related.link_rows(item.reading, item.article_id or 0)
    related.insert_links(connection, links)
    index.add(connection, index.documents(connection, [item.article_id or 0 for item in new]))


def _countries(connection: Connection, items: Sequence[Item]) -> dict[int, str | None]:
    sites = {item.site_id for item in items}
    rows = connection.execute(select(Site.id, Site.country).where(Site.id.in_(sites)))
    country = {row.id: row.country for row in rows}
    return {item.article_id or 0: country.get(item.site_id) for item in items}


def _write_evidence(
    connection: Connection, readings: dict[int, Reading], revisions: dict[int, int], replaced: Sequence[int]
) -> None:
    if replaced:
        connection.execute(delete(FieldEvidence).where(FieldEvidence.revision_id.in_(replaced)))
    rows = [row for number, reading in readings.items() for row in evidence_rows(reading, revisions[number])]
    if rows:
        connection.execute(insert(_EVIDENCE), rows)


def merge_related(connection: Connection, items: Sequence[Item]) -> set[int]:
    rows = [row for item in items for row in related.link_rows(item.reading, item.stored.id)]
    return related.merge_links(connection, rows) if rows else set()


def write_urls(connection: Connection, items: Sequence[Item]) -> None:
    """Every address: the article's own, and the candidate's where that is another."""
    asked = _asked_urls(connection, items)
    arrivals = [(i.article_id or 0, i.reading.identity, "identity") for i in items if i.kind == "new"]
    rows: dict[str, dict[str, Any]] = {}
    for item in items:
        for url in (item.reading.article.url, asked.get(item.reading.candidate_id or 0)):
            if url is None:
                continue
            key = url_key(url)
            kind = "canonical" if url == item.reading.article.url else "alias"
            row = {"article_id": item.article_id, "url": url, "url_key": key, "kind": kind}
            rows.setdefault(key, {**row, "first_seen_at": item.reading.fetched_at})
    known: set[str] = set()
    for part in chunks(sorted(rows)):
        known.update(connection.scalars(select(ArticleUrl.url_key).where(ArticleUrl.url_key.in_(part))))
    fresh = [row for key, row in rows.items() if key not in known]
    if fresh:
        connection.execute(upsert(connection, ArticleUrl).on_conflict_do_nothing(), fresh)
    own = {key for _, key, _ in arrivals}
    arrivals += [(row["article_id"], row["url_key"], "alias") for row in fresh if row["url_key"] not in own]
    related.resolve_arrivals(connection, arrivals)


def _asked_urls(connection: Connection, items: Sequence[Item]) -> dict[int, str]:
    ids = [item.reading.candidate_id for item in items if item.reading.candidate_id is not None]
    if not ids:
        return {}
    rows = connection.execute(select(Candidate.id, Candidate.url).where(Candidate.id.in_(ids)))
    return {row.id: row.url for row in rows}


def reindex(connection: Connection, before: dict[int, index.Document], changed: set[int | None]) -> None:
    wanted = [number for number in before if number in changed]
    index.remove(connection, [before[number] for number in wanted])
    index.add(connection, index.documents(connection, wanted))


def store_older(connection: Connection, item: Item) -> None:
    """A capture older than the current one: a revision of the past, read for the first time or again."""
    revision_id = add_older(connection, item.stored, item.reading, item.run_id)
    if revision_id is not None:
        _write_evidence(connection, {0: item.reading}, {0: revision_id}, [revision_id])
