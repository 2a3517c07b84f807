"""The archive's writer: one thread through which everything a process stores goes, in groups.

A group is what has gathered since the last commit, at most 50 jobs, without waiting for more. Its captures
are written and synced once, then one transaction adds their rows; a second one holds readings and all other
jobs, each in a savepoint, so that one bad page fails alone. While the database is locked or away the writer
waits, and with it everyone who waits for a future: that is how fetching pauses.
"""

from __future__ import annotations

import logging
import os
import queue
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from storage import copies
from storage.access import take_shared
from storage.archive import Archive
from storage.capture_writing import CaptureWriting
from storage.database import explain, is_storage_fault, was_cancelled
from storage.errors import ArchiveError, DatabaseUnreachable
from storage.faults import fault
from storage.readings import Outcome, store_readings
from storage.records import Capture, Reading

__all__ = ["ArchiveWriter", "Outcome"]

COMPARED = 20  # articles whose copies are looked for at a time, while nothing else waits
COMPARED_AT_END = 5_000  # before a process ends; what is left waits for the next one
_LOG = logging.getLogger(__name__)
T = TypeVar("T")
Work = Callable[[Session], list[Any]]


@dataclass(slots=True)
class _Capture:
    capture: Capture
    run_id: int | None
    future: Future[int]


@dataclass(slots=True)
class _Store:
    reading: Reading
    site_id: int
    run_id: int | None
    future: Future[Outcome]


@dataclass(slots=True)
class _Call:
    function: Callable[[Session], Any]
    future: Future[Any]


_Job = _Capture | _Store | _Call


class ArchiveWriter:
    """All writing of one process. Futures resolve once what they stand for would outlive a power cut.

    `run_id` is noted with captures and revisions of jobs that name none.
    """

    def __init__(self, archive: Archive, run_id: int | None, *, batch: int = 50) -> None:
        self.archive = archive
        self.run_id = run_id
        self._batch = batch
        self._queue: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._captures = CaptureWriting(archive)
        self._hurry = False  # copies wait for the next process
        self._broken = False  # the database failed last time: one try, no waiting, until it answers again
        self._closed = False
        self._stored = 0  # readings since copies were last looked for
        self._uncompared = True  # articles may wait for that, of this process or of one that died
        self._hold = take_shared(archive.folder)  # nobody replaces files while we write
        self._guard = threading.Lock()
        self._thread = threading.Thread(target=self._loop, name="hemero-writer", daemon=True)
        self._thread.start()

    @property
    def waiting(self) -> int:
        """Jobs not taken up yet (about)."""
        return self._queue.qsize()

    def capture(self, capture: Capture, run_id: int | None = None) -> Future[int]:
        """Keep a response. The future gives the capture's id; with a candidate, that is now `captured`.

        The future raises NoSpace or another ArchiveError. A response that reached the disk while the database
        was away is found by the next start's recovery, although its future failed.
        """
        return self._submit(_Capture(capture, run_id or self.run_id, Future()))

    def store(self, reading: Reading, site_id: int, run_id: int | None = None) -> Future[Outcome]:
        """Store what a page says, with its candidate's row, in one transaction."""
        return self._submit(_Store(reading, site_id, run_id or self.run_id, Future()))

    def call(self, function: Callable[[Session], T]) -> Future[T]:
        """Run any other writing function in the next transaction. It runs again if the database went away."""
        return self._submit(_Call(function, Future()))

    def _submit(self, job: Any) -> Future[Any]:
        with self._guard:
            if self._closed:
                raise RuntimeError("the archive's writer is closed")
            self._queue.put(job)
        return job.future  # type: ignore[no-any-return]

    def close(self, *, hurry: bool = False) -> None:
        """Finish all jobs, close the capture files. Running twice equals running once.

        Args:
            hurry: leave the search for copies to the next process.
        """
        self._hurry = self._hurry or hurry
        with self._guard:
            first, self._closed = not self._closed, True
        if first:
            self._queue.put(None)
        self._thread.join()
        if first:
            os.close(self._hold)

    def __enter__(self) -> ArchiveWriter:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # --- the thread -------------------------------------------------------------------------------

    def _loop(self) -> None:
        ended = False
        while not ended:
            while (self._queue.empty() or self._stored >= COMPARED) and self._compare():
                self._stored = max(0, self._stored - COMPARED)
            jobs, ended = self._take()
            if jobs:
                self._process(jobs)
        for _ in range(COMPARED_AT_END // COMPARED):
            if not self._compare():
                break
        self._captures.finish(self._transaction)

    def _compare(self) -> bool:
        """Look for copies of the next articles that wait for it. Returns whether more may wait.

        What is not done now waits in the database, for this process or the next one.
        """
        if not self._uncompared or self._broken or self._hurry:
            return False
        try:
            with self.archive.write(patient=False) as session:
                done = copies.work_off(session, datetime.now(UTC), COMPARED)
        except ArchiveError:
            done = 0
        except Exception:  # noqa: BLE001  copies are no reason to stop storing
            _LOG.exception("copies could not be looked for; `hemero copies` tries again")
            done = 0
        self._uncompared = done == COMPARED
        return self._uncompared

    def _take(self) -> tuple[list[_Job], bool]:
        """Wait for one job, then take what else has gathered."""
        job = self._queue.get()
        jobs: list[_Job] = []
        while job is not None:
            if job.future.set_running_or_notify_cancel():
                jobs.append(job)
            if len(jobs) >= self._batch:
                return jobs, False
            try:
                job = self._queue.get_nowait()
            except queue.Empty:
                return jobs, False
        return jobs, True

    def _process(self, jobs: Sequence[_Job]) -> None:
        captures = [job for job in jobs if isinstance(job, _Capture)]
        others = [job for job in jobs if not isinstance(job, _Capture)]
        if captures:
            self._guarded(captures, self._keep)
        if others:
            self._guarded(others, self._store_all)

    def _guarded(self, jobs: Sequence[Any], work: Callable[[Sequence[Any]], list[Any]]) -> None:
        """Resolve every future of the group; nothing that happens may end the thread."""
        try:
            results = work(jobs)
        except Exception as error:  # noqa: BLE001  (the thread's boundary: everyone waiting must hear of it)
            reason = explain(error, self.archive.database_name) if is_storage_fault(error) else error
            results = [reason] * len(jobs)
        for job, result in zip(jobs, results, strict=True):
            if isinstance(result, BaseException):
                job.future.set_exception(result)
            else:
                job.future.set_result(result)

    def _keep(self, jobs: Sequence[_Capture]) -> list[Any]:
        return self._captures.keep([(job.capture, job.run_id) for job in jobs], self._transaction)

    def _store_all(self, jobs: Sequence[_Store | _Call]) -> list[Any]:
        return self._transaction(lambda session: self._work(session, jobs))

    def _work(self, session: Session, jobs: Sequence[_Store | _Call]) -> list[Any]:
        """Jobs in their order; neighbouring readings together."""
        results: list[Any] = []
        group: list[_Store] = []
        for job in jobs:
            if isinstance(job, _Store):
                group.append(job)
                continue
            results += self._store_group(session, group)
            group = []
            results.append(self._alone(session, job.function))
        return results + self._store_group(session, group)

    def _store_group(self, session: Session, group: Sequence[_Store]) -> list[Any]:
        if not group:
            return []
        now = datetime.now(UTC)
        self._stored, self._uncompared = self._stored + len(group), True

        def store(jobs: Sequence[_Store]) -> list[Outcome]:
            items = [(job.site_id, job.reading, job.run_id) for job in jobs]
            return store_readings(session, items, now)

        together = self._alone(session, lambda _: store(group))
        if not isinstance(together, BaseException):
            return list(together)
        results = []
        for job in group:
            outcome = self._alone(session, lambda _, job=job: store([job])[0])  # type: ignore[misc]
            results.append(outcome)
        return results

    def _alone(self, session: Session, function: Callable[[Session], Any]) -> Any:
        """The result in a savepoint, or the error that undid it; a fault of disk or database goes on up."""
        savepoint = session.begin_nested()
        try:
            result = function(session)
            savepoint.commit()
        except Exception as error:
            if is_storage_fault(error) or was_cancelled(error):
                raise
            savepoint.rollback()
            return error
        return result

    def _transaction(self, work: Work) -> list[Any]:
        """One committed transaction; tried again while the database is locked or away."""
        started, pause = time.monotonic(), 0.1
        while True:
            try:
                with self.archive.write(patient=not self._broken) as session:
                    result = work(session)
                    session.flush()
                    fault("before_commit")
                fault("after_commit")
            except (DatabaseUnreachable, DBAPIError) as error:
                if not isinstance(error, DatabaseUnreachable) and not was_cancelled(error):
                    raise
                if self._broken or time.monotonic() + pause > started + self.archive.patience:
                    self._broken = True
                    raise
                time.sleep(pause)
                pause = min(pause * 2, 2.0)
            except ArchiveError:
                self._broken = True
                raise
            else:
                self._broken = False
                return result
