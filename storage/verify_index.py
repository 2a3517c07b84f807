"""Whether the full-text index says what the tables say: the same articles, and of each the same terms."""

from __future__ import annotations

import hashlib
import struct
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, select, text

from storage import index_postgres
from storage.archive import Archive
from storage.copying import snapshot
from storage.documents import FIELDS, Document, documents, vector
from storage.findings import Finding
from storage.models import Article
from storage.upsert import chunks

_COLUMNS = (*FIELDS, "facets")
_SHOWN = 20  # articles named; beyond that only their number


def check_index(archive: Archive, *, quick: bool) -> Iterator[Finding]:
    """Compare index and tables within one state of the archive. `quick`: which articles, not which terms."""
    with snapshot(archive) as connection:
        keys = {
            row.order_key: row
            for row in connection.execute(select(Article.order_key, Article.id, Article.url))
        }
        indexed, strange = _indexed(connection)
        for key in sorted(keys.keys() - indexed)[:_SHOWN]:
            yield Finding("index", f"article {keys[key].id} is not in the index", url=keys[key].url)
        strange -= keys.keys()
        if strange:
            yield Finding("index", f"{len(strange)} entries of the index belong to no article")
        if len(keys.keys() - indexed) > _SHOWN:
            yield Finding("index", f"{len(keys.keys() - indexed)} articles are not in the index")
        if not quick and keys.keys() == indexed:
            yield from _compare(connection, list(keys.values()))


def _indexed(connection: Connection) -> tuple[set[int], set[int]]:
    """Order keys that stand everywhere in the index where they should, and those that stand anywhere."""
    if connection.dialect.name == "sqlite":
        found = set(connection.scalars(text("SELECT id FROM article_index_docsize")))
        return found, set(found)
    listed = set(connection.scalars(text("SELECT order_key FROM article_index")))
    held = set(connection.scalars(text("SELECT order_key FROM article_index_fresh")))
    for number in index_postgres.segments(connection):
        held |= index_postgres.keys_of(connection, number)
    return listed & held, listed | held


def _compare(connection: Connection, rows: Sequence[Any]) -> Iterator[Finding]:
    differ = _differing_sqlite if connection.dialect.name == "sqlite" else _differing_postgres
    urls = {row.order_key: row for row in rows}
    wrong = sorted(differ(connection, rows))
    for key in wrong[:_SHOWN]:
        yield Finding("index", f"article {urls[key].id} is indexed with other words", url=urls[key].url)
    if len(wrong) > _SHOWN:
        yield Finding("index", f"{len(wrong)} articles are indexed with other words")


def _differing_sqlite(connection: Connection, rows: Sequence[Any]) -> set[int]:
    """A contentless index cannot be read back, but it tells how many terms each column of an article has."""
    wrong = set()
    for part in chunks(rows, 200):
        found = documents(connection, [row.id for row in part])
        for document in found:
            stored = connection.execute(
                text("SELECT sz FROM article_index_docsize WHERE id = :key"), {"key": document.order_key}
            ).scalar()
            if _sizes(stored or b"") != [len(getattr(document, name)) for name in _COLUMNS]:
                wrong.add(document.order_key)
    return wrong | _differing_terms(connection, rows)


def _sizes(packed: bytes) -> list[int]:
    """FTS5 keeps the sizes as SQLite's big-endian 7-bit numbers, one a column."""
    sizes, value = [], 0
    for byte in packed:
        value = value << 7 | byte & 0x7F
        if not byte & 0x80:
            sizes.append(value)
            value = 0
    return sizes


def _differing_terms(connection: Connection, rows: Sequence[Any]) -> set[int]:
    """Articles whose terms differ: a sum over all (term, column, place) of each, in no particular order."""
    sums: Counter[int] = Counter()
    for term, key, column, place in _instances(connection):
        sums[key] += _hash(term, column, place)
    wrong = set()
    for part in chunks(rows, 200):
        for document in documents(connection, [row.id for row in part]):
            if sums[document.order_key] != _sum(document):
                wrong.add(document.order_key)
    return wrong


def _instances(connection: Connection) -> Iterator[Any]:
    """Every term of the index with its article, column and place."""
    raw = connection.connection.dbapi_connection
    assert raw is not None
    query_only = raw.execute("PRAGMA query_only").fetchone()[0]
    raw.execute("PRAGMA query_only=OFF")  # for the temporary table only
    raw.execute(
        "CREATE VIRTUAL TABLE IF NOT EXISTS temp.article_terms"
        " USING fts5vocab('main', 'article_index', 'instance')"
    )
    raw.execute(f"PRAGMA query_only={int(query_only)}")
    yield from raw.execute("SELECT term, doc, col, offset FROM temp.article_terms")


def _hash(term: str, column: str, place: int) -> int:
    return hash((term, column, place))


def _sum(document: Document) -> int:
    return sum(
        _hash(term, column, place)
        for column in _COLUMNS
        for place, term in enumerate(getattr(document, column))
    )


def _differing_postgres(connection: Connection, rows: Sequence[Any]) -> set[int]:
    """Fresh articles by what is asked and what will be sealed; a segment by the documents it was made of."""
    ids = {row.order_key: row.id for row in rows}
    wrong = _differing_fresh(connection, ids)
    for number in index_postgres.segments(connection):
        live = index_postgres.keys_of(connection, number) & ids.keys()
        try:
            held = {found.order_key: found for found in index_postgres.read(connection, number)[1]}
        except _DAMAGED:
            wrong |= live
            continue
        for part in chunks(sorted(live), 200):
            for document in documents(connection, [ids[key] for key in part]):
                if held.get(document.order_key) != document:
                    wrong.add(document.order_key)
    return wrong


_DAMAGED = (ValueError, LookupError, OverflowError, struct.error, zlib.error)
_FRESH = text(
    "SELECT terms, document = CAST(:vector AS tsvector) AS equal FROM article_index_fresh"
    " WHERE order_key = :key"
)


def _differing_fresh(connection: Connection, ids: dict[int, int]) -> set[int]:
    wrong: set[int] = set()
    fresh = connection.scalars(text("SELECT order_key FROM article_index_fresh")).all()
    for part in chunks([key for key in fresh if key in ids], 200):
        for document in documents(connection, [ids[key] for key in part]):
            key = document.order_key
            row = connection.execute(_FRESH, {"key": key, "vector": vector(document)}).one()
            try:
                same = row.equal and index_postgres.unpack(key, row.terms) == document
            except _DAMAGED:
                same = False
            if not same:
                wrong.add(key)
    return wrong


def digest_of(document: Document) -> str:
    """One digest of all terms of an article: for comparing two archives."""
    parts = [" ".join(getattr(document, name)) for name in _COLUMNS]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
