"""quarantine/: bytes that were cut off capture files and the ledger, for whoever may want them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from storage.capture_files import sync_folder
from storage.survey import Seen, survey

FOLDER = "quarantine"


def keep_tail(folder: Path, path: Path, name: str, at: int) -> Path:
    """Copy what stands in a file from `at` on; on disk when this returns.

    Args:
        folder: of the archive.
        path: the file.
        name: of the capture file below captures/, or of the ledger.
    """
    kept = folder / FOLDER / f"{name.replace('/', '_')}.{at}"
    kept.parent.mkdir(exist_ok=True)
    with path.open("rb") as source, kept.open("wb") as target:
        source.seek(at)
        while chunk := source.read(1 << 20):
            target.write(chunk)
        target.flush()
        os.fsync(target.fileno())
    sync_folder(kept.parent)
    return kept


def holds_records(path: Path, at: int) -> bool:
    """Whether a whole record stands behind `at`: a process that died leaves none there, damage does."""
    return any(isinstance(item, Seen) and item.offset >= at for item in survey(path))


def drop(folder: Path, names: Sequence[str]) -> None:
    """Bytes that were cut off these files: nobody can tell what is in them."""
    for name in names:
        for path in (folder / FOLDER).glob(name.replace("/", "_") + ".*"):
            path.unlink()
