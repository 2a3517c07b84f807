"""robots.txt by RFC 9309.

A 4xx answer allows everything, a 5xx answer or silence forbids everything for now, redirects are followed,
at most 512 KiB are read (section 2.5), and a Crawl-delay becomes the host's delay.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from protego import Protego
from scrapy import Request
from scrapy.exceptions import IgnoreRequest

from crawler.politeness.slots import host_key

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.http import Response

    from crawler.news import NewsSpider

MAX_BYTES = 512 * 1024


class RobotsRefused(IgnoreRequest):
    """The site's robots.txt does not allow this URL."""


class RobotsUnreachable(IgnoreRequest):
    """robots.txt cannot be had (5xx or no answer): RFC 9309, 2.3.1.4, asks to assume that all is forbidden."""


@dataclass(frozen=True)
class Policy:
    """What one origin's robots.txt says. `status` is HTTP's, None where there was no answer."""

    status: int | None
    rules: Protego | None
    sitemaps: tuple[str, ...] = ()
    crawl_delay: float | None = None

    def allows(self, url: str, user_agent: str) -> bool:
        return self.rules is None or bool(self.rules.can_fetch(url, user_agent))


def parse_robots(body: bytes, user_agent: str) -> Policy:
    """Read a robots.txt body. NUL and a BOM are dropped; what is no rule is passed over."""
    text = body[:MAX_BYTES].decode("utf-8", errors="replace").lstrip("\ufeff").replace("\0", "")
    rules = Protego.parse(text)
    delay = rules.crawl_delay(user_agent)
    usable = delay is not None and 0 < float(delay) < float("inf")
    return Policy(
        status=200,
        rules=rules,
        sitemaps=tuple(list(rules.sitemaps)[:50]),
        crawl_delay=float(delay) if usable and delay is not None else None,
    )


class RobotsMiddleware:
    """Asks each origin once a run, before the first request to it."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._policies: dict[str, asyncio.Future[Policy]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> RobotsMiddleware:
        return cls(crawler)

    @property
    def _spider(self) -> NewsSpider:
        return self._crawler.spider  # type: ignore[return-value]

    async def process_request(self, request: Request) -> None:
        if request.meta.get("robots") or not self._spider.session.config.crawl.obey_robots:
            return
        policy = await self.policy(request.url)
        if policy.status is None or policy.status >= 500:
            raise RobotsUnreachable(f"robots.txt of {host_key(request.url)} cannot be had")
        if not policy.allows(request.url, self._spider.session.user_agent):
            raise RobotsRefused("robots.txt does not allow it")

    async def policy(self, url: str) -> Policy:
        """The policy of a URL's origin, fetched once; all who ask meanwhile wait for the same answer."""
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{host_key(url)}"
        if origin not in self._policies:
            future = asyncio.ensure_future(self._fetch(origin))
            self._policies[origin] = future
        return await asyncio.shield(self._policies[origin])

    async def _fetch(self, origin: str) -> Policy:
        request = Request(
            f"{origin}/robots.txt",
            meta={"robots": True, "role": "channel", "dont_retry": True},
            dont_filter=True,
            priority=10_000,
        )
        engine = self._crawler.engine
        assert engine is not None
        try:
            response = await engine.download_async(request)
        except Exception as error:  # noqa: BLE001  no answer, whatever the cause, has one meaning here
            self._spider.tally.note_channel(request.url, "robots", error=type(error).__name__)
            return Policy(status=None, rules=None)
        policy = await self._policy_of(response)
        self._spider.robots_seen(origin, policy)
        return policy

    async def _policy_of(self, response: Response) -> Policy:
        if response.status >= 400:
            return Policy(status=response.status, rules=None)
        if response.status != 200:  # redirects that lead nowhere count as absent (RFC 9309, 2.3.1.2)
            return Policy(status=404, rules=None)
        return await asyncio.to_thread(parse_robots, response.body, self._spider.session.user_agent)
