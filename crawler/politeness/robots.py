"""Asks each origin for its robots.txt before anything else, and keeps to it (RFC 9309).

A 4xx answer allows everything; a 5xx answer, 429 or silence forbids everything for now; five redirects are
followed, to other hosts too; at most 512 KiB are fetched; a Crawl-delay becomes the host's delay.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from scrapy import Request, signals
from scrapy.exceptions import IgnoreRequest, StopDownload

from crawler.politeness.bounds import OutOfBounds
from crawler.politeness.hosts import host_key
from crawler.politeness.policy import MAX_BYTES, Policy, parse_robots
from storage import repository

if TYPE_CHECKING:
    from scrapy import Spider
    from scrapy.crawler import Crawler
    from scrapy.http import Response

    from crawler.news import NewsSpider

_MAX_REDIRECTS = 5
_REDIRECTS = {301, 302, 303, 307, 308}
_UNKNOWN = Policy(status=None)
_ABSENT = Policy(status=404)


class RobotsRefused(IgnoreRequest):
    """The site's robots.txt does not allow this URL."""


class RobotsUnreachable(IgnoreRequest):
    """robots.txt cannot be had (5xx or no answer): all counts as forbidden for now (RFC 9309, 2.3.1.4)."""


class RobotsMiddleware:
    """One policy an origin and run; all who ask meanwhile wait for the same answer."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._policies: dict[str, asyncio.Future[Policy]] = {}
        self._out_of_bounds: dict[str, str] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> RobotsMiddleware:
        middleware = cls(crawler)
        crawler.signals.connect(middleware._bytes_received, signal=signals.bytes_received)
        return middleware

    @property
    def _spider(self) -> NewsSpider:
        return self._crawler.spider  # type: ignore[return-value]

    async def process_request(self, request: Request) -> None:
        if request.meta.get("robots") or not self._spider.session.config.crawl.obey_robots:
            return
        policy = await self.policy(request.url)
        reason = self._out_of_bounds.get(_origin(request.url))
        if reason is not None:
            raise OutOfBounds(reason, request.url)
        if not policy.is_known:
            raise RobotsUnreachable(f"robots.txt of {host_key(request.url)} cannot be had")
        if not policy.allows(request.url):
            raise RobotsRefused("robots.txt does not allow it")

    async def policy(self, url: str) -> Policy:
        """The policy of a URL's origin, fetched once a run."""
        origin = _origin(url)
        if origin not in self._policies:
            self._policies[origin] = asyncio.ensure_future(self._fetch(origin))
        return await asyncio.shield(self._policies[origin])

    async def _fetch(self, origin: str) -> Policy:
        url = f"{origin}/robots.txt"
        try:
            policy = await self._answer(url, await self._known_digest(url))
        except (
            OutOfBounds
        ) as error:  # a name that turned out to be a private address: its pages are no less so
            if _origin(error.url) == origin:
                self._out_of_bounds[origin] = error.reason
            self._spider.tally.note_channel(url, "robots", error=error.reason)
            return _UNKNOWN
        except Exception as error:  # noqa: BLE001  no answer, whatever the cause, has one meaning here
            self._spider.tally.note_channel(url, "robots", error=type(error).__name__)
            return _UNKNOWN
        self._spider.robots_seen(origin, policy)
        return policy

    async def _answer(self, url: str, digest: str | None) -> Policy:
        """The policy at the end of the redirects. What leads nowhere counts as no file (2.3.1.2)."""
        engine = self._crawler.engine
        assert engine is not None
        first = url
        for _ in range(_MAX_REDIRECTS + 1):
            request = _request(url, digest)
            response = await engine.download_async(request)
            if response.status not in _REDIRECTS:
                await self._save(first, response.status, request.meta.get("digest"))
                return await self._policy_of(response)
            location = response.headers.get("Location")
            if location is None:
                break
            url = urljoin(url, location.decode("utf-8", "replace").strip())
            if urlsplit(url).scheme not in ("http", "https"):
                break
        return _ABSENT

    async def _policy_of(self, response: Response) -> Policy:
        if response.status >= 400:
            return Policy(status=response.status)
        if response.status != 200:
            return _ABSENT
        if "dataloss" in response.flags:
            return _UNKNOWN  # half a file may lack the half that names us
        return await asyncio.to_thread(
            parse_robots, response.body, self._spider.session.user_agent, response.url
        )

    async def _known_digest(self, url: str) -> str | None:
        """Of what the last run was told, so that the same file is not kept twice."""
        spider = self._spider
        row = await spider.session.read(lambda db: repository.channel_state(db, spider.site_id, url))
        return row.digest if row is not None else None

    async def _save(self, url: str, status: int, digest: str | None) -> None:
        spider, now = self._spider, self._spider.session.clock()
        await spider.session.write(
            lambda db: repository.save_channel_state(
                db, spider.site_id, url, "robots", status=status, digest=digest, now=now, failed=status >= 500
            )
        )

    def _bytes_received(self, data: bytes, request: Request, spider: Spider) -> None:
        """Stop a robots.txt once enough has come: some send gigabytes."""
        if not request.meta.get("robots"):
            return
        received = request.meta["robots_bytes"] = request.meta.get("robots_bytes", 0) + len(data)
        if received > MAX_BYTES:
            raise StopDownload(fail=False)


def _origin(url: str) -> str:
    return f"{urlsplit(url).scheme}://{host_key(url)}"


def _request(url: str, digest: str | None) -> Request:
    return Request(
        url,
        headers={"Accept-Encoding": "identity"},  # what is cut at 512 KiB should still be readable
        meta={"robots": True, "role": "channel", "dont_redirect": True, "known_digest": digest},
        dont_filter=True,
        priority=10_000,
    )
