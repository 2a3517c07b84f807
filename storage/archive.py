"""An archive: a folder with `archive.db` and `captures/`, or the same captures with a PostgreSQL database."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import TypeVar

from sqlalchemy import Engine
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from storage.addresses import parse_url, shown
from storage.database import BUSY_SECONDS, WRITE, engine_for, explain, is_transient
from storage.errors import ArchiveNotWritable, BadEnvironment, DatabaseDamaged, DatabaseUnreachable
from storage.opening import check_file, check_schema, check_writable, make_folder

DATABASE = "archive.db"
SNAPSHOT = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}  # as SQLite reads anyway
PATIENCE = 90.0  # seconds a write waits for a lock or an absent server before it fails
T = TypeVar("T")


class Archive:
    """An open archive. `folder` holds the captures; `engine` is shared by all threads of the process."""

    def __init__(self, folder: Path, url: URL, *, read_only: bool, patience: float) -> None:
        self.folder = folder
        self.captures = folder / "captures"
        self.read_only = read_only
        self.patience = patience  # set to 0 by who cannot wait any more
        self.min_free = 0  # bytes the disk must keep free for captures to be taken (storage.space)
        self.url = url
        self.engine: Engine = engine_for(url, read_only=read_only, wait=min(BUSY_SECONDS, patience))
        self._inode: int | None = None  # of archive.db, when it was first written
        self._write_engine = self.engine.execution_options(**WRITE)
        self._read_engine = self.engine if self.is_sqlite else self.engine.execution_options(**SNAPSHOT)

    @property
    def database_url(self) -> str:
        """The address with its password: for connecting, never for printing."""
        return self.url.render_as_string(hide_password=False)

    @property
    def database_name(self) -> str:
        """The address as it may be printed."""
        return self.url.database or "" if self.is_sqlite else shown(self.url)

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

    def patiently(self, function: Callable[[Session], T]) -> T:
        """What a function reads; asked again while the database is locked or away, as long as patience lasts.

        Raises:
            ArchiveError: the database fails for a reason that is not the query's.
        """

        def ask() -> T:
            with self.read() as session:
                return function(session)

        return self.again(ask)

    def again(self, attempt: Callable[[], T]) -> T:
        """What an attempt gives, made again while the database is locked or away, as long as patience lasts.

        Only for what may be done twice: a commit that got no answer may have been one.

        Raises:
            ArchiveError: the last attempt's.
        """
        started, pause = time.monotonic(), 0.1
        while True:
            try:
                return attempt()
            except DatabaseUnreachable:
                if time.monotonic() + pause > started + self.patience:
                    raise
            time.sleep(pause)
            pause = min(pause * 2, 2.0)

    @contextmanager
    def write(self, *, patient: bool = True) -> Iterator[Session]:
        """A session that commits at the end. It is the only writer while it is open, so nothing slow inside.

        The lock is waited for up to `patience`; what happens after it was taken is not repeated.

        Args:
            patient: False asks for the lock once.

        Raises:
            ArchiveNotWritable: opened for reading only.
            ArchiveError: the database is locked, away, full or damaged.
        """
        if self.read_only:
            raise ArchiveNotWritable(f"{self.database_name} was opened for reading only")
        with self._session(self._write_engine) as session:
            self._begin(session, patient=patient)
            self._check_place()
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
            if isinstance(error, FileNotFoundError) and error.filename is None:
                raise  # the working folder is gone, not the database
            reason = explain(error, self.database_name)
            if isinstance(error, DBAPIError) and not _is_environment(error):
                raise
            raise reason from error
        finally:
            session.close()

    def _begin(self, session: Session, *, patient: bool) -> None:
        """Take the write lock; wait for it, or for a server that is away, as long as patience lasts."""
        started, pause = time.monotonic(), 0.05
        while True:
            try:
                session.connection()
            except DBAPIError as error:
                session.rollback()
                late = not patient or time.monotonic() + pause > started + self.patience
                if late or not is_transient(error):
                    raise
                time.sleep(pause)
                pause = min(pause * 2, 2.0)
            else:
                return

    def _check_place(self) -> None:
        """SQLite goes on writing to a file that was deleted or replaced under its name: nobody would find it.

        Raises:
            DatabaseDamaged: so it was.
        """
        if not self.is_sqlite:
            return
        try:
            inode = os.stat(self.url.database or "").st_ino  # noqa: PTH116  once a transaction
        except FileNotFoundError:
            inode = 0
        if self._inode is None and inode:
            self._inode = inode
        if inode != self._inode:
            raise DatabaseDamaged(
                f"{self.database_name} was deleted or replaced while it was in use:"
                " restore a backup or run hemero rebuild"
            )

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
        BadSetting: the address of the database is none.
        DatabaseUnreachable, DatabaseDamaged, DatabaseTooNew, DatabaseTooOld: see storage.errors.
        ArchiveBusy: the schema is older, and another process writes to the archive.
    """
    folder, url = _locate(path_or_url, database_url)
    if patience is None:
        patience = _patience()
    sqlite = url.get_backend_name() == "sqlite"
    if sqlite:
        check_file(folder, Path(url.database or ""), create=create)
    if create and not read_only:
        make_folder(folder)
    archive = Archive(folder, url, read_only=read_only, patience=patience)
    try:
        check_schema(archive, create=create)
        if not read_only:
            check_writable(archive)
    except BaseException:
        archive.close()
        raise
    return archive


def _patience() -> float:
    """HEMERO_PATIENCE, where it is set.

    Raises:
        BadEnvironment: it is no number of seconds.
    """
    text = os.environ.get("HEMERO_PATIENCE", "")
    try:
        seconds = float(text or PATIENCE)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds < float("inf"):
        raise BadEnvironment(f"HEMERO_PATIENCE is a number of seconds, not {text!r}: set it, or leave it out")
    return seconds


def _locate(path_or_url: str | Path | None, database_url: str | None) -> tuple[Path, URL]:
    """The folder of the captures and the address of the database."""
    default = Path(os.environ.get("HEMERO_ARCHIVE") or "archive")
    if isinstance(path_or_url, str) and "://" in path_or_url:
        url = parse_url(path_or_url, "the address")
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
