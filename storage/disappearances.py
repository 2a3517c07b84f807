"""When a site stopped serving an article and when it served it again: one row per disappearance."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, update
from sqlalchemy.orm import Session

from storage.base import Instant
from storage.models import Disappearance

_ROWS: Any = Disappearance.__table__


def note_gone(session: Session, article_id: int, at: datetime) -> None:
    """The site no longer serves an article it has served until now."""
    session.execute(insert(_ROWS).values(article_id=article_id, gone_at=at))


def note_back(connection: Connection, seen: Mapping[int, datetime]) -> None:
    """Articles that were gone have been fetched again, by id and time."""
    if seen:
        rows = [{"article": number, "at": at} for number, at in seen.items()]
        connection.execute(_BACK, rows)


_BACK = (
    update(_ROWS)
    .where(_ROWS.c.article_id == bindparam("article"), _ROWS.c.back_at.is_(None))
    .values(back_at=bindparam("at", type_=Instant))
)
