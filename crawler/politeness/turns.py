"""Turns at a host that several processes of one archive share: a small file a host, locked by the kernel.

Two `hemero crawl` of two sites on one host must not ask it twice as often as one. Each request in flight
holds one byte of the file; the first bytes say when the next request may start, by the clock that all
processes of a machine share and nobody can set (CLOCK_MONOTONIC). A process that dies loses its locks.
Processes on other machines are not seen: they keep apart by `hosts.next_request_at` alone.
"""

from __future__ import annotations

import fcntl
import hashlib
import logging
import os
import re
import struct
import time
from pathlib import Path

_LOG = logging.getLogger(__name__)
_CELL = struct.Struct("<q")  # nanoseconds
_FIRST_SLOT = 64  # the byte that stands for the first request in flight
_POLL = 0.05  # seconds between two looks for a free slot
_LONGEST = 300.0  # seconds; a later start was written before the machine was started anew
_UNSAFE = re.compile(r"[^a-z0-9.-]+")


class SharedTurns:
    """Turns of all hosts, in files under `folder`. Used on the event loop: no call here waits."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files: dict[str, int] = {}
        self._held: dict[str, set[int]] = {}
        self._usable = True

    def enter(self, key: str, limit: int, delay: float) -> float:
        """Take a slot and the next start. Returns 0, or the seconds after which to try again."""
        file = self._file(key)
        if file is None:
            return 0.0
        with _Locked(file):
            pause = _next_start(file) - time.monotonic()
            if 0 < pause <= _LONGEST:
                return pause
            if not self._take_slot(key, file, limit):
                return _POLL
            if delay > 0:
                _set_next_start(file, time.monotonic() + delay)
        return 0.0

    def leave(self, key: str) -> None:
        """Give one slot back."""
        held = self._held.get(key)
        if held:
            fcntl.lockf(self._files[key], fcntl.LOCK_UN, 1, _FIRST_SLOT + held.pop())

    def hold(self, key: str, seconds: float) -> None:
        """Nobody asks this host for so long, or for five minutes if that is shorter."""
        file = self._file(key)
        if file is not None:
            with _Locked(file):
                start = time.monotonic() + min(seconds, _LONGEST)
                _set_next_start(file, max(start, _next_start(file)))

    def close(self) -> None:
        for file in self._files.values():
            os.close(file)
        self._files.clear()
        self._held.clear()

    def _file(self, key: str) -> int | None:
        """The host's file; None where the folder cannot hold one: then only this process keeps order."""
        if key not in self._files and self._usable:
            digest = hashlib.sha256(key.encode()).hexdigest()[:8]
            path = self._folder / f"{_UNSAFE.sub('_', key)[:80]}.{digest}"
            try:
                self._folder.mkdir(parents=True, exist_ok=True)
                self._files[key] = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
            except OSError as error:
                self._usable = False
                _LOG.info("hosts are not shared with other processes: %s", error)
        return self._files.get(key)

    def _take_slot(self, key: str, file: int, limit: int) -> bool:
        held = self._held.setdefault(key, set())
        for slot in range(limit):
            if slot in held:  # the kernel gives a process the same lock twice
                continue
            try:
                fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, _FIRST_SLOT + slot)
            except OSError:
                continue
            held.add(slot)
            return True
        return False


class _Locked:
    """The file's first bytes are ours for the few microseconds of a turn."""

    def __init__(self, file: int) -> None:
        self._file = file

    def __enter__(self) -> None:
        fcntl.lockf(self._file, fcntl.LOCK_EX, _CELL.size, 0)

    def __exit__(self, *_: object) -> None:
        fcntl.lockf(self._file, fcntl.LOCK_UN, _CELL.size, 0)


def _next_start(file: int) -> float:
    """time.monotonic() seconds."""
    data = os.pread(file, _CELL.size, 0)
    return float(_CELL.unpack(data)[0]) / 1e9 if len(data) == _CELL.size else 0.0


def _set_next_start(file: int, moment: float) -> None:
    os.pwrite(file, _CELL.pack(int(moment * 1e9)), 0)
