"""The one good part of the hostile site: /news/, with its truth; and the text that faulty routes borrow."""

from __future__ import annotations

import datetime
import html
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qs, quote, urlsplit

from tests.hostile.exchange import Exchange, route

_MONTHS = (
    *("Janvier", "Février", "Mars", "Avril", "Mai", "Juin", "Juillet", "Août", "Septembre"),
    *("Octobre", "Novembre", "Décembre"),
)
_SOURCES = ("Atlas Info", "La Vigie du Port", "Le Matin des Dunes", "L'Écho des Arganiers")
LOREM = (
    "Le conseil de la ville a tenu, mercredi à Fès, une réunion consacrée à la rénovation des écoles. "
    "Les élus ont constaté avec satisfaction l'avancée des travaux et la bonne tenue des comptes, puis ont "
    "convenu de se retrouver avant l'été pour fixer le calendrier des quartiers du nord. "
)
GOOD = (LOREM * 2, LOREM, LOREM)
PER_PAGE = 10


@dataclass(frozen=True, slots=True)
class NewsArticle:
    """What an article of /news/ says: the truth its page is made of."""

    id: int
    title: str
    day: datetime.date
    source: str
    paragraphs: tuple[str, ...]
    related: tuple[int, ...]

    @property
    def path(self) -> str:
        return f"/news/article/{self.id}/{quote(f'rénovation-{self.id}')}"

    @property
    def date_line(self) -> str:
        number = "1er" if self.day.day == 1 else f"{self.day.day:02d}"
        return f"Le {number} {_MONTHS[self.day.month - 1]} {self.day.year}"


def article(number: int, articles: int) -> NewsArticle:
    related = {(number * 7 + step * 11) % articles for step in range(1, 6)} - {number}
    return NewsArticle(
        id=number,
        title=f"Rénovation n°{number} : l'école du quartier {number % 9}",
        day=datetime.date(2016, 1, 1) + datetime.timedelta(days=number * 37 % 3000),
        source=_SOURCES[number % len(_SOURCES)],
        paragraphs=tuple(f"Paragraphe {part} de l'article numéro {number}. {LOREM}" for part in range(1, 5)),
        related=tuple(sorted(related)),
    )


def page(
    title: str,
    paragraphs: Sequence[str] = GOOD,
    date_line: str = "Le 01 Mars 2016",
    source: str = "Atlas Info",
    related: Iterable[tuple[str, str, str]] = (),
    in_head: str = "",
    charset: str = "utf-8",
) -> str:
    """An article page in the layout of the good site; all texts are markup already."""
    items = "".join(
        f'<li><a href="{url}"><h4>{name}</h4></a><p>{teaser}</p></li>' for url, name, teaser in related
    )
    body = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    return (
        f'<!DOCTYPE html><html lang="fr"><head><meta charset="{charset}"><title>{title}</title>{in_head}'
        f'</head><body><nav><a href="/news/">Accueil</a></nav><article><h1>{title}</h1>{body}'
        f'<p class="date">{date_line}</p><p class="source">SOURCE WEB Par {source}</p></article>'
        f'<h3>Les tags en relation</h3><h3>Les articles en relation</h3><ul class="related">{items}</ul>'
        "<footer>Portail</footer></body></html>"
    )


@route("/")
async def _home(exchange: Exchange) -> None:
    await exchange.send('<html><body><a href="/news/">Actualités</a></body></html>')


@route("/links")
async def _links(exchange: Exchange) -> None:
    """Links to ?to= (several), each ?n= times with another ?id=."""
    targets = parse_qs(urlsplit(exchange.target).query).get("to", [])
    urls = [
        f"{target}{'&' if '?' in target else '?'}id={number}"
        for target in targets
        for number in range(int(exchange.argument("n", "1")))
    ]
    await exchange.send("".join(f'<a href="{html.escape(url)}">{url[:40]}</a> ' for url in urls))


@route("/news/")
async def _listing(exchange: Exchange) -> None:
    if exchange.path.startswith("/news/article/"):
        return await _article(exchange)
    number, articles = int(exchange.argument("page", "1")), exchange.server.articles
    shown = range((number - 1) * PER_PAGE, min(number * PER_PAGE, articles))
    if exchange.server.newest_first:
        shown = range(articles - 1 - shown.start, articles - 1 - shown.stop, -1)
    links = "".join(
        f'<li><a href="{article(n, articles).path}">{html.escape(article(n, articles).title)}</a></li>'
        for n in shown
    )
    more = number * PER_PAGE < articles
    following = f'<a rel="next" href="/news/?page={number + 1}">suivant</a>' if more else ""
    return await exchange.send(
        f"<html><title>Actualités</title><body><ul>{links}</ul>{following}</body></html>"
    )


async def _article(exchange: Exchange) -> None:
    part = exchange.path.split("/")[3]
    if not part.isdecimal() or int(part) >= exchange.server.articles:
        return await exchange.send("<h1>404</h1>", 404)
    shown = article(int(part), exchange.server.articles)
    others = (article(number, exchange.server.articles) for number in shown.related)
    related = [(other.path, html.escape(other.title), other.paragraphs[0][:80] + "...") for other in others]
    return await exchange.send(
        page(
            html.escape(shown.title),
            [html.escape(paragraph) for paragraph in shown.paragraphs],
            shown.date_line,
            html.escape(shown.source),
            related,
        )
    )
