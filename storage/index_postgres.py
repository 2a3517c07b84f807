"""Writing the full-text index on PostgreSQL: fresh articles one by one, sealed segments by the thousand.

`article_index` has a row for every article that is indexed. A new one goes to `article_index_fresh`, as a
`tsvector` under a GIN index. Once SEAL have gathered they become a segment: a row in `article_index_segments`
and one a term in `article_index_terms` (storage.segments). A segment is never added to: what an article costs
does not depend on how many there are. One that leaves a segment is marked as gone there, and the segment is
made again when more than half are, or when `clean` is asked to leave no trace.
"""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, text

from storage.documents import FIELDS, Document, vector
from storage.postings import MAX_SLOTS, bits
from storage.segments import Row, documents_of, pack_keys, rows_of, unpack_keys

SEAL = 8_192  # articles: fewer make rows a term dearer, more make the fresh ones slower to ask
_PARTS = (*FIELDS, "facets")

_ADD = text("INSERT INTO article_index(order_key) VALUES (:order_key)")
_ADD_FRESH = text(
    "INSERT INTO article_index_fresh(order_key, document, terms)"
    " VALUES (:order_key, CAST(:document AS tsvector), :terms)"
)
_TAKE_FRESH = text("DELETE FROM article_index_fresh RETURNING order_key, terms")
_PLACE = text(
    "INSERT INTO article_index(order_key, segment) SELECT unnest(CAST(:keys AS bigint[])), :number"
    " ON CONFLICT (order_key) DO UPDATE SET segment = excluded.segment WHERE article_index.segment IS NULL"
)
_ADD_SEGMENT = text(
    "INSERT INTO article_index_segments(number, size, oldest, newest, keys)"
    " VALUES (:number, :size, :oldest, :newest, :keys)"
)
_ADD_TERMS = text(
    "INSERT INTO article_index_terms(segment, term, title, text, tags, others, places)"
    " SELECT :number, * FROM unnest(CAST(:term AS text[]), CAST(:title AS bytea[]), CAST(:text AS bytea[]),"
    " CAST(:tags AS bytea[]), CAST(:others AS bytea[]), CAST(:places AS bytea[]))"
)
_TERMS = text(
    "SELECT term, title, text, tags, others, places FROM article_index_terms WHERE segment = :number"
)
_SEGMENT = text("SELECT keys, gone FROM article_index_segments WHERE number = :number")
TABLES = ("article_index", "article_index_fresh", "article_index_segments", "article_index_terms")
_ROWS_AT_ONCE = 5_000


def add(connection: Connection, found: Sequence[Document]) -> None:
    """Index documents that are not in the index.

    Raises:
        sqlalchemy.exc.IntegrityError: one of them is.
    """
    fresh = connection.scalar(text("SELECT count(*) FROM article_index_fresh")) or 0
    if fresh + len(found) >= SEAL:
        gathered = [unpack(row.order_key, row.terms) for row in connection.execute(_TAKE_FRESH)]
        _seal(connection, [*gathered, *found])
        return
    connection.execute(_ADD, [{"order_key": document.order_key} for document in found])
    rows = [
        {"order_key": document.order_key, "document": vector(document), "terms": pack(document)}
        for document in found
    ]
    connection.execute(_ADD_FRESH, rows)


def pack(document: Document) -> bytes:
    """The terms of a document as it waits for its segment; no term has a space in it."""
    return zlib.compress("\n".join(" ".join(getattr(document, part)) for part in _PARTS).encode(), 3)


def unpack(order_key: int, terms: bytes) -> Document:
    """The document again.

    Raises:
        ValueError, zlib.error: the bytes are damaged.
    """
    title, body, tags, related, facets = (
        part.split() for part in zlib.decompress(terms).decode().split("\n")
    )
    return Document(order_key, title, body, tags, related, facets)


def _seal(connection: Connection, found: Sequence[Document]) -> None:
    """Make segments of these documents, of SEAL to twice as many each."""
    ordered = sorted(found, key=lambda document: document.order_key)
    most = min(2 * SEAL, MAX_SLOTS)
    parts = -(-len(ordered) // most)
    for part in range(parts):
        start, end = part * len(ordered) // parts, (part + 1) * len(ordered) // parts
        _write(connection, ordered[start:end])


def _write(connection: Connection, documents: Sequence[Document]) -> None:
    """One segment, of documents that stand oldest first."""
    number = connection.execute(
        text("SELECT coalesce(max(number), 0) + 1 FROM article_index_segments")
    ).scalar_one()
    keys = [document.order_key for document in documents]
    values: dict[str, Any] = {"number": number, "size": len(keys), "keys": pack_keys(keys)}
    connection.execute(_ADD_SEGMENT, values | {"oldest": keys[0], "newest": keys[-1]})
    if connection.execute(_PLACE, {"number": number, "keys": keys}).rowcount != len(keys):
        raise ValueError("an article is in a segment of the index already: run hemero repair")
    rows = rows_of(documents)
    for start in range(0, len(rows), _ROWS_AT_ONCE):
        columns = zip(*rows[start : start + _ROWS_AT_ONCE], strict=True)
        values = {name: list(column) for name, column in zip(Row._fields, columns, strict=True)}
        connection.execute(_ADD_TERMS, values | {"number": number})


def remove(connection: Connection, keys: Sequence[int]) -> None:
    """Take the articles of these order keys out; of a segment's, the terms stay until it is made again."""
    taken = connection.execute(
        text("DELETE FROM article_index WHERE order_key = ANY(:keys) RETURNING order_key, segment"),
        {"keys": list(keys)},
    )
    sealed: defaultdict[int, set[int]] = defaultdict(set)
    for key, segment in taken:
        if segment is not None:
            sealed[segment].add(key)
    connection.execute(
        text("DELETE FROM article_index_fresh WHERE order_key = ANY(:keys)"), {"keys": list(keys)}
    )
    for number, gone in sorted(sealed.items()):
        _mark_gone(connection, number, gone)


def _mark_gone(connection: Connection, number: int, keys: set[int]) -> None:
    row = connection.execute(_SEGMENT, {"number": number}).one()
    all_keys = unpack_keys(row.keys)
    gone = int.from_bytes(row.gone or b"", "little")
    gone |= bits(slot for slot, key in enumerate(all_keys) if key in keys)
    packed = gone.to_bytes((len(all_keys) + 7) // 8, "little")
    connection.execute(
        text("UPDATE article_index_segments SET gone = :gone WHERE number = :number"),
        {"number": number, "gone": packed},
    )
    if 2 * gone.bit_count() > len(all_keys):
        _make_again(connection, number)


def _make_again(connection: Connection, number: int) -> None:
    """A segment without what is gone; few remaining articles wait for another segment."""
    (_, documents) = read(connection, number)
    connection.execute(text("DELETE FROM article_index WHERE segment = :number"), {"number": number})
    for table in ("article_index_terms WHERE segment", "article_index_segments WHERE number"):
        connection.execute(text(f"DELETE FROM {table} = :number"), {"number": number})  # noqa: S608  (own text)
    if len(documents) > SEAL // 4:
        _write(connection, documents)
    elif documents:
        add(connection, documents)


def read(connection: Connection, number: int) -> tuple[Sequence[int], list[Document]]:
    """The order keys of a segment, those gone included, and its documents without those.

    Raises:
        ValueError, LookupError, OverflowError, zlib.error: the segment is damaged.
    """
    row = connection.execute(_SEGMENT, {"number": number}).one()
    keys = unpack_keys(row.keys)
    rows = (Row(*found) for found in connection.execute(_TERMS, {"number": number}))
    return keys, documents_of(keys, int.from_bytes(row.gone or b"", "little"), rows)


def segments(connection: Connection) -> Iterator[int]:
    """The numbers of all segments."""
    yield from connection.scalars(text("SELECT number FROM article_index_segments ORDER BY number")).all()


def keys_of(connection: Connection, number: int) -> set[int]:
    """The order keys of a segment without those gone."""
    row = connection.execute(_SEGMENT, {"number": number}).one()
    gone = int.from_bytes(row.gone or b"", "little")
    return {key for slot, key in enumerate(unpack_keys(row.keys)) if not gone >> slot & 1}


def clean(connection: Connection) -> None:
    """Make those segments again that still hold terms of articles that left."""
    found = connection.scalars(text("SELECT number FROM article_index_segments WHERE gone IS NOT NULL")).all()
    for number in found:
        _make_again(connection, number)


def clear(connection: Connection) -> None:
    """Empty the index; who reads meanwhile still sees it whole."""
    for table in TABLES:
        connection.execute(text(f"DELETE FROM {table}"))  # noqa: S608  (own names)
