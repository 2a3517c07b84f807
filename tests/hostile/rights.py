"""Pages and files that speak of the use of a site's content; `HostileServer.statements` holds the files."""

from __future__ import annotations

from tests.hostile.exchange import TEXT, Exchange, route
from tests.hostile.news import page

_HEADERS = {
    "/rights/header": [("X-Robots-Tag", "noarchive")],
    "/rights/other-agent": [("X-Robots-Tag", "googlebot: noarchive")],
    "/rights/reserved": [("TDM-Reservation", "1"), ("TDM-Policy", "https://presse.example/tdm.json")],
    "/rights/free": [],
}


@route("/rights/")
async def _page(exchange: Exchange) -> None:
    extra = _HEADERS.get(exchange.path, [])
    meta = '<meta name="robots" content="noarchive">' if exchange.path == "/rights/meta" else ""
    await exchange.send(page(f"Droits {exchange.path.rpartition('/')[2]}", in_head=meta), extra=extra)


@route("/.well-known/tdmrep.json")
async def _reservations(exchange: Exchange) -> None:
    await _file(exchange, "application/json")


@route("/ai.txt")
async def _for_machines(exchange: Exchange) -> None:
    await _file(exchange, TEXT)


async def _file(exchange: Exchange, content_type: str) -> None:
    text = exchange.server.statements.get(exchange.path)
    if text is None:
        await exchange.send("<h1>404</h1>", 404)
    else:
        await exchange.send(text, content_type=content_type)
