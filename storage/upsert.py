"""INSERT ... ON CONFLICT for whichever database the session talks to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeVar

from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

T = TypeVar("T")


def upsert(session: Session | Connection, table: Any) -> Any:
    """An insert statement that knows on_conflict_do_nothing and on_conflict_do_update."""
    bind = session.get_bind() if isinstance(session, Session) else session
    target = getattr(table, "__table__", table)
    return postgresql.insert(target) if bind.dialect.name == "postgresql" else sqlite.insert(target)


def chunks(values: Iterable[T], size: int = 1_000) -> Iterator[Sequence[T]]:
    """At most `size` values at a time: an IN list has limits, and a statement text is cached per length."""
    part: list[T] = []
    for value in values:
        part.append(value)
        if len(part) == size:
            yield part
            part = []
    if part:
        yield part
