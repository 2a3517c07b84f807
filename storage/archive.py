"""An archive: a folder with `archive.db` and `captures/`, or the same captures with a PostgreSQL database."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

from sqlalchemy import Engine
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from storage.database import APPLICATION_ID, BUSY_SECONDS, WRITE, engine_for, explain, is_transient, parse_url
from storage.errors import (
    ArchiveError,
    ArchiveNotFound,
    ArchiveNotWritable,
    DatabaseDamaged,
    DatabaseTooOld,
)
from storage.migrations import HEAD, check_version, current_version, upgrade

DATABASE = "archive.db"
SNAPSHOT = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}  # as SQLite reads anyway
PATIENCE = 90.0  # seconds a write waits for a lock or an absent server before it fails


class Archive:
    """An open archive. `folder` holds the captures; `engine` is shared by all threads of the process."""

    def __init__(self, folder: Path, url: URL, *, read_only: bool, patience: float) -> None:
        self.folder = folder
        self.captures = folder / "captures"
        self.read_only = read_only
        self.patience = patience
        self.min_free = 0  # bytes the disk must keep free for captures to be taken (storage.space)
        self.url = url
        self.engine: Engine = engine_for(url, read_only=read_only, wait=min(BUSY_SECONDS, patience))
        self._write_engine = self.engine.execution_options(**WRITE)
        self._read_engine = self.engine if self.is_sqlite else self.engine.execution_options(**SNAPSHOT)

    @property
    def database_url(self) -> str:
        """The address with its password: for connecting, never for printing."""
        return self.url.render_as_string(hide_password=False)

    @property
    def database_name(self) -> str:
        """The address as it may be printed."""
        return self.url.database or "" if self.is_sqlite else self.url.render_as_string(hide_password=True)

    @property
    def is_sqlite(self) -> bool:
        return self.url.get_backend_name() == "sqlite"

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session that sees one state of the archive from its first query on.

        Raises:
            ArchiveError: the database fails for a reason that is not the query's.
        """
        with self._session(self._read_engine) as session:
            yield session
            session.expunge_all()  # rows stay usable after the session; a rollback would empty them
            session.rollback()

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A session that commits at the end. It is the only writer while it is open, so nothing slow inside.

        The lock is waited for up to `patience`; what happens after it was taken is not repeated.

        Raises:
            ArchiveNotWritable: opened for reading only.
            ArchiveError: the database is locked, away, full or damaged.
        """
        if self.read_only:
            raise ArchiveNotWritable(f"{self.database_name} was opened for reading only")
        with self._session(self._write_engine) as session:
            self._begin(session)
            yield session
            session.commit()

    @contextmanager
    def _session(self, engine: Engine) -> Iterator[Session]:
        session = Session(engine, expire_on_commit=False)
        try:
            yield session
        except BrokenPipeError:  # the reader of what the caller prints has left; no fault of the database
            session.rollback()
            raise
        except (DBAPIError, OSError) as error:
            session.rollback()
            reason = explain(error, self.database_name)
            if isinstance(error, DBAPIError) and not _is_environment(error):
                raise
            raise reason from error
        finally:
            session.close()

    def _begin(self, session: Session) -> None:
        """Take the write lock; wait for it, or for a server that is away, as long as patience lasts."""
        deadline, pause = time.monotonic() + self.patience, 0.05
        while True:
            try:
                session.connection()
            except DBAPIError as error:
                session.rollback()
                if not is_transient(error) or time.monotonic() + pause > deadline:
                    raise
                time.sleep(pause)
                pause = min(pause * 2, 2.0)
            else:
                return

    def close(self) -> None:
        self.engine.dispose()

    def __enter__(self) -> Archive:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Archive({str(self.folder)!r}, {self.database_name!r})"


def _is_environment(error: DBAPIError) -> bool:
    from storage.database import is_storage_fault

    return is_storage_fault(error)


def open_archive(
    path_or_url: str | Path | None = None,
    *,
    create: bool = False,
    read_only: bool = False,
    database_url: str | None = None,
    patience: float | None = None,
) -> Archive:
    """Open an archive, upgrading its schema unless `read_only`.

    `path_or_url` is the archive folder, its `archive.db`, or a postgresql:// address; None means
    HEMERO_ARCHIVE, else ./archive. `database_url` (default: HEMERO_DATABASE_URL) puts the database elsewhere;
    "sqlite" keeps it in the folder in any case. `patience`: seconds a write waits (HEMERO_PATIENCE, else 90).

    Raises:
        ArchiveNotFound: nothing there and `create` is not set.
        ArchiveNotWritable: the folder cannot be written.
        DatabaseUnreachable, DatabaseDamaged, DatabaseTooNew, DatabaseTooOld: see storage.errors.
    """
    folder, url = _locate(path_or_url, database_url)
    if patience is None:
        patience = float(os.environ.get("HEMERO_PATIENCE", PATIENCE))
    sqlite = url.get_backend_name() == "sqlite"
    if sqlite:
        _check_file(folder, Path(url.database or ""), create=create)
    if create and not read_only:
        _make_folder(folder)
    archive = Archive(folder, url, read_only=read_only, patience=patience)
    try:
        _check_schema(archive, create=create)
        if not read_only:
            _check_writable(archive)
    except BaseException:
        archive.close()
        raise
    return archive


def _locate(path_or_url: str | Path | None, database_url: str | None) -> tuple[Path, URL]:
    """The folder of the captures and the address of the database."""
    default = Path(os.environ.get("HEMERO_ARCHIVE") or "archive")
    if isinstance(path_or_url, str) and "://" in path_or_url:
        url = parse_url(path_or_url)
        folder = Path(url.database).parent if url.get_backend_name() == "sqlite" and url.database else default
        return folder, url
    folder = Path(path_or_url) if path_or_url is not None else default
    name = DATABASE
    if folder.suffix == ".db" and folder.is_file():
        folder, name = folder.parent, folder.name
    elsewhere = os.environ.get("HEMERO_DATABASE_URL") if database_url is None else database_url
    if elsewhere and elsewhere != "sqlite":
        return folder, parse_url(elsewhere)
    return folder, URL.create("sqlite+pysqlite", database=str(folder / name))


def _check_file(folder: Path, path: Path, *, create: bool) -> None:
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


def _make_folder(folder: Path) -> None:
    try:
        (folder / "captures").mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ArchiveNotWritable(
            f"{folder} cannot be written ({error.strerror}): choose another --archive"
        ) from None


def _check_writable(archive: Archive) -> None:
    """A folder or a file that may only be read is found now, not after the first page was fetched."""
    paths = [archive.folder, archive.captures]
    if archive.is_sqlite:
        paths.append(Path(archive.url.database or ""))
    for path in paths:
        if path.exists() and not os.access(path, os.W_OK):
            raise ArchiveNotWritable(
                f"{path} cannot be written: check its owner and mode, or choose another --archive"
            )


def _check_schema(archive: Archive, *, create: bool) -> None:
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
        _upgrade(archive)
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


def _upgrade(archive: Archive) -> None:
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
        upgrade(connection)
