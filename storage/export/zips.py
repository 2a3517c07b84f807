"""ZIP files whose members are known by size and SHA-256."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO


@dataclass(frozen=True, slots=True)
class Packed:
    """A member that was written."""

    path: str
    size: int
    sha256: str


class Package:
    """A ZIP being written, one member after the other. Names are ours, never a page's."""

    def __init__(self, output: BinaryIO, now: datetime) -> None:
        self._zip = zipfile.ZipFile(output, "w", allowZip64=True)
        self._time = (max(now.year, 1980), *now.timetuple()[1:6])
        self.members: list[Packed] = []

    @contextmanager
    def member(self, path: str, *, store: bool = False) -> Iterator[Member]:
        """A member to write to; `store`: uncompressed, for what is compressed already or read at random."""
        info = zipfile.ZipInfo(path, self._time)
        info.compress_type = zipfile.ZIP_STORED if store else zipfile.ZIP_DEFLATED
        info.external_attr = 0o644 << 16
        with self._zip.open(info, "w", force_zip64=True) as stream:
            member = Member(stream)
            yield member
        self.members.append(Packed(path, member.size, member.sha256))

    def add(self, path: str, data: bytes | Iterable[bytes], *, store: bool = False) -> Packed:
        """A whole member."""
        with self.member(path, store=store) as member:
            for part in (data,) if isinstance(data, bytes) else data:
                member.write(part)
        return self.members[-1]

    def __enter__(self) -> Package:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Write the directory: without it the file is none. After a fault that matters no more."""
        try:
            self._zip.close()
        except OSError:
            if kind is None:
                raise


class Member:
    """Takes bytes, in order."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream
        self._hash = hashlib.sha256()
        self.size = 0

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()

    def write(self, data: bytes) -> int:
        self._stream.write(data)
        self._hash.update(data)
        self.size += len(data)
        return len(data)

    def flush(self) -> None:
        """There is nothing to flush."""
