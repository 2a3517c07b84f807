"""The free-space floor: stop while there is still room to stop well."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from storage.errors import NoSpace


@dataclass(frozen=True, slots=True)
class Space:
    """Bytes of the disk that holds a folder."""

    free: int
    total: int


def space_of(folder: Path) -> Space:
    """What the disk of a folder (or of the nearest one above that exists) has.

    Raises:
        OSError: it cannot be asked.
    """
    while not folder.exists():
        folder = folder.parent
    found = os.statvfs(folder)
    return Space(found.f_bavail * found.f_frsize, found.f_blocks * found.f_frsize)


def floor_of(space: Space, wanted: int) -> int:
    """The floor in bytes: what is set, but never more than a tenth of the disk."""
    return min(wanted, space.total // 10)


def check_space(folder: Path, wanted: int, more: int = 0) -> None:
    """Stop before the disk is full. `wanted`: the floor as set, 0 for none; `more`: bytes to be written.

    Raises:
        NoSpace: what is free, less `more`, is under the floor.
    """
    if wanted <= 0:
        return
    space = space_of(folder)
    floor = floor_of(space, wanted)
    if space.free - more < floor:
        raise NoSpace(
            f"{space.free >> 20} MB free in {folder}, the floor is {floor >> 20} MB"
            " ([archive] min_free_mb): free some, then run the same command again"
        )
