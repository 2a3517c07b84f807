"""Dropping old captures of channels (feeds, listings, sitemaps, robots.txt): rows stay, bytes go."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, select, update

from storage.access import alone
from storage.archive import Archive
from storage.faults import fault
from storage.models import Capture, CaptureFile


@dataclass
class Pruned:
    """What was, or would be, dropped."""

    files: list[str] = field(default_factory=list)
    captures: int = 0
    bytes: int = 0


def prune(archive: Archive, older_than: datetime, *, dry_run: bool = False) -> Pruned:
    """Drop closed channel files all of whose captures were fetched before `older_than`.

    The row says pruned before the file goes: killed in between, the next call or hemero repair removes it.

    Raises:
        ArchiveBusy: another process writes to the archive.
    """
    with archive.read() as session:
        newest = (
            select(Capture.file_id, func.max(Capture.fetched_at).label("at"), func.count().label("captures"))
            .group_by(Capture.file_id)
            .subquery()
        )
        query = (
            select(CaptureFile.id, CaptureFile.name, CaptureFile.bytes, newest.c.captures)
            .join(newest, newest.c.file_id == CaptureFile.id)
            .where(CaptureFile.role == "channel", CaptureFile.state == "closed", newest.c.at < older_than)
            .order_by(CaptureFile.name)
        )
        rows = session.execute(query).all()
    result = Pruned(
        [row.name for row in rows], sum(row.captures for row in rows), sum(row.bytes or 0 for row in rows)
    )
    if dry_run:
        return result
    with alone(archive.folder):
        with archive.write() as session:
            numbers = [row.id for row in rows]
            session.execute(update(CaptureFile).where(CaptureFile.id.in_(numbers)).values(state="pruned"))
        fault("prune")
        _remove(archive)
    return result


def _remove(archive: Archive) -> None:
    """Files of pruned rows, those of an earlier call that was killed included."""
    with archive.read() as session:
        names = session.scalars(select(CaptureFile.name).where(CaptureFile.state == "pruned")).all()
    for name in names:
        (archive.captures / name).unlink(missing_ok=True)
