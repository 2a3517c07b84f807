"""Filters that search, lists and exports share: site, source, tag, author, dates, related-to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date as Day
from datetime import timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from storage.analyser import terms
from storage.keys import folded
from storage.models import Article, RelatedLink, Site, Source, SourceAlias, Tag
from storage.order import UNDATED, key_range
from storage.records import Date


@dataclass(frozen=True, slots=True)
class Filters:
    """What to narrow a search to; None = no limit. Days are local, `date_to` is included."""

    site: str | None = None
    source: str | None = None
    tag: str | None = None
    author: str | None = None
    date_from: Day | None = None
    date_to: Day | None = None
    related_to: int | None = None  # id of an article: those it links to and those that link to it

    @property
    def any(self) -> bool:
        return self != Filters()


@dataclass(frozen=True, slots=True)
class Narrowed:
    """Filters as the index understands them. `notes` say which names are not known: they match nothing."""

    facets: tuple[tuple[str, ...], ...] = ()
    low: int | None = None  # order_key >= low
    high: int | None = None  # order_key < high
    keys: tuple[int, ...] | None = None  # only these
    notes: tuple[str, ...] = ()

    @property
    def impossible(self) -> bool:
        return bool(self.notes)


def narrow(session: Session, filters: Filters) -> Narrowed:
    """Look up what the filters name."""
    facets: list[tuple[str, ...]] = []
    notes: list[str] = []
    for kind, value, find in (
        ("site", filters.site, _site),
        ("source", filters.source, _source),
        ("tag", filters.tag, _tag),
        ("author", filters.author, _author),
    ):
        if value is None:
            continue
        found = find(session, value)
        facets += found
        if not found:
            notes.append(not_here(kind, value))
    low, high = _range(filters)
    keys = None if filters.related_to is None else _related(session, filters.related_to)
    return Narrowed(tuple(facets), low, high, keys, tuple(notes))


def not_here(kind: str, name: str) -> str:
    """The note on a name that nothing in the archive bears."""
    return f"no {kind} {name!r} in this archive"


def _site(session: Session, name: str) -> list[tuple[str, ...]]:
    number = session.scalar(select(Site.id).where(Site.name == name))
    return [] if number is None else [(f"_s{number}",)]


def _source(session: Session, name: str) -> list[tuple[str, ...]]:
    """A known source by key, name or alias in any country; else the words of an unknown one's name."""
    key = folded(name)
    aliases = select(SourceAlias.source_id).where(SourceAlias.folded == key)
    found = session.scalars(
        select(Source.id).where(or_(Source.id.in_(aliases), Source.key == name)).order_by(Source.id)
    ).all()
    if found:
        return [tuple(f"_c{number}" for number in found)]
    return [(f"_cw_{term}",) for term in terms(name)]


def _tag(session: Session, name: str) -> list[tuple[str, ...]]:
    number = session.scalar(select(Tag.id).where(Tag.folded == folded(name)))
    return [] if number is None else [(f"_t{number}",)]


def _author(session: Session, name: str) -> list[tuple[str, ...]]:
    return [(f"_aw_{term}",) for term in terms(name)]


def _range(filters: Filters) -> tuple[int | None, int | None]:
    if filters.date_from is None and filters.date_to is None:
        return None, None
    low = UNDATED[1] if filters.date_from is None else key_range(Date(filters.date_from, "day"))[0]
    if filters.date_to is None or filters.date_to == Day.max:
        return low, None
    return low, key_range(Date(filters.date_to + timedelta(days=1), "day"))[0]


def _related(session: Session, article_id: int) -> tuple[int, ...]:
    """Order keys of the articles an article links to and of those that link to it."""
    targets = select(RelatedLink.target_id).where(
        RelatedLink.article_id == article_id, RelatedLink.target_id.is_not(None)
    )
    origins = select(RelatedLink.article_id).where(RelatedLink.target_id == article_id)
    query = select(Article.order_key).where(or_(Article.id.in_(targets), Article.id.in_(origins)))
    return tuple(session.scalars(query.where(Article.id != article_id).order_by(Article.order_key.desc())))
