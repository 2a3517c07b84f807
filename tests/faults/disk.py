"""A small disk (tmpfs in a mount namespace) that can be filled, emptied, enlarged and write-protected."""

from __future__ import annotations

import ctypes
import functools
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

_CLONE_NEWNS = 0x20000


class Disk:
    """What is mounted at `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def free(self) -> int:
        found = os.statvfs(self.folder)
        return found.f_bavail * found.f_frsize

    def fill(self, leaving: int = 0) -> None:
        """Leave this many bytes free."""
        self.empty()
        with (self.folder / "ballast").open("wb") as file:
            os.posix_fallocate(file.fileno(), 0, max(4096, self.free - leaving))

    def empty(self) -> None:
        (self.folder / "ballast").unlink(missing_ok=True)

    def remount(self, options: str) -> None:
        """Change the disk: "size=50m", "ro"."""
        _mount("-o", f"remount,{options}", str(self.folder))


@contextmanager
def small_disk(folder: Path, size_mb: int) -> Iterator[Disk]:
    """A disk at a new folder that this process and its children see; skipped where mounting is forbidden."""
    if not _own_mounts():
        pytest.skip("no disk of our own can be made here: mounting needs root")
    folder.mkdir(parents=True)
    _mount("-t", "tmpfs", "-o", f"size={size_mb}m", "tmpfs", str(folder))
    try:
        yield Disk(folder)
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


@functools.cache
def _own_mounts() -> bool:
    """Give this thread, and what it starts, mounts of its own: they end with it."""
    if os.geteuid() != 0 or ctypes.CDLL(None).unshare(_CLONE_NEWNS) != 0:
        return False
    _mount("--make-rprivate", "/")
    return True


def _mount(*arguments: str) -> None:
    subprocess.run(["mount", *arguments], check=True, capture_output=True)
