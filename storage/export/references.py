"""What a citation says of an article: outlet as container, original source, archived capture, access date."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from storage.export.contents import Contents
from storage.export.values import credited
from storage.records import Date


@dataclass(frozen=True, slots=True)
class Reference:
    """One article to be cited. Names are as the page writes them: nobody guesses which is the surname."""

    key: str  # letters, digits and hyphens; the same after a rebuild
    title: str
    authors: tuple[str, ...]
    container: str  # what the site calls itself
    published: Date | None
    url: str
    language: str | None
    section: str | None
    abstract: str | None
    tags: tuple[str, ...]
    original: tuple[str, ...]  # outlets and agencies that are credited
    credit: tuple[str, ...]  # the lines that credit, verbatim
    accessed: datetime  # UTC
    archived: str | None  # "urn:uuid:... sha256:..." of the capture


def references(contents: Contents) -> Iterator[Reference]:
    """One an article, in the order of the export."""
    titles = contents.site_titles()
    for stored, capture in contents.with_captures():
        article, lines = stored.article, stored.article.attributions
        archived = None
        if capture is not None:
            archived = f"urn:uuid:{capture.record_id} sha256:{capture.payload_digest}"
        yield Reference(
            key=f"{article.site}-{stored.identity[:12]}",
            title=plain(article.title or article.url),
            authors=tuple(plain(name) for name in article.authors),
            container=plain(titles.get(article.site or "") or article.site or ""),
            published=article.published,
            url=article.url,
            language=article.language,
            section=plain(article.section) if article.section else None,
            abstract=plain(article.lead) if article.lead else None,
            tags=tuple(plain(tag.name) for tag in article.tags),
            original=tuple(dict.fromkeys(plain(name) for name in credited(article))),
            credit=tuple(plain(line.raw) for line in lines if line.raw),
            accessed=stored.fetched_at,
            archived=archived,
        )


def plain(text: str) -> str:
    """On one line, without characters that citation files have no place for."""
    return " ".join("".join(c if c.isprintable() or c.isspace() else "\ufffd" for c in text).split())


def date_parts(date: Date | None) -> list[int]:
    """Year, month and, where known, day."""
    if date is None:
        return []
    day = date.date
    return [day.year, day.month] if date.precision == "month" else [day.year, day.month, day.day]
