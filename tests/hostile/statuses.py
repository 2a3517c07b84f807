"""Status codes and answers that change with each visit."""

from __future__ import annotations

import os
import time
from email.utils import formatdate

from tests.hostile.exchange import ROUTES, Exchange, route
from tests.hostile.news import GOOD, LOREM, page

for _code in (400, 401, 402, 403, 404, 410, 418, 451, 500, 502, 503, 504, 522):

    @route(f"/s/{_code}")
    async def _status(exchange: Exchange, code: int = _code) -> None:
        await exchange.send(page(f"Erreur {code}"), code)


def _visits(exchange: Exchange, name: str) -> int:
    key = f"{name} {exchange.argument('id', '0')}"
    exchange.server.counters[key] += 1
    return exchange.server.counters[key]


@route("/s/flaky")
async def _flaky(exchange: Exchange) -> None:
    """?status= (500) for the first ?fail= visits of each ?id=, then an article."""
    if _visits(exchange, "flaky") <= int(exchange.argument("fail", "2")):
        return await exchange.send("boum", int(exchange.argument("status", "500")))
    return await exchange.send(page("Article guéri"))


@route("/s/429")
async def _too_many(exchange: Exchange) -> None:
    """429 with Retry-After (?form=seconds or date) until that time has passed; early visits are counted."""
    seconds = float(exchange.argument("after", "1"))
    begun = exchange.server.started.setdefault(exchange.target, time.time())
    if time.time() - begun >= seconds:
        return await exchange.send(page("Après l'attente"))
    exchange.server.counters["429"] += 1
    date = exchange.argument("form", "seconds") == "date"
    value = formatdate(begun + seconds + 1, usegmt=True) if date else str(int(seconds))
    return await exchange.send("doucement", 429, extra=[("Retry-After", value)])


@route("/s/moved")
async def _moved(exchange: Exchange) -> None:
    """An article on the first visit of each ?id=, then a redirect to ?to=."""
    if _visits(exchange, "moved") == 1:
        return await exchange.send(page("Article qui partira"))
    return await exchange.send("", 302, extra=[("Location", exchange.argument("to", "/news/"))])


for _name, _value in {"/s/429-huge": "999999999", "/s/429-bad": "bientôt"}.items():

    @route(_name)
    async def _never(exchange: Exchange, value: str = _value) -> None:
        await exchange.send("doucement", 429, extra=[("Retry-After", value)])


@route("/s/then")
async def _good_then(exchange: Exchange) -> None:
    """An article on the first visit of each ?id=, then what the route ?to= answers."""
    if _visits(exchange, "then") == 1:
        return await exchange.send(page("Article entier", ["Le texte entier du premier jour.", *GOOD]))
    return await ROUTES[exchange.argument("to", "/s/empty")](exchange)


@route("/s/back")
async def _gone_and_back(exchange: Exchange) -> None:
    """An article, then 404 on the second visit of each ?id=, then the article again."""
    if _visits(exchange, "back") == 2:
        return await exchange.send("<h1>404</h1>", 404)
    return await exchange.send(page("Article retrouvé"))


@route("/s/deleted")
async def _deleted(exchange: Exchange) -> None:
    if _visits(exchange, "deleted") <= int(exchange.argument("ok", "1")):
        return await exchange.send(page("Bientôt supprimé"))
    return await exchange.send("<h1>410</h1>", 410)


@route("/s/deleted-soft")
async def _deleted_softly(exchange: Exchange) -> None:
    if _visits(exchange, "deleted-soft") <= int(exchange.argument("ok", "1")):
        return await exchange.send(page("Bientôt introuvable"))
    return await exchange.send(
        page("Page introuvable", ["Désolé, cet article n'existe pas ou a été supprimé."])
    )


@route("/s/soft404")
async def _soft404(exchange: Exchange) -> None:
    await exchange.send(
        page("Page introuvable", ["Désolé, la page demandée est introuvable. Retour à l'accueil."])
    )


@route("/s/changed")
async def _changed(exchange: Exchange) -> None:
    number = _visits(exchange, "changed")
    await exchange.send(page("Article corrigé", [f"Version {number}. {LOREM}", *GOOD]))


@route("/s/churn")
async def _churn(exchange: Exchange) -> None:
    """The same article among counters and tokens that change."""
    token = f'<meta name="csrf" content="{os.urandom(8).hex()}">'
    views = f"<aside>Vues : {_visits(exchange, 'views')} — {time.time()}</aside>"
    await exchange.send(page("Article stable", in_head=token) + views)


_FIXED = {
    "/s/cookie-wall": page(
        "Nous respectons votre vie privée",
        ["Nous et nos 842 partenaires utilisons des cookies. Accepter tout."],
    ),
    "/s/js-wall": "<html><title>Just a moment...</title><noscript>Enable JavaScript</noscript></html>",
    "/s/paywall": page(
        "Réservé aux abonnés", [LOREM[:200] + "...", "Il vous reste 87 % à lire. Abonnez-vous."]
    ),
    "/s/maintenance": "<h1>Site en maintenance</h1><p>Nous revenons bientôt.</p>",
    "/s/empty": "",
}
for _path, _body in _FIXED.items():

    @route(_path)
    async def _fixed(exchange: Exchange, body: str = _body) -> None:
        await exchange.send(body)
