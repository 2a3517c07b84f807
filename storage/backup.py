"""A backup that is consistent while a crawl runs, and its way back.

First one state of the database, then every capture file as far as that state knows it, last the manifest that
makes the backup count: killed before, an earlier backup in the same folder is still whole. What is there
already is not copied again.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import func, select

from storage import ledger
from storage.access import shared
from storage.archive import Archive
from storage.backup_manifest import MANIFEST, Backup, BadBackup, Part, as_dict, load
from storage.capture_files import OPEN, lock, sync_folder
from storage.copying import copy_tables, snapshot
from storage.errors import ArchiveBusy, BadSetting, CaptureDamaged, NoSpace
from storage.faults import fault
from storage.fresh import close_file, make_database, remove_database, sqlite_url
from storage.models import Article, Capture, CaptureFile
from storage.space import space_of

Progress = Callable[[int, int], None]
_CHUNK = 1 << 20
_FULL = (
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR_WRITE,
    sqlite3.SQLITE_IOERR_FSYNC,
    sqlite3.SQLITE_IOERR_TRUNCATE,
)


def backup(archive: Archive, to: Path, *, on_progress: Progress | None = None) -> Backup:
    """Make or renew a backup in `to`.

    Raises:
        BadBackup: the folder holds something else.
        BadSetting: hemero.toml or a declaration is no file.
        NoSpace: it does not fit.
        CaptureDamaged: a capture file is not as it was closed; hemero verify says more.
        LedgerDamaged: a line of the ledger is not as it was written.
        ArchiveBusy: the archive is being rebuilt, moved or redacted, or another backup goes there.
    """
    known, small = _known(to), _small(archive.folder)
    to.mkdir(parents=True, exist_ok=True)
    with shared(archive.folder), _mine(to):
        now = datetime.now(UTC)
        ledger.read(archive.folder)  # a damaged one must not take the place of a good copy
        _check_owner(archive, to, known)
        ledger.note_copy(archive.folder, "backup", str(to.absolute()), now)
        name = f"archive-{now:%Y%m%dT%H%M%S%fZ}.db"
        _copy_database(archive, to / name)
        fault("backup_database")
        plan, missing = _plan(to, to / name)
        _check_space(to, plan, known)
        parts = _copy_files(archive, to, plan, known, on_progress)
        if (archive.folder / ledger.NAME).exists():
            small.append(archive.folder / ledger.NAME)
        for path in small:
            copy_bytes(path, to / path.relative_to(archive.folder))
        made = _manifest(to, name, parts, now, missing)
        fault("backup_manifest")
        write_synced(to / MANIFEST, json.dumps(as_dict(made), indent=1).encode())
        _forget_old(to, made)
    return made


@contextmanager
def _mine(to: Path) -> Iterator[None]:
    """The folder for this backup alone. Raises: ArchiveBusy."""
    descriptor = os.open(to, os.O_RDONLY)
    try:
        if not lock(descriptor):
            raise ArchiveBusy(f"another backup is being written to {to}: run this again when it has ended")
        yield
    finally:
        os.close(descriptor)


def _known(to: Path) -> dict[str, Part]:
    """Parts of an earlier backup in the folder, by name."""
    if not to.exists() or not any(to.iterdir()):
        return {}
    if not (to / MANIFEST).exists() and not any(to.glob("archive-*.db*")):
        raise BadBackup(f"{to} holds something else than a backup: name an empty or new folder")
    if not (to / MANIFEST).exists():
        return {}
    return {part.name: part for part in load(to).files}


def _check_owner(archive: Archive, to: Path, known: dict[str, Part]) -> None:
    """An earlier backup of this archive has some of its capture files: no two runs give them one name."""
    before = {name.removesuffix(OPEN) for name in known}
    with archive.read() as session:
        names = session.scalars(select(CaptureFile.name)).all()
    if before and before.isdisjoint(f"captures/{name}" for name in names):
        raise BadBackup(f"{to} holds the backup of another archive: name an empty or new folder")


def _copy_database(archive: Archive, path: Path) -> None:
    """One state of the database as a SQLite file, whichever database it is."""
    beside = path.with_name(path.name + ".new")
    remove_database(beside)
    if archive.is_sqlite:
        uri = f"file:{quote(archive.url.database or '')}?mode=ro"
        try:
            with (
                closing(sqlite3.connect(uri, uri=True, timeout=60)) as source,
                closing(sqlite3.connect(beside)) as target,
            ):
                source.backup(target)
                target.execute("PRAGMA journal_mode=DELETE")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode not in _FULL:
                raise
            raise NoSpace(f"{path.parent} cannot take the database ({error}): make room, run again") from None
        _sync(beside)
    else:
        made = make_database(path.parent, sqlite_url(beside))
        with snapshot(archive) as connection, made.write() as session:
            copy_tables(connection, session.connection())
        close_file(made)
    beside.rename(path)
    sync_folder(path.parent)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A capture file as the copied state knows it. `end`: bytes its rows explain; None = closed, all."""

    name: str
    end: int | None
    sha256: str | None
    bytes: int


def _plan(to: Path, database: Path) -> tuple[list[_Wanted], list[str]]:
    copied = Archive(to, sqlite_url(database), read_only=True, patience=5)
    try:
        with copied.read() as session:
            last = func.max(Capture.offset + Capture.length + Capture.request_length).label("end")
            rows = session.execute(select(Capture.file_id, last).group_by(Capture.file_id))
            ends = {row.file_id: row.end for row in rows}
            files = session.scalars(select(CaptureFile).order_by(CaptureFile.name)).all()
    finally:
        copied.close()
    wanted = []
    for file in files:
        if file.state == "closed":
            wanted.append(_Wanted(file.name, None, file.sha256, file.bytes or 0))
        elif file.state == "open":
            wanted.append(_Wanted(file.name, ends.get(file.id, 0), None, ends.get(file.id, 0)))
    return wanted, [file.name for file in files if file.state == "missing"]


def _check_space(to: Path, plan: list[_Wanted], known: dict[str, Part]) -> None:
    new = sum(item.bytes for item in plan if f"captures/{item.name}" not in known)
    if space_of(to).free < new:
        raise NoSpace(f"{to} needs {new >> 20} MB more than are free: free some, then run it again")


def _copy_files(
    archive: Archive, to: Path, plan: list[_Wanted], known: dict[str, Part], on_progress: Progress | None
) -> list[Part]:
    total, done = sum(item.bytes for item in plan), 0
    parts = []
    for item in plan:
        parts.append(_copy_file(archive, to, item, known))
        done += item.bytes
        fault("backup_file")
        if on_progress is not None:
            on_progress(done, total)
    return parts


def _copy_file(archive: Archive, to: Path, item: _Wanted, known: dict[str, Part]) -> Part:
    name = f"captures/{item.name}" + ("" if item.end is None else OPEN)
    target = to / name
    old = known.get(name)
    if old is not None and item.sha256 == old.sha256 and _size(target) == old.bytes:
        return old
    path = archive.captures / item.name
    if not path.exists():
        path = path.with_name(path.name + OPEN)
    size, digest = copy_bytes(path, target, item.end)
    if item.sha256 is not None and digest != item.sha256:
        target.unlink()
        raise CaptureDamaged(f"{item.name} is not as it was closed: see hemero verify, then hemero repair")
    return Part(name, size, digest)


def _size(path: Path) -> int | None:
    return path.stat().st_size if path.exists() else None


def copy_bytes(path: Path, target: Path, end: int | None = None) -> tuple[int, str]:
    """Copy a file, or its first `end` bytes; on disk when this returns. Gives size and hex SHA-256."""
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = target.with_name(target.name + ".new")
    total, left = hashlib.sha256(), end
    try:
        source = path.open("rb")
    except FileNotFoundError:
        raise CaptureDamaged(f"the capture file {path.name} is missing: see hemero verify") from None
    size = 0
    with source, beside.open("wb") as out:
        while chunk := source.read(_CHUNK if left is None else min(_CHUNK, left)):
            out.write(chunk)
            total.update(chunk)
            size += len(chunk)
            left = None if left is None else left - len(chunk)
        out.flush()
        os.fsync(out.fileno())
    beside.rename(target)
    sync_folder(target.parent)
    return size, total.hexdigest()


def _small(folder: Path) -> list[Path]:
    """Settings and declarations.

    Raises:
        BadSetting: one of them is a pipe, a device, a link to nothing: it would be waited for, or be missing.
    """
    settings = folder / "hemero.toml"
    found = [settings] if os.path.lexists(settings) else []
    found += [path for path in sorted((folder / "sites").rglob("*")) if not path.is_dir()]
    for path in found:
        if not path.is_file():
            raise BadSetting(f"{path} is no file: move it away")
    return found


def _manifest(to: Path, name: str, parts: list[Part], now: datetime, missing: list[str]) -> Backup:
    path = to / name
    copied = Archive(to, sqlite_url(path), read_only=True, patience=5)
    try:
        with copied.read() as session:
            articles = session.scalar(select(func.count()).select_from(Article)) or 0
            captures = session.scalar(select(func.count()).select_from(Capture)) or 0
    finally:
        copied.close()
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    database = Part(name, path.stat().st_size, digest)
    return Backup(to, now, database, tuple(parts), articles, captures, tuple(missing))


def write_synced(path: Path, data: bytes) -> None:
    """A small file, whole and on disk when this returns, or as it was before."""
    beside = path.with_name(path.name + ".new")
    beside.write_bytes(data)
    _sync(beside)
    beside.rename(path)
    sync_folder(path.parent)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _forget_old(to: Path, made: Backup) -> None:
    """What only an earlier backup in the folder needed."""
    names = {part.name for part in made.files}
    names |= {f"captures/{name}" for name in made.missing}  # here alone they may still be
    for path in to.glob("archive-*.db*"):
        if path.name != made.database.name:
            path.unlink()
    for path in (to / "captures").rglob("*"):
        if path.is_file() and str(path.relative_to(to)) not in names:
            path.unlink()
