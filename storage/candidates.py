"""The frontier: candidates and their states. It lives here and nowhere else, so a killed run loses none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, and_, func, or_, select, update
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from storage.errors import Redacted
from storage.keys import url_key
from storage.models import Article, ArticleUrl, Candidate, Capture
from storage.records import Candidate as Found
from storage.tombstones import redacted
from storage.upsert import chunks, upsert

Group = Literal["new", "revisits", "backlog"]
NEW = 100
REVISIT = 50
BACKFILL = 10
_VISITED = ("done", "gone")  # due again when they have a next_try_at


@dataclass(frozen=True, slots=True)
class Captured:
    """A candidate that was fetched and is still to be read, with its newest whole capture."""

    id: int
    url: str
    identity: str
    capture: Capture


def save_candidates(session: Session, site_id: int, found: Sequence[Found], now: datetime) -> int:
    """Add candidates that are not known yet, `pending` and due at once. Returns how many are new.

    Known are: other candidates, stored articles and every address an article was seen under.
    """
    new = 0
    for part in chunks({candidate.identity: candidate for candidate in found}.values()):
        known = _known(session, part)
        rows = [
            _row(site_id, candidate, now)
            for candidate in part
            if candidate.identity not in known and url_key(candidate.url) not in known
        ]
        if rows:
            statement = upsert(session, Candidate).on_conflict_do_nothing().returning(Candidate.id)
            new += len(session.connection().execute(statement, rows).all())
    return new


def _known(session: Session, part: Sequence[Found]) -> set[str]:
    identities = [candidate.identity for candidate in part]
    addresses = [url_key(candidate.url) for candidate in part]
    known = set(session.scalars(select(Candidate.identity).where(Candidate.identity.in_(identities))))
    known |= set(session.scalars(select(Article.identity).where(Article.identity.in_(identities))))
    known |= set(session.scalars(select(ArticleUrl.url_key).where(ArticleUrl.url_key.in_(addresses))))
    return known | redacted(session.connection(), [*identities, *addresses])


def _row(site_id: int, candidate: Found, now: datetime) -> dict[str, Any]:
    return {
        "site_id": site_id,
        "url": candidate.url,
        "identity": candidate.identity,
        "kind": candidate.kind,
        "state": "pending",
        "priority": candidate.priority,
        "found_by": candidate.found_by,
        "found_in": candidate.found_in,
        "claimed_at": candidate.claimed_at,
        "first_seen_at": now,
        "updated_at": now,
        "next_try_at": now,
    }


def candidate_for(session: Session, site_id: int, found: Found, now: datetime) -> int:
    """The candidate of a page somebody asks for by name: made if unknown, due at once.

    Raises:
        Redacted: it was removed for good.
    """
    if redacted(session.connection(), [found.identity, url_key(found.url)]):
        raise Redacted(f"{found.url} was redacted and stays away")
    number = session.scalar(select(Candidate.id).where(Candidate.identity == found.identity))
    if number is None:
        statement = upsert(session, Candidate).values(_row(site_id, found, now)).on_conflict_do_nothing()
        session.execute(statement)
        number = session.scalar(select(Candidate.id).where(Candidate.identity == found.identity))
        assert number is not None
    else:
        session.execute(
            update(Candidate).where(Candidate.id == number).values(next_try_at=now, updated_at=now)
        )
    return number


def _due(columns: Any, site_id: int, now: datetime, group: Group | None, since: datetime | None) -> Any:
    query = columns.where(Candidate.site_id == site_id, Candidate.next_try_at <= now)
    if group is None:
        return query.where(Candidate.state.in_(("pending", "failed", *_VISITED)))
    if group == "revisits":
        return query.where(Candidate.state.in_(_VISITED))
    query = query.where(Candidate.state.in_(("pending", "failed")))
    if group == "new":
        return query.where(Candidate.priority > BACKFILL)
    query = query.where(Candidate.priority <= BACKFILL)
    return query if since is None else query.where(not_older(since))


def not_older(since: datetime) -> ColumnElement[bool]:
    """Pages whose channel does not say that they are older. What only an article names may be of any age."""
    undated = and_(Candidate.claimed_at.is_(None), Candidate.found_by != "link")
    return or_(undated, Candidate.claimed_at >= since)


_DUE_COLUMNS = (
    Candidate.id,
    Candidate.url,
    Candidate.identity,
    Candidate.kind,
    Candidate.state,
    Candidate.priority,
    Candidate.tries,
    Candidate.revisits,
    Candidate.found_by,
    Candidate.etag,
    Candidate.last_modified,
)


def due_candidates(
    session: Session,
    site_id: int,
    now: datetime,
    limit: int,
    *,
    group: Group | None = None,
    since: datetime | None = None,
) -> Sequence[Row[Any]]:
    """What should be fetched now: pending, failed whose wait is over, revisits due; priority, then newest.

    Rows: id, url, identity, kind, state, priority, tries, revisits, found_by, etag, last_modified.

    Args:
        group: only new pages, only revisits, or only what a backfill and links in articles have found.
        since: leaves out, of the backlog, what its channel says is older.
    """
    newest = func.coalesce(Candidate.claimed_at, Candidate.first_seen_at).desc()
    query = _due(select(*_DUE_COLUMNS), site_id, now, group, since)
    query = query.order_by(Candidate.priority.desc(), newest, Candidate.id)
    return session.execute(query.limit(limit)).all()


def count_due(
    session: Session,
    site_id: int,
    now: datetime,
    *,
    group: Group | None = None,
    since: datetime | None = None,
) -> int:
    """How many `due_candidates` would give without a limit."""
    return session.scalar(_due(select(func.count()).select_from(Candidate), site_id, now, group, since)) or 0


def has_candidates(session: Session, site_id: int) -> bool:
    return session.scalar(select(Candidate.id).where(Candidate.site_id == site_id).limit(1)) is not None


def captured_candidates(session: Session, site_id: int) -> list[Captured]:
    """Fetched and still to be read, in the order fetched."""
    newest = (
        select(func.max(Capture.id).label("capture_id"))
        .join(Candidate, Candidate.id == Capture.candidate_id)
        .where(
            Candidate.site_id == site_id,
            Candidate.state == "captured",
            Capture.status.between(200, 299),
            Capture.truncated.is_(None),
            Capture.lost_at.is_(None),
        )
        .group_by(Candidate.id)
        .subquery()
    )
    rows = session.execute(
        select(Candidate.id, Candidate.url, Candidate.identity, Capture)
        .join(newest, newest.c.capture_id == Capture.id)
        .join(Candidate, Candidate.id == Capture.candidate_id)
        .order_by(Capture.id)
    )
    return [Captured(row.id, row.url, row.identity, row.Capture) for row in rows]
