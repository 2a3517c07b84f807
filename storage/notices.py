"""What a person was told of a site, claimed before it is sent: a process that dies tells nothing twice."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from storage.models import Notice, Run


def told_state(session: Session, site_id: int, medium: str) -> str:
    """The state that was told last; a site that nothing was told of is ok. What failed was not told."""
    told = session.scalar(
        select(Notice.state)
        .where(Notice.site_id == site_id, Notice.medium == medium, Notice.outcome != "failed")
        .order_by(Notice.id.desc())
        .limit(1)
    )
    return told or "ok"


def claim_notice(
    session: Session, site_id: int, run_id: int | None, medium: str, state: str, message: str, now: datetime
) -> int:
    """Note that this is being told. A notice that failed is taken up again, so that they do not pile up."""
    failed = session.scalar(
        select(Notice.id)
        .where(Notice.site_id == site_id, Notice.medium == medium, Notice.outcome == "failed")
        .order_by(Notice.id.desc())
        .limit(1)
    )
    if failed is not None:
        session.execute(delete(Notice).where(Notice.id == failed))
    notice = Notice(
        site_id=site_id,
        run_id=run_id,
        medium=medium,
        state=state,
        outcome="claimed",
        message=message,
        made_at=now,
    )
    session.add(notice)
    session.flush()
    return notice.id


def settle_notices(session: Session, ids: Sequence[int], outcome: str, message: str | None = None) -> None:
    """How the sending of claimed notices ended: sent, or failed with the reason."""
    values = {"outcome": outcome} | ({} if message is None else {"message": message})
    session.execute(update(Notice).where(Notice.id.in_(ids)).values(**values))


def code_before(session: Session, site_id: int, run_id: int | None) -> int | None:
    """The exit code of the site's last crawl that ended before this one."""
    before = run_before(session, site_id, run_id)
    return None if before is None else before.exit_code


def run_before(session: Session, site_id: int, run_id: int | None) -> Run | None:
    """The site's last crawl that ended before this one."""
    query = select(Run).where(Run.site_id == site_id, Run.command == "crawl", Run.exit_code.is_not(None))
    if run_id is not None:
        own = select(Run.started_at).where(Run.id == run_id).scalar_subquery()
        query = query.where(Run.id < run_id, Run.started_at <= own)  # a later start had a wrong clock
    return session.scalar(query.order_by(Run.started_at.desc(), Run.id.desc()).limit(1))
