"""What analysts decide: first in ledger.jsonl, then in the database, by the same code that a rebuild uses."""

from __future__ import annotations

import errno
from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from storage import copies, corpora, corrections, ledger, saved_searches, sources_assign, spellings
from storage.archive import Archive
from storage.errors import ArchiveNotWritable, NoSpace

_APPLY: dict[str, Callable[[Session, ledger.Entry], bool]] = {
    "assignment": sources_assign.apply,
    "correction": corrections.apply,
    "corpus": corpora.apply,
    "corpus_dropped": corpora.apply_drop,
    "spelling": spellings.apply,
    "spelling_removed": spellings.apply_removal,
    "saved_search": saved_searches.apply,
    "saved_search_dropped": saved_searches.apply_drop,
}


def record(archive: Archive, kind: str, data: dict[str, Any], now: datetime) -> ledger.Entry:
    """Write an entry and carry it out. The entry is on the disk before the database hears of it.

    Raises:
        ArchiveNotWritable: opened for reading only, or the folder cannot be written.
        ArchiveError: the database fails; `replay` carries the entry out later.
    """
    if archive.read_only:
        raise ArchiveNotWritable(f"{archive.database_name} was opened for reading only")
    try:
        entry = ledger.append(archive.folder, kind, data, now)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise NoSpace(f"no space left for {archive.folder / ledger.NAME}: free some, run again") from None
        raise ArchiveNotWritable(
            f"{archive.folder / ledger.NAME} cannot be written ({error.strerror})"
        ) from None
    with archive.write() as session:
        _APPLY[kind](session, entry)
        copies.work_off(session, now)  # a corrected date may change who was first
    return entry


def replay(archive: Archive) -> list[ledger.Entry]:
    """Carry out all entries again, in order: after a rebuild, or where a process died in between.

    Twice equals once. Returns the entries that found nothing to work on (an article that is not here).
    """
    entries = [entry for entry in ledger.read(archive.folder) if entry.kind in _APPLY]
    idle = []
    for entry in entries:
        with archive.write() as session:
            if not _APPLY[entry.kind](session, entry):
                idle.append(entry)
    return idle
