"""Parquet: the columns of the CSV with their types, lists as lists. Needs the extra `parquet`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, BinaryIO

from storage.errors import ArchiveError
from storage.export.contents import Contents
from storage.export.values import local_text
from storage.stored import Stored
from storage.upsert import chunks

if TYPE_CHECKING:
    import pyarrow

_ROWS = 1_000  # articles a row group: what is in memory at a time


class LibraryMissing(ArchiveError):
    """The program was installed without the extra that this form needs."""

    exit_code = 2


def write_parquet(contents: Contents, output: BinaryIO) -> int:
    """Write the articles, some thousand a row group. Returns how many.

    Raises:
        LibraryMissing: pyarrow is not installed.
    """
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError:
        raise LibraryMissing(
            "Parquet needs pyarrow, which is not installed: pip install 'hemerotheque[parquet]'"
        ) from None
    schema = _schema(pyarrow)
    count = 0
    with parquet.ParquetWriter(output, schema, compression="zstd") as writer:
        for part in chunks(contents.articles(), _ROWS):
            rows = [_row(stored) for stored in part]
            writer.write_table(pyarrow.Table.from_pylist(rows, schema))
            count += len(rows)
    return count


def _schema(pa: Any) -> pyarrow.Schema:
    text, moment, names = pa.string(), pa.timestamp("us", "UTC"), pa.list_(pa.string())
    credit = pa.struct(
        [("kind", text), ("outlets", names), ("agencies", names), ("authors", names), ("raw", text)]
    )
    link = pa.struct(
        [("title", text), ("url", text), ("teaser", text), ("position", pa.int32()), ("block", text)]
    )
    return pa.schema(
        [
            *(("id", pa.int64()), ("identity", text), ("site", text), ("url", text), ("title", text)),
            *(("lead", text), ("body", text), ("language", text), ("section", text)),
            *(("authors", names), ("tags", names)),
            *(("published", text), ("published_date", pa.date32()), ("published_precision", text)),
            *(("published_utc", moment), ("modified", text), ("modified_utc", moment)),
            *(("attributions", pa.list_(credit)), ("outlets", names), ("agencies", names)),
            *(("related", pa.list_(link)), ("paywalled", pa.bool_()), ("truncated", pa.bool_())),
            *(("revisions", pa.int32()), ("fetched_at", moment), ("first_seen_at", moment)),
            *(("last_seen_at", moment), ("gone_at", moment), ("content_digest", text), ("text_digest", text)),
        ]
    )


def _row(stored: Stored) -> dict[str, Any]:
    article = stored.article
    published, modified, lines = article.published, article.modified, article.attributions
    return {
        "id": stored.id,
        "identity": stored.identity,
        "site": article.site,
        "url": article.url,
        "title": article.title,
        "lead": article.lead,
        "body": article.body,
        "language": article.language,
        "section": article.section,
        "authors": list(article.authors),
        "tags": [tag.name for tag in article.tags],
        "published": local_text(published),
        "published_date": None if published is None else published.date,
        "published_precision": None if published is None else published.precision,
        "published_utc": None if published is None else published.utc,
        "modified": local_text(modified),
        "modified_utc": None if modified is None else modified.utc,
        "attributions": [
            {key: getattr(line, key) for key in ("kind", "outlets", "agencies", "authors", "raw")}
            for line in lines
        ],
        "outlets": [name for line in lines for name in line.outlets],
        "agencies": [name for line in lines for name in line.agencies],
        "related": [
            {key: getattr(link, key) for key in ("title", "url", "teaser", "position", "block")}
            for link in article.related
        ],
        "paywalled": article.paywalled,
        "truncated": article.truncated,
        "revisions": stored.revisions,
        "fetched_at": stored.fetched_at,
        "first_seen_at": stored.first_seen_at,
        "last_seen_at": stored.last_seen_at,
        "gone_at": stored.gone_at,
        "content_digest": stored.content_digest,
        "text_digest": stored.text_digest,
    }
