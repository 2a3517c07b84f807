"""Files that are whole or not there: written beside, synced, renamed."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from storage.capture_files import lock, sync_folder
from storage.database import explain
from storage.errors import ArchiveBusy, ArchiveNotWritable, NoSpace
from storage.faults import fault


@contextmanager
def atomic(path: Path) -> Iterator[BinaryIO]:
    """A binary file, to write and read back, that takes the place of `path` once all is written.

    On an error `path` is as before.

    Raises:
        NoSpace: the disk is full.
        ArchiveNotWritable: the folder cannot be written.
        ArchiveBusy: another process is writing the same file.
    """
    if path.exists() and not path.is_file():  # a device or a pipe: there is nothing to replace
        with explained(path), path.open("wb") as output:
            yield output
        return
    path = path.resolve()  # a link keeps pointing where it does
    beside = path.with_name(path.name + ".tmp")
    with explained(path), os.fdopen(_mine(beside), "w+b") as output:
        try:
            yield output
            output.flush()
            os.fsync(output.fileno())
            fault("export_written")
            beside.replace(path)
        except BaseException:
            beside.unlink(missing_ok=True)
            raise
        sync_folder(path.parent)


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """What the disk refuses, as an error about `path`."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        reason = explain(error, str(path))
        if isinstance(reason, NoSpace):
            raise reason from None
        raise ArchiveNotWritable(
            f"{path} cannot be written ({error.strerror or error}): choose another place"
        ) from None


def _mine(path: Path) -> int:
    """The file, empty and locked for this process; what a dead one left of it is overwritten."""
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o644)
        if not lock(descriptor):
            os.close(descriptor)
            raise ArchiveBusy(f"another process is writing {path}: wait for it, or choose another name")
        if path.exists() and os.fstat(descriptor).st_ino == path.stat().st_ino:
            os.ftruncate(descriptor, 0)
            return descriptor
        os.close(descriptor)  # the other process renamed it between opening and lock


def digest(file: BinaryIO) -> tuple[int, str]:
    """Bytes and SHA-256 of what was written to a file of `atomic` so far."""
    file.flush()
    size = file.tell()
    file.seek(0)
    found = hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]
    file.seek(size)
    return size, found
