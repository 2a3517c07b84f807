"""From a backup to an archive again: everything is checked on the way, nothing that is there is touched."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

from sqlalchemy.engine import URL

from storage import ledger
from storage.addresses import parse_url
from storage.archive import DATABASE, Archive, open_archive
from storage.backup import copy_bytes, write_synced
from storage.backup_manifest import Backup, BadBackup, Part, load
from storage.capture_files import OPEN, sync_folder
from storage.copying import copy_tables, is_empty, snapshot
from storage.errors import CaptureDamaged
from storage.faults import fault
from storage.fresh import make_database, remove_database
from storage.migrate import TargetNotEmpty
from storage.recovery import recover

Progress = Callable[[int, int], None]
RESTORING = ".restoring"
_PLACING = "placing.json"  # what is being moved out of the folder in the archive's: it was not there before
KEPT = ("hemero.toml", "sites")  # settings that were there already are left as they are


def restore(
    source: Path, folder: Path, database_url: str | None = None, *, on_progress: Progress | None = None
) -> Backup:
    """Make the archive `folder` from a backup. `database_url`: an empty PostgreSQL database for its tables.

    Everything is first written to FOLDER.restoring, or where the folder is there already (a disk of its own,
    settings) to a folder in it; killed anywhere, running it again starts anew.

    Raises:
        BadBackup: `source` is not a whole backup; its files are checked against its manifest.
        TargetNotEmpty: there is an archive already.
    """
    made = load(source)
    folder = folder.resolve()  # a link stands for what it leads to
    _undo(folder)
    _check_target(folder)
    target = _empty_database(folder, database_url)
    beside = folder / RESTORING if folder.exists() else folder.with_name(folder.name + RESTORING)
    shutil.rmtree(beside, ignore_errors=True)
    beside.mkdir(parents=True)
    _copy(source, beside, made, on_progress)
    fault("restore_copied")
    if target is not None:
        _fill(beside, target)
        remove_database(beside / DATABASE)
    _put_in_place(beside, folder)
    fault("restore_placed")
    with open_archive(folder, database_url=database_url or "sqlite") as archive:
        recover(archive)
    return made


def _undo(folder: Path) -> None:
    """Take out what a restore that was killed has put in place."""
    try:
        names = json.loads((folder / RESTORING / _PLACING).read_text(encoding="utf-8"))
    except FileNotFoundError:
        names = []
    for name in names:
        path = folder / name
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    shutil.rmtree(folder / RESTORING, ignore_errors=True)


def _check_target(folder: Path) -> None:
    if not folder.exists():
        return
    there = [path.name for path in folder.iterdir() if path.name not in KEPT]
    if there:
        raise TargetNotEmpty(f"{folder} is not empty ({there[0]}): name another --archive")


def _empty_database(folder: Path, database_url: str | None) -> Archive | None:
    url: URL | None = parse_url(database_url) if database_url and database_url != "sqlite" else None
    if url is None or url.get_backend_name() == "sqlite":
        return None
    target = make_database(folder, url)
    with target.read() as session:
        if not is_empty(session.connection()):
            raise TargetNotEmpty(f"{target.database_name} is not empty: name an empty database")
    return target


def _copy(source: Path, beside: Path, made: Backup, on_progress: Progress | None) -> None:
    done = 0
    (beside / "captures").mkdir()
    for part in (made.database, *made.files):
        name = DATABASE if part is made.database else part.name
        _copy_part(source, beside / name, part)
        done += part.bytes
        if on_progress is not None:
            on_progress(done, made.bytes)
    for path in [source / ledger.NAME, source / "hemero.toml", *sorted((source / "sites").rglob("*"))]:
        if path.is_file():
            copy_bytes(path, beside / path.relative_to(source))


def _copy_part(source: Path, target: Path, part: Part) -> None:
    end = part.bytes if part.name.endswith(OPEN) else None  # a later backup may have made it longer
    try:
        size, digest = copy_bytes(source / part.name, target, end)
    except CaptureDamaged:
        raise BadBackup(f"{part.name} is missing in {source}: the backup is not whole") from None
    if (size, digest) != (part.bytes, part.sha256):
        raise BadBackup(f"{part.name} in {source} is not as it was backed up: the backup is damaged")


def _fill(beside: Path, target: Archive) -> None:
    with (
        open_archive(beside, database_url="sqlite") as copied,
        snapshot(copied) as connection,
        target.write() as session,
    ):
        copy_tables(connection, session.connection())
    target.close()


def _put_in_place(beside: Path, folder: Path) -> None:
    """One rename where there is nothing; else the parts, the database last."""
    if beside.parent != folder:
        beside.rename(folder)
    else:
        parts = [path for path in beside.iterdir() if not (folder / path.name).exists()]
        write_synced(beside / _PLACING, json.dumps([path.name for path in parts]).encode())
        for path in sorted(parts, key=lambda path: path.name == DATABASE):
            path.rename(folder / path.name)
            fault("restore_place")
        shutil.rmtree(beside)
    sync_folder(folder.parent)
