"""ledger.jsonl: what no page says. With the captures, all that an archive can be rebuilt from.

One JSON object a line: `id`, `at` (UTC), `kind`, `data`, and `sum`, the digest of the other four. A line is
written and synced before the database hears of it. Kinds: redaction, assignment (a name means a source),
correction, spelling, saved_search, copy (an export or backup that was made: where a redacted text may still
be).
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import logging
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from storage.capture_files import sync_folder
from storage.errors import DatabaseDamaged
from storage.faults import fault
from storage.quarantine import keep_tail

NAME = "ledger.jsonl"
TORN = "torn by a process that died"  # its last line: `hemero repair` cuts it
logger = logging.getLogger(__name__)


class LedgerDamaged(DatabaseDamaged):
    """A line in the middle of the ledger is not what was written."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line. `at` is aware UTC."""

    id: str
    at: datetime
    kind: str
    data: dict[str, Any]


def append(
    folder: Path, kind: str, data: dict[str, Any], now: datetime, entry_id: str | None = None
) -> Entry:
    """Write one entry; it is on the disk when this returns. A torn last line of a dead process is cut first.

    Raises:
        LedgerDamaged: a line before the last is not as written; nothing is added to it.
        OSError: the folder cannot be written.
    """
    entry = Entry(entry_id or str(uuid.uuid4()), now.astimezone(UTC), kind, data)
    path = folder / NAME
    made = not path.exists()
    with _locked(path) as descriptor:
        before = path.read_bytes()
        _entries(path, before)
        keep = _cut(folder, descriptor, before)
        os.lseek(descriptor, keep, os.SEEK_SET)
        line = (b"" if before[:keep].endswith(b"\n") or not keep else b"\n") + _line(entry)
        half = len(line) // 2
        os.write(descriptor, line[:half])
        fault("mid_ledger")
        _write_all(descriptor, line[half:])
        os.fsync(descriptor)
    if made:
        sync_folder(folder)
    fault("after_ledger")
    return entry


def _write_all(descriptor: int, data: bytes) -> None:
    while data:
        data = data[os.write(descriptor, data) :]


def _cut(folder: Path, descriptor: int, data: bytes) -> int:
    """Cut a torn last line off and keep it: a dead process leaves one, but so does a damaged disk."""
    keep = _whole(data)
    if keep < len(data):
        kept = keep_tail(folder, folder / NAME, NAME, keep)
        logger.warning("%s: a torn last line of %d bytes is now %s", NAME, len(data) - keep, kept)
        os.ftruncate(descriptor, keep)
        os.fsync(descriptor)
    return keep


@contextmanager
def _locked(path: Path) -> Iterator[int]:
    """The ledger, for one writer at a time; `scrub` may have replaced it while it was waited for."""
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            if os.path.samestat(os.fstat(descriptor), path.stat()):
                yield descriptor
                return
        finally:
            os.close(descriptor)


def read(folder: Path) -> list[Entry]:
    """All entries in order; a torn last line was never acknowledged and does not count.

    Raises:
        LedgerDamaged: a line before the last is not as written; the message names it.
    """
    return _entries(folder / NAME, _bytes(folder))


def _entries(path: Path, data: bytes) -> list[Entry]:
    """Raises: LedgerDamaged."""
    entries = []
    for number, line in enumerate(data[: _whole(data)].splitlines(), 1):
        entry = _parse(line)
        if entry is None:
            raise LedgerDamaged(
                f"{path}, line {number} is not as it was written: take the file from a backup"
            )
        entries.append(entry)
    return entries


def problems(folder: Path) -> list[tuple[int, str]]:
    """Lines that are not whole: (line number, what is wrong)."""
    data = _bytes(folder)
    whole = _whole(data)
    found = [
        (number, "not as it was written")
        for number, line in enumerate(data[:whole].splitlines(), 1)
        if _parse(line) is None
    ]
    if whole < len(data):
        found.append((data[:whole].count(b"\n") + 1, TORN))
    return found


def cut_tail(folder: Path) -> int:
    """Cut a torn last line; it goes to quarantine/. Returns the bytes cut."""
    path = folder / NAME
    data = _bytes(folder)
    if _whole(data) == len(data):
        return 0
    with _locked(path) as descriptor:
        data = path.read_bytes()
        return len(data) - _cut(folder, descriptor, data)


def _bytes(folder: Path) -> bytes:
    try:
        return (folder / NAME).read_bytes()
    except FileNotFoundError:
        return b""


def _whole(data: bytes) -> int:
    """Bytes up to the end of the last whole line; one that lost only its line feed is whole."""
    end = data.rfind(b"\n") + 1
    return len(data) if end < len(data) and _parse(data[end:]) is not None else end


def _line(entry: Entry) -> bytes:
    value = {"id": entry.id, "at": entry.at.isoformat(), "kind": entry.kind, "data": entry.data}
    return (_json({**value, "sum": _sum(value)}) + "\n").encode()


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=True, separators=(",", ":"))


def _sum(value: dict[str, Any]) -> str:
    return hashlib.sha256(_json(value).encode()).hexdigest()[:16]


def _parse(line: bytes) -> Entry | None:
    try:
        value = json.loads(line)
        total = value.pop("sum")
        entry = Entry(value["id"], datetime.fromisoformat(value["at"]), value["kind"], value["data"])
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    return entry if total == _sum(value) else None


def copies(folder: Path) -> list[Entry]:
    """Exports, backups and moves this archive knows of, oldest first."""
    return [entry for entry in read(folder) if entry.kind == "copy"]


def note_copy(folder: Path, what: str, path: str, now: datetime) -> None:
    """Remember that a copy of articles was made. A folder that may only be read takes no note.

    Raises: as `append`.
    """
    if os.access(folder, os.W_OK):
        append(folder, "copy", {"what": what, "path": path}, now)


def scrub(folder: Path, keys: set[str]) -> None:
    """Take the corrections of redacted articles out of the ledger: they quote the text.

    The ledger is written anew beside the old one and takes its place. An analyst's decision that comes in
    between waits: it stands in the new one.
    """
    path, beside = folder / NAME, folder / (NAME + ".new")
    with _locked(path):
        entries = read(folder)
        kept = [e for e in entries if not (e.kind == "correction" and e.data.get("identity") in keys)]
        if len(kept) == len(entries):
            return
        with beside.open("wb") as file:
            file.write(b"".join(_line(entry) for entry in kept))
            file.flush()
            os.fsync(file.fileno())
        beside.rename(path)
    sync_folder(folder)
