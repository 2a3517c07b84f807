"""Capture files: WARC files that one process writes and everyone may read back.

A file lives as NAME.open under a flock of its writer until it is closed; the lock ends with the process, so a
`.open` file that can be locked belongs to a dead run and is for `recover`. Nobody ever appends to such a
file: readers would silently miss what follows a torn record.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import uuid
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from storage import warc
from storage.faults import fault
from storage.release import release

OPEN = ".open"
FULL = 1 << 30  # bytes; a larger file is closed and the next one begun


class OpenFile:
    """A capture file being written. Not thread-safe: it belongs to the writer thread."""

    def __init__(self, folder: Path, role: str, run_id: int | None, now: datetime) -> None:
        """Make and lock a new file.

        Raises:
            OSError: the disk refuses.
        """
        self.role, self.run_id, self.created_at = role, run_id, now
        self.size = 0  # bytes known to be whole records
        self.records = 0
        self._hash = hashlib.sha256()
        self.folder = folder
        self.name, self._fd = _create(folder, role, run_id, now)
        self.append([warc.warcinfo(Path(self.name).name, str(uuid.uuid4()), now, release())])

    @property
    def path(self) -> Path:
        return self.folder / (self.name + OPEN)

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()

    @property
    def full(self) -> bool:
        return self.size >= FULL

    def append(self, members: Sequence[bytes]) -> list[int]:
        """Append whole records; returns the offset of each. On an error the file is as before.

        Raises:
            OSError: disk full or broken.
        """
        fault("before_warc")
        data = b"".join(members)
        try:
            self._write(data)
        except OSError:
            os.ftruncate(self._fd, self.size)
            os.lseek(self._fd, self.size, os.SEEK_SET)
            raise
        offsets, at = [], self.size
        for member in members:
            offsets.append(at)
            at += len(member)
        self.size = at
        self.records += len(members)
        self._hash.update(data)
        return offsets

    def _write(self, data: bytes) -> None:
        view = memoryview(data)
        half = len(view) // 2  # in two steps, so that a test can die between them
        for part in (view[:half], view[half:]):
            while part:
                part = part[os.write(self._fd, part) :]
            if len(view) > half:
                fault("mid_warc")

    def sync(self) -> None:
        """Bytes are on the disk after this."""
        os.fsync(self._fd)
        fault("after_warc")

    def close(self) -> None:
        """Give the file its final name. Its row is updated by the caller afterwards."""
        os.fsync(self._fd)
        fault("before_rename")
        self.path.rename(self.folder / self.name)
        sync_folder((self.folder / self.name).parent)
        os.close(self._fd)

    def abandon(self) -> None:
        """Leave the file as it is for `recover` (its rows could not be written, or the disk failed)."""
        os.close(self._fd)


def _create(folder: Path, role: str, run_id: int | None, now: datetime) -> tuple[str, int]:
    """A new, locked `.open` file: its final name and its descriptor."""
    while True:
        stamp = now.strftime("%Y%m%d%H%M%S")
        name = f"{now:%Y/%m}/{stamp}-{run_id or 0}-{role}-{uuid.uuid4().hex[:8]}.warc.gz"
        path = folder / (name + OPEN)
        made = not path.parent.exists()
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o644)
        if lock(descriptor) and path.exists() and os.fstat(descriptor).st_ino == path.stat().st_ino:
            sync_folder(path.parent)
            if made:
                sync_folder(path.parent.parent)
                sync_folder(folder)
            return name, descriptor
        os.close(descriptor)  # a recovery took it for a dead run's between creation and lock


def lock(descriptor: int) -> bool:
    """Take the file's lock if nobody has it. It ends with the descriptor, hence with the process."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in (errno.EWOULDBLOCK, errno.EACCES):
            return False
        raise
    return True


def sync_folder(folder: Path) -> None:
    """Make a new or renamed entry outlive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
