"""Where a request may go: http and https, the site's own hosts and ports, public addresses, nothing else.

Every hop passes here, redirects and robots.txt included.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from scrapy.exceptions import IgnoreRequest

from crawler.politeness.addresses import forbidden, is_local_name, literal_address
from crawler.politeness.resolver import guard, refused_address

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler

    from crawler.news import NewsSpider

_DEFAULT_PORTS = {"http": 80, "https": 443}


class OutOfBounds(IgnoreRequest):
    """The URL is none of this site's. `reason` is one word for counts and rows."""

    def __init__(self, reason: str, url: str) -> None:
        super().__init__(f"{reason}: {url[:200]}")
        self.reason = reason
        self.url = url


class BoundsMiddleware:
    """Refuses what no declaration asked for, before anything is resolved or sent."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> BoundsMiddleware:
        return cls(crawler)

    @property
    def _spider(self) -> NewsSpider:
        return self._crawler.spider  # type: ignore[return-value]

    def process_request(self, request: Request) -> None:
        host = check(request.url, self._spider, anywhere=bool(request.meta.get("robots")))
        if self._spider.allow_private and self._spider.is_own_host(host):
            guard().open_for(self._spider.name, host)
        elif not guard().may_ask(self._spider.name, host):
            raise OutOfBounds("forbidden_address", request.url)

    def process_exception(self, request: Request, exception: Exception) -> None:
        """A name that has none but private addresses."""
        if refused_address(exception, request.url):
            raise OutOfBounds("forbidden_address", request.url) from exception


def check(url: str, spider: NewsSpider, *, anywhere: bool = False) -> str:
    """The host of a URL that this site's crawl may ask for.

    Args:
        anywhere: other hosts too, on their default port: a robots.txt may redirect there (RFC 9309, 2.3.1.2).

    Raises:
        OutOfBounds: bad_url, scheme, credentials, forbidden_address, offsite or port.
    """
    try:
        parts = urlsplit(url)
        port = parts.port or _DEFAULT_PORTS.get(parts.scheme)
    except ValueError:
        raise OutOfBounds("bad_url", url) from None
    host = (parts.hostname or "").lower()
    own = spider.is_own_host(host)
    if parts.scheme not in _DEFAULT_PORTS:
        raise OutOfBounds("scheme", url)
    if parts.username is not None or parts.password is not None:
        raise OutOfBounds("credentials", url)
    if not host:
        raise OutOfBounds("bad_url", url)
    if _is_private(host) and not (own and spider.allow_private):
        raise OutOfBounds("forbidden_address", url)
    if not own and not anywhere:
        raise OutOfBounds("offsite", url)
    if port not in (spider.own_ports() if own else _DEFAULT_PORTS.values()):
        raise OutOfBounds("port", url)
    return host


def _is_private(host: str) -> bool:
    address = literal_address(host)
    return is_local_name(host) if address is None else forbidden(address) is not None
