"""Who may change an archive: everyone who writes shares it, what replaces its files has it alone.

An flock on `locks/archive.lock`; it ends with the process, so nothing can be stale.
"""

from __future__ import annotations

import errno
import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from storage.errors import ArchiveBusy

_PAUSE = 0.1
_SHORT = 1.0  # seconds in which a command such as prune is over


def take_shared(folder: Path) -> int:
    """Write beside others. Returns the descriptor whose closing gives the archive back.

    Raises:
        ArchiveBusy: it is being repaired, rebuilt, moved or redacted.
    """
    return _take(folder, fcntl.LOCK_SH, _SHORT)


@contextmanager
def alone(folder: Path, patience: float = 0.0) -> Iterator[None]:
    """Have the archive alone. `patience`: seconds to wait for those who write.

    Raises:
        ArchiveBusy: a crawl or another such command still has it.
    """
    descriptor = _take(folder, fcntl.LOCK_EX, patience)
    try:
        yield
    finally:
        os.close(descriptor)


@contextmanager
def shared(folder: Path) -> Iterator[None]:
    """Keep out what replaces files while they are read (as a backup does)."""
    descriptor = take_shared(folder)
    try:
        yield
    finally:
        os.close(descriptor)


def in_use(folder: Path) -> bool:
    """Whether another process writes to the archive now."""
    return is_held(folder / "locks" / "archive.lock")


def is_held(path: Path) -> bool:
    """Whether any process has a file locked. Asked of the kernel: trying it would be in the way."""
    try:
        inode = path.stat().st_ino
        lines = Path("/proc/locks").read_text(encoding="ascii").splitlines()
    except OSError:
        return False
    # "1: FLOCK  ADVISORY  WRITE 4711 fd:00:131082 0 EOF"; the device may look otherwise than stat's
    held = (line.split() for line in lines if " FLOCK " in line and "->" not in line)
    return any(fields[5].rpartition(":")[2] == str(inode) for fields in held)


def _take(folder: Path, mode: int, patience: float) -> int:
    path = folder / "locks" / "archive.lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    deadline = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(descriptor, mode | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno not in (errno.EWOULDBLOCK, errno.EACCES) or time.monotonic() > deadline:
                os.close(descriptor)
                if error.errno in (errno.EWOULDBLOCK, errno.EACCES):
                    raise ArchiveBusy(_busy(folder, mode)) from None
                raise
            time.sleep(_PAUSE)
        else:
            return descriptor


def _busy(folder: Path, mode: int) -> str:
    if mode == fcntl.LOCK_EX:
        return f"another process writes to {folder}: run this again when it has ended"
    return f"{folder} is being repaired, rebuilt, moved or redacted: run this again when that has ended"
