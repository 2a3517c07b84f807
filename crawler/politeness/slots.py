"""Takes a host's turn before the wire and gives it back after; obeys what the host's answers ask for."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from crawler.log import printable
from crawler.politeness.hosts import HostDeferred, host_key
from crawler.politeness.patience import backoff, retry_after
from crawler.politeness.resolver import refused_address

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

    from crawler.news import NewsSpider

logger = logging.getLogger(__name__)
_TURN = "host_turn"
_REFUSALS = {401, 403, 407}
_REFUSALS_IN_A_ROW = 10  # single pages may be for subscribers; so many in a row mean us


class SlotsMiddleware:
    """Stands next to the downloader: every request takes its turn, robots.txt and redirects included."""

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
        await self._spider.session.host_memory.recall(key)
        book.limit(key, self._spider.name, *self._spider.host_limits())
        await book.take(key)
        request.meta[_TURN] = key
        self._spider.tally.requests += 1

    def process_response(self, request: Request, response: Response) -> Response:
        key = self._give_back(request)
        if key is not None:
            logger.info("%d %s", response.status, printable(request.url))
            self._judge(key, request, response)
        return response

    def process_exception(self, request: Request, exception: Exception) -> None:
        key = self._give_back(request)
        ours = isinstance(exception, HostDeferred) or refused_address(exception, request.url)
        if key is not None and not ours:
            logger.info("%s %s", type(exception).__name__, printable(request.url))
            self._failed(key, "unreachable")

    def _give_back(self, request: Request) -> str | None:
        key: str | None = request.meta.pop(_TURN, None)
        if key is not None:
            self._spider.session.hosts.give_back(key)
        return key

    def _judge(self, key: str, request: Request, response: Response) -> None:
        """A growing pause after 429 and 5xx, or the longer one asked for; the end after too many refusals."""
        session = self._spider.session
        host = session.hosts.host(key)
        session.hosts.answered(key, request.meta.get("download_latency", 0.0))
        if response.status == 429 or response.status >= 500:
            asked = retry_after(response.headers.get("Retry-After"), session.clock())
            self._failed(key, "too_many_requests" if response.status == 429 else "unavailable", asked or 0.0)
            return
        host.failures = 0
        session.host_memory.answered(key)
        host.refusals = host.refusals + 1 if response.status in _REFUSALS else 0
        if host.refusals >= _REFUSALS_IN_A_ROW:
            session.hosts.defer(key, "refused")

    def _failed(self, key: str, reason: str, asked: float = 0.0) -> None:
        session = self._spider.session
        host = session.hosts.host(key)
        host.failures += 1
        settings = session.config.crawl
        if asked > settings.max_crawl_delay or host.failures >= settings.give_up_after:
            session.hosts.defer(key, reason)
            session.host_memory.failed(key, reason, asked)
        else:
            session.hosts.hold(key, max(asked, backoff(host.failures, settings.retry_unit)))
