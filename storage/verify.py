"""Whether an archive is sound: database, tables, capture files, index, ledger. Changes nothing."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator

from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from storage import ledger
from storage.access import in_use
from storage.archive import Archive
from storage.errors import ArchiveError
from storage.findings import REBUILD, Finding, note
from storage.models import Capture, Redaction
from storage.verify_database import check_database, check_tables
from storage.verify_files import Progress, check_files
from storage.verify_index import check_index


def verify(
    archive: Archive, *, quick: bool = False, on_progress: Progress | None = None
) -> Iterator[Finding]:
    """Every fault, as it is found.

    Strict: each row's record is one whole gzip member with the right digest and length, no byte of a capture
    file is unexplained, files are as they were closed, the database passes its own checks, the index holds
    the words of the tables, the ledger is whole and was carried out. It can run while a crawl writes.

    Args:
        quick: sizes and places instead of contents: seconds instead of minutes, finds less.
        on_progress: called with bytes done and bytes in all while files are read.
    """
    busy = in_use(archive.folder)
    yield from _guarded("database", lambda: check_database(archive, quick=quick))
    yield from _guarded("database", lambda: check_tables(archive))
    yield from _guarded(
        "database", lambda: check_files(archive, quick=quick, in_use=busy, on_progress=on_progress)
    )
    yield from _guarded("database", lambda: check_index(archive, quick=quick))
    yield from _guarded("ledger", lambda: check_ledger(archive))
    yield from _guarded("database", lambda: _lost(archive))


def _guarded(check: str, find: Callable[[], Iterable[Finding]]) -> Iterator[Finding]:
    """A check that the damage itself stops is a finding; the others still run."""
    try:
        yield from find()
    except (ArchiveError, DBAPIError, sqlite3.Error, OSError) as error:
        line = str(error).partition("\n")[0]
        yield Finding(check, line, remedy=REBUILD if check == "database" else None)


def check_ledger(archive: Archive) -> Iterator[Finding]:
    """The ledger is whole, and every redaction in it was carried out to its end."""
    broken = ledger.problems(archive.folder)
    for number, reason in broken:
        yield Finding("ledger", f"line {number} is {reason}", file=ledger.NAME)
    if any(reason == "not as it was written" for _, reason in broken):
        return
    asked = {entry.id: entry for entry in ledger.read(archive.folder) if entry.kind == "redaction"}
    with archive.read() as session:
        done = {row.ledger_id: row for row in session.scalars(select(Redaction))}
    for name, entry in asked.items():
        if name not in done:
            yield Finding("redaction", "is in the ledger and was not carried out", url=entry.data.get("url"))
    for name, row in done.items():
        if row.done_at is None:
            yield Finding("redaction", f"of {row.made_at:%Y-%m-%d} is not finished", url=row.url)
        if name not in asked:
            message = f"of {row.made_at:%Y-%m-%d} is not in the ledger: a rebuild would forget it"
            yield Finding("redaction", message, url=row.url)


def _lost(archive: Archive) -> Iterator[Finding]:
    """Captures that an earlier repair gave up: known, so no damage, but never silent."""
    with archive.read() as session:
        count = session.scalar(select(func.count()).select_from(Capture).where(Capture.lost_at.is_not(None)))
    if count:
        yield note("lost", f"{count} captures are marked lost; the articles read from them stay")
