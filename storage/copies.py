"""Copies: articles whose texts have words in common, found in batches as articles arrive, from tables alone.

A batch enters its articles under their shingles, looks up who else stands there, and measures the likeliest
pairs on their texts. Work that a process did not get to waits in the database: `fingerprints.compared`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, select
from sqlalchemy.orm import Session

from storage import copies_boilerplate, graph_loose, shingle_rows, stories
from storage.copies_boilerplate import COMMON, FREQUENT, plausible
from storage.copies_measure import first_published, kind_of, measure, ties
from storage.models import Article, Copy, Fingerprint
from storage.upsert import chunks, upsert

CLOSEST = 20  # pairs kept of one article and those archived before it; its story holds all
MIN_WORDS = 20  # shorter texts ("Article réservé aux abonnés") are not compared
MAX_WORDS = 30_000
_COPIES: Any = Copy.__table__


@dataclass(slots=True)
class _Batch:
    """What one batch knows. Numbers are article ids."""

    shingles: dict[int, set[int]]
    now: datetime
    counts: dict[int, int] = field(default_factory=dict)  # article -> number of its shingles
    pairs: dict[tuple[int, int], tuple[int, int]] = field(default_factory=dict)  # -> shared, of them weak
    texts: dict[int, Any] = field(default_factory=dict)
    words: dict[int, list[str]] = field(default_factory=dict)


def work_off(session: Session, now: datetime, limit: int = 50) -> int:
    """Compare the next articles that wait for it. Returns how many; 0 = nothing waits."""
    connection = session.connection()
    session.flush()
    rows = connection.execute(shingle_rows.waiting(limit)).all()
    if not rows:
        return 0
    ids = [row.article_id for row in rows]
    batch = _Batch({row.article_id: set(shingle_rows.unpack(row.shingles)) for row in rows}, now)
    unsettled = _forget_pairs(connection, ids)
    worn, boilerplate = _enter(connection, batch)
    copies_boilerplate.drop_passages(connection, worn)
    unsettled |= copies_boilerplate.drop_pairs(connection, boilerplate, now)
    found = _measured(connection, batch)
    if found:
        connection.execute(upsert(connection, Copy).on_conflict_do_nothing(), found)
    tied = [(row["article_id"], row["other_id"]) for row in found if row["in_story"]]
    merged = stories.join(connection, tied, now)
    stories.settle(connection, {merged.get(number, number) for number in unsettled}, now)
    graph_loose.resolve_for(connection, ids)
    shingle_rows.mark_compared(connection, ids)
    return len(ids)


def work_off_all(session: Session, now: datetime, at_most: int = 1_000_000) -> int:
    """Compare all that waits, in this one transaction. Returns how many."""
    done = 0
    while done < at_most and (count := work_off(session, now, min(200, at_most - done))):
        done += count
    return done


def forget(connection: Connection, article_ids: Collection[int]) -> None:
    """Take articles out of all that copies are found by, before their rows are deleted."""
    for part in chunks(sorted(article_ids)):
        query = select(Fingerprint.article_id, Fingerprint.shingles).where(Fingerprint.article_id.in_(part))
        rows = connection.execute(query).all()
        shingle_rows.remove(connection, {row.article_id: shingle_rows.unpack(row.shingles) for row in rows})
        unsettled = _forget_pairs(connection, part)
        connection.execute(delete(Fingerprint).where(Fingerprint.article_id.in_(part)))
        stories.settle(connection, unsettled, None)


def _forget_pairs(connection: Connection, ids: Sequence[int]) -> set[int]:
    """Drop the pairs of articles that are compared anew. Returns the stories they were in."""
    unsettled = stories.stories_of(connection, ids)
    stories.leave(connection, ids)
    for part in chunks(ids):
        connection.execute(delete(_COPIES).where(_COPIES.c.article_id.in_(part)))
        connection.execute(delete(_COPIES).where(_COPIES.c.other_id.in_(part)))
    return unsettled


def _enter(connection: Connection, batch: _Batch) -> tuple[dict[int, list[int]], set[int]]:
    """Enter the batch into the table and count who shares how much.

    Returns the shingles that have become frequent, with their articles, and those that became boilerplate.
    """
    everything = {value for hashes in batch.shingles.values() for value in hashes}
    boilerplate = shingle_rows.stops(connection, everything)
    for hashes in batch.shingles.values():
        hashes -= boilerplate
    batch.counts = {number: len(hashes) for number, hashes in batch.shingles.items()}
    shingle_rows.add(connection, batch.shingles)
    holders = shingle_rows.holders(connection, everything - boilerplate)
    fresh = {value for value, ids in holders.items() if len(ids) > COMMON}
    frequent = {value for value, ids in holders.items() if len(ids) > FREQUENT}
    for number, hashes in batch.shingles.items():
        hashes -= fresh
        shared: Counter[int] = Counter()
        weak: Counter[int] = Counter()
        for value in hashes:
            ids = holders[value]
            if len(ids) > 1:
                shared.update(ids)
                if value in frequent:
                    weak.update(ids)
        del shared[number]
        for other, count in shared.items():
            batch.pairs[min(number, other), max(number, other)] = (count, weak[other])
    worn = {
        value: holders[value]
        for value in frequent
        if sum(number not in batch.shingles for number in holders[value]) <= FREQUENT
    }
    return worn, fresh


def _measured(connection: Connection, batch: _Batch) -> list[dict[str, Any]]:
    """Rows of the pairs that hold when their texts are compared."""
    chosen = _chosen(connection, batch)
    _load(connection, batch, {number for pair in chosen for number in pair})
    rows = []
    for pair in chosen:
        row = _compare(batch, pair)
        if row is not None:
            rows.append(row)
    return rows


def _chosen(connection: Connection, batch: _Batch) -> list[tuple[int, int]]:
    """The pairs worth measuring: of each article its closest, and the one archived first."""
    short = {number for pair, (shared, _) in batch.pairs.items() if shared < 3 for number in pair}
    for part in chunks(sorted(short - batch.counts.keys())):
        query = select(Fingerprint.article_id, Fingerprint.shingle_count)
        rows = connection.execute(query.where(Fingerprint.article_id.in_(part)))
        batch.counts.update({row.article_id: row.shingle_count for row in rows})
    by_article: dict[int, list[tuple[int, int]]] = {}
    for (first, second), (shared, weak) in batch.pairs.items():
        least = min(batch.counts.get(first, 99), batch.counts.get(second, 99))
        if not plausible(shared, least, strong=shared - weak):
            continue
        for one, other in ((first, second), (second, first)):
            if one in batch.shingles:
                by_article.setdefault(one, []).append((-shared, other))
    chosen = set()
    for one, others in by_article.items():
        others.sort()
        oldest = min(other for shared, other in others if shared <= others[0][0] / 2)
        for other in {oldest, *(other for _, other in others[:CLOSEST])}:
            chosen.add((min(one, other), max(one, other)))
    return sorted(chosen)


_COLUMNS = (
    *(Article.id, Article.site_id, Article.text_digest, Article.lead, Article.body, Article.published_date),
    *(Article.published_precision, Article.published_utc, Article.published_timezone),
)


def _load(connection: Connection, batch: _Batch, ids: Iterable[int]) -> None:
    for part in chunks(sorted(ids)):
        for row in connection.execute(select(*_COLUMNS).where(Article.id.in_(part))):
            batch.texts[row.id] = row


def _words(batch: _Batch, number: int) -> list[str]:
    if number not in batch.words:
        row = batch.texts[number]
        content = "\n".join(part for part in (row.lead, row.body) if part)
        batch.words[number] = shingle_rows.fold_words(content)[:MAX_WORDS]
    return batch.words[number]


def _compare(batch: _Batch, pair: tuple[int, int]) -> dict[str, Any] | None:
    if pair[0] not in batch.texts or pair[1] not in batch.texts:
        return None  # an entry of an article that was removed
    first, second = batch.texts[pair[0]], batch.texts[pair[1]]
    mine, theirs = _words(batch, pair[0]), _words(batch, pair[1])
    if min(len(mine), len(theirs)) < MIN_WORDS:
        return None
    overlap = measure(mine, theirs)
    shared, weak = batch.pairs[pair]
    kind = kind_of(
        overlap,
        same_digest=first.text_digest == second.text_digest,
        weak=2 * weak > shared,
        across=first.site_id != second.site_id,
    )
    if kind is None:
        return None
    return {
        "article_id": pair[0],
        "other_id": pair[1],
        "kind": kind,
        "share": round(overlap.share, 4),
        "other_share": round(overlap.other_share, 4),
        "common_words": overlap.common_words,
        "longest_run": overlap.longest_run,
        "in_story": ties(kind, overlap),
        "first_published_id": first_published(first, second),
        "found_at": batch.now,
    }


def missing(limit: int) -> Any:
    """Articles without a fingerprint (stored by an older version): id, title, lead, body."""
    held = select(Fingerprint.article_id)
    query = select(Article.id, Article.title, Article.lead, Article.body)
    return query.where(Article.id.not_in(held)).order_by(Article.id).limit(limit)
