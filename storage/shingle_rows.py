"""Fingerprints and the table of shingles: written with each article, looked up when copies are searched.

Nothing of it stays in memory between runs. Statements with many numbers are written as text: they are whole
numbers of our own, and a list of bound values is compiled anew for every length.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from array import array
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, func, insert, select, text, update

from storage.keys import text_key
from storage.models import Article, Fingerprint, Shingle, StopShingle
from storage.records import Reading
from storage.upsert import chunks, upsert

MAX_SHINGLES = 3_000  # of one article, the smallest of them: about 25,000 words
KEY_WORDS = 6  # words of a title or an opening that make its key
COUNTED = 50_000  # articles up to which the table is counted
ROW_BYTES = 18  # of the table on SQLite, free room in its pages included (measured)
_FINGERPRINTS: Any = Fingerprint.__table__
_SHINGLES: Any = Shingle.__table__
_MARKS = re.compile("[\u0300-\u036f\u064b-\u065f\u0670]")
_WORD = re.compile(r"[^\W_]+")


def fold_words(content: str) -> list[str]:
    """The words of a text without case, accents and ligatures, in order."""
    if not content.isascii():
        content = unicodedata.normalize("NFKD", content.casefold().replace("œ", "oe").replace("æ", "ae"))
        return _WORD.findall(_MARKS.sub("", content))
    return _WORD.findall(content.lower())


def words_key(words: Sequence[str], *, whole: bool = True) -> int | None:
    """Key of the first words of a title or a text; None where there are none.

    A text that a page cut (`whole` false) has a key only where its last word does not count for it.
    """
    if not words or (not whole and len(words) <= KEY_WORDS):
        return None
    return text_key(" ".join(words[:KEY_WORDS]))


def pack(shingles: Iterable[int]) -> bytes:
    """At most MAX_SHINGLES numbers as bytes, the smallest first."""
    numbers = array("q", sorted(shingles)[:MAX_SHINGLES])
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers.tobytes()


def unpack(packed: bytes) -> Sequence[int]:
    numbers = array("q", packed)
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers


def save_fingerprints(
    connection: Connection,
    readings: Mapping[int, Reading],
    known: Collection[int] = (),
    moved: Collection[int] = (),
) -> None:
    """Note what these articles are compared by, by article id; their copies are looked for later.

    `known`: ids that may have a fingerprint already; it is left alone where text and title are the same,
    unless the article `moved` to another date. Shingles of a text that is no more leave the table.
    """
    rows = {number: _row(number, reading) for number, reading in readings.items()}
    old: dict[int, Any] = {}
    for part in chunks(sorted(known)):
        found = connection.execute(select(_FINGERPRINTS).where(_FINGERPRINTS.c.article_id.in_(part)))
        old.update({row.article_id: row for row in found})
    fresh = [row for number, row in rows.items() if number not in old]
    if fresh:
        connection.execute(insert(_FINGERPRINTS), fresh)
    for number, before in old.items():
        values = rows[number]
        same = all(getattr(before, name) == values[name] for name in _COMPARED)
        if same and number not in moved:
            continue
        if before.shingles != values["shingles"]:
            remove(connection, {number: unpack(before.shingles)})
        connection.execute(update(_FINGERPRINTS).where(_FINGERPRINTS.c.article_id == number).values(values))


_COMPARED = ("shingles", "text_key", "title_key", "opening_key")


def _row(number: int, reading: Reading) -> dict[str, Any]:
    article = reading.article
    packed = pack(reading.shingles)
    return {
        "article_id": number,
        "shingles": packed,
        "shingle_count": len(packed) // 8,
        "text_key": text_key(f"{article.lead or ''}\n{article.body or ''}"),
        "title_key": words_key(fold_words(article.title or "")),
        "opening_key": words_key(fold_words((article.lead or article.body or "")[:400])),
        "compared": False,
    }


def waiting(limit: int) -> Select[Any]:
    """Fingerprints whose copies have not been looked for, oldest first."""
    query: Select[Any] = select(_FINGERPRINTS.c.article_id, _FINGERPRINTS.c.shingles)
    return query.where(~_FINGERPRINTS.c.compared).order_by(_FINGERPRINTS.c.article_id).limit(limit)


def mark_compared(connection: Connection, ids: Sequence[int]) -> None:
    for part in chunks(ids):
        connection.execute(
            update(_FINGERPRINTS).where(_FINGERPRINTS.c.article_id.in_(part)).values(compared=True)
        )


def compare_again(connection: Connection, ids: Sequence[int]) -> None:
    """Have the copies of these articles looked for once more: who was first may have changed."""
    for part in chunks(ids):
        statement = update(_FINGERPRINTS).where(_FINGERPRINTS.c.article_id.in_(part))
        connection.execute(statement.values(compared=False))


def stops(connection: Connection, hashes: Iterable[int]) -> set[int]:
    """Which of these shingles are boilerplate."""
    found: set[int] = set()
    for part in chunks(sorted(set(hashes))):
        rows = connection.exec_driver_sql(f"SELECT hash FROM stop_shingles WHERE hash IN ({_list(part)})")  # noqa: S608
        found.update(row[0] for row in rows)
    return found


def add(connection: Connection, articles: Mapping[int, Iterable[int]]) -> None:
    """Enter articles under their shingles; running twice equals running once."""
    rows = sorted((value, number) for number, hashes in articles.items() for value in set(hashes))
    if connection.dialect.name == "sqlite":
        if rows:
            connection.exec_driver_sql("INSERT OR IGNORE INTO shingles(hash, article_id) VALUES (?, ?)", rows)
        return
    for part in chunks(rows, 10_000):
        connection.exec_driver_sql(
            "INSERT INTO shingles(hash, article_id) SELECT * FROM unnest(%s::bigint[], %s::bigint[])"
            " ON CONFLICT DO NOTHING",
            ([value for value, _ in part], [number for _, number in part]),
        )


def remove(connection: Connection, articles: Mapping[int, Iterable[int]]) -> None:
    """Take articles from under these shingles."""
    for number, hashes in articles.items():
        for part in chunks(sorted(set(hashes))):
            connection.exec_driver_sql(
                f"DELETE FROM shingles WHERE hash IN ({_list(part)}) AND article_id = {int(number)}"  # noqa: S608
            )


def holders(connection: Connection, hashes: Iterable[int]) -> dict[int, list[int]]:
    """The articles under each of these shingles."""
    found: dict[int, list[int]] = {}
    for part in chunks(sorted(set(hashes))):
        query = f"SELECT hash, article_id FROM shingles WHERE hash IN ({_list(part)})"  # noqa: S608
        for value, number in connection.exec_driver_sql(query):
            found.setdefault(value, []).append(number)
    return found


def make_stops(connection: Connection, hashes: Collection[int], now: Any) -> None:
    """These shingles are boilerplate from now on: they leave the table."""
    rows = [{"hash": value, "found_at": now} for value in sorted(hashes)]
    if rows:
        connection.execute(upsert(connection, StopShingle).on_conflict_do_nothing(), rows)
    for part in chunks(sorted(hashes)):
        connection.exec_driver_sql(f"DELETE FROM shingles WHERE hash IN ({_list(part)})")  # noqa: S608


def _list(numbers: Iterable[int]) -> str:
    return ", ".join(str(int(number)) for number in numbers)


@dataclass(frozen=True, slots=True)
class ShingleState:
    """How large the table of shingles is, and what is still to be compared."""

    articles: int  # with a fingerprint
    waiting: int  # their copies have not been looked for
    missing: int  # articles without a fingerprint: read by an older version
    rows: int  # in shingles; of a large archive on SQLite estimated, with `bytes`
    bytes: int
    stops: int


def shingle_state(connection: Connection) -> ShingleState:
    """The figures that `hemero status` shows, without reading a large table through."""
    number = select(func.count()).select_from(_FINGERPRINTS)
    articles = connection.scalar(number) or 0
    all_articles = connection.scalar(select(func.count()).select_from(Article)) or 0
    if connection.dialect.name == "sqlite":
        rows, size = _sqlite_size(connection, articles)
    else:
        # by the search path: a rebuild keeps the old tables under the same names in another schema
        known = "SELECT pg_total_relation_size(oid), reltuples FROM pg_class WHERE oid = 'shingles'::regclass"
        size, rows = connection.execute(text(known)).one()
        if rows < 0:  # never analysed
            rows = connection.scalar(select(func.count()).select_from(_SHINGLES)) or 0
    return ShingleState(
        articles=articles,
        waiting=connection.scalar(number.where(~_FINGERPRINTS.c.compared)) or 0,
        missing=max(0, all_articles - articles),
        rows=int(rows),
        bytes=int(size),
        stops=connection.scalar(select(func.count()).select_from(StopShingle)) or 0,
    )


def _sqlite_size(connection: Connection, articles: int) -> tuple[int, int]:
    """Rows and bytes: counted where that is quick, else judged by the newest thousand articles."""
    if articles <= COUNTED:
        counted = (
            "SELECT coalesce(sum(ncell), 0), coalesce(sum(pgsize), 0) FROM dbstat WHERE name = 'shingles'"
        )
        rows, size = connection.execute(text(counted)).one()
        return int(rows), int(size)
    newest = select(_FINGERPRINTS.c.shingle_count).order_by(_FINGERPRINTS.c.article_id.desc()).limit(1_000)
    rows = articles * (connection.scalar(select(func.avg(newest.subquery().c.shingle_count))) or 0)
    return int(rows), int(rows * ROW_BYTES)
