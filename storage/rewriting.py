"""Rewriting capture files: records left out or masked, everything else byte for byte.

The new file is written and synced beside the old one as NAME.new; one transaction moves the rows; then a
rename puts it in the old one's place. Killed before the transaction, NAME.new is nothing; killed after it,
its digest is the one the row names, and `finish_swaps` does the rename.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy import Connection, delete, select, update

from storage import warc
from storage.archive import Archive
from storage.capture_files import lock, sync_folder
from storage.faults import fault
from storage.members import Member, read_member
from storage.models import Capture, CaptureFile
from storage.survey import Bad, file_digest, survey
from storage.verify_files import FileRows

NEW = ".new"
_BIG = {"warc": "WARC", "id": "ID", "uri": "URI", "ip": "IP"}


@dataclass(frozen=True, slots=True)
class Edit:
    """What becomes of one record: left out, given another payload, or told the new digest of its original."""

    drop: bool = False
    body: bytes | None = None  # content coding undone
    digest: str | None = None  # of a revisit's original
    size: int = 0


@dataclass
class Rewritten:
    """A file written beside the old one, and where its records stand now."""

    name: str
    size: int = 0
    records: int = 0
    sha256: str = ""
    moved: dict[int, dict[str, Any]] = field(default_factory=dict)  # capture id -> new columns
    dropped: list[int] = field(default_factory=list)
    lost: list[int] = field(default_factory=list)  # rows whose unreadable bytes were left out
    descriptor: int = -1  # holds the lock on the new file


def rewrite(archive: Archive, rows: FileRows, edits: Mapping[int, Edit]) -> Rewritten:
    """Write NAME.new with these edits, by capture id. Stretches that are no record are left out.

    Raises:
        OSError: the disk refuses.
    """
    path = archive.captures / rows.file.name
    made = Rewritten(rows.file.name)
    target = path.with_name(path.name + NEW)
    made.descriptor = os.open(target, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o644)
    lock(made.descriptor)
    with path.open("rb") as source, os.fdopen(os.dup(made.descriptor), "wb") as out:
        _Copy(rows, edits, made, path, source, out).run()
        out.flush()
        os.fsync(out.fileno())
    made.size, made.sha256 = target.stat().st_size, file_digest(target)
    fault("redact_file")
    return made


class _Copy:
    """One pass over the old file."""

    def __init__(
        self,
        rows: FileRows,
        edits: Mapping[int, Edit],
        made: Rewritten,
        path: Path,
        source: BinaryIO,
        out: BinaryIO,
    ) -> None:
        self._rows, self._edits, self._made = rows, edits, made
        self._path, self._source, self._out = path, source, out
        self._at = 0
        self._skip_request_at = -1

    def run(self) -> None:
        for item in survey(self._path, self._rows.anchors):
            row = self._rows.captures.get(item.offset)
            if isinstance(item, Bad):
                if row is not None:
                    self._made.lost.append(row.id)
            elif row is None:
                if item.offset != self._skip_request_at:
                    self._copy(item.offset, item.length)
            else:
                self._record(row, item.length)
        met = {*self._made.moved, *self._made.dropped, *self._made.lost}
        self._made.lost += [row.id for row in self._rows.captures.values() if row.id not in met]

    def _record(self, row: Any, length: int) -> None:
        edit = self._edits.get(row.id)
        if edit is not None and edit.drop:
            self._made.dropped.append(row.id)
            self._skip_request_at = row.offset + row.length if row.request_length else -1
            return
        place: dict[str, Any] = {"offset": self._at}
        if edit is None:
            self._copy(row.offset, length)
        else:
            member, columns = edited(read_member(self._path, row.offset), edit)
            place |= columns | {"length": len(member)}
            self._write(member)
        self._made.moved[row.id] = place

    def _copy(self, offset: int, length: int) -> None:
        self._source.seek(offset)
        self._write(self._source.read(length))

    def _write(self, data: bytes) -> None:
        self._out.write(data)
        self._at += len(data)
        self._made.records += 1


def edited(member: Member, edit: Edit) -> tuple[bytes, dict[str, Any]]:
    """A record with another payload (or another original), and the columns of its row that change."""
    fields = dict(member.fields)
    block = member.block
    columns: dict[str, Any] = {}
    if edit.body is not None:
        head = _plain_head(member.http[0])
        block = head + edit.body
        digest, size = hashlib.sha256(edit.body).hexdigest(), len(edit.body)
        fields["hemero-redacted"] = "passages"
        columns["headers_digest"] = hashlib.sha256(head).hexdigest()
    else:
        assert edit.digest is not None
        digest, size = edit.digest, edit.size
        fields["hemero-payload-length"] = str(size)
    fields["warc-payload-digest"] = f"sha256:{digest}"
    for name in ("content-length", "warc-block-digest"):
        fields.pop(name, None)
    pairs = [(_name(name), value) for name, value in fields.items()]
    return warc.compress(warc.record(pairs, block)), columns | {
        "payload_digest": digest,
        "payload_length": size,
    }


def _plain_head(head: bytes) -> bytes:
    """The headers of a payload whose content coding was undone: what no longer holds is renamed."""
    lines = head.split(b"\r\n")
    renamed = [
        b"X-Archive-Orig-" + line if line.lower().startswith((b"content-encoding:", b"content-length:"))
        else line for line in lines
    ]  # fmt: skip
    return b"\r\n".join(renamed)


def _name(name: str) -> str:
    """A field name as it is usually written; they are read in any case."""
    return "-".join(_BIG.get(part, part.capitalize()) for part in name.split("-"))


def move_rows(connection: Connection, made: Rewritten) -> None:
    """Rows of a rewritten file as they are in the new one. Lost ones get a place that no record can have."""
    for number in [*made.moved, *made.lost]:
        connection.execute(update(Capture).where(Capture.id == number).values(offset=-number))
    for number, columns in made.moved.items():
        connection.execute(update(Capture).where(Capture.id == number).values(**columns))
    connection.execute(
        update(CaptureFile)
        .where(CaptureFile.name == made.name)
        .values(bytes=made.size, records=made.records, sha256=made.sha256, damaged=None)
    )


def drop_rows(connection: Connection, ids: list[int]) -> None:
    """Rows of captures that are left out. What was read from them must be gone already."""
    connection.execute(update(Capture).where(Capture.refers_to_id.in_(ids)).values(refers_to_id=None))
    connection.execute(delete(Capture).where(Capture.id.in_(ids)))


def swap(archive: Archive, made: Rewritten) -> None:
    """Put the new file in the old one's place."""
    fault("redact_swap")
    path = archive.captures / made.name
    path.with_name(path.name + NEW).rename(path)
    sync_folder(path.parent)
    os.close(made.descriptor)


def finish_swaps(archive: Archive) -> list[str]:
    """Finish or forget the rewritings of dead processes. Returns the files that were put in place."""
    finished = []
    for path in sorted(archive.captures.rglob(f"*.warc.gz{NEW}")):
        descriptor = os.open(path, os.O_RDWR)
        try:
            if not lock(descriptor):
                continue
            old = path.with_name(path.name.removesuffix(NEW))
            name = str(old.relative_to(archive.captures))
            with archive.read() as session:
                wanted = session.scalar(select(CaptureFile.sha256).where(CaptureFile.name == name))
            if wanted == file_digest(path):
                path.rename(old)
                finished.append(name)
            else:
                path.unlink()
            sync_folder(path.parent)
        finally:
            os.close(descriptor)
    return finished
