"""Articles that are hard to export, with the captures they were read from."""

from __future__ import annotations

import gzip
import io
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from storage import Archive
from storage.export import Contents, export, export_file
from storage.filters import Filters
from storage.records import Article, Attribution, Date, Tag
from storage.selection import Selection
from storage.stored import Stored, load_articles
from storage.writer import ArchiveWriter
from tests.storage.build import article, capture, day, link, reading, rich_article

LONG = "Été à Laâyoune 😀 العيون. " * 1_600  # 40,000 characters, and more UTF-16 units
HARD: tuple[Article, ...] = (
    rich_article(1),
    article(
        2,
        title="=cmd|' /C calc'!A0 & Cie {50 %} \"à\" 100 $ #1 a_b ~ ^ \\fin",
        lead="+33 5 28 00 00 00",
        body=LONG,
        section="@SUM(A1)",
        authors=("Ben, Ali and Sons", "جمال الدين", "Élodie & {Cie}"),
        tags=(Tag("-1"), Tag("œuvre; d'art"), Tag("_x0041_")),
        published=Date(date(2021, 3, 1), "month", raw="mars 2021", rule="line"),
    ),
    article(3, title="العيون تستقبل", body="فقرة أولى.\n**** *site_faux *date_1\nfin", language="ar"),
    article(4, title=None, body=None, published=None),
    article(
        5,
        title="Contrôles \x07\x0b\x1b[31m et _x0041_ \ufffe",
        body='ligne "un"\nligne\ttrois; quatre,\u2028cinq </p> ]]> &amp; <b>',
        published=day(2021, 4, 13),
        attributions=(
            Attribution("republication", ("Atlas Info",), (), (), "SOURCE WEB Par Atlas Info", "tail"),
            Attribution("agency", ("SELF",), ("MAP",), (), "Avec MAP", "tail"),
        ),
        related=(link("Premier", 1, 1), link("=1+1", None, 2)),
    ),
)
RESERVED = (("tdm-reservation", "1"),)


def page(number: int) -> bytes:
    return (
        f"<html><head><title>Page {number}</title></head><body><p>Épisode {number}</p></body></html>".encode()
    )


def fill(archive: Archive, site: int, pages: Sequence[Article] = HARD, **values: Any) -> list[int]:
    """Capture and store these articles; ids in order. Every second page is sent with gzip."""
    ids = []
    with ArchiveWriter(archive, None) as writer:
        for number, of in enumerate(pages, 1):
            coded = number % 2 == 0
            kept = capture(
                number,
                gzip.compress(page(number), mtime=0) if coded else page(number),
                url=of.url,
                headers=(
                    (b"Content-Type", b"text/html; charset=utf-8"),
                    *(((b"Content-Encoding", b"gzip"),) if coded else ()),
                ),
                request_headers=((b"User-Agent", b"hemero"),),
                **values,
            )
            number_of = writer.capture(kept).result()
            outcome = writer.store(reading(of=of, capture_id=number_of), site).result()
            ids.append(outcome.article_id or 0)
    return ids


def exported(archive: Archive, format: str, **options: Any) -> bytes:
    """What an export writes."""
    output = io.BytesIO()
    with archive.read() as session:
        export(_contents(archive, session, options), output, format)
    return output.getvalue()


def exported_file(archive: Archive, path: Path, format: str, **options: Any) -> Contents:
    with archive.read() as session:
        contents = _contents(archive, session, options)
        export_file(contents, path, format)
        return contents


def _contents(archive: Archive, session: Any, options: dict[str, Any]) -> Contents:
    selection = Selection(
        options.pop("query", ""), options.pop("filters", Filters()), options.pop("corpus", None)
    )
    return Contents(archive, session, selection, **options)


def stored(archive: Archive) -> list[Stored]:
    """All articles as the database has them, in the order of an export."""
    from storage.selection import article_ids

    with archive.read() as session:
        return load_articles(session, article_ids(session))
