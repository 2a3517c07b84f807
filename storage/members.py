"""Reading WARC members strictly: a record counts only if its gzip member, CRC and length are right.

Tools that merely iterate over a damaged file end early without a word; everything that decides what is
kept goes through here.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

CHUNK = 1 << 18
MAX_RECORD = 512 << 20  # no capture is this large: what inflates further is damage or an attack


class BadMember(ValueError):
    """The bytes at an offset are no whole record. The message says why."""


@dataclass(frozen=True, slots=True)
class Member:
    """A whole record: where it stands, its WARC fields (lower-case names) and its block."""

    offset: int
    length: int
    fields: dict[str, str]
    block: bytes

    @property
    def kind(self) -> str:
        return self.fields.get("warc-type", "")

    @property
    def record_id(self) -> str:
        return self.fields.get("warc-record-id", "").removeprefix("<urn:uuid:").removesuffix(">")

    @property
    def http(self) -> tuple[bytes, bytes]:
        """Header block (with its empty line) and body of an HTTP record; (b"", block) of any other."""
        if not self.fields.get("content-type", "").startswith("application/http"):
            return b"", self.block
        head, mark, body = self.block.partition(b"\r\n\r\n")
        return head + mark, body


def read_member(path: Path, offset: int, length: int | None = None) -> Member:
    """The record at `offset`; `length` is what its row says.

    Raises:
        BadMember: not a whole record, or another length.
        OSError: the file cannot be read.
    """
    with path.open("rb") as file:
        member = read_at(file, offset)
    if length is not None and member.length != length:
        raise BadMember(f"the record has {member.length} bytes, {length} expected")
    return member


def walk(path: Path) -> Iterator[Member]:
    """All records from the start of the file.

    Raises:
        BadMember: after the last whole record, if bytes are left that are none.
    """
    with path.open("rb") as file:
        end = file.seek(0, 2)
        offset = 0
        while offset < end:
            member = read_at(file, offset)
            yield member
            offset += member.length


def read_at(file: BinaryIO, offset: int) -> Member:
    file.seek(offset)
    inflate = zlib.decompressobj(31)
    parts: list[bytes] = []
    taken = size = 0
    try:
        while not inflate.eof:
            chunk = file.read(CHUNK)
            if not chunk:
                raise BadMember("the file ends within a record")
            taken += len(chunk)
            parts.append(inflate.decompress(chunk, MAX_RECORD - size + 1))
            size += len(parts[-1])
            if size > MAX_RECORD:
                raise BadMember("the record inflates without end")
    except zlib.error as error:
        raise BadMember(f"not a gzip member ({error})") from None
    return _parse(offset, taken - len(inflate.unused_data), b"".join(parts))


def _parse(offset: int, length: int, data: bytes) -> Member:
    head, mark, rest = data.partition(b"\r\n\r\n")
    lines = head.decode("utf-8", "replace").split("\r\n")
    if not mark or not lines[0].startswith("WARC/1."):
        raise BadMember("not a WARC record")
    fields: dict[str, str] = {}
    for line in lines[1:]:
        name, colon, value = line.partition(":")
        if not colon:
            raise BadMember("a WARC field without a colon")
        fields.setdefault(name.strip().lower(), value.strip())
    wanted = fields.get("content-length", "")
    if not wanted.isdecimal() or len(rest) != int(wanted) + 4 or not rest.endswith(b"\r\n\r\n"):
        raise BadMember("the record's length is not the one it names")
    return Member(offset, length, fields, rest[:-4])
