"""After a crash: every capture file of a dead run becomes a whole, closed file whose records all have rows.

Each step can be killed and is done again by the next start: cut the torn tail, add missing rows, rename,
write down size and digest. Files that another process is writing are locked and left alone.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, select, update

from storage import warc
from storage.capture_files import lock, sync_folder
from storage.capture_rows import close_file, file_id, save_captures
from storage.faults import fault
from storage.members import BadMember, Member, walk
from storage.models import Candidate, Capture, CaptureFile
from storage.quarantine import holds_records, keep_tail
from storage.rewriting import finish_swaps

if TYPE_CHECKING:
    from storage.archive import Archive

_KINDS = ("response", "revisit", "resource")


@dataclass
class Recovery:
    """What a start found and repaired."""

    files: list[str] = field(default_factory=list)  # closed on behalf of a dead run
    records_added: int = 0  # responses that were on disk but had no row
    bytes_cut: int = 0  # torn tails
    lost: int = 0  # rows whose bytes are gone; their pages are fetched again
    removed: list[str] = field(default_factory=list)  # files without a single whole record

    @property
    def anything(self) -> bool:
        return bool(self.files or self.records_added or self.removed or self.lost)

    @property
    def sentence(self) -> str:
        """What an operator should know of it."""
        parts = [
            f"closed {len(self.files)} capture files" if self.files else "",
            f"added {self.records_added} missing rows" if self.records_added else "",
            f"cut {self.bytes_cut} bytes of torn records" if self.bytes_cut else "",
            f"removed {len(self.removed)} empty files" if self.removed else "",
            f"marked {self.lost} captures lost, to be fetched again" if self.lost else "",
        ]
        return f"an earlier run died: {', '.join(part for part in parts if part)}"


@dataclass
class _Walked:
    """The whole records of a file."""

    members: list[tuple[Member, str]] = field(default_factory=list)  # without blocks, with payload digests
    size: int = 0
    records: int = 0


def recover(archive: Archive) -> Recovery:
    """Repair and close the capture files of dead runs. Does nothing where there are none.

    Raises:
        ArchiveError: the database cannot be written.
        OSError: the captures folder cannot be written.
    """
    result = Recovery()
    finish_swaps(archive)
    for path in sorted(archive.captures.rglob("*.warc.gz.open")):
        _recover_open(archive, path, result)
    _finish_closed(archive, result)
    return result


def _recover_open(archive: Archive, path: Path, result: Recovery) -> None:
    try:
        descriptor = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return  # its writer closed it just now
    try:
        if not lock(descriptor) or not path.exists() or os.fstat(descriptor).st_ino != path.stat().st_ino:
            return
        name = str(path.relative_to(archive.captures)).removesuffix(".open")
        fault("recover")
        walked = _cut(archive.folder, path, name, descriptor, result)
        fault("recover")
        if walked.records == 0:
            _forget_empty(archive, path, name, result)
            return
        _add_rows(archive, path, name, walked, result)
        fault("recover")
        final = archive.captures / name
        path.rename(final)
        sync_folder(final.parent)
        fault("recover")
        _close_row(archive, final, name, walked.records)
        result.files.append(name)
    finally:
        os.close(descriptor)


def _cut(folder: Path, path: Path, name: str, descriptor: int, result: Recovery) -> _Walked:
    """Cut the file behind its last whole record. Where others follow the damage, the bytes are kept."""
    walked = _walk(path)
    size = os.fstat(descriptor).st_size
    if walked.size < size:
        if holds_records(path, walked.size):
            keep_tail(folder, path, name, walked.size)
        result.bytes_cut += size - walked.size
        os.ftruncate(descriptor, walked.size)
    os.fsync(descriptor)
    return walked


def _walk(path: Path) -> _Walked:
    walked = _Walked()
    try:
        for member in walk(path):
            digest = hashlib.sha256(member.http[1]).hexdigest() if member.kind in _KINDS else ""
            head = member.http[0]
            walked.members.append((Member(member.offset, member.length, member.fields, head), digest))
            walked.size = member.offset + member.length
            walked.records += 1
    except BadMember:
        pass  # from here on the bytes are a torn record
    return walked


def _forget_empty(archive: Archive, path: Path, name: str, result: Recovery) -> None:
    """A file that died before its first record: no bytes to keep; rows that point into it are lost."""
    with archive.write() as session:
        _mark_lost(session.connection(), name, 0, result)
        session.execute(update(CaptureFile).where(CaptureFile.name == name).values(state="missing"))
    path.unlink()
    result.removed.append(name)


def _add_rows(archive: Archive, path: Path, name: str, walked: _Walked, result: Recovery) -> None:
    now = datetime.now(UTC)
    role = next((m.fields["hemero-role"] for m, _ in walked.members if "hemero-role" in m.fields), "article")
    with archive.write() as session:
        connection = session.connection()
        created = warc.parse_date(walked.members[0][0].fields["warc-date"])
        run = next((m.fields["hemero-run"] for m, _ in walked.members if "hemero-run" in m.fields), None)
        number = file_id(connection, name, role, int(run) if run else None, created)
        offsets = set(connection.scalars(select(Capture.offset).where(Capture.file_id == number)))
        rows = [row for row in _rows(connection, walked, number, path) if row["offset"] not in offsets]
        for row in rows:  # one by one: a revisit may refer to the row before it
            row["refers_to_id"] = _original(connection, row.pop("refers_to"), row["payload_digest"])
            save_captures(connection, [row], now)
        result.records_added += len(rows)
        _mark_lost(connection, name, walked.size, result)
        fault("recover")


def _rows(connection: Connection, walked: _Walked, number: int, path: Path) -> Iterator[dict[str, Any]]:
    members = walked.members
    for position, (member, digest) in enumerate(members):
        if member.kind not in _KINDS:
            continue
        follower = members[position + 1][0] if position + 1 < len(members) else None
        request = follower.length if follower is not None and follower.kind == "request" else 0
        yield row_of(member, digest, number, request)


def row_of(member: Member, digest: str, file_number: int, request_length: int) -> dict[str, Any]:
    """The row a record tells of itself: what the writer would have written."""
    fields = member.fields
    rights = fields.get("hemero-rights")
    length = fields.get("hemero-payload-length")
    candidate, run = fields.get("hemero-candidate"), fields.get("hemero-run")
    head = member.block if fields.get("content-type", "").startswith("application/http") else b""
    size = int(fields["content-length"]) - len(head)
    headers = _header_values(head)
    stored_digest = fields.get("warc-payload-digest", "").removeprefix("sha256:")
    return {
        "site": fields.get("hemero-site"),
        "run_id": int(run) if run else None,
        "candidate_id": int(candidate) if candidate else None,
        "file_id": file_number,
        "offset": member.offset,
        "length": member.length,
        "request_length": request_length,
        "record_id": member.record_id,
        "url": fields.get("warc-target-uri", ""),
        "role": fields.get("hemero-role", "article"),
        "kind": member.kind,
        "refers_to": fields.get("warc-refers-to", "").removeprefix("<urn:uuid:").removesuffix(">") or None,
        "method": fields.get("hemero-method", "GET"),
        "status": int(fields.get("hemero-status", "200")),
        "content_type": headers.get("content-type") if head else fields.get("content-type"),
        "fetched_at": warc.parse_date(fields["warc-date"]),
        "payload_digest": stored_digest if member.kind == "revisit" else digest,
        "payload_length": int(length) if length else size,
        "headers_digest": hashlib.sha256(head).hexdigest(),
        "ip": fields.get("warc-ip-address"),
        "truncated": fields.get("warc-truncated"),
        "rights": json.loads(rights) if rights else None,
        "etag": headers.get("etag"),
        "last_modified": headers.get("last-modified"),
    }


def _header_values(head: bytes) -> dict[str, str]:
    values: dict[str, str] = {}
    for line in head.decode("latin-1").split("\r\n")[1:]:
        name, colon, value = line.partition(":")
        if colon:
            values.setdefault(name.strip().lower(), value.strip())
    return values


def _original(connection: Connection, record_id: str | None, digest: str) -> int | None:
    if record_id is None:
        return None
    found = connection.scalar(
        select(Capture.id).where(Capture.payload_digest == digest, Capture.record_id == record_id)
    )
    return None if found is None else int(found)


def _mark_lost(connection: Connection, name: str, size: int, result: Recovery) -> None:
    """Rows beyond the whole records (a disk lied about a sync): keep them, fetch the pages again."""
    lost = connection.execute(
        select(Capture.id, Capture.candidate_id)
        .join(CaptureFile, CaptureFile.id == Capture.file_id)
        .where(CaptureFile.name == name, Capture.offset + Capture.length > size, Capture.lost_at.is_(None))
    ).all()
    if not lost:
        return
    now = datetime.now(UTC)
    connection.execute(update(Capture).where(Capture.id.in_([row.id for row in lost])).values(lost_at=now))
    connection.execute(
        update(Candidate)
        .where(Candidate.id.in_([row.candidate_id for row in lost]), Candidate.state == "captured")
        .values(state="pending", next_try_at=now, updated_at=now, reason="capture_lost")
    )
    result.lost += len(lost)


def _close_row(archive: Archive, path: Path, name: str, records: int) -> None:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    with archive.write() as session:
        close_file(
            session.connection(),
            name,
            size=path.stat().st_size,
            records=records,
            sha256=digest,
            now=datetime.now(UTC),
        )


def _finish_closed(archive: Archive, result: Recovery) -> None:
    """Files that were renamed but whose row does not say so (killed, or the database was away)."""
    with archive.read() as session:
        known = {row.name: row.state for row in session.execute(select(CaptureFile.name, CaptureFile.state))}
    for path in sorted(archive.captures.rglob("*.warc.gz")):
        name = str(path.relative_to(archive.captures))
        if known.get(name, "open") != "open":
            continue
        walked = _walk(path)
        if walked.records and walked.size == path.stat().st_size:
            _add_rows(archive, path, name, walked, result)
            _close_row(archive, path, name, walked.records)
            result.files.append(name)
