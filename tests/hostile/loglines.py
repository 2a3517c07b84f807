"""Answers whose every part could begin a line of a log: redirects, headers, links, feeds."""

from __future__ import annotations

from tests.hostile.exchange import XML, Exchange, route

FAKE = "2026-11-23 00:00:00 [root] INFO: run finished OK"
BREAKS = ("\n", "\r\n", "\u2028", "\x0b", "\x85", "%0D%0A", "&#10;", "\x1b[2K\r")


@route("/l/location")
async def _location(exchange: Exchange) -> None:
    target = f"/x/a%0a{FAKE}\r\n {FAKE}".replace(" [", "%20[")
    await exchange.send("", 302, extra=[("Location", target)])


@route("/l/header")
async def _header(exchange: Exchange) -> None:
    extra = [("ETag", f'"a\x0b{FAKE}"'), ("Last-Modified", f"\x85{FAKE}"), ("Link", f"<\x1b[2K{FAKE}>")]
    await exchange.send("<h1>Titre</h1>", content_type=f"text/html; charset=\x0b{FAKE}", extra=extra)


@route("/l/reason")
async def _reason(exchange: Exchange) -> None:
    exchange.writer.write(f"HTTP/1.1 500 a\x0b{FAKE}\x1b[2K\r\nContent-Length: 0\r\n\r\n".encode())


@route("/l/links")
async def _links(exchange: Exchange) -> None:
    links = "".join(f'<a href="/x/{number}{text}{FAKE}">a</a>' for number, text in enumerate(BREAKS))
    hosts = "".join(f'<a href="http://a{text}{FAKE}/x/1">a</a>' for text in BREAKS)
    await exchange.send(links + hosts)


@route("/l/feed")
async def _feed(exchange: Exchange) -> None:
    entries = "".join(
        f"<item><title>a{text}{FAKE}</title><link>/x/{number}{text}{FAKE}</link></item>"
        for number, text in enumerate(BREAKS)
    )
    await exchange.send(f"<rss><channel>{entries}<{FAKE[:4]}</channel></rss>", content_type=XML)
