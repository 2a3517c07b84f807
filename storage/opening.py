"""What is looked at when an archive is opened: is it there, is it ours, may it be written, which schema."""

from __future__ import annotations

import logging
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from storage import access
from storage.analyser import VERSION
from storage.database import APPLICATION_ID, REFUSED, explain, is_transient
from storage.errors import (
    ArchiveError,
    ArchiveNotFound,
    ArchiveNotWritable,
    DatabaseDamaged,
    DatabaseTooOld,
    NoSpace,
)
from storage.index_version import index_version
from storage.migrations import HEAD, check_version, current_version, upgrade
from storage.page_check import quick_check
from storage.space import space_of

if TYPE_CHECKING:
    from storage.archive import Archive

INDEXED_IN_A_SECOND = 1000  # articles of 400 words, by one slow core
RESHAPED = "0007"  # the schema that gave PostgreSQL's index its form
ROOM = 8 << 20  # bytes for tables and columns that are added
logger = logging.getLogger(__name__)


def check_file(folder: Path, path: Path, *, create: bool) -> None:
    """Never make an empty archive over one that lost its database, nor touch a file that is not ours."""
    try:
        size = path.stat().st_size if path.exists() else 0
        captures = any((folder / "captures").rglob("*.warc.gz*")) if size == 0 else False
        head = _head(path) if size else b""
    except OSError as error:
        raise ArchiveNotWritable(
            f"{path} cannot be read ({error.strerror}): check its owner and mode"
        ) from None
    if captures:
        raise DatabaseDamaged(
            f"{folder} holds captures but no database: restore a backup or run hemero rebuild"
        )
    if size == 0 and not create:
        raise ArchiveNotFound(f"no archive in {folder}: run hemero crawl, or name another one with --archive")
    if size and head != b"SQLite format 3\0":
        raise DatabaseDamaged(f"{path} is not a database: restore a backup or run hemero rebuild")


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(16)


def make_folder(folder: Path) -> None:
    try:
        (folder / "captures").mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ArchiveNotWritable(
            f"{folder} cannot be written ({error.strerror}): choose another --archive"
        ) from None


def check_writable(archive: Archive) -> None:
    """A folder or a file that may only be read is found now, not after the first page was fetched."""
    paths = [archive.folder, archive.captures]
    if archive.is_sqlite:
        paths.append(Path(archive.url.database or ""))
    for path in paths:
        if path.exists() and not os.access(path, os.W_OK):
            raise ArchiveNotWritable(
                f"{path} cannot be written: check its owner and mode, or choose another --archive"
            )
    if not archive.is_sqlite:
        _check_rights(archive)


_RIGHTS = text(
    "SELECT current_setting('default_transaction_read_only') = 'on' OR pg_is_in_recovery() AS protected,"
    " has_table_privilege('captures', 'INSERT') AS allowed"
)


def _check_rights(archive: Archive) -> None:
    """Raises: ArchiveNotWritable: the server, or this role on it, may only be read."""
    found = archive.patiently(lambda session: session.execute(_RIGHTS).one())
    if found.protected:
        raise ArchiveNotWritable(f"{archive.database_name} may only be read: {REFUSED}")
    if not found.allowed:
        raise ArchiveNotWritable(f"{archive.database_name} may only be read by this role: {REFUSED}")


def check_pages(archive: Archive, seconds: float) -> None:
    """Look through a SQLite file before anything is written to it; a large one as far as the time allows.

    Raises:
        DatabaseDamaged: pages that cannot be right.
        DatabaseUnreachable: it is locked.
    """
    if not archive.is_sqlite:
        return

    def look(session: Session) -> list[str]:
        return quick_check(session.connection(), seconds)

    found = archive.patiently(look)
    if found:
        raise DatabaseDamaged(
            f"{archive.database_name} is damaged ({found[0].splitlines()[-1]}); nothing was written:"
            " restore a backup or run hemero rebuild"
        )


def check_schema(archive: Archive, *, create: bool) -> None:
    """Make or upgrade the schema where that is allowed, and refuse what we do not understand."""
    try:
        version = _version(archive)
        check_version(version)
        if version == HEAD:
            return
        if version is None and not create:
            raise ArchiveNotFound(f"{archive.database_name} holds no archive: run hemero crawl to begin one")
        if archive.read_only:
            raise DatabaseTooOld(f"{archive.database_name} has schema {version}: run hemero migrate first")
        if version is None:
            archive.again(lambda: upgrade_schema(archive))
        else:  # an older program may be writing: it would not understand the new tables
            with access.alone(archive.folder, archive.patience):
                archive.again(lambda: upgrade_schema(archive))
    except DBAPIError as error:
        if archive.is_sqlite and not os.access(archive.folder, os.W_OK):
            raise ArchiveNotWritable(
                f"{archive.folder} cannot be written: check its owner and mode"
            ) from None
        raise explain(error, archive.database_name) from None


def _version(archive: Archive) -> str | None:
    """The schema version; waits for a server that is starting."""
    deadline = time.monotonic() + min(archive.patience, 30.0)
    while True:
        try:
            with archive.engine.connect() as connection:
                return current_version(connection)
        except DBAPIError as error:
            if not is_transient(error) or _never_helps(error) or time.monotonic() > deadline:
                raise
            time.sleep(0.5)


def _never_helps(error: DBAPIError) -> bool:
    """A wrong password, role or database name: waiting does not help (and libpq gives no code for it)."""
    message = str(error.orig)
    return any(
        word in message for word in ("authentication failed", "does not exist", "no password supplied")
    )


def upgrade_schema(archive: Archive) -> None:
    if archive.read_only:
        raise ArchiveError("a read-only archive cannot be upgraded")
    with archive.write() as session:
        connection = session.connection()
        version = current_version(
            connection
        )  # another process may have upgraded while we waited for the lock
        check_version(version)
        if version == HEAD:
            return
        if archive.is_sqlite:
            connection.exec_driver_sql(f"PRAGMA application_id={APPLICATION_ID}")
        if version is not None:
            _announce(archive, connection, version)
        upgrade(connection)


def _announce(archive: Archive, connection: Connection, version: str) -> None:
    """Say what an upgrade will take before it begins.

    Raises:
        NoSpace: the disk has not got that much.
    """
    articles = connection.execute(text("SELECT count(*) FROM articles")).scalar_one()
    again = index_version(connection) != VERSION or (not archive.is_sqlite and version < RESHAPED)
    minutes = (articles / INDEXED_IN_A_SECOND if again else 0) / 60
    what = f"{archive.database_name}: schema {version} becomes {HEAD}, {articles} articles"
    what += " are indexed anew" if again else ""
    takes = f"about {minutes:.0f} min" if minutes >= 1 else "less than a minute"
    if not archive.is_sqlite:
        logger.warning("%s; %s; if it is interrupted, run it again", what, takes)
        return
    path = Path(archive.url.database or "")
    needed = (path.stat().st_size if again else 0) + ROOM
    free = space_of(path.parent).free
    logger.warning(
        "%s; %s; %d MB of disk, %d MB are free; if it is interrupted, run it again",
        what,
        takes,
        needed >> 20,
        free >> 20,
    )
    if free < needed:
        raise NoSpace(f"the upgrade needs {needed >> 20} MB in {path.parent}, {free >> 20} MB are free")
