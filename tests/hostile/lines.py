"""Lines below an article that mislead: dates, credits, related blocks, endless ones; and the truth."""

from __future__ import annotations

import html
from collections.abc import Callable, Iterable

from tests.hostile.exchange import Exchange, route
from tests.hostile.news import GOOD, page

# a date line and the day it means: ISO, None where none is meant, "fetched" where the day of the visit counts
DATES: tuple[tuple[str, str | None], ...] = (
    ("Le 01 Mars 2016", "2016-03-01"),
    ("Le 1er Mars 2016", "2016-03-01"),
    ("Le 1ER MARS 2016", "2016-03-01"),
    ("le 1 er mars 2016", "2016-03-01"),
    ("Le 29 Février 2016", "2016-02-29"),
    ("01/03/2016", "2016-03-01"),
    ("13/03/2016", "2016-03-13"),
    ("2016-03-01T10:30:00+00:00", "2016-03-01"),
    ("Mardi 01 Mars 2016 à 10h30", "2016-03-01"),
    ("Mercredi 01 Mars 2016", "2016-03-01"),
    ("le 01 Aout 2016", "2016-08-01"),
    ("le 01 Août 2016", "2016-08-01"),
    ("le 01 Déc. 2016", "2016-12-01"),
    ("Le \u0660\u0661 Mars \u0662\u0660\u0661\u0666", "2016-03-01"),
    ("Le 01\u00a0Mars\u202f2016", "2016-03-01"),
    ("Le 01 Mars 2016 - mis à jour le 05 Mars 2016", "2016-03-01"),
    ("hier", "fetched-1"),
    ("il y a 3 jours", "fetched-3"),
    ("aujourd'hui à 10h", "fetched"),
    ("Le 31 Février 2016", None),
    ("Le 30 fevrier 2016", None),
    ("Le 29 Février 2015", None),
    ("Le 00 Mars 2016", None),
    ("Le 32 Mars 2016", None),
    ("Le 01 Mars 0000", None),
    ("Le 01 Mars 0016", None),
    ("Le 01 Mars 9999", None),
    ("Le 01 Mars 2116", None),
    ("03/13/2016", None),
    ("22 Joumada I 1437", None),
    ("", None),
    ("Le Mars", None),
    ("Le 01 2016", None),
    ("1456790400", None),
    ("Le 0" + "1" * 5000 + " Mars 2016", None),
)


@route("/d/date")
async def _date(exchange: Exchange) -> None:
    number = int(exchange.argument("id", "0"))
    text = html.escape(DATES[number][0])
    await exchange.send(page(f"Article daté numéro {number}", date_line=text))


# a credit line as markup, and the outlets it credits
CREDITS: dict[str, tuple[str, tuple[str, ...]]] = {
    "plain": ("SOURCE WEB Par Atlas Info", ("Atlas Info",)),
    "no-par": ("SOURCE WEB Atlas Info", ("Atlas Info",)),
    "twice": ('SOURCE WEB Par Atlas Info</p><p class="source">SOURCE WEB Par Atlas Info', ("Atlas Info",)),
    "long": (f"SOURCE WEB Par {'Atlas ' * 900}", ()),
    "url": ('SOURCE WEB Par <a href="https://atlas.example/a">Atlas Info</a>', ("Atlas Info",)),
    "empty": ("SOURCE WEB Par ", ()),
    "missing": ("", ()),
}


@route("/d/credit/")
async def _credit(exchange: Exchange) -> None:
    name = exchange.path.rpartition("/")[2]
    text = page(f"Article crédité, {name}")
    await exchange.send(text.replace("SOURCE WEB Par Atlas Info", CREDITS[name][0]))


def _entries(links: Iterable[tuple[str, str]]) -> list[tuple[str, str, str]]:
    return [(url, title, f"Le début du texte {title}...") for url, title in links]


RELATED: dict[str, list[tuple[str, str, str]]] = {
    "itself": _entries([("/d/related/itself", "Article lié, itself")]),
    "cycle-a": _entries([("/d/related/cycle-b", "Article lié, cycle-b")]),
    "cycle-b": _entries([("/d/related/cycle-a", "Article lié, cycle-a")]),
    "deleted": _entries([("/d/related/gone", "Un article qui n'est plus là")]),
    "twice": _entries([("/d/related/cycle-a", "Article lié, cycle-a")] * 3),
    "many": _entries((f"/d/related/n{number}", f"Un article voisin {number}") for number in range(5000)),
    "no-link": _entries([("", "Un titre sans adresse")]),
}


@route("/d/related/")
async def _related(exchange: Exchange) -> None:
    name = exchange.path.rpartition("/")[2]
    if name not in RELATED:
        return await exchange.send("<h1>404</h1>", 404)
    return await exchange.send(page(f"Article lié, {name}", related=RELATED[name]))


REPEATED: dict[str, Callable[[int], str]] = {
    "spaces": lambda n: "SOURCE WEB Par" + " " * n + "x",
    "spaces2": lambda n: "Le " + " " * n + "Mars",
    "digits": lambda n: "Le " + "1" * n + " Mars",
    "source": lambda n: "SOURCE WEB Par " * (n // 15),
    "par": lambda n: "SOURCE WEB " + "Par " * (n // 4),
    "words": lambda n: "a " * (n // 2) + "!",
    "dates": lambda n: "01 Mars 2016 " * (n // 13),
    "dots": lambda n: "." * n,
    "at": lambda n: "a@" * (n // 2),
    "slashes": lambda n: "/" * n,
    "nl": lambda n: "\n" * n + "x",
    "mixed": lambda n: ("Le 1er " + "mars " * 50) * (n // 257),
    "dash": lambda n: "-" * n + "/",
    "url": lambda n: "http://" * (n // 7),
}


def repeated(name: str, size: int) -> str:
    """An article with such a line in its text, as its date and as its credit."""
    line = REPEATED[name](size)
    return page("Motif sans fin", (*GOOD, line), date_line=line, source=line)


@route("/redos/")
async def _repeated(exchange: Exchange) -> None:
    await exchange.send(repeated(exchange.path.rpartition("/")[2], exchange.size("n", 200_000)))
