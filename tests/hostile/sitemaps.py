"""Sitemaps: endless, wide, packed, malicious, cut."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from tests.hostile.compression import gzip_bomb
from tests.hostile.exchange import XML, Exchange, route
from tests.hostile.news import article, page

_SPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
_ENTITIES = "".join(f'<!ENTITY {chr(98 + n)} "{("&" + chr(97 + n) + ";") * 10}">' for n in range(9))
LAUGHS = f'<!DOCTYPE x [<!ENTITY a "{"ha" * 10}">{_ENTITIES}]>'
QUADRATIC = f'<!DOCTYPE x [<!ENTITY a "{"a" * 50_000}">]>'
XXE = '<!DOCTYPE x [<!ENTITY xxe SYSTEM "file:///etc/passwd">]>'
_LASTMODS = (
    *("hier", "0000-00-00", "9999-12-31", "2099-01-01T00:00:00Z", "2016-02-31"),
    *("2016-03-01T25:61:00+99:00", "", "1456790400"),
)


def urlset(urls: Iterable[str], doctype: str = "") -> str:
    inner = "".join(f"<url><loc>{url}</loc></url>" for url in urls)
    return f'<?xml version="1.0" encoding="UTF-8"?>{doctype}<urlset {_SPACE}>{inner}</urlset>'


def index(urls: Iterable[str]) -> str:
    inner = "".join(f"<sitemap><loc>{url}</loc></sitemap>" for url in urls)
    return f'<?xml version="1.0" encoding="UTF-8"?><sitemapindex {_SPACE}>{inner}</sitemapindex>'


def canary_entity(exchange: Exchange) -> str:
    url = f"http://127.0.0.1:{exchange.server.canary_port}/secret"
    return f'<!DOCTYPE x [<!ENTITY xxe SYSTEM "{url}">]>'


def _articles(exchange: Exchange) -> list[str]:
    articles = exchange.server.articles
    return [exchange.server.url(article(number, articles).path) for number in range(articles)]


async def _xml(exchange: Exchange, body: str | bytes) -> None:
    await exchange.send(body, content_type=XML)


@route("/sm/ok.xml")
async def _good(exchange: Exchange) -> None:
    await _xml(exchange, urlset(_articles(exchange)))


@route("/sm/50k.xml")
async def _full(exchange: Exchange) -> None:
    count = exchange.size("n", 50_000)
    await _xml(exchange, urlset(exchange.server.url(f"/trap/x/{number}") for number in range(count)))


@route("/sm/self.xml")
async def _of_itself(exchange: Exchange) -> None:
    await _xml(exchange, index([exchange.server.url("/sm/self.xml")]))


@route("/sm/deep.xml")
async def _endless(exchange: Exchange) -> None:
    number = int(exchange.argument("n", "0")) + 1
    await _xml(exchange, index([exchange.server.url(f"/sm/deep.xml?n={number}")]))


@route("/sm/wide.xml")
async def _wide(exchange: Exchange) -> None:
    count = exchange.size("n", 10_000)
    await _xml(exchange, index(exchange.server.url(f"/sm/ok.xml?k={number}") for number in range(count)))


@route("/sm/bomb.xml.gz")
async def _bomb(exchange: Exchange) -> None:
    await exchange.send(gzip_bomb(exchange.size("mb", 1024)), content_type="application/gzip")


@route("/sm/laughs.xml")
async def _laughs(exchange: Exchange) -> None:
    await _xml(exchange, urlset(["http://x/&j;"], LAUGHS))


@route("/sm/quadratic.xml")
async def _quadratic(exchange: Exchange) -> None:
    await _xml(exchange, urlset(["&a;" * exchange.size("n", 20_000)], QUADRATIC))


@route("/sm/xxe.xml")
async def _file_entity(exchange: Exchange) -> None:
    await _xml(exchange, urlset([exchange.server.url("/?&xxe;")], XXE))


@route("/sm/xxe-http.xml")
async def _web_entity(exchange: Exchange) -> None:
    await _xml(exchange, urlset([exchange.server.url("/?&xxe;")], canary_entity(exchange)))


@route("/sm/html.xml")
async def _html(exchange: Exchange) -> None:
    await _xml(exchange, page("Pas un plan"))


@route("/sm/truncated.xml")
async def _cut(exchange: Exchange) -> None:
    body = urlset(_articles(exchange))
    await _xml(exchange, body[: len(body) // 2])


@route("/sm/offsite.xml")
async def _elsewhere(exchange: Exchange) -> None:
    canary = f"http://127.0.0.1:{exchange.server.canary_port}/secret"
    urls = ["http://offsite.invalid/a", "file:///etc/passwd", canary, exchange.server.url("/t/ok")]
    await _xml(exchange, urlset(urls))


@route("/sm/bad-dates.xml")
async def _bad_dates(exchange: Exchange) -> None:
    urls = zip(_articles(exchange), _LASTMODS, strict=False)
    inner = "".join(f"<url><loc>{url}</loc><lastmod>{date}</lastmod></url>" for url, date in urls)
    await _xml(exchange, f'<?xml version="1.0"?><urlset {_SPACE}>{inner}</urlset>')


@route("/sm/now.xml")
async def _always_now(exchange: Exchange) -> None:
    """Every page was changed this very moment, whenever it is asked."""
    now = datetime.now(UTC).isoformat()
    inner = "".join(f"<url><loc>{url}</loc><lastmod>{now}</lastmod></url>" for url in _articles(exchange))
    await _xml(exchange, f'<?xml version="1.0"?><urlset {_SPACE}>{inner}</urlset>')


@route("/sm/utf16.xml")
async def _utf16(exchange: Exchange) -> None:
    body = urlset([exchange.server.url("/t/ok")]).replace("UTF-8", "UTF-16").encode("utf-16")
    await exchange.send(body, content_type="application/xml")
