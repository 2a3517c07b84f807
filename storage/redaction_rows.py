"""The one transaction of a redaction: rows out, tombstones in, rows of what stays moved."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, delete, select, text, update

from storage import copies, index
from storage.base import Base
from storage.ledger import Entry
from storage.models import (
    Article,
    ArticleAuthor,
    ArticleTag,
    Author,
    Candidate,
    Capture,
    Redaction,
    RedactionKey,
    RelatedLink,
    Tag,
)
from storage.redaction_plan import Target
from storage.rewriting import Rewritten, drop_rows, move_rows
from storage.upsert import upsert


def remove_rows(connection: Connection, entry: Entry, target: Target, made: Sequence[Rewritten]) -> None:
    """Everything in the database that a redaction changes. On SQLite freed bytes are overwritten."""
    if connection.dialect.name == "sqlite":
        connection.execute(text("PRAGMA secure_delete=ON"))
    _tombstones(connection, entry, target)
    others = {row.article_id for row in target.links.values()}
    before = index.documents(connection, [*target.articles, *others])
    index.remove(connection, before)
    connection.execute(delete(RelatedLink).where(RelatedLink.id.in_(target.links)))
    _remove_articles(connection, list(target.articles))
    _remove_captures(connection, target, made)
    connection.execute(
        update(Capture).where(Capture.candidate_id.in_(target.candidates)).values(candidate_id=None)
    )
    connection.execute(delete(Candidate).where(Candidate.id.in_(target.candidates)))
    index.add(connection, index.documents(connection, sorted(others)))


def _tombstones(connection: Connection, entry: Entry, target: Target) -> None:
    values = {
        "ledger_id": entry.id,
        "site": entry.data.get("site"),
        "url": entry.data.get("url"),
        "reason": entry.data["reason"],
        "who": entry.data["who"],
        "made_at": entry.at,
    }
    connection.execute(upsert(connection, Redaction).values(values).on_conflict_do_nothing())
    number = connection.scalar(select(Redaction.id).where(Redaction.ledger_id == entry.id))
    rows = [{"key": key, "redaction_id": number} for key in sorted(target.keys)]
    connection.execute(upsert(connection, RedactionKey).on_conflict_do_nothing(), rows)


def _remove_articles(connection: Connection, ids: list[int]) -> None:
    """Articles and all that hangs on them; names of persons and tags that nothing else bears go too."""
    if not ids:
        return
    authors = connection.scalars(select(ArticleAuthor.author_id).where(ArticleAuthor.article_id.in_(ids)))
    tags = connection.scalars(select(ArticleTag.tag_id).where(ArticleTag.article_id.in_(ids)))
    names: list[tuple[Any, Any, list[int]]] = [
        (Author, ArticleAuthor.author_id, list(authors)),
        (Tag, ArticleTag.tag_id, list(tags)),
    ]
    copies.forget(connection, ids)
    _loosen(connection, "articles", ids)
    connection.execute(delete(Article).where(Article.id.in_(ids)))
    for table, used, numbers in names:
        connection.execute(delete(table).where(table.id.in_(numbers), table.id.not_in(select(used))))


def _remove_captures(connection: Connection, target: Target, made: Sequence[Rewritten]) -> None:
    gone = [number for number, edit in target.edits.items() if edit.drop]
    _loosen(connection, "captures", gone)
    drop_rows(connection, gone)
    for file in made:
        file.lost = [number for number in file.lost if number not in gone]
        move_rows(connection, file)


def _loosen(connection: Connection, parent: str, ids: list[int]) -> None:
    """References without ON DELETE of their own: emptied where they may be empty, else their rows go."""
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            for key in column.foreign_keys:
                if key.column.table.name != parent or key.ondelete is not None:
                    continue
                if column.nullable:
                    connection.execute(update(table).where(column.in_(ids)).values({column.name: None}))
                else:
                    connection.execute(delete(table).where(column.in_(ids)))
