"""Analysts' SQL: run in a child process that only reads, within limits of time, memory and rows."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from sqlalchemy.engine import URL

from storage.addresses import parse_url
from storage.archive import Archive
from storage.database import read_only_uri
from storage.errors import ArchiveBusy, ArchiveError, DatabaseUnreachable, NoSpace
from storage.sql_rules import refusal

_LOOK = 0.01  # seconds between two looks at what the child has written
_GRACE = 2.0  # seconds a child may need beyond its time to say so
_START = 60.0  # seconds until it is connected, on a busy machine
_CHUNK = 1 << 20


class SqlRefused(ArchiveError):
    """The query is wrong, does more than read, or needs more than its limits. The message says which."""

    exit_code = 2


@dataclass(frozen=True, slots=True)
class Limits:
    """What one query may take."""

    seconds: float
    memory_mb: int
    rows: int
    at_once: int  # queries running on one archive
    wait: float  # seconds to wait for a place among those


class Answer:
    """Columns, then rows as they come. `more`, once the rows are read: the limit cut some off."""

    def __init__(self, lines: Iterator[Any]) -> None:
        self._lines = lines
        self.columns: list[str] = unique(next(lines)["columns"])
        self.more = False

    def __iter__(self) -> Iterator[list[Any]]:
        for line in self._lines:
            if isinstance(line, list):
                yield line
            else:
                self.more = line["end"] == "more"


def unique(names: list[str]) -> list[str]:
    """Column names, the second `id` as `id_2`: an object has each key once."""
    found: list[str] = []
    for name in names:
        number, made = 1, name
        while made in found:
            number += 1
            made = f"{name}_{number}"
        found.append(made)
    return found


@contextmanager
def run_sql(archive: Archive, sql: str, limits: Limits, reader_url: str | None = None) -> Iterator[Answer]:
    """Run one query. `reader_url`: the PostgreSQL address of a role that can only SELECT (default: its own).

    However the block is left, the query has ended then. Raises:
        SqlRefused: no query, or one that is not allowed, or wrong, or beyond its limits.
        ArchiveBusy: too many queries run already.
        DatabaseUnreachable: the database does not answer.
        NoSpace: the result does not fit on the disk for temporary files.
    """
    reason = refusal(sql, is_sqlite=archive.is_sqlite)
    if reason is not None:
        raise SqlRefused(reason)
    job = {
        "sql": sql,
        "sqlite": archive.is_sqlite,
        "url": _address(archive.url, reader_url, is_sqlite=archive.is_sqlite),
        "seconds": limits.seconds,
        "memory_mb": limits.memory_mb,
        "rows": limits.rows,
        "parent": os.getpid(),
    }
    with _place(archive.folder, limits), tempfile.TemporaryFile() as result:
        child = _start(job, result)
        try:
            yield Answer(_lines(child, result, limits))
        finally:
            _end(child)


def _address(url: URL, reader_url: str | None, *, is_sqlite: bool) -> str:
    if is_sqlite:
        return read_only_uri(Path(url.database or ""))
    if reader_url is not None:
        url = parse_url(reader_url, "HEMERO_SQL_URL")
    return url.set(drivername="postgresql").render_as_string(hide_password=False)


def _start(job: dict[str, Any], result: IO[bytes]) -> subprocess.Popen[bytes]:
    child = subprocess.Popen(
        [sys.executable, "-P", "-m", "storage.sql_child"],
        stdin=subprocess.PIPE,
        stdout=result,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # Ctrl-C reaches us, and we cancel the query
    )
    assert child.stdin is not None
    with contextlib.suppress(BrokenPipeError):
        child.stdin.write(json.dumps(job).encode())  # not among its arguments: everyone can list those
        child.stdin.close()
    return child


def _lines(child: subprocess.Popen[bytes], result: IO[bytes], limits: Limits) -> Iterator[Any]:
    """What the child has written, line by line; the last one is how it ended. Raises: as `run_sql`."""
    rest, at = b"", 0
    deadline = time.monotonic() + _START
    while True:
        gone = child.poll() is not None
        data = os.pread(result.fileno(), _CHUNK, at)  # the child's place in the file is its own
        at += len(data)
        *whole, rest = (rest + data).split(b"\n")
        for line in whole:
            value = json.loads(line)
            if isinstance(value, dict) and "message" in value:
                raise _error(value["end"], value["message"], limits)
            if isinstance(value, dict) and "begun" in value:
                deadline = time.monotonic() + limits.seconds + _GRACE
                continue
            yield value
            if isinstance(value, dict) and "end" in value:
                return
        if data:
            continue
        if gone and child.returncode in (errno.ENOSPC, errno.EDQUOT):
            raise NoSpace(f"no space left in {tempfile.gettempdir()} for the result: free some or set TMPDIR")
        if gone:
            raise _error("died", f"code {child.returncode}", limits)
        if time.monotonic() > deadline:
            raise _error("time", "", limits)
        time.sleep(_LOOK)


def _error(kind: str, message: str, limits: Limits) -> ArchiveError:
    if kind == "database":
        return DatabaseUnreachable(f"the database does not answer the query: {message}")
    return SqlRefused(
        {
            "time": f"the query took longer than {limits.seconds:g} s: narrow it, or allow --seconds",
            "memory": f"the query needs more than {limits.memory_mb} MB: narrow it, or allow --memory",
            "size": f"the query makes {message}: that is refused",
            "died": f"the query's process ended ({message}): its result or its memory is larger than"
            f" {limits.memory_mb} MB; narrow it, or allow --memory",
            "query": f"the query is wrong: {message}",
        }.get(kind, message)
    )


def _end(child: subprocess.Popen[bytes]) -> None:
    """SIGTERM first: it cancels the query on a server, too."""
    if child.poll() is None:
        child.terminate()
        try:
            child.wait(1.0)
        except subprocess.TimeoutExpired:
            child.kill()
    child.wait()


@contextmanager
def _place(folder: Path, limits: Limits) -> Iterator[None]:
    """One of the places for queries on this archive; the kernel gives it back if we die.

    Raises:
        ArchiveBusy: none became free in time.
    """
    deadline = time.monotonic() + limits.wait
    while (descriptor := _take(folder, limits.at_once)) is None:
        if time.monotonic() > deadline:
            raise ArchiveBusy(f"{limits.at_once} queries are running on this archive: try again later")
        time.sleep(0.1)
    try:
        yield
    finally:
        if descriptor >= 0:
            os.close(descriptor)


def _take(folder: Path, places: int) -> int | None:
    """A lock's descriptor; None where all are taken; -1 in a folder that may only be read."""
    for number in range(places):
        try:
            descriptor = _open(folder / "locks" / f"sql-{number}.lock")
        except OSError:
            return -1
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
        else:
            return descriptor
    return None


def _open(path: Path) -> int:
    try:
        path.parent.mkdir(exist_ok=True)
        return os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    except PermissionError:
        return os.open(path, os.O_RDONLY)
