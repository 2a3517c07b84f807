"""What many articles share proves nothing: agency lines, site furniture, stock sentences.

A shingle of more than FREQUENT articles is weak evidence and none at all for a passage; one of more than
COMMON leaves the table. Pairs that stood on it before it was known for what it is are taken back.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, select

from storage import shingle_rows, stories
from storage.models import Copy, Fingerprint
from storage.upsert import chunks

COMMON = 500  # articles
FREQUENT = 20  # articles
LONG = 100  # words in common: such a pair stands although its shingles became boilerplate
STRONG = 2  # shingles that are not frequent, for a passage
_COPIES: Any = Copy.__table__


def plausible(shared: int, least: int, *, strong: int) -> bool:
    """Whether two articles share enough shingles to be measured.

    `least`: shingles of the article that has fewer; `strong`: of those shared, how many are not frequent.
    """
    return shared >= 3 or strong >= STRONG or (shared >= 1 and shared >= 0.5 * least)


def drop_passages(connection: Connection, worn: Mapping[int, Collection[int]]) -> None:
    """Take back passages that stand on shingles which have become frequent (`worn`, with their articles)."""
    ids = {number for found in worn.values() for number in found}
    doubtful = [row for row in _pairs_among(connection, ids) if row.kind == "passage"]
    if not doubtful:
        return
    held = _shingles_of(connection, {number for row in doubtful for number in (row.article_id, row.other_id)})
    shared = {row.id: held[row.article_id] & held[row.other_id] for row in doubtful}
    holders = shingle_rows.holders(connection, {value for values in shared.values() for value in values})
    rare = {value for value, found in holders.items() if len(found) <= FREQUENT}
    _drop(connection, (number for number, values in shared.items() if len(values & rare) < STRONG))


def drop_pairs(connection: Connection, fresh: Collection[int], now: datetime) -> set[int]:
    """Make shingles boilerplate and drop pairs that stood on them alone. Returns the stories to settle."""
    if not fresh:
        return set()
    ids = {number for found in shingle_rows.holders(connection, fresh).values() for number in found}
    shingle_rows.make_stops(connection, fresh, now)
    doubtful = [row for row in _pairs_among(connection, ids) if row.common_words < LONG]
    held = _shingles_of(connection, {number for row in doubtful for number in (row.article_id, row.other_id)})
    wrong = []
    for row in doubtful:
        mine, theirs = held[row.article_id], held[row.other_id]
        shared = len(mine & theirs)
        if not plausible(shared, min(len(mine), len(theirs)), strong=shared):
            wrong.append(row)
    _drop(connection, (row.id for row in wrong))
    return stories.stories_of(connection, {row.article_id for row in wrong if row.in_story})


def _pairs_among(connection: Connection, ids: Collection[int]) -> list[Any]:
    found: list[Any] = []
    for part in chunks(sorted(ids)):
        rows = connection.execute(select(_COPIES).where(_COPIES.c.article_id.in_(part)))
        found += [row for row in rows if row.other_id in ids]
    return found


def _drop(connection: Connection, pair_ids: Iterable[int]) -> None:
    for part in chunks(pair_ids):
        connection.execute(delete(_COPIES).where(_COPIES.c.id.in_(part)))


def _shingles_of(connection: Connection, ids: Collection[int]) -> dict[int, set[int]]:
    """Shingles of articles without boilerplate."""
    found: dict[int, set[int]] = {}
    for part in chunks(sorted(ids)):
        query = select(Fingerprint.article_id, Fingerprint.shingles).where(Fingerprint.article_id.in_(part))
        for row in connection.execute(query):
            found[row.article_id] = set(shingle_rows.unpack(row.shingles))
    boilerplate = shingle_rows.stops(connection, {value for hashes in found.values() for value in hashes})
    return {number: hashes - boilerplate for number, hashes in found.items()}
