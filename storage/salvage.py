"""What a rebuild saves of an old database that can still be read: runs, channels, what is pending."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Table, insert, select, update
from sqlalchemy.exc import DBAPIError

from storage.archive import Archive
from storage.copying import batches, set_counters
from storage.errors import ArchiveError
from storage.models import Candidate, Channel, Host, Run, Site
from storage.tombstones import redacted
from storage.upsert import upsert

_LEFT = ("tries", "revisits", "next_try_at", "etag", "last_modified", "found_by", "found_in", "first_seen_at",
         "priority", "claimed_at", "updated_at")  # fmt: skip


def save_history(old: Archive, new: Archive) -> int:
    """Sites, runs, channels and hosts of the old database, under their old numbers. Returns how many."""
    count = 0
    for model in (Site, Run, Channel, Host):
        table: Any = model.__table__
        with suppress(ArchiveError, DBAPIError), old.engine.connect() as source, new.write() as session:
            count += _copy(source, session.connection(), table)
    with new.write() as session:
        set_counters(session.connection(), session.connection())
    return count


def _copy(source: Connection, target: Connection, table: Table) -> int:
    count = 0
    for rows in batches(source, table):
        target.execute(insert(table), rows)
        count += len(rows)
    return count


def save_frontier(old: Archive, new: Archive) -> int:
    """Candidates that no capture tells of (returns how many), and when the others are due."""
    table: Any = Candidate.__table__
    count = 0
    with suppress(ArchiveError, DBAPIError), old.engine.connect() as source:
        names = {row.id: row.name for row in source.execute(select(Site.id, Site.name))}
        for rows in batches(source, table):
            with new.write() as session:
                count += _save(session.connection(), rows, names)
    return count


def _save(connection: Connection, rows: list[dict[str, Any]], names: dict[int, str]) -> int:
    table: Any = Candidate.__table__
    identities = [row["identity"] for row in rows]
    known = {
        row.identity: row.state
        for row in connection.execute(
            select(table.c.identity, table.c.state).where(table.c.identity.in_(identities))
        )
    }
    gone = redacted(connection, identities)
    sites = {row.name: row.id for row in connection.execute(select(Site.name, Site.id))}
    now, fresh = datetime.now(UTC), []
    for row in rows:
        if row["identity"] in known:
            _update(connection, row, known[row["identity"]])
        elif row["identity"] not in gone and names[row["site_id"]] in sites:
            fresh.append(_fresh(row, sites[names[row["site_id"]]], now))
    if fresh:
        connection.execute(upsert(connection, Candidate).on_conflict_do_nothing(), fresh)
    return len(fresh)


def _fresh(row: dict[str, Any], site_id: int, now: datetime) -> dict[str, Any]:
    """A candidate whose capture is nowhere was never fetched, as far as anyone can tell."""
    value = {name: item for name, item in row.items() if name != "id"} | {"site_id": site_id}
    if row["state"] in ("captured", "done"):
        value |= {"state": "pending", "reason": "capture_lost", "next_try_at": now, "etag": None,
                  "last_modified": None}  # fmt: skip
    return value


def _update(connection: Connection, row: dict[str, Any], state: str) -> None:
    table: Any = Candidate.__table__
    values = {name: row[name] for name in _LEFT}
    if row["state"] != state:  # the captures know better what became of it
        values = {name: row[name] for name in ("found_by", "found_in", "first_seen_at", "claimed_at")}
    connection.execute(update(table).where(table.c.identity == row["identity"]).values(**values))
