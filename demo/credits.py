"""Who is credited: lines as French-language pages write them, with what they mean on a Moroccan site."""

from __future__ import annotations

import random
from collections.abc import Callable

from demo.facts import TruthAttribution

Person = Callable[[], str]
Credit = TruthAttribution | None


def _from(name: str, raw: str | None = None, weight: int = 2) -> tuple[int, TruthAttribution]:
    return weight, TruthAttribution("republication", raw or f"SOURCE WEB Par {name}", outlets=(name,))


PORTAL: tuple[tuple[int, Credit], ...] = (
    _from("Atlas Info", weight=20),
    _from("Le360", "SOURCE WEB Par Le 360", 9),
    _from("Médias24", "Source web par medias24", 4),
    _from("Médias24", "SOURCE WEB Par Médias 24", 3),
    _from("Libération (Maroc)", "SOURCE WEB Par Libe", 3),
    _from("Le Matin (Maroc)", "SOURCE WEB Par Le Matin", 4),
    _from("L’Économiste", "SOURCE WEB Par L'Economiste", 4),
    _from("L’Économiste", "Source : www.leconomiste.com"),
    _from("La Vie éco", "SOURCE WEB Par La Vie Eco", 3),
    _from("Aujourd’hui le Maroc", "SOURCE WEB Par Aujourd'hui le Maroc", 3),
    _from("Jeune Afrique", "SOURCE WEB : Par Jeune Afrique", 3),
    _from("Yabiladi"),
    _from("Bladi.net"),
    _from("H24info"),
    _from("Hespress"),
    _from("TelQuel"),
    _from("La Gazette des Oasis"),
    _from("Le Courrier de l'Anti-Atlas"),
    _from("Radio Tamazirt"),
    (5, TruthAttribution("republication", "SOURCE WEB Par MAP", agencies=("MAP",))),
    (3, TruthAttribution("republication", "SOURCE WEB Par AFP", agencies=("AFP",))),
    (3, TruthAttribution("cosigned", "Par Le Figaro et AFP", outlets=("Le Figaro",), agencies=("AFP",))),
    (2, TruthAttribution("cosigned", "Avec LNT", outlets=("La Nouvelle Tribune (Maroc)",))),
    (2, TruthAttribution("unknown_source", "SOURCE WEB Par")),
    (9, None),
)


def portal(r: random.Random, person: Person) -> Credit:
    """The line under the date; sometimes none, sometimes with the outlet's author."""
    if r.random() < 0.04:
        name = person()
        raw = f"SOURCE WEB Par Le Matin / {name}"
        return TruthAttribution("republication", raw, outlets=("Le Matin (Maroc)",), authors=(name,))
    return r.choices([credit for _, credit in PORTAL], [weight for weight, _ in PORTAL])[0]


def magazine(r: random.Random, person: Person) -> Credit:
    """The byline under the title."""
    one = person()
    options: tuple[tuple[int, TruthAttribution], ...] = (
        (70, _by(f"Par {one}", one)),
        (8, _by("La Rédaction")),
        (8, TruthAttribution("cosigned", f"Par {one} avec AFP", (), ("AFP",), (one,), "byline")),
        (6, TruthAttribution("cosigned", "Par La rédaction avec MAP", ("SELF",), ("MAP",), (), "byline")),
    )
    if r.random() < 0.1:
        other = person()
        return _by(f"Par {one} et {other}", one, other)
    return r.choices([credit for _, credit in options], [weight for weight, _ in options])[0]


def plain(r: random.Random, person: Person, town: str) -> Credit:
    """A byline beside the date, or a line under the text, or nothing."""
    one = person()
    options: tuple[tuple[int, Credit], ...] = (
        (40, _by(f"Par {one}", one)),
        (8, _by(f"Rédigé par {one}", one)),
        (8, _by(f"Par {one}, à {town}", one, location=town)),
        (7, TruthAttribution("agency", "AFP", agencies=("AFP",), position="byline")),
        (5, TruthAttribution("agency", "Par AFP", agencies=("AFP",), position="byline")),
        (6, TruthAttribution("cosigned", "Par La rédaction avec MAP", ("SELF",), ("MAP",), (), "byline")),
        (6, TruthAttribution("republication", "Article repris de Yabiladi", ("Yabiladi",))),
        (4, TruthAttribution("translation", f"Traduit de l’anglais par {one}", translated_from="en")),
        (12, None),
    )
    return r.choices([credit for _, credit in options], [weight for weight, _ in options])[0]


def _by(raw: str, *authors: str, location: str | None = None) -> TruthAttribution:
    return TruthAttribution("original", raw, authors=authors, position="byline", location=location)
