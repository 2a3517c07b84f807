"""Engines for SQLite and PostgreSQL, set up so that both behave alike: one writer at a time, and waits.

SQLite: WAL, so that analysts read while a crawl writes; `synchronous=FULL`, because what was acknowledged
must outlive a power cut and the writer commits in groups, so the second fsync is shared by up to 50 records;
writes always BEGIN IMMEDIATE (a deferred transaction that upgrades fails at once, whatever the timeout).
PostgreSQL: psycopg 3; a write takes one advisory lock, so two processes never deadlock over tags or authors.
"""

from __future__ import annotations

import errno
import os
import resource
import sqlite3
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError

from storage.base import json_text
from storage.errors import (
    ArchiveError,
    ArchiveNotWritable,
    DatabaseDamaged,
    DatabaseUnreachable,
    NoSpace,
)

BUSY_SECONDS = 5  # one wait for a SQLite lock; who has more patience asks again and can be told to stop
APPLICATION_ID = 0x48454D52  # "HEMR" in the file header: `file archive.db` and we know whose it is
WRITE_LOCK = 0x48454D52  # key of the advisory lock every PostgreSQL write takes
LEAST_ROOM = 1 << 20  # bytes; with less free SQLite's own files cannot grow
WRITE = {"hemero_write": True}
REFUSED = "use the role that owns its tables, and the server that may be written"


def engine_for(url: URL, *, read_only: bool = False, wait: float = BUSY_SECONDS) -> Engine:
    """An engine for either database. Connects at first use. `wait`: seconds one lock is waited for."""
    if url.get_backend_name() == "sqlite":
        return _sqlite_engine(url, read_only=read_only, wait=wait)
    return _postgres_engine(url, read_only=read_only, wait=wait)


def _sqlite_engine(url: URL, *, read_only: bool, wait: float) -> Engine:
    path = Path(url.database or "")

    def connect() -> sqlite3.Connection:
        uri = read_only_uri(path) if read_only else f"file:{quote(str(path))}"
        connection = sqlite3.connect(
            uri, uri=True, timeout=wait, isolation_level=None, check_same_thread=False
        )
        for pragma in _pragmas(read_only=read_only):
            connection.execute(pragma)
        return connection

    engine = create_engine(url, creator=connect, json_serializer=json_text)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def read_only_uri(path: Path) -> str:
    """The address by which SQLite opens a file for reading only, also on a disk that is mounted so."""
    return f"file:{quote(str(path))}?mode=ro" + ("&immutable=1" if _cannot_change(path) else "")


def _cannot_change(path: Path) -> bool:
    """On a disk mounted read-only SQLite cannot make the files that readers share; nobody writes either."""
    try:
        return bool(os.statvfs(path).f_flag & os.ST_RDONLY) and not Path(f"{path}-wal").exists()
    except OSError:
        return False


def _pragmas(*, read_only: bool) -> list[str]:
    common = ["PRAGMA foreign_keys=ON", "PRAGMA cache_size=-32000", "PRAGMA temp_store=MEMORY"]
    if read_only:
        return [*common, "PRAGMA query_only=ON"]
    return [
        *common,
        "PRAGMA journal_mode=WAL",
        "PRAGMA synchronous=FULL",
        "PRAGMA wal_autocheckpoint=4000",  # 16 MB: a page of a hot index is copied home less often
        "PRAGMA journal_size_limit=67108864",
    ]


def _begin_sqlite(connection: Connection) -> None:
    write = connection.get_execution_options().get("hemero_write")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


def _postgres_engine(url: URL, *, read_only: bool, wait: float) -> Engine:
    given = url.query.get("options", ())  # the operator's own, e.g. a search_path
    options = [given] if isinstance(given, str) else list(given)
    options += ["-c timezone=UTC", *(["-c default_transaction_read_only=on"] if read_only else [])]
    arguments: dict[str, Any] = {
        "connect_timeout": 10,
        "keepalives_idle": 30,
        "application_name": "hemero",
        "client_encoding": "utf8",  # whatever PGCLIENTENCODING says
        "options": " ".join(options),
    }
    if "connect_timeout" in url.query:
        del arguments["connect_timeout"]
    engine = create_engine(
        url,
        pool_pre_ping=True,
        pool_size=5,
        max_overflow=10,
        connect_args=arguments,
        json_serializer=json_text,
    )
    event.listen(engine, "begin", partial(_begin_postgres, wait=wait))
    return engine


# What the operator has set for everybody must not end a write in the middle: a migration may take an hour.
# A snapshot taken before the lock (repeatable read, serializable) does not see what its last holder wrote.
# A database that was set to be only read is: the driver's own BEGIN READ WRITE would pass over that.
_FOR_WRITES = (
    "SET TRANSACTION ISOLATION LEVEL READ COMMITTED",
    "SET LOCAL statement_timeout = 0",
    "SET LOCAL idle_in_transaction_session_timeout = 0",
    "SET LOCAL lock_timeout = {ms}",
    f"SELECT pg_advisory_xact_lock({WRITE_LOCK})",
    "SET LOCAL lock_timeout = '60s'",  # of single tables that an analyst has locked
    "SELECT set_config('transaction_read_only', 'on', true)"
    " WHERE current_setting('default_transaction_read_only') = 'on'",
)


def _begin_postgres(connection: Connection, *, wait: float) -> None:
    if connection.get_execution_options().get("hemero_write"):
        connection.exec_driver_sql("; ".join(_FOR_WRITES).format(ms=max(1, int(wait * 1000))))


def is_transient(error: BaseException) -> bool:
    """Whether waiting can help: a lock, a server that is away, a deadlock, a serialisation failure."""
    if not isinstance(error, DBAPIError):
        return False
    if error.connection_invalidated:
        return True
    original = error.orig
    if isinstance(original, sqlite3.OperationalError):
        return getattr(original, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
    state = getattr(original, "sqlstate", None)
    if state is not None:
        # 08 connection, 40 rollback, 57P admin shutdown, 55P03 lock, 53300 too many connections
        return state[:2] in ("08", "40") or state[:3] == "57P" or state in ("55P03", "53300")
    # psycopg without a state: never reached the server, or it said nothing (ConnectionTimeout)
    return "OperationalError" in {kind.__name__ for kind in type(original).__mro__}


def was_cancelled(error: BaseException) -> bool:
    """Whether somebody (pg_cancel_backend) ended our statement: it is no fault of what it said."""
    return isinstance(error, DBAPIError) and getattr(error.orig, "sqlstate", None) == "57014"


def is_storage_fault(error: BaseException) -> bool:
    """Whether the disk or the database is to blame, not the one statement."""
    return (
        isinstance(error, OSError | ArchiveError)
        or is_transient(error)
        or _is_full(error)
        or _is_broken(error)
        or _is_refused(error)
        or _sqlite_code(error) & 0xFF == sqlite3.SQLITE_CANTOPEN
    )


def _sqlite_code(error: BaseException) -> int:
    """SQLite's extended code; 0 where there is none."""
    original = error.orig if isinstance(error, DBAPIError) else error
    return int(getattr(original, "sqlite_errorcode", 0) or 0)


def _no_room(error: BaseException, name: str) -> bool:
    """SQLite says "I/O error" where the disk is too full for its shared memory or its journal to grow."""
    if _sqlite_code(error) & 0xFF not in (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN):
        return False
    try:
        disk = os.statvfs(Path(name).parent)
    except OSError:
        return False
    return disk.f_bavail * disk.f_frsize < LEAST_ROOM


def _is_limited(error: BaseException) -> bool:
    """Whether a shell's limit of file sizes is to blame; SQLite says "I/O error" or "full"."""
    if getattr(error, "errno", None) == errno.EFBIG:
        return True
    soft, _ = resource.getrlimit(resource.RLIMIT_FSIZE)
    codes = (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_FULL)
    return soft != resource.RLIM_INFINITY and _sqlite_code(error) & 0xFF in codes


def _is_full(error: BaseException) -> bool:
    original = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(original, sqlite3.OperationalError):
        return getattr(original, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_FULL
    return getattr(original, "sqlstate", None) == "53100"


def _is_broken(error: BaseException) -> bool:
    original = error.orig if isinstance(error, DBAPIError) else error
    codes = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY)
    if isinstance(original, sqlite3.DatabaseError):
        return getattr(original, "sqlite_errorcode", 0) & 0xFF in codes
    return str(getattr(original, "sqlstate", ""))[:2] in ("58", "XX")


def _is_write_protected(error: BaseException) -> bool:
    """SQLite's word for a file that may only be read; not for one that was moved away under us."""
    code = _sqlite_code(error)
    return code & 0xFF == sqlite3.SQLITE_READONLY and code != sqlite3.SQLITE_READONLY_DBMOVED


def _is_refused(error: BaseException) -> bool:
    """PostgreSQL's word for a database that may only be read, or a role that may not do this."""
    original = error.orig if isinstance(error, DBAPIError) else error
    return getattr(original, "sqlstate", None) in ("25006", "42501")


def explain(error: BaseException, name: str) -> ArchiveError:
    """The archive error for what a driver raised; `name` is the database's address without password."""
    if isinstance(error, ArchiveError):
        return error
    if _is_limited(error):
        return NoSpace(
            f"{name} may not grow: raise `ulimit -f` (LimitFSIZE), then run the same command again"
        )
    if (
        _is_full(error) or _no_room(error, name) or getattr(error, "errno", None) in (28, 122)
    ):  # ENOSPC, EDQUOT
        return NoSpace(f"no space left for {name}: free some, then run the same command again")
    if is_transient(error):
        return DatabaseUnreachable(
            f"{name} does not answer or stays locked ({_first_line(error)}): run again later"
        )
    if _is_write_protected(error):
        return ArchiveNotWritable(f"{name} cannot be written: check its owner and mode")
    if _is_refused(error):
        return ArchiveNotWritable(f"{name} refuses this ({_first_line(error)}): {REFUSED}")
    if _is_broken(error):
        return DatabaseDamaged(
            f"{name} cannot be used ({_first_line(error)}): see hemero verify, then hemero rebuild"
        )
    return DatabaseUnreachable(f"{name}: {_first_line(error)}")


def _first_line(error: BaseException) -> str:
    original = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    lines = str(original).strip().splitlines()
    return lines[0] if lines else type(original).__name__
