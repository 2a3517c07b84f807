"""Where a request may go: http and https, the site's own hosts and ports, nothing else.

Every hop passes here, redirects and robots.txt included.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from scrapy.exceptions import IgnoreRequest

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler

    from crawler.news import NewsSpider


class OutOfBounds(IgnoreRequest):
    """The URL is none of this site's. `reason` is one word for counts and rows."""

    def __init__(self, reason: str, url: str) -> None:
        super().__init__(f"{reason}: {url[:200]}")
        self.reason = reason


class BoundsMiddleware:
    """Refuses what no declaration asked for, before anything is resolved or sent."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> BoundsMiddleware:
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        spider: NewsSpider = self._crawler.spider  # type: ignore[assignment]
        try:
            parts = urlsplit(request.url)
            port = parts.port
        except ValueError:
            raise OutOfBounds("bad_url", request.url) from None
        if parts.scheme not in ("http", "https"):
            raise OutOfBounds("scheme", request.url)
        if parts.username or parts.password:
            raise OutOfBounds("credentials", request.url)
        host = (parts.hostname or "").lower()
        if not spider.is_own_host(host):
            raise OutOfBounds("offsite", request.url)
        if port is not None and port not in spider.own_ports():
            raise OutOfBounds("port", request.url)
