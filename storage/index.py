"""The full-text index: writing it on either database.

Row id of the index is `articles.order_key`, so "newest first" is the index's own order. SQLite's table is
contentless and 3.40 cannot delete from it by row id, so a document leaves with exactly the terms it came
with: `documents` computes them from the tables, before and after a change.
PostgreSQL's index: storage.index_postgres.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, select

from storage import index_postgres
from storage.documents import Document, documents
from storage.models import Article
from storage.upsert import chunks

__all__ = ["Document", "add", "documents", "rebuild", "remove"]


def add(connection: Connection, found: Sequence[Document]) -> None:
    """Index documents that are not in the index."""
    if not found:
        return
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(_SQLITE_ADD, [_row(document) for document in found])
    else:
        index_postgres.add(connection, found)


def remove(connection: Connection, found: Sequence[Document]) -> None:
    """Take documents out; they must be what was added."""
    if not found:
        return
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(_SQLITE_REMOVE, [_row(document) for document in found])
    else:
        index_postgres.remove(connection, [document.order_key for document in found])


def rebuild(connection: Connection) -> int:
    """Make the whole index again from the tables. Returns the number of articles indexed."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("INSERT INTO article_index(article_index) VALUES ('delete-all')")
        at_once = 200
    else:
        index_postgres.clear(connection)
        at_once = index_postgres.SEAL  # whole segments: only the last articles are fresh
    count = 0
    for part in chunks(connection.scalars(select(Article.id).order_by(Article.order_key)).all(), at_once):
        add(connection, documents(connection, part))
        count += len(part)
    return count


def _row(document: Document) -> tuple[Any, ...]:
    fields = (document.title, document.text, document.tags, document.related, document.facets)
    return (document.order_key, *(" ".join(field) for field in fields))


_SQLITE_ADD = "INSERT INTO article_index(rowid, title, text, tags, related, facets) VALUES (?, ?, ?, ?, ?, ?)"
_SQLITE_REMOVE = (
    "INSERT INTO article_index(article_index, rowid, title, text, tags, related, facets)"
    " VALUES ('delete', ?, ?, ?, ?, ?, ?)"
)
