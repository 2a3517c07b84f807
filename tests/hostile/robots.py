"""/robots.txt in the modes that servers are found in; `HostileServer.robots` chooses."""

from __future__ import annotations

import os

from tests.hostile.exchange import TEXT, Exchange, head, route
from tests.hostile.news import page
from tests.hostile.redirects import redirect

_ALL = "User-agent: *\nDisallow: /\n"
_STATUSES = ("401", "403", "404", "410", "429", "500", "503")
_FILES = {
    "ok": "User-agent: *\nDisallow: /private/\n",
    "deny": _ALL,
    "deny-us": "User-agent: hemerotheque\nDisallow: /\nUser-agent: *\nDisallow:\n",
    "delay": "User-agent: *\nCrawl-delay: 86400\n",
    "delay-short": "User-agent: *\nCrawl-delay: 0.3\n",
    "delay-bad": "User-agent: *\nCrawl-delay: vite\n",
    "delay-neg": "User-agent: *\nCrawl-delay: -5\n",
    "bom": "\ufeffUser-agent: *\nDisallow: /private/\n",
    "cr": "User-agent: *\rDisallow: /private/\r",
    "nul": "User-agent: *\x00\nDisallow: /private/\x00\n",
    "wildcards": "User-agent: *\n" + ("Disallow: /" + "*a" * 60 + "b$\n") * 1200,
    "agents": "".join(f"User-agent: b{n}\n" for n in range(3000)) + "Disallow: /x\n" * 20_000,
    "sitemaps": "".join(f"Sitemap: http://127.0.0.1:9/{n}.xml\n" for n in range(5000)),
}
MODES = (
    *_FILES,
    *_STATUSES,
    "hang",
    "close",
    "html",
    "huge",
    "binary",
    "loop",
    "offsite",
    "elsewhere",
    "latin1",
)


@route("/robots.txt")
async def _robots(exchange: Exchange) -> None:
    mode = exchange.server.robots
    if mode in _FILES:
        await exchange.send(_FILES[mode], content_type=TEXT)
    elif mode in _STATUSES:
        await exchange.send(_ALL, int(mode), TEXT)  # the rules of an error page are none
    elif mode == "hang":
        await exchange.hang()
    elif mode == "close":
        exchange.writer.close()
    elif mode == "huge":
        await _huge(exchange)
    else:
        await _other(exchange, mode)


async def _other(exchange: Exchange, mode: str) -> None:
    if mode == "html":
        await exchange.send(page("Accueil"))
    elif mode == "binary":
        await exchange.send(os.urandom(100_000), content_type=TEXT)
    elif mode == "latin1":
        await exchange.send("User-agent: *\nDisallow: /privé/\n".encode("latin-1"), content_type="text/plain")
    elif mode == "loop":
        await redirect(exchange, b"/robots.txt?" + os.urandom(4).hex().encode())
    elif mode == "offsite":
        await redirect(exchange, f"http://127.0.0.1:{exchange.server.canary_port}/robots.txt".encode())
    elif mode == "elsewhere":
        await redirect(exchange, b"/robots/file.txt")
    else:
        raise ValueError(f"no mode {mode!r}: there are {', '.join(MODES)}")


@route("/robots/file.txt")
async def _moved(exchange: Exchange) -> None:
    await exchange.send("User-agent: *\nDisallow: /private/\n", content_type=TEXT)


async def _huge(exchange: Exchange) -> None:
    """Gigabytes that begin with the rules."""
    await exchange.write(head(content_type=TEXT) + b"User-agent: *\nDisallow: /private/\n")
    block = b"Disallow: /x1/\n" * 60_000
    for _ in range(exchange.size("blocks", 1000)):
        await exchange.write(block)
