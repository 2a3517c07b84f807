"""SQLite's own check of its pages, with a limit of time that holds also for a file of many gigabytes."""

from __future__ import annotations

import sqlite3
import threading
import time
from typing import Any

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

_WHOLE = 50_000  # pages that are checked in one go; a larger file is checked table by table


def quick_check(connection: Connection, seconds: float | None = None) -> list[str]:
    """What SQLite's own check finds wrong (empty = sound). PostgreSQL checks its pages itself.

    `seconds`: how long it may take; what was not looked at by then counts as sound.
    """
    if connection.dialect.name != "sqlite":
        return []
    if seconds is None:
        return _found(connection)
    until = time.monotonic() + seconds
    pages = connection.execute(text("PRAGMA page_count")).scalar_one()
    for table in [None] if pages <= _WHOLE else _tables(connection):
        left = until - time.monotonic()
        if left <= 0:
            break
        if found := _found_within(connection, left, table):
            return found
    return []


def _tables(connection: Connection) -> list[str]:
    names = text("SELECT name FROM sqlite_master WHERE type = 'table' AND rootpage > 0 ORDER BY rowid")
    return [str(name) for name in connection.scalars(names)]


def _found(connection: Connection, table: str | None = None) -> list[str]:
    limit = "10" if table is None else '"' + table.replace('"', '""') + '"'
    try:
        found = [str(row[0]) for row in connection.exec_driver_sql(f"PRAGMA quick_check({limit})")]
    except DBAPIError as error:
        if _code(error) & 0xFF != sqlite3.SQLITE_CORRUPT:
            raise
        return [str(error.orig)]
    return [] if found == ["ok"] else found


def _code(error: DBAPIError) -> int:
    return int(getattr(error.orig, "sqlite_errorcode", 0) or 0)


def _found_within(connection: Connection, seconds: float, table: str | None) -> list[str]:
    """The same; nothing where the time was over before the end, for then all that is left looks wrong.

    A progress handler will not do: SQLite checks a whole tree within one step.
    """
    raw: Any = connection.connection.dbapi_connection
    is_over = threading.Event()

    def end() -> None:
        is_over.set()
        raw.interrupt()

    timer = threading.Timer(seconds, end)
    timer.start()
    try:
        found = _found(connection, table)
    except DBAPIError as error:
        if _code(error) == sqlite3.SQLITE_INTERRUPT:
            return []
        raise
    finally:
        timer.cancel()
        timer.join()
    return [] if is_over.is_set() else found
