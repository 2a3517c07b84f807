"""From a stored capture to a stored article: the one implementation that crawl, import and reprocess share.

read (in a worker process) -> normalise -> mark -> store. The first three are pure and run together in the
worker; storing is one job of the archive's writer thread.
"""

from __future__ import annotations

import asyncio
import dataclasses
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from pipelines.rules import SiteRules
from pipelines.workers import ReadFault, WorkerPool
from storage.records import Article, Capture, Page, Reading

if TYPE_CHECKING:
    from storage.captures import Place
    from storage.writer import ArchiveWriter, Outcome

GIANT: Final = 1 << 20  # bytes of a page that is read alone
MOST: Final = 32 << 20  # bytes of pages that are kept at a time
_PLAIN_TEXT = "text/plain"


def read_page(page: Page, rules: SiteRules) -> Reading:
    """Read one page into what will be stored. Pure; called in a worker process.

    The plain text of a page is read by its lines, everything else as HTML. Captures older than a
    site's change of layout are read with the rules of their day.
    """
    from pipelines.article import EXTRACTOR_VERSION, read_article, read_text

    rules = rules_of_day(page, rules)
    is_text = (page.content_type or "").partition(";")[0].strip().lower() == _PLAIN_TEXT
    return _reading((read_text if is_text else read_article)(page, rules), page, rules, EXTRACTOR_VERSION)


def read_plainly(page: Page, rules: SiteRules) -> Reading:
    """The second chance of a page that was too much for `read_page`: its text without a tree.

    The reading says that it is one: warning "read_plainly", and a version of its own, so that
    `hemero reprocess` tries again and no good text is replaced by it.
    """
    from pipelines.article import EXTRACTOR_VERSION, read_without_tree

    rules = rules_of_day(page, rules)
    return _reading(read_without_tree(page, rules), page, rules, f"{EXTRACTOR_VERSION}-plain")


def read_kept(place: Place, page: Page, rules: SiteRules) -> Reading:
    """As `read_page`, of a page whose body is read from its capture."""
    return read_page(dataclasses.replace(page, body=place.read()), rules)


def read_kept_plainly(place: Place, page: Page, rules: SiteRules) -> Reading:
    """As `read_plainly`, of a page whose body is read from its capture."""
    return read_plainly(dataclasses.replace(page, body=place.read()), rules)


def _reading(article: Article, page: Page, rules: SiteRules, extractor: str) -> Reading:
    from pipelines.duplicates import content_digest, shingles, text_digest
    from pipelines.urls import identity, same_site

    digest, content = content_digest(article)
    return Reading(
        article=article,
        identity=identity(page.url, rules),
        content_digest=digest,
        content_json=content,
        text_digest=text_digest(article),
        extractor=extractor,
        fetched_at=page.fetched_at,
        related_identities=tuple(
            identity(link.url, rules) if link.url and same_site(link.url, page.url) else None
            for link in article.related
        ),
        shingles=tuple(shingles("\n".join(part for part in (article.lead, article.body) if part))),
    )


def read_in(pool: WorkerPool, page: Page, rules: SiteRules) -> Future[Reading]:
    """Read a page in a worker, plainly where that is killed or dies.

    The future raises ReadTimeout, ReadCrash or ReadError.
    """
    return pool.call("pipelines.flow:read_page", page, rules, second="pipelines.flow:read_plainly")


def rules_of_day(page: Page, rules: SiteRules) -> SiteRules:
    """The rules that were right when the page was fetched."""
    day = page.fetched_at.date()
    for former in sorted(rules.former_rules, key=lambda former: former.until):
        if day < former.until:
            return former.rules
    return rules


@dataclass(frozen=True, slots=True)
class Job:
    """A page that is not in the archive yet, and the capture to keep of it."""

    name: str  # how the operator knows it: a path or a URL
    capture: Capture
    page: Page
    rules: SiteRules
    site_id: int


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of a job: its capture is kept in any case, the outcome is None where reading failed."""

    job: Job
    capture_id: int
    reading: Reading | None = None
    outcome: Outcome | None = None
    error: str | None = None


class Flow:
    """Reading and storing for one archive: a pool of readers and the archive's writer."""

    def __init__(self, pool: WorkerPool, writer: ArchiveWriter) -> None:
        self.pool = pool
        self.writer = writer
        self._giants = asyncio.Semaphore(1)  # each may fill a reader

    def read(self, page: Page, rules: SiteRules) -> Future[Reading]:
        """Read a page in a worker (see `read_in`)."""
        return read_in(self.pool, page, rules)

    def turn(self, size: int) -> AbstractAsyncContextManager[None]:
        """To be entered around the reading of something of so many bytes: giants are read one at a time."""
        return self._giants if size > GIANT else nullcontext()

    async def read_giant(self, page: Page, capture_id: int, rules: SiteRules) -> Reading:
        """Read a page whose body lies in its capture only, when its turn comes.

        Raises:
            ReadFault: as `read_in`; CaptureDamaged comes as a ReadError.
        """
        from storage.captures import place_of

        async with self._giants:
            archive = self.writer.archive
            place = await asyncio.to_thread(archive.again, lambda: place_of(archive, capture_id))
            return await asyncio.wrap_future(
                self.pool.call(
                    "pipelines.flow:read_kept", place, page, rules, second="pipelines.flow:read_kept_plainly"
                )
            )

    def store(
        self,
        reading: Reading,
        site_id: int,
        capture_id: int | None,
        candidate_id: int | None = None,
        run_id: int | None = None,
        next_visit_at: datetime | None = None,
    ) -> Future[Outcome]:
        """Store a reading in one transaction with its candidate's row, due again at `next_visit_at`."""
        tied = dataclasses.replace(
            reading, capture_id=capture_id, candidate_id=candidate_id, next_visit_at=next_visit_at
        )
        return self.writer.store(tied, site_id, run_id)

    def keep(self, jobs: Iterable[Job], *, window: int = 64) -> Iterator[Kept]:
        """Capture, read and store many pages, results in order.

        At most twice `window` are under way, and no more than MOST bytes, or one page.

        Raises:
            ArchiveError: the archive cannot take more; what was yielded is kept.
        """
        reading: deque[tuple[Job, Future[int], Future[Reading]]] = deque()
        storing: deque[tuple[Job, int, Reading | ReadFault, Future[Outcome] | None]] = deque()
        held = 0
        for job in jobs:
            captured = self.writer.capture(job.capture)
            reading.append((job, captured, self.read(job.page, job.rules)))
            held += len(job.page.body)
            if len(reading) >= window or (held > MOST and not storing):
                storing.append(self._store_next(reading))
            while len(storing) >= window or (held > MOST and storing):
                held -= len(storing[0][0].page.body)
                yield _kept(*storing.popleft())
        while reading:
            storing.append(self._store_next(reading))
        while storing:
            yield _kept(*storing.popleft())

    def _store_next(
        self, reading: deque[tuple[Job, Future[int], Future[Reading]]]
    ) -> tuple[Job, int, Reading | ReadFault, Future[Outcome] | None]:
        job, captured, read = reading.popleft()
        capture_id = captured.result()
        try:
            result = read.result()
        except ReadFault as fault:
            return job, capture_id, fault, None
        return job, capture_id, result, self.store(result, job.site_id, capture_id)

    def call(self, function: str, *args: Any) -> Future[Any]:
        """Run another pure function ("module:function") in a worker: feeds and sitemaps are hostile too."""
        return self.pool.call(function, *args)


def _kept(job: Job, capture_id: int, result: Reading | ReadFault, stored: Future[Outcome] | None) -> Kept:
    if stored is None or isinstance(result, ReadFault):
        return Kept(job, capture_id, error=f"could not be read ({result})")
    return Kept(job, capture_id, result, stored.result())
