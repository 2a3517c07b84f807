"""Saved searches: named queries, what each has found so far, and which new matches were told to whom.

A match is a row: an article that matches again is not new. What matched when the search was saved is old.
Each target gets messages that follow each other without gap or overlap; a message keeps its id at every try,
so a receiver can tell a repeated one.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from storage.ledger import Entry
from storage.models import AlertDelivery, Article, SavedSearch, SearchMatch, Site
from storage.named_queries import matches
from storage.queries import Rows
from storage.upsert import chunks, upsert


def saved(session: Session, name: str | None = None) -> Sequence[SavedSearch]:
    """Saved searches by name; with `name` that one or none."""
    query = select(SavedSearch).order_by(SavedSearch.name)
    return session.scalars(query if name is None else query.where(SavedSearch.name == name)).all()


def apply(session: Session, entry: Entry) -> bool:
    """Carry out a ledger entry of kind `saved_search`: make it, or change query, filters and targets.

    Articles stored until the entry was written and matching then are old. Twice equals once.
    """
    data = entry.data
    values = {name: data[name] for name in ("query", "filters", "targets", "who")}
    known = session.scalar(select(SavedSearch).where(SavedSearch.name == data["name"]))
    if known is None:
        made = upsert(session, SavedSearch).values(name=data["name"], made_at=entry.at, **values)
        session.execute(made.on_conflict_do_nothing(index_elements=["name"]))
    elif known.made_at > entry.at:
        return True  # a later entry has been carried out
    else:
        session.execute(
            update(SavedSearch).where(SavedSearch.id == known.id).values(made_at=entry.at, **values)
        )
    search_id = session.scalars(select(SavedSearch.id).where(SavedSearch.name == data["name"])).one()
    if known is None or known.made_at < entry.at:
        _find(session, search_id, entry.at, old_until=entry.at)
    return True


def apply_drop(session: Session, entry: Entry) -> bool:
    """Carry out a ledger entry of kind `saved_search_dropped`."""
    wanted = SavedSearch.name == entry.data["name"], SavedSearch.made_at <= entry.at
    session.execute(delete(SavedSearch).where(*wanted))
    return True


def check(session: Session, search_id: int, now: datetime) -> int:
    """Run a saved search and note what it had not found before. Returns how many articles that is."""
    return _find(session, search_id, now, old_until=None)


def _find(session: Session, search_id: int, now: datetime, *, old_until: datetime | None) -> int:
    search = session.get_one(SavedSearch, search_id, populate_existing=True)
    found = matches(session, search.query, search.filters)
    known = set(session.scalars(select(SearchMatch.article_id).where(SearchMatch.search_id == search_id)))
    new = sorted(set(found) - known)
    old: set[int] = set()
    if old_until is not None:
        for part in chunks(new):
            query = select(Article.id).where(Article.id.in_(part), Article.first_seen_at <= old_until)
            old.update(session.scalars(query))
    rows = [
        {"search_id": search_id, "article_id": number, "found_at": now, "is_old": number in old}
        for number in new
    ]
    for made in chunks(rows):
        session.execute(upsert(session, SearchMatch).on_conflict_do_nothing(), made)
    session.execute(update(SavedSearch).where(SavedSearch.id == search_id).values(checked_at=now))
    return len(new) - len(old)


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


# --- deliveries ---------------------------------------------------------------------------------------


def prepare(session: Session, search_id: int, target: str, now: datetime) -> AlertDelivery | None:
    """The message that this target is to get next: one that is not finished, else a new one, else None.

    Commit before sending: after a crash the same message, with its id, is found again.
    """
    mine = AlertDelivery.search_id == search_id, AlertDelivery.target == target
    open_one = session.scalar(
        select(AlertDelivery).where(*mine, AlertDelivery.state != "sent").order_by(AlertDelivery.id).limit(1)
    )
    if open_one is not None:
        return open_one
    told = session.scalar(select(func.max(AlertDelivery.last_match)).where(*mine)) or 0
    wanted = SearchMatch.search_id == search_id, ~SearchMatch.is_old, SearchMatch.id > told
    last = session.scalar(select(func.max(SearchMatch.id)).where(*wanted))
    if last is None:
        return None
    values = {"search_id": search_id, "target": target, "message_id": str(uuid.uuid4()), "made_at": now}
    made = insert(AlertDelivery).values(
        after_match=told, last_match=last, state="prepared", tries=0, **values
    )
    number = session.execute(made.returning(AlertDelivery.id)).scalar_one()
    return session.get_one(AlertDelivery, number)


def told_by(delivery: AlertDelivery) -> Rows:
    """The matches a message tells, oldest first; columns as `new_matches`."""
    query = new_matches(delivery.search_id).order_by(None).order_by(SearchMatch.id)
    return query.where(SearchMatch.id > delivery.after_match, SearchMatch.id <= delivery.last_match)


def mark_sending(session: Session, delivery_id: int) -> None:
    """The message is about to leave. A message found in this state may have arrived."""
    values: dict[str, Any] = {"state": "sending", "tries": AlertDelivery.tries + 1, "error": None}
    session.execute(update(AlertDelivery).where(AlertDelivery.id == delivery_id).values(**values))


def mark_sent(session: Session, delivery_id: int, now: datetime) -> None:
    """The other side has taken it."""
    session.execute(
        update(AlertDelivery).where(AlertDelivery.id == delivery_id).values(state="sent", sent_at=now)
    )


def mark_failed(session: Session, delivery_id: int, error: str) -> None:
    """The other side did not take it: `prepare` gives it again."""
    session.execute(
        update(AlertDelivery).where(AlertDelivery.id == delivery_id).values(state="failed", error=error[:500])
    )
