"""Storing what pages say: article, revision, names, links, evidence, index and candidate, in bulk.

A batch is one transaction's work for up to 50 readings. Each reading is first judged against what is stored
(`_judge`), then all rows of one kind are written together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, bindparam, case, delete, insert, select, update
from sqlalchemy.orm import Session

from storage import corrections, index, names, related, shingle_rows
from storage.article_rows import (
    article_values,
    changed_fields,
    evidence_rows,
    is_stealth,
    revision_values,
)
from storage.base import Instant
from storage.candidates import REVISIT
from storage.disappearances import note_back
from storage.history import add_older, reread_older
from storage.keys import url_key
from storage.models import Article, ArticleUrl, Candidate, Capture, FieldEvidence, Revision, Site
from storage.order import allocate, key_range
from storage.records import Reading
from storage.tombstones import redacted
from storage.upsert import chunks, upsert

Kind = Literal["new", "changed", "unchanged", "not_article"]

_ARTICLES: Any = Article.__table__
_REVISIONS: Any = Revision.__table__
_CANDIDATES: Any = Candidate.__table__
_EVIDENCE: Any = FieldEvidence.__table__


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a reading. `reread`: a stored revision now says what this reading of it says."""

    kind: Kind
    article_id: int | None = None
    reread: bool = False


@dataclass(slots=True)
class _Item:
    site_id: int
    reading: Reading
    run_id: int | None
    stored: Any = None  # the article's row, where there is one
    kind: str = ""
    article_id: int | None = None
    old_order: int | None = None

    @property
    def outcome(self) -> Outcome:
        kinds = {"new": "new", "changed": "changed", "not_article": "not_article", "redacted": "not_article"}
        kind = kinds.get(self.kind, "unchanged")
        return Outcome(kind, self.article_id, reread=self.kind in ("reread", "refresh"))  # type: ignore[arg-type]


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
    unchanged: nothing new was said (a changed sidebar is not an edit), or the transfer was cut.
    not_article: only the candidate is noted.
    """
    connection = session.connection()
    session.flush()
    work = [_Item(site_id, reading, run_id) for site_id, reading, run_id in items]
    for wave in _waves(work):
        _store_wave(connection, wave, now)
    _finish_candidates(connection, work, now)
    return [item.outcome for item in work]


def _waves(work: Sequence[_Item]) -> list[list[_Item]]:
    """Parts in which no article occurs twice: the second capture of a page is compared with the first."""
    waves: list[list[_Item]] = [[]]
    seen: set[str] = set()
    for item in work:
        if item.reading.identity in seen:
            waves.append([])
            seen = set()
        seen.add(item.reading.identity)
        waves[-1].append(item)
    return waves


def _store_wave(connection: Connection, wave: Sequence[_Item], now: datetime) -> None:
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
    _correct(connection, again)
    reindex = _before(connection, [*again, *same])
    _insert_articles(connection, new)
    _update_articles(connection, again)
    _touch(connection, [*again, *same])
    revisions = _write_revisions(connection, new, again)
    _write_children(connection, new, again, revisions)
    _note_fingerprints(connection, new, again)
    touched = _merge_related(connection, [*again, *same])
    _write_urls(connection, [*new, *again, *same])
    _reindex(connection, reindex, {item.article_id for item in again} | touched)
    for item in older:
        _store_older(connection, item)


def _judge(item: _Item, cut: bool) -> str:
    """What a reading is, compared with the stored article."""
    reading, old = item.reading, item.stored
    if reading.article.page_type != "article":
        return "not_article"
    if old is None:
        return "new"
    if cut:
        return "cut"  # half a transfer never replaces a whole text
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


def _cut_captures(connection: Connection, wave: Sequence[_Item]) -> set[int]:
    ids = [item.reading.capture_id for item in wave if item.reading.capture_id is not None]
    if not ids:
        return set()
    return set(
        connection.scalars(select(Capture.id).where(Capture.id.in_(ids), Capture.truncated.is_not(None)))
    )


def _before(connection: Connection, items: Sequence[_Item]) -> dict[int, index.Document]:
    """Documents as they are indexed now, of articles whose words may change. By article id."""
    keys = {item.stored.order_key: item.stored.id for item in items if _may_change(item)}
    found = index.documents(connection, list(keys.values()))
    return {keys[document.order_key]: document for document in found}


def _may_change(item: _Item) -> bool:
    return item.kind != "unchanged" or bool(item.reading.article.related)


def _insert_articles(connection: Connection, items: Sequence[_Item]) -> None:
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


def _update_articles(connection: Connection, items: Sequence[_Item]) -> None:
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


def _moves(item: _Item) -> bool:
    """Whether the published date changed, and with it the place in the order."""
    low, high = key_range(item.reading.article.published)
    return not low <= item.stored.order_key < high


def _touch(connection: Connection, items: Sequence[_Item]) -> None:
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


def _correct(connection: Connection, items: Sequence[_Item]) -> None:
    """What an analyst corrected outlives every new reading."""
    found = corrections.corrected(connection, {item.stored.id: item.reading for item in items})
    for item in items:
        item.reading = found.get(item.stored.id, item.reading)


def _note_fingerprints(connection: Connection, new: Sequence[_Item], again: Sequence[_Item]) -> None:
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


def _write_revisions(connection: Connection, new: Sequence[_Item], again: Sequence[_Item]) -> dict[int, int]:
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


def _write_children(
    connection: Connection, new: Sequence[_Item], again: Sequence[_Item], revisions: dict[int, int]
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


def _countries(connection: Connection, items: Sequence[_Item]) -> dict[int, str | None]:
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


def _merge_related(connection: Connection, items: Sequence[_Item]) -> set[int]:
    rows = [row for item in items for row in related.link_rows(item.reading, item.stored.id)]
    return related.merge_links(connection, rows) if rows else set()


def _write_urls(connection: Connection, items: Sequence[_Item]) -> None:
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


def _asked_urls(connection: Connection, items: Sequence[_Item]) -> dict[int, str]:
    ids = [item.reading.candidate_id for item in items if item.reading.candidate_id is not None]
    if not ids:
        return {}
    rows = connection.execute(select(Candidate.id, Candidate.url).where(Candidate.id.in_(ids)))
    return {row.id: row.url for row in rows}


def _reindex(connection: Connection, before: dict[int, index.Document], changed: set[int | None]) -> None:
    wanted = [number for number in before if number in changed]
    index.remove(connection, [before[number] for number in wanted])
    index.add(connection, index.documents(connection, wanted))


def _store_older(connection: Connection, item: _Item) -> None:
    """A capture older than the current one: a revision of the past, read for the first time or again."""
    revision_id = add_older(connection, item.stored, item.reading, item.run_id)
    if revision_id is not None:
        _write_evidence(connection, {0: item.reading}, {0: revision_id}, [revision_id])


def _finish_candidates(connection: Connection, work: Sequence[_Item], now: datetime) -> None:
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
