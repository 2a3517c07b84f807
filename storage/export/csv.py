"""CSV: one row an article, UTF-8 with a byte order mark so that spreadsheets show accents.

A cell that a spreadsheet would run as a formula gets an apostrophe in front; lists are joined by "; ".
"""

from __future__ import annotations

import codecs
import csv
from typing import BinaryIO

from storage.export.contents import Contents
from storage.export.values import local_text, utc_text
from storage.instants import time_text
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


def write_csv(contents: Contents, output: BinaryIO) -> int:
    """Write the articles; with `contents.raw`, cells stay as they are. Returns how many."""
    output.write(codecs.BOM_UTF8)
    writer = csv.writer(_Utf8(output))
    writer.writerow(COLUMNS)
    count = 0
    for stored in contents.articles():
        writer.writerow(row_of(stored, raw=contents.raw))
        count += 1
    return count


def harmless(cell: str) -> str:
    """The cell, with an apostrophe before what a spreadsheet would take for a formula."""
    return f"'{cell}" if cell.startswith(FORMULA) or cell.lstrip().startswith(FORMULA[:4]) else cell


def row_of(stored: Stored, *, raw: bool) -> list[str]:
    """The cells of one article, in the order of COLUMNS."""
    cells = _cells(stored)
    return cells if raw else [harmless(cell) for cell in cells]


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
        local_text(article.published),
        article.published.precision if article.published else None,
        utc_text(article.published),
        local_text(article.modified),
        utc_text(article.modified),
        "; ".join(line.kind for line in lines),
        "; ".join(name for line in lines for name in line.outlets),
        "; ".join(name for line in lines for name in line.agencies),
        "; ".join(link.url or link.title or "" for link in article.related),
        int(article.paywalled),
        int(article.truncated),
        stored.revisions,
        time_text(stored.first_seen_at),
        time_text(stored.last_seen_at),
        time_text(stored.gone_at),
    )
    return ["" if value is None else str(value) for value in values]
