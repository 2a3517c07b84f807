"""An archive's database moved to another: SQLite to PostgreSQL, or back; nothing is lost, it is checked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy.engine import URL

from storage.access import alone
from storage.addresses import parse_url
from storage.archive import DATABASE, Archive
from storage.copying import Count, copy_tables, digest_tables, is_empty, snapshot
from storage.errors import ArchiveError
from storage.faults import fault
from storage.fresh import close_file, make_database, remove_database, sqlite_url
from storage.ledger import note_copy

Progress = Callable[[int, int], None]


class TargetNotEmpty(ArchiveError):
    """There is something where the archive was to go."""

    exit_code = 2


@dataclass(frozen=True, slots=True)
class Moved:
    """What was copied: rows by table, equal on both sides."""

    target: str  # as it may be printed
    tables: dict[str, Count]

    @property
    def rows(self) -> int:
        return sum(count.rows for count in self.tables.values())


def target_url(archive: Archive, to: str) -> URL:
    """The address meant by --to: a database URL, or "sqlite" for archive.db in the archive folder.

    Raises:
        BadSetting: it is no address.
    """
    return sqlite_url(archive.folder / DATABASE) if to == "sqlite" else parse_url(to, "--to")


def migrate(archive: Archive, to: URL, *, on_progress: Progress | None = None) -> Moved:
    """Copy the database; the captures stay where they are. Killed anywhere, the target is as before.

    Raises:
        TargetNotEmpty: there are rows, tables of others, or a file already.
        ArchiveBusy: another process writes to the archive.
        LedgerDamaged: the ledger takes no note of it.
        ArchiveError: a database fails, or the copy is not equal (the target is left unusable and named).
    """
    with alone(archive.folder):
        if not archive.is_sqlite:  # it is left behind: a redaction names what may still hold the text
            note_copy(archive.folder, "database", archive.database_name, datetime.now(UTC))
        if to.get_backend_name() == "sqlite":
            return _to_file(archive, to, on_progress)
        target = make_database(archive.folder, to)
        try:
            return _copy(archive, target, on_progress)
        finally:
            target.close()


def _to_file(archive: Archive, to: URL, on_progress: Progress | None) -> Moved:
    """Into a file beside, which gets its name once it is whole and compared."""
    path = Path(to.database or "")
    for name in (path, Path(f"{path}-wal")):  # a journal left behind would be played into the new file
        if name.exists():
            raise TargetNotEmpty(f"{name} exists: move it away, or name another file")
    beside = path.with_name(path.name + ".migrating")
    remove_database(beside)
    beside.parent.mkdir(parents=True, exist_ok=True)
    target = make_database(path.parent, sqlite_url(beside))
    try:
        moved = _copy(archive, target, on_progress)
    except BaseException:
        target.close()
        remove_database(beside)
        raise
    close_file(target)
    fault("migrate_rename")
    beside.rename(path)
    return Moved(str(path), moved.tables)


def _copy(archive: Archive, target: Archive, on_progress: Progress | None) -> Moved:
    with snapshot(archive) as source, target.write() as session:
        if not is_empty(session.connection()):
            raise TargetNotEmpty(f"{target.database_name} is not empty: name an empty database")
        copy_tables(source, session.connection(), on_progress)
        fault("migrate_copied")
        before, after = digest_tables(source), digest_tables(session.connection())
        unequal = [name for name in before if before[name] != after[name]]
        if unequal:
            raise ArchiveError(f"the copy differs in {', '.join(unequal)}: nothing was written")
    return Moved(target.database_name, before)
