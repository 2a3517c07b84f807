"""The database itself: its own checks, its foreign keys, and what must hold between its tables."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, and_, func, select, text

from storage.archive import Archive
from storage.base import Base
from storage.findings import REBUILD, Finding
from storage.keys import url_key
from storage.models import Article, Candidate, Capture, RedactionKey, Revision

_LIMIT = 20


def check_database(archive: Archive, *, quick: bool) -> Iterator[Finding]:
    """Faults of the database file and of references within it."""
    with archive.read() as session:
        connection = session.connection()
        if connection.dialect.name == "sqlite":
            yield from _sqlite(connection, quick=quick)
        else:
            yield from _postgres(connection, quick=quick)


def _sqlite(connection: Connection, *, quick: bool) -> Iterator[Finding]:
    pragma = "quick_check" if quick else "integrity_check"
    for (line,) in connection.execute(text(f"PRAGMA {pragma}({_LIMIT})")):
        if line != "ok":
            remedy = REBUILD if "index" not in line else "hemero repair, else hemero rebuild"
            yield Finding("database", f"SQLite: {line}", remedy=remedy)
    if not quick:
        for table, row, parent, _ in connection.execute(text("PRAGMA foreign_key_check")).fetchmany(_LIMIT):
            yield Finding("reference", f"row {row} of {table} refers to no row of {parent}", remedy=REBUILD)


def _postgres(connection: Connection, *, quick: bool) -> Iterator[Finding]:
    """What PostgreSQL can be asked: broken indexes, unchecked constraints; then every row is read."""
    for name in connection.scalars(text(_INVALID)):
        yield Finding(
            "database", f"PostgreSQL: index {name} is not valid (REINDEX INDEX {name})", remedy=None
        )
    if quick:
        return
    for table in Base.metadata.sorted_tables:
        connection.execute(text(f'SELECT count(*), sum(length(t::text)) FROM "{table.name}" t'))  # noqa: S608
        for constraint in table.foreign_key_constraints:
            yield from _dangling(connection, table, constraint)
    if connection.scalar(text("SELECT 1 FROM pg_extension WHERE extname = 'amcheck'")):
        connection.execute(text(_AMCHECK))


# Of our tables alone: the database may be shared with others.
_INVALID = """
SELECT indexrelid::regclass::text FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
WHERE (NOT indisvalid OR NOT indisready) AND c.relnamespace = current_schema()::regnamespace
"""
_AMCHECK = """
SELECT bt_index_check(c.oid, true) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
JOIN pg_am a ON a.oid = c.relam JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE a.amname = 'btree' AND n.nspname = current_schema() AND c.relpersistence = 'p'
"""


def _dangling(connection: Connection, table: Any, constraint: Any) -> Iterator[Finding]:
    """Rows whose reference leads nowhere (a constraint that was switched off for a while)."""
    element = constraint.elements[0]
    parent = element.column.table.alias("parent")
    child = element.parent
    query = (
        select(func.count())
        .select_from(table.outerjoin(parent, parent.c[element.column.name] == child))
        .where(child.is_not(None), parent.c[element.column.name].is_(None))
    )
    count = connection.scalar(query)
    if count:
        yield Finding("reference", f"{count} rows of {table.name} refer to no row of {parent.element.name}",
                      remedy=REBUILD)  # fmt: skip


def check_tables(archive: Archive) -> Iterator[Finding]:
    """What must hold between articles, revisions, candidates and captures."""
    with archive.read() as session:
        connection = session.connection()
        yield from _articles(connection)
        yield from _owed(connection)
        yield from _redacted(connection)


def _articles(connection: Connection) -> Iterator[Finding]:
    last = select(
        Revision.article_id,
        func.count().label("number"),
        func.max(Revision.number).label("last"),
    ).group_by(Revision.article_id).subquery()  # fmt: skip
    query = (
        select(Article.id, Article.url, Article.revision_count, last.c.number, last.c.last)
        .outerjoin(last, last.c.article_id == Article.id)
        .where(
            last.c.number.is_(None)
            | (last.c.number != Article.revision_count)
            | (last.c.last != Article.revision_count)
        )
        .limit(_LIMIT)
    )
    for row in connection.execute(query):
        message = f"article {row.id} counts {row.revision_count} revisions and has {row.number or 0}"
        yield Finding("article", message, url=row.url, remedy=REBUILD)
    current = and_(Revision.article_id == Article.id, Revision.number == Article.revision_count)
    query = (
        select(Article.id, Article.url)
        .join(Revision, current)
        .where(Revision.content_digest != Article.content_digest)
        .limit(_LIMIT)
    )
    for row in connection.execute(query):
        message = f"article {row.id} does not say what its last revision says"
        yield Finding("article", message, url=row.url, remedy="hemero reprocess")


def _owed(connection: Connection) -> Iterator[Finding]:
    """Pages that count as fetched while no whole record of them is left to be read."""
    readable = (
        select(Capture.id)
        .where(
            Capture.candidate_id == Candidate.id, Capture.lost_at.is_(None), Capture.status.between(200, 299)
        )
        .exists()
    )
    query = select(Candidate.id, Candidate.url).where(Candidate.state == "captured", ~readable).limit(_LIMIT)
    for row in connection.execute(query):
        yield Finding("candidate", f"candidate {row.id} waits to be read and has no record", url=row.url)


def _redacted(connection: Connection) -> Iterator[Finding]:
    """What a redaction should have removed: rows that bear a tombstone's key."""
    keys = set(connection.scalars(select(RedactionKey.key)))
    if not keys:
        return
    for table in (Article, Candidate):
        query = select(table.id, table.url).where(table.identity.in_(select(RedactionKey.key)))
        for row in connection.execute(query):
            yield Finding("redacted", f"{table.__tablename__} {row.id} was redacted", url=row.url)
    for row in connection.execute(select(Capture.id, Capture.url).where(Capture.role == "article")):
        if url_key(row.url) in keys:
            yield Finding(
                "redacted", f"capture {row.id} holds a redacted page", url=row.url, capture_id=row.id
            )
