"""A WARC file byte by byte: every whole record, and every stretch of bytes that is none."""

from __future__ import annotations

import bisect
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from storage.members import CHUNK, BadMember, Member, read_at

PAYLOADS = ("response", "revisit", "resource")
_MAGIC = b"\x1f\x8b\x08"


@dataclass(frozen=True, slots=True)
class Seen:
    """A whole record, without its body."""

    offset: int
    length: int
    fields: dict[str, str]
    head: bytes  # HTTP header block with its empty line
    digest: str  # hex SHA-256 of the body
    size: int  # bytes of the body

    @property
    def end(self) -> int:
        return self.offset + self.length

    @property
    def kind(self) -> str:
        return self.fields.get("warc-type", "")

    @property
    def member(self) -> Member:
        return Member(self.offset, self.length, self.fields, self.head)


@dataclass(frozen=True, slots=True)
class Bad:
    """Bytes from `offset` up to `end` that are no whole record."""

    offset: int
    end: int
    reason: str


def survey(path: Path, anchors: Sequence[int] = (), limit: int | None = None) -> Iterator[Seen | Bad]:
    """Everything in the file, in order. After bad bytes it goes on where the next record may begin.

    Args:
        anchors: offsets where records are known to begin or end, sorted.
        limit: bytes that count; a file being written is looked at only as far as its rows go.

    Raises:
        OSError: the file cannot be read.
    """
    with path.open("rb") as file:
        end = file.seek(0, 2)
        end = end if limit is None else min(end, limit)
        at = 0
        while at < end:
            try:
                member = read_at(file, at)
            except BadMember as error:
                bad = Bad(at, _next_start(file, at, end, anchors), str(error))
                yield bad
                at = bad.end
            else:
                yield _seen(member)
                at += member.length


def _seen(member: Member) -> Seen:
    head, body = member.http
    digest = hashlib.sha256(body).hexdigest() if member.kind in PAYLOADS else ""
    return Seen(member.offset, member.length, member.fields, head, digest, len(body))


def _next_start(file: BinaryIO, bad: int, end: int, anchors: Sequence[int]) -> int:
    """Where to go on: the next known place, or one further on where a whole record stands, else the end."""
    known = bisect.bisect_right(anchors, bad)
    stop = anchors[known] if known < len(anchors) and anchors[known] < end else end
    at = _find(file, bad + 1, stop)
    while at is not None:
        try:
            read_at(file, at)
        except BadMember:
            at = _find(file, at + 1, stop)
        else:
            return at
    return stop


def _find(file: BinaryIO, start: int, stop: int) -> int | None:
    """The next gzip magic at or after `start` and before `stop`."""
    at = start
    while at < stop:
        file.seek(at)
        chunk = file.read(min(CHUNK, stop - at) + len(_MAGIC) - 1)
        found = chunk.find(_MAGIC)
        if found >= 0 and at + found < stop:
            return at + found
        at += CHUNK
    return None


def file_digest(path: Path) -> str:
    """Hex SHA-256 of a whole file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
