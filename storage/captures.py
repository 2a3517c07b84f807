"""Reading captures back, and recovering them after a crash."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.archive import Archive
from storage.capture_files import OPEN
from storage.coding import CodingFault, decode_as_meant
from storage.errors import CaptureDamaged
from storage.members import BadMember, Member, read_member
from storage.models import Capture, CaptureFile
from storage.recovery import Recovery, recover

__all__ = ["Place", "Recovery", "StoredResponse", "find_file", "place_of", "read_capture", "recover"]


@dataclass(frozen=True, slots=True)
class StoredResponse:
    """A capture read back. `payload` has its content coding undone, `raw` is the body as it was sent."""

    url: str
    status: int
    headers: tuple[tuple[str, str], ...]
    payload: bytes
    raw: bytes
    fetched_at: datetime
    content_type: str | None = None
    method: str = "GET"
    truncated: str | None = None
    warning: str | None = None  # why the payload is not whole, where its coding was damaged


@dataclass(frozen=True, slots=True)
class Place:
    """Where a stored body stands, for a process that has no database."""

    folder: Path
    name: str  # of the capture file
    offset: int
    length: int
    url: str

    def read(self) -> bytes:
        """The body with its content coding undone, as far as it can be.

        Raises:
            CaptureDamaged: the record is missing or cut.
        """
        head, body = _member(self).http
        return _payload(_headers(head), body)[0]


def place_of(archive: Archive, capture: int) -> Place:
    """Where the body of a capture stands: in its own record, or in the one it repeats."""
    with archive.read() as session:
        row = session.get_one(Capture, capture)
        if row.refers_to_id is not None:
            row = session.get_one(Capture, row.refers_to_id)
        return _place(archive, session, row)


def _place(archive: Archive, session: Session, row: Capture) -> Place:
    name = session.scalar(select(CaptureFile.name).where(CaptureFile.id == row.file_id))
    return Place(archive.captures, name or "", row.offset, row.length, row.url)


def find_file(folder: Path, name: str) -> Path:
    """Where a capture file stands now: closed, or still open.

    Raises:
        CaptureDamaged: it is gone.
    """
    for path in (folder / name, folder / (name + OPEN)):
        if path.exists():
            return path
    raise CaptureDamaged(f"the capture file {name} is missing: hemero verify lists what it held")


def read_capture(archive: Archive, capture: Capture | int) -> StoredResponse:
    """A stored response, checked against its row (length and digest).

    Raises:
        CaptureDamaged: the record is missing, cut or altered.
    """
    with archive.read() as session:
        row = session.get_one(Capture, capture) if isinstance(capture, int) else capture
        place = _place(archive, session, row)
        original = session.get(Capture, row.refers_to_id) if row.refers_to_id is not None else None
    head, body = _member(place).http
    if original is not None:
        body = read_capture(archive, original).raw
    if hashlib.sha256(body).hexdigest() != row.payload_digest:
        raise CaptureDamaged(
            f"the capture of {row.url} in {place.name} was altered: hemero verify lists the damage"
        )
    return _response(row, _headers(head), body)


def _member(place: Place) -> Member:
    path = find_file(place.folder, place.name)
    try:
        return read_member(path, place.offset, place.length)
    except (BadMember, OSError) as error:
        raise CaptureDamaged(f"the capture of {place.url} in {place.name} cannot be read: {error}") from None


def _headers(head: bytes) -> tuple[tuple[str, str], ...]:
    pairs = []
    for line in head.decode("latin-1").split("\r\n")[1:]:
        name, colon, value = line.partition(":")
        if colon:
            pairs.append((name.strip(), value.strip()))
    return tuple(pairs)


def _response(row: Capture, headers: tuple[tuple[str, str], ...], body: bytes) -> StoredResponse:
    payload, warning = _payload(headers, body)
    return StoredResponse(
        url=row.url,
        status=row.status,
        headers=headers,
        payload=payload,
        raw=body,
        fetched_at=row.fetched_at,
        content_type=row.content_type,
        method=row.method,
        truncated=row.truncated,
        warning=warning,
    )


def _payload(headers: tuple[tuple[str, str], ...], body: bytes) -> tuple[bytes, str | None]:
    """The body without its content coding, and why it is not whole where it is not."""
    codings = ", ".join(value for name, value in headers if name.lower() == "content-encoding")
    content_type = {name.lower(): value for name, value in headers}.get("content-type")
    try:
        return decode_as_meant(body, codings, content_type), None
    except CodingFault as error:
        return error.partial, f"content coding {codings}: {error}"
