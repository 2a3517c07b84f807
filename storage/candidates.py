"""The frontier: candidates and their states. It lives here and nowhere else, so a killed run loses none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, and_, case, func, or_, select, update
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from storage.disappearances import note_gone
from storage.errors import Redacted
from storage.keys import url_key
from storage.models import Article, ArticleUrl, Candidate, Capture, RelatedLink
from storage.records import Candidate as Found
from storage.tombstones import redacted
from storage.upsert import chunks, upsert

Group = Literal["new", "revisits", "backlog"]
State = Literal["pending", "captured", "done", "gone", "refused", "skipped", "failed"]
NEW = 100
REVISIT = 50
BACKFILL = 10


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
        return query.where(Candidate.state.in_(("pending", "failed", "done")))
    if group == "revisits":
        return query.where(Candidate.state == "done")
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


def mark_candidate(
    session: Session,
    candidate_id: int,
    state: State,
    reason: str | None = None,
    status: int | None = None,
    next_try_at: datetime | None = None,
    *,
    now: datetime,
) -> None:
    """Move a candidate to a state; `failed` counts one more try. Without `next_try_at` it is not due."""
    tries: Any = Candidate.tries + 1 if state == "failed" else 0
    session.execute(
        update(Candidate)
        .where(Candidate.id == candidate_id)
        .values(
            state=state, reason=reason, status=status, next_try_at=next_try_at, tries=tries, updated_at=now
        )
    )


def put_off(
    session: Session,
    candidate_id: int,
    reason: str,
    status: int | None = None,
    next_try_at: datetime | None = None,
    *,
    now: datetime,
    visit_over: bool = False,
) -> None:
    """No usable answer this time. A page that was read before stays `done`: a revisit waits, not the page.

    Args:
        visit_over: this visit is given up, `next_try_at` is that of the next age; one visit more is counted.
    """
    read = Candidate.revisits > 0
    session.execute(
        update(Candidate)
        .where(Candidate.id == candidate_id)
        .values(
            state=case((read, "done"), else_="failed"),
            reason=reason,
            status=status,
            next_try_at=next_try_at,
            tries=0 if visit_over else Candidate.tries + 1,
            revisits=Candidate.revisits + (1 if visit_over else 0),
            updated_at=now,
        )
    )


def schedule_revisit(session: Session, candidate_id: int, at: datetime | None) -> None:
    """When the article is to be fetched again to find edits; None = not again."""
    session.execute(
        update(Candidate).where(Candidate.id == candidate_id).values(next_try_at=at, priority=REVISIT)
    )


def mark_unchanged(
    session: Session, candidate_id: int, now: datetime, *, next_try_at: datetime | None
) -> None:
    """The server answered 304: only the check time moves, of candidate, article and the links it shows."""
    session.execute(
        update(Candidate)
        .where(Candidate.id == candidate_id)
        .values(
            state="done",
            status=304,
            tries=0,
            next_try_at=next_try_at,
            revisits=Candidate.revisits + 1,
            updated_at=now,
        )
    )
    identity = select(Candidate.identity).where(Candidate.id == candidate_id).scalar_subquery()
    shown = (
        select(RelatedLink.id)
        .join(Article, Article.id == RelatedLink.article_id)
        .where(Article.identity == identity, RelatedLink.last_seen_at >= Article.last_seen_at)
    )
    session.execute(update(RelatedLink).where(RelatedLink.id.in_(shown)).values(last_seen_at=now))
    session.execute(update(Article).where(Article.identity == identity).values(last_seen_at=now))


def mark_gone(session: Session, candidate_id: int, now: datetime, status: int | None = None) -> None:
    """The site no longer serves it (404, 410, redirect home); the article keeps its text."""
    mark_candidate(session, candidate_id, "gone", reason="gone", status=status, now=now)
    identity = select(Candidate.identity).where(Candidate.id == candidate_id).scalar_subquery()
    served = select(Article.id).where(Article.identity == identity, Article.gone_at.is_(None))
    number = session.scalar(served)
    if number is not None:
        session.execute(update(Article).where(Article.id == number).values(gone_at=now))
        note_gone(session, number, now)
