"""Feeds: malformed, malicious, empty, in the wrong encoding, endless."""

from __future__ import annotations

from collections.abc import Callable

from tests.hostile.exchange import Exchange, route
from tests.hostile.news import page
from tests.hostile.sitemaps import LAUGHS, XXE, canary_entity

_TYPE = "application/rss+xml; charset=utf-8"
_DATES = (
    *("hier", "01 Mars 2016", "Tue, 31 Feb 2016 10:00:00 GMT", "Tue, 01 Jan 9999 00:00:00 GMT"),
    *("Sat, 00 Xxx 0000 00:00:00 GMT", ""),
)


def rss(exchange: Exchange, items: str, doctype: str = "") -> str:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>{doctype}<rss version="2.0"><channel><title>Portail</title>'
        f"<link>{exchange.server.base_url}/</link>{items}</channel></rss>"
    )


def item(exchange: Exchange, number: int, **changes: str) -> str:
    fields = {
        "title": f"Article {number}",
        "link": exchange.server.url(f"/news/article/{number}/x"),
        "guid": str(number),
        "pubDate": "Tue, 01 Mar 2016 10:00:00 +0000",
        **changes,
    }
    return "<item>" + "".join(f"<{name}>{value}</{name}>" for name, value in fields.items()) + "</item>"


def _items(exchange: Exchange, count: int, **changes: str) -> str:
    return "".join(item(exchange, number, **changes) for number in range(count))


def _duplicates(exchange: Exchange) -> str:
    same_link = "".join(item(exchange, 1, guid=f"g{number}") for number in range(5))
    return rss(exchange, same_link + _items(exchange, 5, guid="même"))


def _bad_links(exchange: Exchange) -> str:
    canary = f"http://127.0.0.1:{exchange.server.canary_port}/secret"
    links = ("javascript:alert(1)", "file:///etc/passwd", canary)
    return rss(exchange, "".join(item(exchange, number, link=link) for number, link in enumerate(links)))


_FEEDS: dict[str, Callable[[Exchange], str | bytes]] = {
    "ok": lambda ex: rss(ex, _items(ex, 10)),
    "malformed": lambda ex: rss(ex, _items(ex, 5, title="A & B <b>x"))[:-30],
    "laughs": lambda ex: rss(ex, item(ex, 0, title="&j;"), LAUGHS),
    "xxe": lambda ex: rss(ex, item(ex, 0, title="&xxe;"), XXE),
    "xxe-http": lambda ex: rss(ex, item(ex, 0, title="&xxe;"), canary_entity(ex)),
    "script": lambda ex: rss(ex, item(ex, 0, title="<![CDATA[<script>alert(1)</script>Titre]]>")),
    "dates": lambda ex: rss(ex, "".join(item(ex, n, pubDate=date) for n, date in enumerate(_DATES))),
    "dupes": _duplicates,
    "noguid": lambda ex: rss(ex, "<item></item><item><title>x</title></item><item><link></link></item>"),
    "jslink": _bad_links,
    "html": lambda _: page("Pas un flux"),
    "empty": lambda _: "",
    "cututf8": lambda ex: rss(ex, item(ex, 0, title="Réforme de l'ZZ")).encode().replace(b"ZZ", b"\xc3"),
    "cp1252": lambda ex: rss(ex, item(ex, 0, title="L’été à Fès – 20 €")).encode("cp1252"),
    "newest": lambda ex: rss(
        ex, "".join(item(ex, number) for number in range(ex.server.articles)[-1:-41:-1])
    ),
    "huge": lambda ex: rss(ex, _items(ex, ex.size("n", 20_000))),
}
for _name, _body in _FEEDS.items():

    @route(f"/feed/{_name}.xml")
    async def _feed(exchange: Exchange, body: Callable[[Exchange], str | bytes] = _body) -> None:
        await exchange.send(body(exchange), content_type=_TYPE)


@route("/feed/then.xml")
async def _then(exchange: Exchange) -> None:
    """The newest articles while the server's counter `feed` is 0, then what ?to= names."""
    name = exchange.argument("to", "empty") if exchange.server.counters["feed"] else "newest"
    await exchange.send(_FEEDS[name](exchange), content_type=_TYPE)
