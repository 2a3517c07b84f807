"""What of an article is indexed: its document, the same for both databases.

`documents` computes it from the tables by one rule. Besides its words a document has facets, terms with an
underscore that no text yields: `_s7` site 7, `_c4` credited source 4, `_t9` tag 9, `_a3` author 3, `_cw_map`
a word of a credit, `_aw_alami` a word of an author, `_all` always.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import Any

from sqlalchemy import Connection, select

from storage.analyser import limited, terms
from storage.models import (
    Article,
    ArticleAuthor,
    ArticleTag,
    Attribution,
    AttributionSource,
    Author,
    RelatedLink,
    Tag,
)
from storage.upsert import chunks

FIELDS = ("title", "text", "tags", "related")
LIMITS = {
    "title": 200,
    "text": 12_000,
    "tags": 400,
    "related": 3_000,
}  # PostgreSQL counts positions to 16,383
REPEATS = {"title": 20, "text": 150, "tags": 20, "related": 60}  # 250 together
WEIGHTS = {"title": "A", "text": "B", "tags": "C", "related": "D"}
GAP = 8  # positions between fields, so that no phrase crosses them


@dataclass(frozen=True, slots=True)
class Document:
    """The terms of one article by field."""

    order_key: int
    title: list[str]
    text: list[str]
    tags: list[str]
    related: list[str]
    facets: list[str]


def make_document(
    order_key: int,
    site_id: int,
    title: str | None,
    lead: str | None,
    body: str | None,
    tags: Sequence[tuple[int, str]],
    related: Iterable[str | None],
    authors: Sequence[tuple[int, str]],
    credits: Sequence[tuple[int | None, str]],
) -> Document:
    """Terms of an article's parts. `tags`, `authors`: (id, name); `credits`: (source id or None, name)."""
    facets = {"_all", f"_s{site_id}"}
    for number, name in authors:
        facets.add(f"_a{number}")
        facets.update(f"_aw_{term}" for term in terms(name))
    for source, name in credits:
        facets.update(f"_cw_{term}" for term in terms(name))
        if source is not None:
            facets.add(f"_c{source}")
    facets.update(f"_t{number}" for number, _ in tags)
    return Document(
        order_key,
        _terms("title", title),
        _terms("text", f"{lead}\n{body or ''}" if lead else body),
        _terms("tags", " | ".join(name for _, name in tags)),
        _related_terms(related),
        sorted(facets),
    )


def _terms(field: str, content: str | None) -> list[str]:
    return terms(content, REPEATS[field])[: LIMITS[field]]


def _related_terms(entries: Iterable[str | None]) -> list[str]:
    """Words of related entries are terms of their own (`_r_...`): the default search leaves them out without
    looking up the field a word stands in. An entry is shown by many pages, so it is remembered.
    """
    found = list(chain.from_iterable(_entry_terms(entry) for entry in entries if entry))
    return limited(found, REPEATS["related"])[: LIMITS["related"]]


@lru_cache(maxsize=20_000)
def _entry_terms(entry: str) -> tuple[str, ...]:
    return tuple("_r_" + term for term in terms(entry))


def documents(connection: Connection, article_ids: Sequence[int]) -> list[Document]:
    """The documents of stored articles, as the tables are now."""
    found: list[Document] = []
    for part in chunks(article_ids, 200):
        tags = _grouped(connection, _tag_query(part))
        authors = _grouped(connection, _author_query(part))
        credits = _grouped(connection, _credit_query(part))
        related = _grouped(connection, _related_query(part))
        rows = connection.execute(
            select(
                Article.id, Article.order_key, Article.site_id, Article.title, Article.lead, Article.body
            ).where(Article.id.in_(part))
        )
        for row in rows:
            entries = [piece for pair in related.get(row.id, []) for piece in pair]
            found.append(
                make_document(
                    row.order_key,
                    row.site_id,
                    row.title,
                    row.lead,
                    row.body,
                    tags.get(row.id, []),
                    entries,
                    authors.get(row.id, []),
                    credits.get(row.id, []),
                )
            )
    return found


def _grouped(connection: Connection, query: Any) -> dict[int, list[tuple[Any, Any]]]:
    groups: dict[int, list[tuple[Any, Any]]] = {}
    for article_id, first, second in connection.execute(query):
        groups.setdefault(article_id, []).append((first, second))
    return groups


def _tag_query(ids: Sequence[int]) -> Any:
    return (
        select(ArticleTag.article_id, Tag.id, Tag.name)
        .join(Tag, Tag.id == ArticleTag.tag_id)
        .where(ArticleTag.article_id.in_(ids))
        .order_by(ArticleTag.article_id, ArticleTag.position)
    )


def _author_query(ids: Sequence[int]) -> Any:
    return (
        select(ArticleAuthor.article_id, Author.id, Author.name)
        .join(Author, Author.id == ArticleAuthor.author_id)
        .where(ArticleAuthor.article_id.in_(ids))
    )


def _credit_query(ids: Sequence[int]) -> Any:
    return (
        select(Attribution.article_id, AttributionSource.source_id, AttributionSource.name)
        .join(AttributionSource, AttributionSource.attribution_id == Attribution.id)
        .where(Attribution.article_id.in_(ids))
    )


def _related_query(ids: Sequence[int]) -> Any:
    return (
        select(RelatedLink.article_id, RelatedLink.title, RelatedLink.teaser)
        .where(RelatedLink.article_id.in_(ids))
        .order_by(RelatedLink.article_id, RelatedLink.id)
    )


def vector(document: Document) -> str:
    """A document as tsvector literal: positions as in SQLite, weights for fields, facets without position."""
    positions: dict[str, list[str]] = {}
    at = 0
    for field in FIELDS:
        weight = WEIGHTS[field]
        for term in getattr(document, field):
            at += 1
            positions.setdefault(term, []).append(f"{at}{weight}")
        at += GAP
    parts = [f"'{term}':{','.join(places[:255])}" for term, places in positions.items()]
    parts += [f"'{facet}'" for facet in document.facets]
    return " ".join(parts)
