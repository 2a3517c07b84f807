"""The installed command at another time: libfaketime moves every clock of a process and its children."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path


def find_faketime() -> Path | None:
    """The library, where Debian and others put it."""
    folders = (Path("/usr/lib"), Path("/usr/lib64"), Path("/usr/local/lib"))
    found = [
        path for folder in folders for path in sorted(folder.glob("**/faketime/libfaketimeMT.so.1")) if path
    ]
    return found[0] if found else None


def at(moment: datetime) -> dict[str, str]:
    """Environment of a process that begins at `moment` (aware); its time runs on from there."""
    library = find_faketime()
    assert library is not None
    return {
        "LD_PRELOAD": str(library),
        "FAKETIME": f"@{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S}",
        "TZ": "UTC",
        "FAKETIME_NO_CACHE": "1",
    }
