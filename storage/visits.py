"""What became of asking for a candidate: its state, and when it is asked for again."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from sqlalchemy import case, select, update
from sqlalchemy.orm import Session

from storage.candidates import REVISIT
from storage.disappearances import note_gone
from storage.models import Article, Candidate, RelatedLink

State = Literal["pending", "captured", "done", "gone", "refused", "skipped", "failed"]


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
    """No usable answer this time. A page that was visited before stays `done` or `gone`: a revisit waits.

    Args:
        visit_over: this visit is given up, `next_try_at` is that of the next age; one visit more is counted.
    """
    visited = Candidate.state.in_(("done", "gone"))
    session.execute(
        update(Candidate)
        .where(Candidate.id == candidate_id)
        .values(
            state=case((visited, Candidate.state), else_="failed"),
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


def mark_gone(
    session: Session,
    candidate_id: int,
    now: datetime,
    status: int | None = None,
    next_try_at: datetime | None = None,
) -> None:
    """The site does not serve it (404, 410, redirect home); an article keeps its text.

    Args:
        next_try_at: when it is looked for again, as one more of its visits.
    """
    mark_candidate(session, candidate_id, "gone", "gone", status, next_try_at, now=now)
    if next_try_at is not None:
        visits = Candidate.revisits + 1
        session.execute(update(Candidate).where(Candidate.id == candidate_id).values(revisits=visits))
    identity = select(Candidate.identity).where(Candidate.id == candidate_id).scalar_subquery()
    served = select(Article.id).where(Article.identity == identity, Article.gone_at.is_(None))
    number = session.scalar(served)
    if number is not None:
        session.execute(update(Article).where(Article.id == number).values(gone_at=now))
        note_gone(session, number, now)
