"""Revisions of the past: a capture older than the current one, read for the first time or read again."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, insert, select, update

from storage.article_rows import changed_fields, is_stealth, revision_values
from storage.models import Article, Revision
from storage.records import Reading

_REVISIONS: Any = Revision.__table__


def reread_older(connection: Connection, revision: Any, reading: Reading) -> None:
    """Replace what a revision says with a new reading of it; its number, capture and time stay."""
    values = revision_values(reading, revision.article_id, revision.number, revision.run_id)
    kept = ("article_id", "number", "run_id", "capture_id", "fetched_at", "extractor_changed")
    connection.execute(
        update(_REVISIONS)
        .where(_REVISIONS.c.id == revision.id)
        .values({name: value for name, value in values.items() if name not in kept})
    )
    compare(connection, revision.article_id)


def add_older(connection: Connection, article: Any, reading: Reading, run_id: int | None) -> int | None:
    """Put an older reading into an article's history. Returns its revision, None where it adds nothing.

    Numbers follow the order fetched; what each revision changed is computed again.
    """
    history = connection.execute(
        select(_REVISIONS).where(_REVISIONS.c.article_id == article.id).order_by(_REVISIONS.c.number)
    ).all()
    for revision in history:
        if reading.capture_id is not None and revision.capture_id == reading.capture_id:
            reread_older(connection, revision, reading)
            return int(revision.id)
    first = min(article.first_seen_at, reading.fetched_at)
    connection.execute(update(Article).where(Article.id == article.id).values(first_seen_at=first))
    earlier = [revision for revision in history if revision.fetched_at <= reading.fetched_at]
    later = history[len(earlier) :]
    neighbours = earlier[-1:] + list(later[:1])
    if any(revision.content_digest == reading.content_digest for revision in neighbours):
        return None
    for revision in reversed(later):
        move = update(_REVISIONS).where(_REVISIONS.c.id == revision.id).values(number=revision.number + 1)
        connection.execute(move)
    row = revision_values(reading, article.id, len(earlier) + 1, run_id)
    made = connection.execute(insert(_REVISIONS).values(row).returning(_REVISIONS.c.id)).scalar_one()
    count = update(Article).where(Article.id == article.id).values(revision_count=len(history) + 1)
    connection.execute(count)
    compare(connection, article.id)
    return int(made)


def compare(connection: Connection, article_id: int) -> None:
    """Say again, for every revision, which fields differ from the one before."""
    before: Any = None
    for revision in connection.execute(
        select(_REVISIONS).where(_REVISIONS.c.article_id == article_id).order_by(_REVISIONS.c.number)
    ).all():
        values: dict[str, Any] = {"changed": None, "stealth": False, "extractor_changed": False}
        if before is not None:
            values["changed"] = changed_fields(before.content, revision.content)
            moments = [(r.modified_utc, r.modified_raw) for r in (before, revision)]
            values["stealth"] = is_stealth(values["changed"], moments[0], moments[1])
            values["extractor_changed"] = before.extractor != revision.extractor
        connection.execute(update(_REVISIONS).where(_REVISIONS.c.id == revision.id).values(values))
        before = revision
