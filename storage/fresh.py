"""A new, empty database for an existing captures folder: beside the one in use until it takes its place."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.engine import URL

from storage.addresses import parse_url
from storage.archive import Archive
from storage.capture_files import sync_folder
from storage.opening import upgrade_schema

PATIENCE = 30.0


def sqlite_url(path: Path) -> URL:
    return URL.create("sqlite+pysqlite", database=str(path))


def make_database(folder: Path, url: URL | str) -> Archive:
    """An archive whose tables are there and empty. Unlike `open_archive` it does not mind captures in the
    folder.

    Raises:
        ArchiveError: the database cannot be reached or written, or is not empty and not ours.
    """
    address = parse_url(url) if isinstance(url, str) else url
    archive = Archive(folder, address, read_only=False, patience=PATIENCE)
    try:
        upgrade_schema(archive)
    except BaseException:
        archive.close()
        raise
    return archive


def close_file(archive: Archive) -> None:
    """Close a SQLite archive so that all of it is in its one file, on disk."""
    path = Path(archive.url.database or "")
    with archive.engine.connect() as connection:
        raw = connection.connection.dbapi_connection
        assert raw is not None
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        raw.execute("PRAGMA journal_mode=DELETE")
    archive.close()
    remove_database(path, only_journals=True)
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    sync_folder(path.parent)


def remove_database(path: Path, *, only_journals: bool = False) -> None:
    """A SQLite file and what SQLite keeps beside it."""
    endings = ("-wal", "-shm", "-journal") if only_journals else ("-wal", "-shm", "-journal", "")
    for ending in endings:
        with contextlib.suppress(FileNotFoundError):
            Path(f"{path}{ending}").unlink()


def has_tables(archive: Archive) -> bool:
    with archive.engine.connect() as connection:
        if archive.is_sqlite:
            return bool(connection.scalar(text("SELECT count(*) FROM sqlite_master")))
        query = "SELECT count(*) FROM information_schema.tables WHERE table_schema = current_schema()"
        return bool(connection.scalar(text(query)))
