"""Turns: how many requests a host gets at once, and how far apart they start.

Scrapy's own per-domain limit is overrun at delay 0 (a limit of 1 gave 9-11 requests in flight), so the limit
is kept here, next to the wire: every request takes its turn, robots.txt, redirects and retries included.
The book is shared by all sites of the process, because two sites may live on one host.
"""

from __future__ import annotations

import asyncio
import email.utils
import time
from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from scrapy.exceptions import IgnoreRequest

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

    from crawler.news import NewsSpider


class HostDeferred(IgnoreRequest):
    """The host asked for more patience than one run has: its pages wait for the next run."""


@dataclass(slots=True)
class Host:
    """What is known of one host in this process. Times are time.monotonic() seconds."""

    concurrency: int = 1
    delay: float = 0.0
    busy: int = 0
    next_start: float = 0.0
    deferred: str | None = None
    failures: int = 0
    waiting: deque[asyncio.Future[None]] = field(default_factory=deque)


class HostBook:
    """Every host's turns. Used on the event loop only."""

    def __init__(self) -> None:
        self._hosts: dict[str, Host] = {}
        self.closed = False

    def host(self, key: str) -> Host:
        return self._hosts.setdefault(key, Host())

    async def take(self, key: str) -> None:
        """Wait for a turn at this host.

        Raises:
            HostDeferred: the host is put off to the next run, or the crawl is stopping.
        """
        host = self.host(key)
        while True:
            self._check(host)
            if host.busy < host.concurrency:
                break
            turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            host.waiting.append(turn)
            await turn
        host.busy += 1
        try:
            while (pause := host.next_start - time.monotonic()) > 0:
                await asyncio.sleep(min(pause, 0.5))
                self._check(host)
        except BaseException:
            self.give_back(key)
            raise
        host.next_start = time.monotonic() + host.delay

    def give_back(self, key: str) -> None:
        host = self.host(key)
        host.busy -= 1
        while host.waiting:
            turn = host.waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                break

    def hold(self, key: str, seconds: float) -> None:
        """No request to this host for so long."""
        host = self.host(key)
        host.next_start = max(host.next_start, time.monotonic() + seconds)

    def defer(self, key: str, reason: str) -> None:
        """No more requests to this host in this run."""
        host = self.host(key)
        host.deferred = host.deferred or reason
        self._wake(host)

    def close(self) -> None:
        """The crawl stops: whoever waits for a turn hears of it now."""
        self.closed = True
        for host in self._hosts.values():
            self._wake(host)

    def _check(self, host: Host) -> None:
        if self.closed:
            raise HostDeferred("stopping")
        if host.deferred is not None:
            raise HostDeferred(host.deferred)

    @staticmethod
    def _wake(host: Host) -> None:
        while host.waiting:
            turn = host.waiting.popleft()
            if not turn.done():
                turn.set_result(None)


def host_key(url: str) -> str:
    """Host and port: the thing that has a limit."""
    return urlsplit(url).netloc.rpartition("@")[2].lower()


def retry_after(value: bytes | None, now: datetime) -> float | None:
    """Seconds that a Retry-After header asks for (RFC 9110, 10.2.3: seconds or a date); None if unreadable."""
    if value is None:
        return None
    text = value.decode("latin-1").strip()
    if text.isdecimal() and len(text) < 10:
        return float(text)
    try:
        moment = email.utils.parsedate_to_datetime(text)
    except (ValueError, TypeError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - now).total_seconds())


class SlotsMiddleware:
    """Takes a turn before the wire and gives it back after; obeys 429 and 503 for the whole host."""

    _TAKEN = "host_turn"

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> SlotsMiddleware:
        return cls(crawler)

    @property
    def _spider(self) -> NewsSpider:
        return self._crawler.spider  # type: ignore[return-value]

    async def process_request(self, request: Request) -> None:
        key = host_key(request.url)
        book = self._spider.session.hosts
        self._spider.prepare_host(book.host(key))
        await book.take(key)
        request.meta[self._TAKEN] = key
        self._spider.tally.requests += 1

    def process_response(self, request: Request, response: Response) -> Response:
        key = self._give_back(request)
        if key is not None:
            self._judge(key, response)
        return response

    def process_exception(self, request: Request, exception: Exception) -> None:
        key = self._give_back(request)
        if key is None:
            return
        book = self._spider.session.hosts
        host = book.host(key)
        host.failures += 1
        book.hold(key, min(2.0**host.failures * self._spider.session.retry_unit, 60.0))
        if host.failures >= self._spider.session.give_up_after:
            book.defer(key, "unreachable")

    def _give_back(self, request: Request) -> str | None:
        key = request.meta.pop(self._TAKEN, None)
        if key is not None:
            self._spider.session.hosts.give_back(key)
        return key

    def _judge(self, key: str, response: Response) -> None:
        session = self._spider.session
        book = session.hosts
        host = book.host(key)
        if response.status not in (429, 503):
            host.failures = 0
            return
        host.failures += 1
        asked = retry_after(response.headers.get("Retry-After"), session.clock())
        pause = asked if asked is not None else min(2.0**host.failures * session.retry_unit, 60.0)
        if pause > session.config.crawl.max_crawl_delay or host.failures >= session.give_up_after:
            book.defer(key, "too_many_requests" if response.status == 429 else "unavailable")
        else:
            book.hold(key, pause)
