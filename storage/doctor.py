"""One look at what an archive stands on: clock, disk, permissions, limits, locks, database, leftovers."""

from __future__ import annotations

import os
import platform
import resource
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select, text

from storage.access import is_held
from storage.archive import DATABASE, Archive
from storage.ledger import TORN, problems
from storage.migrations import HEAD
from storage.models import Capture, Run
from storage.page_check import quick_check
from storage.rebuild import REBUILT
from storage.release import release
from storage.space import floor_of, space_of
from storage.verify_index import check_index

LARGE_JOURNAL = 512 << 20  # bytes; usually it is under 64 MB
LEAST_FILES = 256  # open files a crawl of many sites needs
RELEASED = datetime(2024, 1, 1, tzinfo=UTC)  # no clock that is right shows less
_SLACK = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Check:
    """One line. `ok` is None where there is nothing to judge."""

    name: str
    ok: bool | None
    message: str


def machine_checks(folder: Path, min_free: int) -> Iterator[Check]:
    """What can be said without an archive: versions, disk, permissions, open files."""
    libraries = f"hemero {release()}, Python {platform.python_version()}"
    yield Check("versions", None, f"{libraries}, SQLite {sqlite3.sqlite_version}, schema {HEAD}")
    space = space_of(folder)
    floor = floor_of(space, min_free)
    yield Check("disk", space.free >= floor, f"{space.free >> 20} MB free, floor {floor >> 20} MB")
    yield _permissions(folder)
    soft = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    yield Check("open files", soft >= LEAST_FILES, f"{soft} allowed, {LEAST_FILES} needed (ulimit -n)")


def _permissions(folder: Path) -> Check:
    paths = [folder, folder / "captures", folder / DATABASE, folder / "locks"]
    bad = [str(path) for path in paths if path.exists() and not os.access(path, os.W_OK)]
    message = f"cannot write {', '.join(bad)}: check owner and mode" if bad else "folder can be written"
    return Check("permissions", not bad, message)


def archive_checks(archive: Archive, now: datetime) -> Iterator[Check]:
    """What an opened archive says."""
    kind = "SQLite" if archive.is_sqlite else "PostgreSQL"
    with archive.read() as session:
        found = quick_check(session.connection())
        server = "" if archive.is_sqlite else " " + str(session.scalar(text("SHOW server_version")))
        newest = max(
            filter(
                None,
                (
                    session.scalar(select(func.max(Run.started_at))),
                    session.scalar(select(func.max(Capture.fetched_at))),
                ),
            ),
            default=None,
        )
    yield Check("database", not found, found[0] if found else f"{kind}{server}, {archive.database_name}")
    yield _clock(now, newest)
    wrong = list(check_index(archive, quick=True))
    if archive.is_sqlite:
        yield _journal(Path(archive.url.database or ""))
    yield Check("index", not wrong, f"{wrong[0]}: hemero repair" if wrong else "in step with the articles")
    yield _ledger(archive.folder)
    yield _locks(archive.folder)
    yield _leftovers(archive.folder)


def _journal(database: Path) -> Check:
    """What SQLite has not copied into the database file yet: it grows as long as somebody reads one state."""
    journal = Path(f"{database}-wal")
    size = journal.stat().st_size if journal.exists() else 0
    hint = "" if size < LARGE_JOURNAL else ": somebody has been reading one state for long; end that program"
    message = f"{size >> 20} MB wait to be copied into {database.name}{hint}"
    return Check("journal", size < LARGE_JOURNAL, message)


def _clock(now: datetime, newest: datetime | None) -> Check:
    shown = f"{now:%Y-%m-%d %H:%M} UTC"
    if now < RELEASED:
        return Check("clock", False, f"{shown} cannot be right: set the machine's clock")
    if newest is not None and newest > now + _SLACK:
        return Check(
            "clock", False, f"{shown} is before the newest capture ({newest:%Y-%m-%d %H:%M}): set it"
        )
    return Check("clock", True, shown)


def _ledger(folder: Path) -> Check:
    broken = problems(folder)
    if not broken:
        return Check("ledger", True, "whole")
    line, wrong = broken[0]
    what = "hemero repair" if wrong == TORN else "take the file from a backup"
    return Check("ledger", False, f"line {line} is {wrong}: {what}")


def _locks(folder: Path) -> Check:
    """Who works on the archive now: a lock lives only as long as its process."""
    held = [path.stem for path in sorted((folder / "locks").glob("*.lock")) if is_held(path)]
    return Check("locks", None, f"held now: {', '.join(held)}" if held else "nobody works on it now")


def _leftovers(folder: Path) -> Check:
    found = [str(path.relative_to(folder)) for path in (folder / "captures").rglob("*.warc.gz.*")]
    if (folder / (DATABASE + REBUILT)).exists():
        return Check("leftovers", False, "a rebuilt database waits to take its place: hemero rebuild")
    if not found:
        return Check("leftovers", True, "none")
    return Check("leftovers", None, f"{len(found)} capture files are open; the next crawl closes dead ones")
