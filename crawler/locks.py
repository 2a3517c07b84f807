"""One lock per archive and site. It dies with the process: no pid file can be stale.

The kernel keeps apart the processes of one machine, the database those of several (storage.site_holds).
"""

from __future__ import annotations

import contextlib
import fcntl
import os
from datetime import datetime
from pathlib import Path
from typing import IO

from storage.site_holds import SiteHolds


class Locked(Exception):
    """Another process works on this site. The message says since when and which."""


class SiteLock:
    """An flock on `locks/SITE.lock` in the archive folder, held until release or death.

    `holds`: the sites this process also holds in the database; its owner gives them back.
    """

    def __init__(self, folder: Path, site: str, holds: SiteHolds | None = None) -> None:
        self._site, self._holds = site, holds
        self._path = folder / "locks" / f"{site}.lock"
        self._file: IO[str] | None = None

    def acquire(self, now: datetime) -> None:
        """Take the lock or say who has it.

        Raises:
            Locked: it is held by a living process.
            ArchiveError: the database cannot be asked.
        """
        self._path.parent.mkdir(parents=True, exist_ok=True)
        file = self._path.open("a+", encoding="utf-8")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            holder = file.read().strip() or "an unknown process"
            file.close()
            raise Locked(f"already running {holder}") from None
        try:
            elsewhere = self._holds.take(self._site) if self._holds is not None else None
            if elsewhere is not None:
                raise Locked(f"already running {elsewhere}")
        except BaseException:
            file.close()
            raise
        file.truncate(0)
        file.write(f"since {now.isoformat(timespec='seconds')}, pid {os.getpid()}")
        file.flush()
        self._file = file

    def release(self) -> None:
        if self._file is not None:
            with contextlib.suppress(OSError):
                self._file.truncate(0)
            self._file.close()
            self._file = None
