"""Messages about new matches of saved searches: which target is told what, and whether it has come.

The messages to one target follow each other without gap or overlap. One that was certainly not taken is tried
again with its id; one that a process was sending when it died may have come: it is not sent again by itself.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from storage.models import AlertDelivery, SavedSearch, SearchMatch
from storage.queries import Rows
from storage.saved_searches import new_matches

OPEN = ("prepared", "failed")


def prepare(session: Session, search_id: int, target: str, now: datetime) -> AlertDelivery | None:
    """The message that this target is to get next: one that was not taken, else a new one, else None.

    Commit before sending: after a crash the same message, with its id, is found again.
    """
    mine = AlertDelivery.search_id == search_id, AlertDelivery.target == target
    waiting = select(AlertDelivery).where(*mine, AlertDelivery.state.in_(OPEN)).order_by(AlertDelivery.id)
    open_one = session.scalar(waiting.limit(1))
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


def matches_of(message: AlertDelivery) -> Rows:
    """The matches a message tells, oldest first; columns as `saved_searches.new_matches`."""
    query = new_matches(message.search_id).order_by(None).order_by(SearchMatch.id)
    return query.where(SearchMatch.id > message.after_match, SearchMatch.id <= message.last_match)


def mark_sending(session: Session, message_id: int) -> None:
    """The message is about to leave. Found in this state later, it may have come."""
    values: dict[str, Any] = {"state": "sending", "tries": AlertDelivery.tries + 1, "error": None}
    session.execute(update(AlertDelivery).where(AlertDelivery.id == message_id).values(**values))


def mark_sent(session: Session, message_id: int, now: datetime) -> None:
    """The other side has taken it."""
    _settle(session, message_id, state="sent", sent_at=now)


def mark_failed(session: Session, message_id: int, error: str) -> None:
    """The other side certainly did not take it: `prepare` gives it again."""
    _settle(session, message_id, state="failed", error=error[:500])


def mark_unsure(session: Session, message_id: int, error: str) -> None:
    """The other side went away after it was given everything: it may have taken it."""
    _settle(session, message_id, state="sending", error=error[:500])


def _settle(session: Session, message_id: int, **values: Any) -> None:
    session.execute(update(AlertDelivery).where(AlertDelivery.id == message_id).values(**values))


def unsure(session: Session) -> Sequence[Any]:
    """Messages that may have come, oldest first: AlertDelivery and the name of its search."""
    query = select(AlertDelivery, SavedSearch.name.label("search"))
    query = query.join(SavedSearch, SavedSearch.id == AlertDelivery.search_id)
    return session.execute(query.where(AlertDelivery.state == "sending").order_by(AlertDelivery.id)).all()


def send_again(session: Session) -> int:
    """Put messages that may have come in line again, with their ids. Returns how many."""
    result = session.execute(
        update(AlertDelivery).where(AlertDelivery.state == "sending").values(state="failed")
    )
    return int(result.rowcount)  # type: ignore[attr-defined]
