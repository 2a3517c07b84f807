"""CSV: one row an article, UTF-8 with a byte order mark so that spreadsheets show accents.

A cell that a spreadsheet would run as a formula gets an apostrophe in front; lists are joined by "; ".
"""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator
from datetime import datetime
from typing import BinaryIO

from storage.records import Date
from storage.stored import Stored

COLUMNS = (
    "id",
    "site",
    "url",
    "title",
    "lead",
    "body",
    "language",
    "section",
    "authors",
    "tags",
    "published",
    "published_precision",
    "published_utc",
    "modified",
    "modified_utc",
    "attribution",
    "outlets",
    "agencies",
    "related",
    "paywalled",
    "truncated",
    "revisions",
    "first_seen_at",
    "last_seen_at",
    "gone_at",
)
FORMULA = ("=", "+", "-", "@", "\t", "\r")


class _Utf8:
    """Takes the rows as text; unlike a TextIOWrapper it never closes the file, which is the caller's."""

    def __init__(self, output: BinaryIO) -> None:
        self._output = output

    def write(self, row: str) -> int:
        return self._output.write(row.encode("utf-8"))


def write_csv(articles: Iterator[Stored], output: BinaryIO, *, raw: bool = False) -> int:
    """Write the articles; with `raw`, cells stay as they are. Returns how many."""
    output.write(codecs.BOM_UTF8)
    writer = csv.writer(_Utf8(output))
    writer.writerow(COLUMNS)
    count = 0
    for stored in articles:
        cells = _cells(stored)
        writer.writerow(cells if raw else [harmless(cell) for cell in cells])
        count += 1
    return count


def harmless(cell: str) -> str:
    """The cell, with an apostrophe before what a spreadsheet would take for a formula."""
    return f"'{cell}" if cell.startswith(FORMULA) or cell.lstrip().startswith(FORMULA[:4]) else cell


def _cells(stored: Stored) -> list[str]:
    article = stored.article
    lines = article.attributions
    values = (
        stored.id,
        article.site,
        article.url,
        article.title,
        article.lead,
        article.body,
        article.language,
        article.section,
        "; ".join(article.authors),
        "; ".join(tag.name for tag in article.tags),
        _local(article.published),
        article.published.precision if article.published else None,
        _utc(article.published),
        _local(article.modified),
        _utc(article.modified),
        "; ".join(line.kind for line in lines),
        "; ".join(name for line in lines for name in line.outlets),
        "; ".join(name for line in lines for name in line.agencies),
        "; ".join(link.url or link.title or "" for link in article.related),
        int(article.paywalled),
        int(article.truncated),
        stored.revisions,
        _time(stored.first_seen_at),
        _time(stored.last_seen_at),
        _time(stored.gone_at),
    )
    return ["" if value is None else str(value) for value in values]


def _local(date: Date | None) -> str | None:
    """As precise as the page was: 2016-03, 2016-03-01 or 2016-03-01T14:30."""
    if date is None:
        return None
    if date.precision == "month":
        return date.date.isoformat()[:7]
    return date.date.isoformat() if date.datetime is None else date.datetime.isoformat()


def _utc(date: Date | None) -> str | None:
    return None if date is None else _time(date.utc)


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat().replace("+00:00", "Z")
