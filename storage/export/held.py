"""Captures of a group of articles as the raw records that hold them, checked before they are copied."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import or_, select

from storage.archive import Archive
from storage.captures import find_file
from storage.errors import CaptureDamaged
from storage.members import BadMember, Member, read_member
from storage.models import Article, Candidate, Capture, CaptureFile, Revision


@dataclass(frozen=True, slots=True)
class Held:
    """One capture: its row, the name of its file, its gzip members (response, then request)."""

    row: Any
    file: str
    response: bytes
    request: bytes
    member: Member


def captures_for(session: Any, ids: Sequence[int]) -> list[Any]:
    """Captures of these articles' addresses and readings, and what revisits among them repeat; by id.

    Rows: Capture, file.
    """
    candidates = select(Candidate.id).join(Article, Article.identity == Candidate.identity)
    read = select(Revision.capture_id).where(Revision.article_id.in_(ids), Revision.capture_id.is_not(None))
    query = (
        select(Capture, CaptureFile.name.label("file"))
        .join(CaptureFile, CaptureFile.id == Capture.file_id)
        .where(Capture.lost_at.is_(None), CaptureFile.state != "pruned")
    )
    mine = or_(Capture.candidate_id.in_(candidates.where(Article.id.in_(ids))), Capture.id.in_(read))
    found = {row.Capture.id: row for row in session.execute(query.where(mine, Capture.role == "article"))}
    originals = {row.Capture.refers_to_id for row in found.values()} - {None} - set(found)
    found |= {row.Capture.id: row for row in session.execute(query.where(Capture.id.in_(originals)))}
    return [found[number] for number in sorted(found)]


def read_held(archive: Archive, row: Any, name: str) -> Held:
    """The records of a capture, as they stand in their file.

    Raises:
        CaptureDamaged: the file or the record is missing, cut or altered.
    """
    path = find_file(archive.captures, name)
    try:
        member = read_member(path, row.offset, row.length)
        if row.request_length:
            read_member(path, row.offset + row.length, row.request_length)
        with path.open("rb") as file:
            file.seek(row.offset)
            response = file.read(row.length)
            request = file.read(row.request_length)
    except (BadMember, OSError) as error:
        raise CaptureDamaged(f"the capture of {row.url} in {name} cannot be read: {error}") from None
    return Held(row, name, response, request, member)


def all_held(archive: Archive, rows: Sequence[Any], notes: list[str]) -> Iterator[Held]:
    """Those that can be read; the others are named in `notes`."""
    for row in rows:
        try:
            yield read_held(archive, row.Capture, row.file)
        except CaptureDamaged as error:
            notes.append(str(error))
