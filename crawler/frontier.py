"""The frontier of one site's run: channels first, then candidates from the database.

New pages go first, then revisits within their share, then the backlog: what is known only from links in
articles, and what a backfill has found. The truth is in the database; what stands here is only what this
process has in flight. A page that was captured and not yet stored is found there again after any kind of
death.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from scrapy import Request

from crawler.channels import Channels
from crawler.discovery.found import ChannelKind
from crawler.linked import LinkedPages
from crawler.numbers import NumberWalk
from pipelines.urls import identity
from storage import repository
from storage.candidates import BACKFILL, Group
from storage.records import Candidate

if TYPE_CHECKING:
    from scrapy.http import Response

    from crawler.news import NewsSpider

_BATCH = 200


@dataclass(frozen=True, slots=True)
class NamedPage:
    """A page the operator asked for, where otherwise a row of due_candidates stands."""

    id: int
    url: str
    tries: int = 0
    revisits: int = 0
    state: str = "pending"
    priority: int = BACKFILL
    found_by: str = "command"
    etag: str | None = None
    last_modified: str | None = None


class Frontier:
    """Hands out requests, takes in answers, and lets every page end in exactly one count."""

    def __init__(self, spider: NewsSpider) -> None:
        self._spider = spider
        self._session = spider.session
        self._channels = Channels(spider)
        self._ready: deque[Any] = deque()
        self._taken: set[int] = set()
        self._in_flight: set[int] = set()
        self._handed_out = 0
        settings, options = self._session.config.crawl, self._session.options
        self._pages = options.limit or settings.max_pages
        backlog = self._pages if options.backfill else settings.backlog_pages
        self._left: dict[Group, int] = {  # in this order
            "new": self._pages,
            "revisits": max(1, int(self._pages * settings.revisit_share)),
            "backlog": backlog,
        }
        self.numbers = NumberWalk(spider, self._pages)
        self.linked = LinkedPages(spider)
        self._changed = asyncio.Event()
        self._stopped = False
        minutes = self._session.options.max_minutes
        self._deadline = time.monotonic() + minutes * 60 if minutes else None
        self._window = max(8, 2 * (spider.concurrency or 1) + 2 * self._session.pool.processes)

    # --- handing out ------------------------------------------------------------------------------

    async def requests(self) -> AsyncIterator[Request]:
        """Every request of the run; ends when nothing is due and nothing in flight."""
        if self._session.options.urls:
            await self._ask_for_urls()
        else:
            await self._channels.load()
            await self.numbers.load()
        while not self._over():
            self._changed.clear()
            request = self._channels.next_request()
            if request is not None:
                yield request
                continue
            if not self._channels.in_flight:
                row = await self._next_row() if self._room() else None
                if row is not None:
                    yield self._article_request(row)
                    continue
                if self._room() and await self._finds_more():
                    continue
                if not self._in_flight:
                    return
            await self._wait()

    async def _ask_for_urls(self) -> None:
        """The pages that were named on the command line, known or not, and nothing else."""
        rules, spider = self._spider.rules, self._spider
        named = [
            Candidate(url, identity(url, rules), found_by="command", priority=200)
            for url in dict.fromkeys(self._session.options.urls)
            if spider.is_own_host(urlsplit(url).hostname or "")
        ]
        now = self._session.clock()
        numbers = await self._session.write(
            lambda db: [repository.candidate_for(db, spider.site_id, candidate, now) for candidate in named]
        )
        self._ready.extend(
            NamedPage(number, candidate.url) for number, candidate in zip(numbers, named, strict=True)
        )

    def _over(self) -> bool:
        if self._stopped:
            return True
        if self._deadline is not None and time.monotonic() > self._deadline:
            self._spider.run.end_early("max_minutes")
            return not self._in_flight and not self._channels.in_flight
        return False

    def _room(self) -> bool:
        if self._handed_out >= self._pages:
            self._spider.run.end_early("limit")
            return False
        if self._spider.run.stopped is not None:
            return False
        return len(self._in_flight) < self._window

    async def _next_row(self) -> Any | None:
        """The next due page, of the first group that has one and may still take pages in this run."""
        if not self._ready and not self._session.options.urls:
            await self._refill()
        return self._ready.popleft() if self._ready else None

    async def _refill(self) -> None:
        now, since = self._session.clock(), self._session.options.since
        for group, left in self._left.items():
            if left <= 0:
                continue
            due = partial(repository.due_candidates, group=group, since=since)
            wanted = min(left, _BATCH)
            rows = await self._session.read(
                lambda db, due=due, wanted=wanted: due(  # type: ignore[misc]
                    db, self._spider.site_id, now, wanted + len(self._in_flight)
                )
            )
            fresh = [row for row in rows if row.id not in self._taken][:wanted]
            if fresh:
                self._left[group] = left - len(fresh)
                self._ready.extend(fresh)
                return

    async def _finds_more(self) -> bool:
        """When nothing is due: numbers that may have come, and in a backfill what lies further back."""
        if self._session.options.urls:
            return False
        if await self.linked.save() or await self.numbers.ahead():
            return True
        if not self._session.options.backfill:
            return False
        return await self._channels.walk_back() or await self.numbers.back()

    async def _wait(self) -> None:
        seconds = None if self._deadline is None else max(0.05, self._deadline - time.monotonic())
        try:
            await asyncio.wait_for(self._changed.wait(), seconds)
        except TimeoutError:
            self._spider.run.end_early("max_minutes")

    def _article_request(self, row: Any) -> Request:
        self._taken.add(row.id)
        self._in_flight.add(row.id)
        self._handed_out += 1
        headers = self._conditions(row)
        return Request(
            row.url,
            headers=headers,
            callback=self._spider.parse_article,
            errback=self._spider.request_failed,
            dont_filter=True,
            meta={
                "role": "article",
                "candidate_id": row.id,
                "tries": row.tries,
                "fetches": row.revisits,
                "found_by": row.found_by,
                "is_gone": row.state == "gone",
                "is_new": row.priority > BACKFILL,
                "conditional": bool(headers),
            },
        )

    def _conditions(self, row: Any) -> dict[str, str]:
        """Conditional headers for a revisit, where this server is known to answer 304."""
        if row.state != "done" or not self._channels.answers_304:
            return {}
        given = {"If-None-Match": row.etag, "If-Modified-Since": row.last_modified}
        return {name: value for name, value in given.items() if value}

    # --- channels ---------------------------------------------------------------------------------

    def add_channels(self, channels: Iterable[tuple[ChannelKind, str]]) -> None:
        self._channels.add(channels)

    async def channel_answered(self, response: Response) -> None:
        try:
            await self._channels.answered(response)
        finally:
            self.wake()

    def channel_failed(self, request: Request, error: Exception) -> None:
        self._channels.failed(request, error)
        self.wake()

    # --- end --------------------------------------------------------------------------------------

    async def count_deferred(self, why: str | None) -> None:
        """Due pages that this run did not get to, by reason."""
        if self._session.options.urls:
            return
        now, since = self._session.clock(), self._session.options.since
        groups: tuple[Group, ...] = ("new", "revisits")
        if self._session.options.backfill:
            groups = (*groups, "backlog")
        counted = partial(repository.count_due, site_id=self._spider.site_id, now=now, since=since)
        left = await self._session.read(lambda db: sum(counted(db, group=group) for group in groups))
        left -= self._spider.tally.deferred.total()
        if left > 0:
            self._spider.tally.deferred[why or "not_reached"] += left

    async def close(self) -> None:
        """Write down what this run learnt beside its pages."""
        if not self._session.options.urls:
            await self.linked.save()
            await self.numbers.close()

    def stop(self) -> None:
        self._stopped = True
        self.wake()

    def wake(self) -> None:
        self._changed.set()

    def finished(self, candidate_id: int | None) -> None:
        if candidate_id is not None:
            self._in_flight.discard(candidate_id)
        self._session.on_progress()
        self.wake()
