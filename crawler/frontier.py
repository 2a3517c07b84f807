"""The frontier of one site's run: channels first, then candidates from the database.

The truth is in the database; what stands here is only what this process has in flight. A page that was
captured and not yet stored is found there again after any kind of death.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from scrapy import Request

from crawler.channels import Channels
from crawler.discovery.found import ChannelKind
from crawler.politeness.bounds import OutOfBounds
from crawler.politeness.causes import cause_of
from crawler.politeness.hosts import HostDeferred
from crawler.politeness.robots import RobotsRefused, RobotsUnreachable
from crawler.schedule import next_try, next_visit
from pipelines.steps import PageItem
from pipelines.urls import identity, matches_article
from pipelines.workers import ReadFault
from storage import repository
from storage.errors import ArchiveError
from storage.records import Candidate, Page

if TYPE_CHECKING:
    from scrapy.http import Response

    from crawler.news import NewsSpider

_BATCH = 200
_REFUSED = {401, 402, 403, 407, 429, 451}
_GONE = {404, 410}


@dataclass(frozen=True, slots=True)
class NamedPage:
    """A page the operator asked for, where otherwise a row of due_candidates stands."""

    id: int
    url: str
    tries: int = 0
    revisits: int = 0
    state: str = "pending"
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
        self._revisited = 0
        self._pages = self._session.options.limit or self._session.config.crawl.max_pages
        self._revisits = max(1, int(self._pages * self._session.config.crawl.revisit_share))
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
        while not self._over():
            self._changed.clear()
            request = self._channels.next_request()
            if request is not None:
                yield request
                continue
            if not self._channels.in_flight:
                room = self._room()
                if room and not self._ready and not self._session.options.urls:
                    await self._refill()
                row = self._next_ready() if room else None
                if row is not None:
                    yield self._article_request(row)
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

    async def _refill(self) -> None:
        now, wanted = self._session.clock(), _BATCH + len(self._in_flight)
        rows = await self._session.read(
            lambda db: repository.due_candidates(db, self._spider.site_id, now, wanted)
        )
        self._ready.extend(row for row in rows if row.id not in self._taken)

    def _next_ready(self) -> Any | None:
        """The next due page; revisits only as far as their share of the run goes."""
        while self._ready:
            row = self._ready.popleft()
            if row.state != "done":
                return row
            if self._revisited < self._revisits:
                self._revisited += 1
                return row
            self._taken.add(row.id)  # waits for the next run; not asked for again in this one
        return None

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
                "conditional": bool(headers),
            },
        )

    def _conditions(self, row: Any) -> dict[str, str]:
        """Conditional headers for a revisit, where this server is known to answer 304."""
        if row.state != "done" or not self._channels.answers_304:
            return {}
        given = {"If-None-Match": row.etag, "If-Modified-Since": row.last_modified}
        return {name: value for name, value in given.items() if value}

    # --- answers ----------------------------------------------------------------------------------

    def add_channels(self, channels: Iterable[tuple[ChannelKind, str]]) -> None:
        self._channels.add(channels)

    async def channel_answered(self, response: Response) -> None:
        try:
            await self._channels.answered(response)
        finally:
            self.wake()

    async def article_answered(self, response: Response) -> PageItem | None:
        """A page to read, or None when the status said it all."""
        candidate_id: int = response.meta["candidate_id"]
        status = response.status
        if status == 200 and "dataloss" not in response.flags:
            self._spider.tally.fetched += 1
            page = Page(
                url=response.url,
                body=response.body,
                fetched_at=self._fetched_at(response),
                content_type=_header(response, "Content-Type"),
                status=status,
            )
            if self._led_away(response):
                await self._gone(candidate_id, response)
                return None
            return self._item(page, response)
        if status == 304 and response.meta.get("conditional"):
            await self._unchanged(response.meta)
        elif status in _GONE:
            await self._gone(candidate_id, response)
        elif status in _REFUSED:
            await self._refuse(candidate_id, f"http_{status}", status)
        else:
            await self._fail(response.meta, "truncated" if status == 200 else f"http_{status}", status)
        return None

    def _item(self, page: Page, response: Response) -> PageItem:
        spider, meta = self._spider, response.meta
        ages = self._session.config.crawl.revisit_hours
        return PageItem(
            page=page,
            rules=spider.rules,
            site_id=spider.site_id,
            capture_id=meta.get("capture_id"),
            candidate_id=meta["candidate_id"],
            run_id=spider.run_id,
            next_visit_at=next_visit(meta["fetches"], ages, page.fetched_at),
        )

    def _led_away(self, response: Response) -> bool:
        """A redirect from an article to a page that is none (home, section): the article is gone."""
        redirected = bool(response.meta.get("redirect_urls"))
        return redirected and not matches_article(response.url, self._spider.rules)

    def _fetched_at(self, response: Response) -> datetime:
        """When the response came, as its record says."""
        moment: datetime | None = response.meta.get("fetched_at")
        return moment or self._session.clock()

    async def _gone(self, candidate_id: int, response: Response) -> None:
        now, status = self._fetched_at(response), response.status
        await self._session.write(lambda db: repository.mark_gone(db, candidate_id, now, status))
        self._spider.tally.gone += 1
        self._finished(candidate_id)

    async def _unchanged(self, meta: dict[str, Any]) -> None:
        """304: nothing is written but the time of the check."""
        now = self._session.clock()
        again = next_visit(meta["fetches"], self._session.config.crawl.revisit_hours, now)
        await self._session.write(
            lambda db: repository.mark_unchanged(db, meta["candidate_id"], now, next_try_at=again)
        )
        self._spider.tally.unchanged += 1
        self._finished(meta["candidate_id"])

    async def request_failed(self, request: Request, error: Exception) -> None:
        """No usable answer. Every cause is counted."""
        if isinstance(error, ArchiveError):
            self._spider.stop_with(error)
        elif request.meta.get("role") == "channel":
            self._channels.failed(request, error)
            self.wake()
        elif isinstance(error, HostDeferred | RobotsUnreachable):
            self._spider.tally.deferred[cause_of(error)] += 1
            self._finished(request.meta["candidate_id"])
        elif isinstance(error, RobotsRefused):
            await self._refuse(request.meta["candidate_id"], "robots", None)
        elif isinstance(error, OutOfBounds):
            await self._refuse(request.meta["candidate_id"], error.reason, None)
        else:
            await self._fail(request.meta, cause_of(error), None)

    async def _refuse(self, candidate_id: int, reason: str, status: int | None) -> None:
        now = self._session.clock()
        await self._session.write(
            lambda db: repository.mark_candidate(
                db, candidate_id, "refused", reason=reason, status=status, now=now
            )
        )
        self._spider.tally.refused[reason] += 1
        self._finished(candidate_id)

    async def _fail(self, meta: dict[str, Any], cause: str, status: int | None) -> None:
        """Tried again after a growing wait, in this run or a later one."""
        candidate_id: int = meta["candidate_id"]
        now = self._session.clock()
        again = next_try(meta.get("tries", 0), self._session.config.crawl.retry_minutes, now)
        await self._session.write(
            lambda db: repository.mark_candidate(
                db, candidate_id, "failed", reason=cause, status=status, next_try_at=again, now=now
            )
        )
        self._spider.tally.failed[cause] += 1
        self._finished(candidate_id)

    # --- items ------------------------------------------------------------------------------------

    def stored(self, item: PageItem) -> None:
        """A page went through every step."""
        if item.outcome is None:
            self._spider.tally.faults.append(f"not stored: {item.page.url}")
        else:
            tally = self._spider.tally
            setattr(tally, item.outcome.kind, getattr(tally, item.outcome.kind) + 1)
            if self._session.options.urls:
                tally.saved.append((item.page.url, item.capture_id, item.outcome))
        self._finished(item.candidate_id)

    def item_failed(self, item: PageItem, error: Exception) -> None:
        """A page could not be read (the page's fault) or stored (ours)."""
        if isinstance(error, ArchiveError):
            self._spider.stop_with(error)
            return
        if isinstance(error, ReadFault) and item.candidate_id is not None:
            meta = {"candidate_id": item.candidate_id, "tries": 99}
            task = asyncio.ensure_future(self._fail(meta, f"read_{error.cause}", 200))
            task.add_done_callback(lambda done: done.exception())
            return
        self._spider.tally.faults.append(f"{item.page.url}: {type(error).__name__}: {error}"[:300])
        self._finished(item.candidate_id)

    # --- end --------------------------------------------------------------------------------------

    async def count_deferred(self, why: str | None) -> None:
        """Due pages that this run did not get to, by reason."""
        if self._session.options.urls:
            return
        now = self._session.clock()
        left = await self._session.read(lambda db: repository.count_due(db, self._spider.site_id, now))
        left -= self._spider.tally.deferred.total()
        if left > 0:
            self._spider.tally.deferred[why or "not_reached"] += left

    def stop(self) -> None:
        self._stopped = True
        self.wake()

    def wake(self) -> None:
        self._changed.set()

    def _finished(self, candidate_id: int | None) -> None:
        if candidate_id is not None:
            self._in_flight.discard(candidate_id)
        self._session.on_progress()
        self.wake()


def _header(response: Response, name: str) -> str | None:
    value = response.headers.get(name)
    return value.decode("latin-1") if value is not None else None
