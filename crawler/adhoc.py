"""Pages of sites nobody declared: `hemero crawl --url` saves them under a site named after the host."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from urllib.parse import urlsplit

from crawler.news import NewsSpider
from pipelines.rules import SiteRules

_ANY_PAGE = "."


def site_of_url(url: str, sites: Iterable[type[NewsSpider]]) -> type[NewsSpider]:
    """The declared site that has a start URL on this URL's host and port, or one made for that host."""
    wanted = _origin(url)
    for site in sites:
        if any(_origin(start) == wanted for start in site.start_urls):
            return site
    return undeclared_site(url)


def undeclared_site(url: str) -> type[NewsSpider]:
    """A site for single pages. It discovers nothing.

    An address that the operator typed as a number or as "localhost" is meant: that one may be private.
    """
    parts = urlsplit(url)
    host = (parts.hostname or "").lower()
    name = host.removeprefix("www.") + (f":{parts.port}" if parts.port else "")
    return type(
        "UndeclaredSpider",
        (NewsSpider,),
        {
            "name": name,
            "title": name,
            "start_urls": (f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}/",),
            "allow_private": _is_typed_address(host),
            "rules": SiteRules(article_url=_ANY_PAGE),
        },
    )


def _is_typed_address(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _origin(url: str) -> tuple[str, int | None]:
    parts = urlsplit(url)
    default = {"http": 80, "https": 443}.get(parts.scheme)
    port = parts.port or default
    return (parts.hostname or "").lower().removeprefix("www."), None if port in (80, 443) else port
