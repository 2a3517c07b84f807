"""The process in which an analyst's query runs: python -m storage.sql_child, its job as JSON on stdin.

It writes JSON lines to stdout, which is a file, so that it never waits for a reader: `{"begun": true}` once
it is connected, `{"columns": [...]}`, one list a row, and at last `{"end": "all"}`, `{"end": "more"}` (there
are rows beyond the limit) or `{"end": kind, "message": ...}` with kind refused, query, time, memory, size or
database. Its address space is limited, it dies with its parent, and SIGTERM cancels the query on the server.
"""

from __future__ import annotations

import errno
import json
import os
import resource
import signal
import sqlite3
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from types import FrameType
from typing import Any

from storage.children import die_with, limit_to
from storage.sql_rules import MAX_SQL, MAX_VALUE, Gate

_STEPS = 20_000  # of SQLite's machine between two looks at the clock: some milliseconds
_FETCH = 100


class Ended(Exception):
    """The query came to no result; `kind` says why."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


def main() -> None:
    job = json.load(sys.stdin)
    die_with(job["parent"])
    signal.signal(signal.SIGTERM, _stop)
    os.nice(10)  # a crawl goes first
    for what in (resource.RLIMIT_AS, resource.RLIMIT_FSIZE):
        limit_to(what, int(job["memory_mb"]) << 20)
    try:
        end = _write(job)
    except Ended as error:
        end = {"end": error.kind, "message": str(error)}
    except MemoryError:
        end = {"end": "memory", "message": ""}
    except OSError as error:
        if error.errno not in (errno.EFBIG, errno.ENOSPC, errno.EDQUOT):
            raise
        os._exit(error.errno)  # nothing more can be written: the exit code says it
    _line(end)


def _stop(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt  # psycopg answers it by cancelling on the server


def _line(value: Any) -> None:
    os.write(1, json.dumps(value, default=_plain).encode() + b"\n")


def _write(job: dict[str, Any]) -> dict[str, str]:
    """Write columns and rows; returns how it ended."""
    rows = _sqlite(job) if job["sqlite"] else _postgres(job)
    _line({"columns": next(rows)})
    with os.fdopen(1, "wb", closefd=False) as out:
        for row in islice(rows, job["rows"]):
            out.write(json.dumps([_number(value) for value in row], default=_plain).encode() + b"\n")
    return {"end": "more" if next(rows, None) is not None else "all"}


def _number(value: Any) -> Any:
    """JSON has neither NaN nor infinity."""
    return str(value) if isinstance(value, float) and not abs(value) < float("inf") else value


def _plain(value: object) -> Any:
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value).hex()
    if isinstance(value, date | datetime):
        return str(value)
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return str(value)


def _sqlite(job: dict[str, Any]) -> Iterator[Sequence[Any]]:
    """Column names, then the rows."""
    gate = Gate()
    try:
        connection = sqlite3.connect(job["url"], uri=True, timeout=job["seconds"])
        _restrict(connection, gate)
        _line({"begun": True})
        ends = time.monotonic() + job["seconds"]
        connection.set_progress_handler(lambda: time.monotonic() > ends, _STEPS)
        cursor = connection.execute(job["sql"])
        yield [column[0] for column in cursor.description or ()]
        yield from cursor
    except sqlite3.Error as error:
        raise _sqlite_end(error, gate) from None


def _restrict(connection: sqlite3.Connection, gate: Gate) -> None:
    connection.text_factory = lambda data: data.decode("utf-8", "replace")
    for pragma in ("query_only=ON", "temp_store=MEMORY", "cache_size=-32000"):
        connection.execute(f"PRAGMA {pragma}")
    for limit, value in (
        (sqlite3.SQLITE_LIMIT_LENGTH, MAX_VALUE),
        (sqlite3.SQLITE_LIMIT_SQL_LENGTH, 4 * MAX_SQL),
        (sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 1_000),
        (sqlite3.SQLITE_LIMIT_ATTACHED, 0),
    ):
        connection.setlimit(limit, value)
    connection.set_authorizer(gate)


def _sqlite_end(error: sqlite3.Error, gate: Gate) -> Ended:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if gate.denied is not None:
        return Ended("refused", f"only reading is allowed: {gate.denied} is refused")
    if code == sqlite3.SQLITE_INTERRUPT:
        return Ended("time", "")
    if code == sqlite3.SQLITE_NOMEM:
        return Ended("memory", "")
    if code == sqlite3.SQLITE_TOOBIG:
        return Ended("size", f"a value of more than {MAX_VALUE >> 20} MB")
    database = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_NOTADB)
    if code in (*database, sqlite3.SQLITE_CANTOPEN):
        return Ended("database", str(error))
    if "one statement at a time" in str(error):
        return Ended("refused", "several statements are refused: one at a time")
    return Ended("query", str(error))


def _postgres(job: dict[str, Any]) -> Iterator[Sequence[Any]]:
    """Column names, then the rows, through a cursor in a read-only transaction."""
    import psycopg

    from storage.sql_reader import why_not_reader

    options = {
        "default_transaction_read_only": "on",
        "statement_timeout": int(job["seconds"] * 1000),
        "idle_in_transaction_session_timeout": 60_000,
        "lock_timeout": 5_000,
        "client_connection_check_interval": 1_000,
        "max_parallel_workers_per_gather": 0,  # a crawl goes first
        "jit": "off",
        "timezone": "UTC",
    }
    try:
        with psycopg.connect(
            job["url"], autocommit=True, connect_timeout=10, client_encoding="utf8"
        ) as connection:
            for name, value in options.items():
                connection.execute("SELECT set_config(%s, %s, false)", (name, str(value)))
            reason = why_not_reader(connection)
            if reason is not None:
                raise Ended("refused", reason)
            _line({"begun": True})
            connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield from _fetched(connection, job)
    except psycopg.Error as error:
        raise _postgres_end(error) from None


def _fetched(connection: Any, job: dict[str, Any]) -> Iterator[Sequence[Any]]:
    """The extended protocol takes one statement, and a cursor is only declared for one that reads."""
    from psycopg import pq
    from psycopg.errors import error_from_result

    sql = job["sql"].rstrip().rstrip(";")
    declared = connection.pgconn.exec_params(b"DECLARE hemero NO SCROLL CURSOR FOR " + sql.encode(), None)
    if declared.status != pq.ExecStatus.COMMAND_OK:
        raise error_from_result(declared)
    ends, first = time.monotonic() + job["seconds"], True
    while True:
        cursor = connection.execute(f"FETCH {_FETCH} FROM hemero")
        if first:
            yield [column.name for column in cursor.description or ()]
            first = False
        rows = cursor.fetchall()
        yield from rows
        if len(rows) < _FETCH:
            return
        if time.monotonic() > ends:
            raise Ended("time", "")


def _postgres_end(error: Any) -> Ended:
    state = error.sqlstate or ""
    line = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
    if state == "57014":
        return Ended("time", "")
    if state in ("53200", "54000") or "out of memory" in line or "cannot allocate" in line:
        return Ended("memory", "")
    if state in ("42501", "25006"):
        return Ended("refused", f"only reading is allowed: {line}")
    if not state or state[:2] in ("08", "28", "3D", "53", "57", "58", "XX"):
        return Ended("database", line)
    return Ended("query", line)


if __name__ == "__main__":
    main()
