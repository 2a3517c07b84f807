"""One capture file put right: tail cut, damage noted, rows added, rows without record marked lost."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, case, or_, select, update

from storage import warc
from storage.archive import Archive
from storage.capture_rows import file_id, save_captures
from storage.faults import fault
from storage.models import Candidate, Capture, CaptureFile
from storage.quarantine import keep_tail
from storage.recovery import _original, row_of
from storage.survey import PAYLOADS, Bad, Seen, file_digest, survey
from storage.verify_files import FileRows, _facts, check_file, load_rows

Say = Callable[[str], None]


@dataclass
class _State:
    """What stands in a file and what its rows should become."""

    whole: list[Seen] = field(default_factory=list)
    damaged: list[list[int]] = field(default_factory=list)
    cut_at: int | None = None


def mend_file(archive: Archive, name: str, say: Say) -> None:
    """Make a file and its rows agree. Does nothing where they do."""
    rows = load_rows(archive, name)
    if rows is not None and (rows.file.state == "pruned" or not _wrong(archive, name)):
        return
    path = archive.captures / name
    if not path.exists():
        _note_missing(archive, name, say)
        return
    state = _look(path, rows)
    if state.cut_at is not None:
        _cut(archive, path, name, state.cut_at, say)
    if rows is None and not any(_ours(item) for item in state.whole):
        say(f"{name}: holds no record of this archive; left alone")
        return
    _write_rows(archive, path, name, state, say)


def _wrong(archive: Archive, name: str) -> bool:
    return any(finding.is_damage for finding in check_file(archive, name, quick=False, in_use=False))


def _look(path: Path, rows: FileRows | None) -> _State:
    """Sort the bytes: whole records of ours, stretches to note as damaged, a tail to cut."""
    state = _State()
    bad: list[Bad] = []
    items = list(survey(path, rows.anchors if rows is not None else ()))
    for position, item in enumerate(items):
        if isinstance(item, Bad):
            bad.append(item)
        elif _ours(item) or item.offset == 0 or _follows(items, position):
            state.whole.append(item)
        else:
            bad.append(Bad(item.offset, item.end, "a record of another program"))
    last = max((item.end for item in state.whole), default=0)
    state.damaged = [[item.offset, item.end] for item in bad if item.offset < last]
    if any(item.offset >= last for item in bad):
        state.cut_at = last
    return state


def _ours(item: Seen) -> bool:
    return item.kind in PAYLOADS and "hemero-role" in item.fields


def _follows(items: Sequence[Seen | Bad], position: int) -> bool:
    """A request record belongs to the record before it, readable or not."""
    item = items[position]
    return position > 0 and isinstance(item, Seen) and item.kind == "request"


def _cut(archive: Archive, path: Path, name: str, at: int, say: Say) -> None:
    """Cut what stands behind the last whole record; the bytes are kept, whoever may want them."""
    size = path.stat().st_size
    kept = keep_tail(archive.folder, path, name, at)
    fault("repair")
    with path.open("rb+") as file:
        file.truncate(at)
        os.fsync(file.fileno())
    fault("repair")
    say(f"{name}: cut {size - at} bytes behind the last whole record (kept as {kept.name} in quarantine/)")


def _note_missing(archive: Archive, name: str, say: Say) -> None:
    with archive.write() as session:
        connection = session.connection()
        number = connection.scalar(select(CaptureFile.id).where(CaptureFile.name == name))
        connection.execute(update(CaptureFile).where(CaptureFile.name == name).values(state="missing"))
        ids = connection.scalars(select(Capture.id).where(Capture.file_id == number)).all()
        lost = mark_lost(connection, ids, datetime.now(UTC))
    say(f"{name}: is gone; {lost} captures marked lost, their pages are fetched again")


def mark_lost(connection: Connection, ids: Sequence[int], now: datetime) -> int:
    """Mark captures and the revisits of them lost, and make their pages due. Returns how many are new.

    The stored ETag goes too: a 304 would bring no bytes.
    """
    lost = set(ids)
    lost |= set(connection.scalars(select(Capture.id).where(Capture.refers_to_id.in_(ids))))
    fresh = connection.execute(
        select(Capture.id, Capture.candidate_id).where(Capture.id.in_(lost), Capture.lost_at.is_(None))
    ).all()
    connection.execute(update(Capture).where(Capture.id.in_([row.id for row in fresh])).values(lost_at=now))
    connection.execute(
        update(Candidate)
        .where(
            Candidate.id.in_({row.candidate_id for row in fresh} - {None}),
            Candidate.state.in_(("captured", "done")),
        )
        .values(
            state=case((Candidate.state == "captured", "pending"), else_=Candidate.state),
            reason="capture_lost",
            next_try_at=now,
            etag=None,
            last_modified=None,
            updated_at=now,
        )
    )
    return len(fresh)


def _write_rows(archive: Archive, path: Path, name: str, state: _State, say: Say) -> None:
    """Bring rows in line with the records that are there, in one transaction."""
    now = datetime.now(UTC)
    counts = {"added": 0, "mended": 0, "lost": 0}
    with archive.write() as session:
        connection = session.connection()
        number = _file_row(connection, name, state)
        rows = load_file_captures(connection, number)
        lengths = {item.offset: item for item in state.whole if item.kind == "request"}
        for item in state.whole:
            if item.kind not in PAYLOADS:
                continue
            request = lengths.get(item.end)
            value = row_of(item.member, item.digest, number, request.length if request else 0)
            row = rows.pop(item.offset, None)
            if row is None:
                _add(connection, value, now)
                counts["added"] += 1
            elif row.lost_at is not None or _differs(row, item):
                counts["mended"] += _mend(connection, row, value, item)
        counts["lost"] = mark_lost(connection, [row.id for row in rows.values()], now)
        connection.execute(
            update(CaptureFile)
            .where(CaptureFile.id == number)
            .values(
                state="closed",
                bytes=path.stat().st_size,
                records=len(state.whole),
                sha256=file_digest(path),
                damaged=state.damaged or None,
                closed_at=now,
            )
        )
        fault("repair")
    _tell(name, counts, state, say)


def _tell(name: str, counts: dict[str, int], state: _State, say: Say) -> None:
    parts = [f"{count} rows {what}" for what, count in counts.items() if count]
    if state.damaged:
        parts.append(f"{len(state.damaged)} unreadable stretches noted")
    say(f"{name}: " + (", ".join(parts) if parts else "noted as it is now"))


def _file_row(connection: Connection, name: str, state: _State) -> int:
    first = next((item for item in state.whole if _ours(item)), None)
    if first is None:
        return int(connection.execute(select(CaptureFile.id).where(CaptureFile.name == name)).scalar_one())
    run = first.fields.get("hemero-run")
    created = warc.parse_date(first.fields["warc-date"])
    return file_id(connection, name, first.fields["hemero-role"], int(run) if run else None, created)


def load_file_captures(connection: Connection, number: int) -> dict[int, Any]:
    table: Any = Capture.__table__
    rows = connection.execute(select(table).where(table.c.file_id == number))
    return {row.offset: row for row in rows}


def _add(connection: Connection, value: dict[str, Any], now: datetime) -> None:
    value["refers_to_id"] = _original(connection, value.pop("refers_to"), value["payload_digest"])
    save_captures(connection, [value], now)


def _differs(row: Any, item: Seen) -> bool:
    return not all(ok for _, ok in _facts(row, item))


def _mend(connection: Connection, row: Any, value: dict[str, Any], item: Seen) -> int:
    """A row that says something else than its whole record, or that was lost and is there again."""
    claimed = item.fields.get("warc-payload-digest", "").removeprefix("sha256:")
    if item.kind != "revisit" and claimed != item.digest:
        mark_lost(connection, [row.id], datetime.now(UTC))  # the record contradicts itself
        return 1
    original = _original(connection, value.pop("refers_to"), value["payload_digest"])
    for name in ("site", "run_id", "candidate_id", "etag", "last_modified", "file_id", "offset"):
        value.pop(name)
    connection.execute(
        update(Capture)
        .where(Capture.id == row.id)
        .values(**value, refers_to_id=original if item.kind == "revisit" else None, lost_at=None)
    )
    connection.execute(
        update(Capture)
        .where(Capture.refers_to_id == row.id, or_(Capture.payload_digest == value["payload_digest"]))
        .values(lost_at=None)
    )
    return 1
