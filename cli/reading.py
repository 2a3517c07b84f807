"""Pages read in worker processes, results in the order of the pages, a few in flight at a time."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, TypeVar

from pipelines.rules import SiteRules
from pipelines.workers import ReadFault, WorkerPool
from storage.records import Page, Reading

AHEAD = 4  # pages in flight per worker: none waits for work, and few are in memory

T = TypeVar("T")


@dataclass(frozen=True)
class Job:
    """One page to read, or why there is none. `name` is what the user called it."""

    name: str
    page: Page | None
    rules: SiteRules
    error: str | None = None


@dataclass(frozen=True)
class Read:
    """What became of a job: a reading, or the line that says why not."""

    job: Job
    reading: Reading | None
    error: str | None = None


def read_all(pool: WorkerPool, jobs: Iterable[Job]) -> Iterator[Read]:
    """One result a job, in order. A page that fails does not stop the others."""
    waiting: deque[tuple[Job, Future[Any] | None]] = deque()
    for job in jobs:
        future = None
        if job.page is not None:
            future = pool.call("pipelines.flow:read_page", job.page, job.rules)
        waiting.append((job, future))
        if len(waiting) > pool.processes * AHEAD:
            yield _result(*waiting.popleft())
    while waiting:
        yield _result(*waiting.popleft())


def _result(job: Job, future: Future[Any] | None) -> Read:
    if future is None:
        return Read(job, None, job.error)
    try:
        return Read(job, future.result())
    except ReadFault as fault:
        return Read(job, None, f"{fault.cause}: {fault}")
