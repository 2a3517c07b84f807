"""Pages read in worker processes, results in the order of the pages, a few in flight at a time."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from cli.inputs import saved_url
from pipelines.flow import read_in
from pipelines.rules import SiteRules
from pipelines.urls import canonical_url
from pipelines.workers import ReadFault, WorkerPool
from storage.records import Page, Reading

if TYPE_CHECKING:
    from cli.inputs import Saved
    from crawler.config import Config

AHEAD = 4  # pages in flight per worker: none waits for work, and few are in memory


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


def open_pool(config: Config) -> WorkerPool:
    """A pool as the settings say."""
    readers = config.readers
    return WorkerPool(
        readers.processes or None,
        deadline=readers.deadline,
        memory=readers.memory_mb << 20,
        recycle=readers.recycle,
    )


def page_of(saved: Saved, url: str | None = None, fetched_at: datetime | None = None) -> Page:
    """The page in a file: its URL is the one given, else the one it says, else the digest of its bytes.

    A page nobody dates was fetched when its file was last changed.
    """
    found = url or saved_url(saved.body)
    return Page(
        url=(canonical_url(found) if found else None) or saved.urn,
        body=saved.body,
        fetched_at=fetched_at or saved.saved_at,
        content_type=saved.content_type,
    )


def read_all(pool: WorkerPool, jobs: Iterable[Job]) -> Iterator[Read]:
    """One result a job, in order. A page that fails does not stop the others."""
    waiting: deque[tuple[Job, Future[Any] | None]] = deque()
    for job in jobs:
        future = None
        if job.page is not None:
            future = read_in(pool, job.page, job.rules)
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
