"""Exports: the articles a search finds, streamed into a file that is whole or not there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.export.csv import write_csv
from storage.export.files import atomic
from storage.export.jsonl import write_jsonl
from storage.filters import Filters, narrow
from storage.models import Article
from storage.query_language import parse_query
from storage.search import matching_keys
from storage.stored import Stored, load_articles
from storage.upsert import chunks

__all__ = ["FORMATS", "article_ids", "atomic", "export", "export_file", "stored_articles"]

Writer = Callable[[Iterator[Stored], BinaryIO], int]
FORMATS: dict[str, Writer] = {"csv": write_csv, "jsonl": write_jsonl}
_GROUP = 200  # articles in memory at a time


def article_ids(session: Session, query: str = "", filters: Filters | None = None) -> list[int]:
    """Ids of all articles that a search with these filters finds, newest first."""
    parsed = parse_query(query)
    narrowed = narrow(session, filters or Filters())
    if narrowed.impossible or (query.strip() and not parsed.clauses):
        return []
    keys = matching_keys(session, parsed, narrowed, None)
    found: dict[int, int] = {}
    for part in chunks(keys):
        rows = session.execute(select(Article.order_key, Article.id).where(Article.order_key.in_(part)))
        found.update({row.order_key: row.id for row in rows})
    return [found[key] for key in keys if key in found]


def stored_articles(session: Session, ids: list[int]) -> Iterator[Stored]:
    """These articles in order, read in groups: memory stays flat however many they are."""
    for part in chunks(ids, _GROUP):
        yield from load_articles(session, part)


def export(
    session: Session, output: BinaryIO, format: str, query: str = "", filters: Filters | None = None
) -> int:
    """Write what a search finds to an open binary file. Returns the number of articles.

    Raises:
        KeyError: a format that FORMATS does not name.
    """
    return FORMATS[format](stored_articles(session, article_ids(session, query, filters)), output)


def export_file(
    session: Session, path: Path, format: str, query: str = "", filters: Filters | None = None
) -> int:
    """Write what a search finds to `path`, which is replaced at the end or left as it was.

    Raises:
        ArchiveError: the disk is full or the folder cannot be written.
        KeyError: a format that FORMATS does not name.
    """
    with atomic(path) as output:
        return export(session, output, format, query, filters)
