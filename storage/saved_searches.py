"""Saved searches: named queries, and what each has found so far.

A match is a row: an article that matches again is not new. What matched when the search was saved is old.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from storage.ledger import Entry
from storage.models import Article, SavedSearch, SearchMatch, Site
from storage.named_queries import matches
from storage.queries import Rows
from storage.upsert import chunks, upsert


def saved(session: Session, name: str | None = None) -> Sequence[SavedSearch]:
    """Saved searches by name; with `name` that one or none."""
    query = select(SavedSearch).order_by(SavedSearch.name)
    return session.scalars(query if name is None else query.where(SavedSearch.name == name)).all()


def apply(session: Session, entry: Entry) -> bool:
    """Carry out a ledger entry of kind `saved_search`: make it, or change query, filters and targets.

    What matches at that moment is old; so after a rebuild nothing is told twice. Twice equals once.
    """
    data = entry.data
    values = {name: data[name] for name in ("query", "filters", "targets", "who")}
    known = session.execute(
        select(SavedSearch.id, SavedSearch.made_at).where(SavedSearch.name == data["name"])
    ).first()
    if known is not None and known.made_at >= entry.at:
        return True  # this entry or a later one has been carried out
    if known is None:
        made = upsert(session, SavedSearch).values(name=data["name"], made_at=entry.at, **values)
        search_id = session.execute(made.returning(SavedSearch.id)).scalar_one()
    else:
        search_id = known.id
        changed = update(SavedSearch).where(SavedSearch.id == search_id)
        session.execute(changed.values(made_at=entry.at, **values))
    _find(session, search_id, entry.at, is_old=True)
    return True


def apply_drop(session: Session, entry: Entry) -> bool:
    """Carry out a ledger entry of kind `saved_search_dropped`."""
    wanted = SavedSearch.name == entry.data["name"], SavedSearch.made_at <= entry.at
    session.execute(delete(SavedSearch).where(*wanted))
    return True


def check(session: Session, search_id: int, now: datetime) -> int:
    """Run a saved search and note what it had not found before. Returns how many articles that is."""
    return _find(session, search_id, now, is_old=False)


def _find(session: Session, search_id: int, now: datetime, *, is_old: bool) -> int:
    search = session.get_one(SavedSearch, search_id, populate_existing=True)
    found = matches(session, search.query, search.filters)
    known = set(session.scalars(select(SearchMatch.article_id).where(SearchMatch.search_id == search_id)))
    new = sorted(set(found) - known)
    rows = [
        {"search_id": search_id, "article_id": number, "found_at": now, "is_old": is_old} for number in new
    ]
    for part in chunks(rows):
        session.execute(upsert(session, SearchMatch).on_conflict_do_nothing(), part)
    session.execute(update(SavedSearch).where(SavedSearch.id == search_id).values(checked_at=now))
    return len(new)


def new_matches(search_id: int, *, unseen: bool = False) -> Rows:
    """Matches that came after a search was saved, newest first; with `unseen`, those never printed.

    match, found_at, article, site, url, title, published_date, published_precision, lead, body.
    """
    query: Rows = (
        select(
            SearchMatch.id.label("match"),
            SearchMatch.found_at,
            Article.id.label("article"),
            Site.name.label("site"),
            Article.url,
            Article.title,
            Article.published_date,
            Article.published_precision,
            Article.lead,
            Article.body,
        )
        .join(Article, Article.id == SearchMatch.article_id)
        .join(Site, Site.id == Article.site_id)
        .where(SearchMatch.search_id == search_id, ~SearchMatch.is_old)
        .order_by(SearchMatch.id.desc())
    )
    return query.where(SearchMatch.shown_at.is_(None)) if unseen else query


def mark_shown(session: Session, match_ids: Sequence[int], now: datetime) -> None:
    """These matches were printed: they are not new to who reads the screen."""
    for part in chunks(match_ids):
        session.execute(
            update(SearchMatch)
            .where(SearchMatch.id.in_(part), SearchMatch.shown_at.is_(None))
            .values(shown_at=now)
        )
