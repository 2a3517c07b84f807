"""Runs: one row per execution and site, written at start and at the end."""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from storage.models import Run
from storage.release import release

COUNTS = ("seen", "new", "changed", "unchanged", "gone", "not_article", "failed", "refused", "deferred")


def start_run(session: Session, site_id: int | None, command: str, now: datetime) -> int:
    """A row for a run that begins."""
    run = Run(
        site_id=site_id,
        command=command,
        started_at=now,
        state="running",
        host=socket.gethostname(),
        pid=os.getpid(),
        version=release(),
    )
    session.add(run)
    session.flush()
    return run.id


def finish_run(
    session: Session,
    run_id: int,
    counts: Mapping[str, Any],
    state: str,
    exit_code: int,
    message: str | None,
    now: datetime,
) -> None:
    """How a run ended. A count is a number or a mapping reason -> number; `counts` keeps everything."""
    numbers = {name: _total(counts[name]) for name in COUNTS if name in counts}
    session.execute(
        update(Run)
        .where(Run.id == run_id)
        .values(
            **numbers,
            counts=dict(counts),
            state=state,
            exit_code=exit_code,
            message=message,
            finished_at=now,
        )
    )


def _total(count: Any) -> int:
    return sum(count.values()) if isinstance(count, Mapping) else int(count)


def close_dead_runs(session: Session, site_id: int, now: datetime) -> int:
    """Runs of a site that never ended. Only for a caller that holds the site's lock. Returns how many."""
    dead = session.scalars(
        select(Run.id).where(Run.site_id == site_id, Run.state == "running", Run.finished_at.is_(None))
    ).all()
    if dead:
        session.execute(
            update(Run)
            .where(Run.id.in_(dead))
            .values(
                state="dead", finished_at=now, message="the process ended without a word; nothing was lost"
            )
        )
    return len(dead)
