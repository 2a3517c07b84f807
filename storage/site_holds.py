"""Sites that are being crawled, as every machine on one PostgreSQL sees them: an advisory lock a site.

The kernel's lock (crawler.locks) keeps apart the processes of one machine; two machines with folders of their
own share only the database. The locks belong to one connection and end with it, so none can be stale. On
SQLite there is nothing to do: its file is on one machine.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import socket
import threading
from datetime import UTC

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from storage.archive import Archive
from storage.database import explain

_LOG = logging.getLogger(__name__)
_LOOK = 20.0  # seconds between two looks whether the connection still lives
_TAKE = text("SELECT pg_try_advisory_lock(:key)")
_NAME = text("SELECT set_config('application_name', :name, false)")
_HOLDER = text(
    "SELECT a.application_name AS name, a.backend_start AS since"
    " FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid"
    " WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1"
    " AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    " AND ((l.classid::bigint << 32) | l.objid::bigint) = :key"
)


class SiteHolds:
    """The sites this process holds, all on one connection of their own.

    A server that restarts forgets its locks: they are taken again within 20 seconds. A crawl that another
    machine starts in this gap works beside ours; each page is stored once all the same.
    """

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._connection: Connection | None = None
        self._keys: dict[str, int] = {}
        self._guard = threading.Lock()
        self._over = threading.Event()
        self._keeper: threading.Thread | None = None

    def take(self, site: str) -> str | None:
        """Hold a site. Returns None, or who has it: "since 2026-11-29T10:00:00+00:00, pid 4711 on sirocco".

        Raises:
            ArchiveError: the database cannot be asked.
        """
        return None if self._archive.is_sqlite else self._archive.again(lambda: self._ask(site))

    def _ask(self, site: str) -> str | None:
        with self._guard:
            try:
                return self._take(site)
            except DBAPIError as error:
                self._drop()
                raise explain(error, self._archive.database_name) from None

    def close(self) -> None:
        """Give all sites back."""
        self._over.set()
        if self._keeper is not None:
            self._keeper.join()
        with self._guard:
            self._drop()
            self._keys.clear()

    def _take(self, site: str) -> str | None:
        connection = self._connect()
        key = self._keys.get(site) or _key(connection, site)
        if not connection.scalar(_TAKE, {"key": key}):
            return _holder(connection, key)
        self._keys[site] = key
        if self._keeper is None:
            self._keeper = threading.Thread(target=self._keep, name="site-holds", daemon=True)
            self._keeper.start()
        return None

    def _connect(self) -> Connection:
        if self._connection is None:
            connection = self._archive.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
            connection.detach()  # never goes back to the pool with its locks
            connection.execute(_NAME, {"name": f"hemero pid {os.getpid()} on {socket.gethostname()}"[:63]})
            self._connection = connection
        return self._connection

    def _drop(self) -> None:
        if self._connection is not None:
            with contextlib.suppress(DBAPIError):
                self._connection.close()
            self._connection = None

    def _keep(self) -> None:
        while not self._over.wait(_LOOK):
            with self._guard:
                try:
                    self._look()
                except DBAPIError:
                    self._drop()  # the server is away: the next look takes them again

    def _look(self) -> None:
        alive = self._connection is not None
        connection = self._connect()
        if alive:
            connection.scalar(text("SELECT 1"))
            return
        for site, key in self._keys.items():
            if not connection.scalar(_TAKE, {"key": key}):
                _LOG.warning(
                    "%s: %s crawls it too since the database was away", site, _holder(connection, key)
                )


def _key(connection: Connection, site: str) -> int:
    """63 bits of the site's name and of the schema: one database may hold several archives."""
    schema = connection.scalar(text("SELECT current_schema()"))
    digest = hashlib.sha256(f"{schema}\n{site}".encode()).digest()
    return int.from_bytes(digest[:8], "big") >> 1


def _holder(connection: Connection, key: int) -> str:
    row = connection.execute(_HOLDER, {"key": key}).one_or_none()
    if row is None or row.since is None:  # it ended just now, or belongs to another role
        return "on another machine"
    since = row.since.astimezone(UTC).isoformat(timespec="seconds")
    return f"since {since}, {str(row.name).removeprefix('hemero ')}"
