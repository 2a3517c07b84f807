"""A query with its filters as a name's worth of JSON, and the articles it finds now."""

from __future__ import annotations

from datetime import date as Day
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.filters import Filters, narrow
from storage.models import Article
from storage.query_language import parse_query
from storage.search import unknown_names
from storage.selection import article_ids

_DAYS = ("date_from", "date_to")


def as_json(session: Session, filters: Filters) -> dict[str, Any]:
    """Filters that are set, by name; days as ISO 8601, an article by its identity (ids change on rebuild)."""
    found: dict[str, Any] = {}
    for name in Filters.__dataclass_fields__:
        value = getattr(filters, name)
        if value is not None:
            found[name] = value.isoformat() if isinstance(value, Day) else value
    if filters.related_to is not None:
        query = select(Article.identity).where(Article.id == filters.related_to)
        found["related_to"] = session.scalars(query).one()
    return found


def from_json(session: Session, value: dict[str, Any]) -> Filters:
    """Filters as `as_json` wrote them; names of a newer version are passed over."""
    known = {name: item for name, item in value.items() if name in Filters.__dataclass_fields__}
    days = {name: Day.fromisoformat(known[name]) for name in _DAYS if known.get(name)}
    if "related_to" in known:
        query = select(Article.id).where(Article.identity == known["related_to"])
        known["related_to"] = session.scalar(query) or 0  # 0: an article that is no more relates to nothing
    return Filters(**(known | days))


def notes(session: Session, query: str, filters: Filters) -> list[str]:
    """What of a query cannot find anything: words that are not indexed, names that are not known."""
    return [*parse_query(query).notes, *narrow(session, filters).notes, *unknown_names(session, filters)]


def matches(session: Session, query: str, filters: dict[str, Any]) -> list[int]:
    """Ids of the articles found now, newest first."""
    return article_ids(session, query, from_json(session, filters))
