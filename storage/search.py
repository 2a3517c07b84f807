"""Full-text search, alike on both databases: newest first, or ranked among the newest 20,000 hits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date as Day
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from storage.filters import Filters, Narrowed, narrow, not_here
from storage.models import Article, Site
from storage.query_language import Query, for_sqlite
from storage.ranking import TERMS_RANKED, best
from storage.search_postgres import Asked
from storage.snippets import Snippet, make_snippet
from storage.spellings import understood

CAP = 20_000  # hits counted and ranked at most; a common word has hundreds of thousands


@dataclass(frozen=True, slots=True)
class Hit:
    """One article found."""

    article_id: int
    order_key: int
    site: str
    url: str
    title: str | None
    published_date: Day | None
    published_precision: str | None
    snippet: Snippet


@dataclass(frozen=True, slots=True)
class Found:
    """A page of hits. `total` is exact unless `capped`: then there are more, and rank saw the newest."""

    hits: tuple[Hit, ...]
    total: int
    capped: bool
    ranked: bool
    notes: tuple[str, ...] = ()  # words that are not indexed, names that are not known


def search(
    session: Session,
    query: str,
    filters: Filters | None = None,
    limit: int = 20,
    *,
    offset: int = 0,
    rank: bool = False,
    count: bool = True,
) -> Found:
    """Articles that match a query (see storage.query_language) within filters.

    Newest first by published local time, undated last; with `rank` by how well title and text match. Any text
    is a valid query; an empty one lists what the filters leave, one without any indexed word finds nothing.
    Without `count`, `total` only says what was seen.
    """
    parsed = understood(session, query)
    narrowed = narrow(session, filters or Filters())
    notes = (*parsed.notes, *narrowed.notes)
    nothing = bool(query.strip()) and not parsed.clauses
    if narrowed.impossible or nothing:
        return Found((), 0, False, rank, notes)
    ranked = rank and bool(parsed.positive)
    if ranked:
        asked = Asked(session, parsed, narrowed) if _in_segments(session, parsed, narrowed) else None
        keys = asked.page(CAP + 1) if asked else matching_keys(session, parsed, narrowed, CAP + 1)
        total, page = len(keys), _ranked(session, parsed, keys[:CAP], offset, limit, asked)
    else:
        page, total = _newest(session, parsed, narrowed, limit, offset, count=count)
    hits = _hits(session, parsed, page)
    if not total and filters is not None:
        notes += unknown_names(session, filters)
    return Found(hits, min(total, CAP), total > CAP, ranked, notes)


def unknown_names(session: Session, filters: Filters) -> tuple[str, ...]:
    """Notes on the source and the author that are only words to us, where no article has all of them."""
    notes = []
    one_each = {"source": Filters(source=filters.source), "author": Filters(author=filters.author)}
    for kind, alone in one_each.items():
        narrowed = narrow(session, alone)
        words = [term for facet in narrowed.facets for term in facet if term.startswith(("_cw_", "_aw_"))]
        if words and not matching_keys(session, Query(()), narrowed, 1):
            notes.append(not_here(kind, getattr(alone, kind)))
    return tuple(notes)


def matching_keys(
    session: Session, query: Query, narrowed: Narrowed, limit: int | None, offset: int = 0
) -> list[int]:
    """Order keys of the articles that match, newest first."""
    if _in_segments(session, query, narrowed):
        return Asked(session, query, narrowed).page(limit, offset)
    statement, values = _statement(query, narrowed)
    order = f"{statement} ORDER BY 1 DESC"
    if limit is not None:
        order += " LIMIT :limit OFFSET :offset"
        values |= {"limit": limit, "offset": offset}
    return [row[0] for row in session.execute(text(order), values)]


def stream_keys(session: Session, query: Query, narrowed: Narrowed) -> Iterator[int]:
    """Order keys of all articles that match, newest first, a few at a time however many they are."""
    if _in_segments(session, query, narrowed):
        yield from Asked(session, query, narrowed).newest()
        return
    statement, values = _statement(query, narrowed)
    ordered = text(f"{statement} ORDER BY 1 DESC").execution_options(yield_per=1_000)
    for row in session.execute(ordered, values):
        yield row[0]


def _newest(
    session: Session, query: Query, narrowed: Narrowed, limit: int, offset: int, *, count: bool
) -> tuple[list[int], int]:
    """A page of matches and how many there are, counted up to one more than CAP."""
    if _in_segments(session, query, narrowed):
        asked = Asked(session, query, narrowed)
        page = asked.page(limit, offset)
        return page, asked.count(CAP + 1) if count else offset + len(page)
    page = matching_keys(session, query, narrowed, limit, offset)
    if not count:
        return page, offset + len(page)
    statement, values = _statement(query, narrowed)
    counted = text(f"SELECT count(*) FROM ({statement} LIMIT :cap) AS hits")  # noqa: S608  (own text)
    return page, int(session.scalar(counted, values | {"cap": CAP + 1}) or 0)


def _in_segments(session: Session, query: Query, narrowed: Narrowed) -> bool:
    """Whether PostgreSQL's index is asked, not SQLite's, nor the articles themselves."""
    asks = bool(query.clauses or narrowed.facets)
    return asks and session.get_bind().dialect.name == "postgresql"


def _statement(query: Query, narrowed: Narrowed) -> tuple[str, dict[str, Any]]:
    """The statement that yields the order keys of all matches; every value is bound."""
    if not query.clauses and not narrowed.facets:
        table, key, where, values = "articles", "order_key", ["1 = 1"], {}
    else:
        table, key, where = "article_index", "rowid", ["article_index MATCH :query"]
        values = {"query": for_sqlite(query, narrowed.facets)}
    bounds: dict[str, Any] = {"low": narrowed.low, "high": narrowed.high}
    for name, sign in (("low", ">="), ("high", "<")):
        if bounds[name] is not None:
            where.append(f"{key} {sign} :{name}")
            values[name] = bounds[name]
    if narrowed.keys is not None:
        numbers = ", ".join(str(int(number)) for number in narrowed.keys) or "NULL"
        where.append(f"{key} IN ({numbers})")
    return f"SELECT {key} FROM {table} WHERE {' AND '.join(where)}", values  # noqa: S608  (own names only)


def _ranked(
    session: Session, query: Query, keys: Sequence[int], offset: int, limit: int, asked: Asked | None
) -> list[int]:
    """The best of these keys: first by words in the title, then, among the foremost, by the text itself."""
    if not keys:
        return []
    in_title: dict[int, int] = {}
    lowest = Narrowed(low=min(keys), high=max(keys) + 1)
    for term in query.positive[:TERMS_RANKED]:
        if term.field in (None, "title"):
            alone = Query(((type(term)(term.words, "title", term.stump),),))
            found = (
                Asked(session, alone, lowest, asked).page(CAP)
                if asked
                else matching_keys(session, alone, lowest, CAP)
            )
            for key in found:
                in_title[key] = in_title.get(key, 0) + 1
    order = sorted(keys, key=lambda key: (-in_title.get(key, 0), -key))
    return best(session, query, order, offset, limit)


def _hits(session: Session, query: Query, keys: Sequence[int]) -> tuple[Hit, ...]:
    columns = (
        Article.id,
        Article.order_key,
        Site.name.label("site"),
        Article.url,
        Article.title,
        Article.published_date,
        Article.published_precision,
        Article.lead,
        Article.body,
    )
    rows = session.execute(
        select(*columns).join(Site, Site.id == Article.site_id).where(Article.order_key.in_(keys))
    )
    found = {
        row.order_key: Hit(
            row.id,
            row.order_key,
            row.site,
            row.url,
            row.title,
            row.published_date,
            row.published_precision,
            make_snippet(query, row.lead, row.body),
        )
        for row in rows
    }
    return tuple(found[key] for key in keys if key in found)
