"""Traps: endless calendars, sessions, facets and pages; one article under many spellings; monstrous links."""

from __future__ import annotations

import os
from collections.abc import Iterable

from tests.hostile.exchange import Exchange, route
from tests.hostile.news import page

_SPELLINGS = (
    *("?id=1", "?id=1&utm_source=x", "?utm_medium=y&id=1", "?id=1#c", "?id=1&fbclid=z", "?id=1&", "?&id=1"),
    *("?id=%31", "?id=1&print=1"),
)
_UNICODE = (
    *("/t/ok?s=é", "/t/ok?s=e\u0301", "/t/ok?s=%C3%A9", "/t/ok?s=%c3%a9", "/t/ok?s=%E9", "/t/ok?s=%"),
    *("/t/ok?s=%zz", "/t/ok?s=\u202e", "/t/ok?s=%00", "/t/ok?s=\ufeff"),
)
_HOSTS = (
    *(
        "http://méteo.invalid/",
        "http://xn--.invalid/",
        "http://xn--a" + "b" * 80 + ".invalid/",
        "http://[::1",
    ),
    *(
        "http://" + "a" * 300 + ".invalid/",
        "http://a..b.invalid/",
        "http://ex ample.invalid/",
        "http:x",
        "//",
    ),
    *("http://-x.invalid/", "http://a.invalid:99999/", "http://a.invalid:abc/", "http:///x", "http://", "?"),
)


def _links(urls: Iterable[str]) -> str:
    return "".join(f'<a href="{url}">l</a>' for url in urls)


@route("/trap/calendar")
async def _calendar(exchange: Exchange) -> None:
    """Next and previous month, for ever."""
    months = int(exchange.argument("y", "2016")) * 12 + int(exchange.argument("m", "1"))
    after, before = (f"?y={number // 12}&m={number % 12 + 1}" for number in (months, months - 2))
    await exchange.send(f'<a href="{after}">Page suivante</a> <a href="{before}">précédente</a>')


@route("/trap/pagination")
async def _pagination(exchange: Exchange) -> None:
    """Every page has a next one, with the same ten articles."""
    number = int(exchange.argument("page", "1"))
    following = f'<a rel="next" href="/trap/pagination?page={number + 1}">suivant</a>'
    await exchange.send(_links(f"/news/article/{n}/x" for n in range(10)) + following)


@route("/trap/fresh")
async def _fresh(exchange: Exchange) -> None:
    """Every page has a next one, with ten articles never seen before."""
    number = int(exchange.argument("page", "1"))
    following = f'<a rel="next" href="/trap/fresh?page={number + 1}">suivant</a>'
    await exchange.send(_links(f"/trap/x/{number}-{n}" for n in range(10)) + following)


@route("/trap/session")
async def _session(exchange: Exchange) -> None:
    session = os.urandom(12).hex()
    urls = (f"/trap/session?PHPSESSID={session}&p={n}" for n in range(5))
    await exchange.send(page("Session") + _links(urls) + _links([f"/trap/session;jsessionid={session}?p=1"]))


@route("/trap/dup")
async def _spellings(exchange: Exchange) -> None:
    if exchange.argument("id", ""):
        canonical = exchange.server.url("/trap/dup?id=1")
        return await exchange.send(
            page("Article unique", in_head=f'<link rel="canonical" href="{canonical}">')
        )
    return await exchange.send(_links(f"/trap/dup{spelling}" for spelling in _SPELLINGS))


@route("/trap/relative/")
async def _growing_path(exchange: Exchange) -> None:
    await exchange.send('<a href="a/">plus</a>' + page("Chemin"))


@route("/trap/facets")
async def _facets(exchange: Exchange) -> None:
    query = exchange.target.partition("?")[2]
    urls = (f"/trap/facets?{query}&amp;f{n}={os.urandom(2).hex()}" for n in range(20))
    await exchange.send(_links(urls))


@route("/trap/many-links")
async def _many_links(exchange: Exchange) -> None:
    await exchange.send(
        "".join(f'<a href="/trap/x/{n}">{n}</a>\n' for n in range(exchange.size("n", 200_000)))
    )


@route("/trap/x/")
async def _any_article(exchange: Exchange) -> None:
    await exchange.send(page(f"Article {exchange.path.rpartition('/')[2][:40]}"))


@route("/trap/long-url")
async def _long_urls(exchange: Exchange) -> None:
    await exchange.send(_links(f"/t/ok?{'a' * length}" for length in (2000, 8000, 100_000, 2_000_000)))


@route("/trap/unicode-urls")
async def _unicode_urls(exchange: Exchange) -> None:
    await exchange.send(_links(_UNICODE))


@route("/trap/idn")
async def _strange_hosts(exchange: Exchange) -> None:
    await exchange.send(_links(_HOSTS))
