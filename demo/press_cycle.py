"""A press cycle: one dispatch and what becomes of it on six outlets and a portal, with the expected answers.

The dispatch of an agency is copied whole, cut, given an English headline, corrected without a word, deleted
and restored, quoted, and republished by a portal with "SOURCE WEB Par". Three decoys have the topic, the
headline or the opening of a sentence in common with it, and nothing else. `VISITS` are the pages in the order
fetched; the tables below are what an archive that has read them must answer, all of it and no more.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from demo import press_texts as texts
from demo.press_pages import outlet_page, portal_page, portal_text

UTC = ZoneInfo("UTC")
DAY = datetime(2026, 11, 17, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class CycleSite:
    """A site of the cycle; `article_key` as a declaration writes it."""

    name: str
    title: str
    host: str
    article_url: str = r"^/(\d+)-"
    article_key: str | None = None

    @property
    def url(self) -> str:
        return f"https://{self.host}/"


@dataclass(frozen=True, slots=True)
class Visit:
    """One answer of one address. `article` is the name the tables below use; `body` None = not found."""

    article: str
    site: str
    path: str
    at: datetime  # when fetched, UTC
    status: int
    body: str | None
    content_type: str = "text/html; charset=utf-8"


SITES = {
    site.name: site
    for site in (
        CycleSite("map", "MAP", "map.cycle.example"),
        CycleSite("oued", "L'Écho de l'Oued", "echo-oued.cycle.example"),
        CycleSite("atlas", "Le Courrier de l'Anti-Atlas", "courrier.cycle.example"),
        CycleSite("oasis", "La Gazette des Oasis", "oasis.cycle.example"),
        CycleSite("tamazirt", "Radio Tamazirt", "tamazirt.cycle.example"),
        CycleSite("phare", "Le Phare du Souss", "phare.cycle.example"),
        CycleSite("agora", "Agora du Sud", "agora.cycle.example"),
        CycleSite(
            "portail",
            "Portail des Arganiers",
            "portail.cycle.example",
            r"^/actualite/(\d+)(/|$)",
            "actualite/{0}",
        ),
    )
}


def _at(hours: float) -> datetime:
    return DAY + timedelta(hours=hours)


def _outlet(
    article: str,
    site: str,
    path: str,
    published: float,
    fetched: float,
    title: str,
    paragraphs: tuple[str, ...],
    byline: str | None = None,
    modified: float | None = None,
) -> Visit:
    changed = None if modified is None else _at(modified)
    page = outlet_page(SITES[site].title, title, paragraphs, _at(published), byline, changed)
    return Visit(article, site, path, _at(fetched), 200, page)


def _gone(article: str, site: str, path: str, fetched: float) -> Visit:
    return Visit(article, site, path, _at(fetched), 404, None)


def _portal(article: str, number: int, slug: str, fetched: float, page: str, **values: str) -> Visit:
    return Visit(article, "portail", f"/actualite/{number}/{slug}", _at(fetched), 200, page, **values)


_OLD = portal_page(
    "Le port de Tamri agrandit sa halle", texts.OLDER, "Le 02 Octobre 2026", "L'Écho de l'Oued", ()
)
_NEW = portal_page(
    texts.TITLE,
    texts.DISPATCH,
    "Le 18 Novembre 2026",
    "L'Écho de l'Oued",
    (
        ("/actualite/101/halle-de-tamri", "Le port de Tamri agrandit sa halle", texts.OLDER[0], True),
        ("/actualite/777/pas-encore-lu", "La criée passe aux enchères en ligne", None, False),
        ("/actualite/404/retire", "Un chalutier en panne au large", None, False),
        ("https://ailleurs.example/salon", "Le salon de la mer ouvre ses portes", None, False),
    ),
)
_COPIED_PAGE = portal_text(
    "Les pêcheurs de Tamri votent la grève",
    texts.STRIKE,
    "Le 19 Novembre 2026",
    "Gazette inconnue du Littoral",
    (
        (texts.TITLE, texts.DISPATCH[0]),
        ("Un titre que personne n'a publié ici", "Un texte jamais paru non plus."),
    ),
)
_WITH_AGENCY, _IDA, _SAMI = "Par La rédaction avec MAP", "Par Ida Belkhou", "Par Sami Ouhmad"

VISITS: tuple[Visit, ...] = (
    _portal("older", 101, "halle-de-tamri", -900, _OLD),
    _outlet("dispatch", "map", "/1-port", 8, 8.1, texts.TITLE, texts.DISPATCH),
    _outlet("copy", "oued", "/1-port", 8.5, 9.0, texts.TITLE, texts.DISPATCH, _WITH_AGENCY),
    _outlet("cut", "atlas", "/1-port", 9, 9.2, "Tamri : le port se modernise", texts.DISPATCH[:4]),
    _outlet("english", "oasis", "/1-port", 10, 10.1, texts.ENGLISH_TITLE, texts.DISPATCH, _WITH_AGENCY),
    _outlet("corrected", "tamazirt", "/1-port", 9.5, 9.6, texts.TITLE, texts.DISPATCH),
    _outlet("deleted", "phare", "/1-port", 9.8, 9.9, texts.TITLE, texts.DISPATCH, "Par MAP"),
    _outlet("quote", "agora", "/1-opinion", 12, 12.5, "Ce que cache le chantier", texts.QUOTING, _IDA),
    _outlet("topic", "agora", "/2-topic", 11, 12.6, "Un port, deux avis", texts.SAME_TOPIC, _IDA),
    _outlet("headline", "oued", "/2-titre", 15, 15.1, texts.TITLE, texts.SAME_HEADLINE, _SAMI),
    _outlet("closing", "atlas", "/2-mines", 16, 16.1, "Les mines recrutent", texts.SAME_CLOSING, _SAMI),
    _outlet("corrected", "tamazirt", "/1-port", 9.5, 14, texts.FIXED_TITLE, texts.FIXED),
    _gone("deleted", "phare", "/1-port", 20),
    _portal("portal", 205, "le-port-de-tamri", 34, _NEW),
    _gone("dead", "portail", "/actualite/404/retire", 35),
    _outlet("deleted", "phare", "/1-port", 9.8, 44, texts.TITLE, texts.DISPATCH, "Par MAP"),
    _portal("pasted", 206, "greve", 50, _COPIED_PAGE, content_type="text/plain; charset=utf-8"),
)  # fmt: skip

# --- the expected answers -----------------------------------------------------------------------------

STORY = ("dispatch", "copy", "cut", "english", "corrected", "deleted", "portal")
ORDER = {
    "dispatch": 8.0,
    "copy": 8.5,
    "cut": 9.0,
    "corrected": 9.5,
    "deleted": 9.8,
    "english": 10.0,
    "portal": 34.0,
}


def _kind(one: str, other: str) -> str:
    if "cut" in (one, other):
        return "part"
    return "near" if "corrected" in (one, other) else "exact"


def _pairs() -> dict[tuple[str, str], tuple[str, str]]:
    """Both articles, sorted by name -> (kind, which was published first)."""
    found = {}
    for one in STORY:
        for other in STORY:
            if one < other:
                found[one, other] = (_kind(one, other), min(one, other, key=ORDER.__getitem__))
    for one in STORY:
        first = "quote" if one == "portal" else one
        found[min(one, "quote"), max(one, "quote")] = ("passage", first)
    return found


COPIES = _pairs()
SENTENCE_CUT = texts.DISPATCH[4]  # in the dispatch, not in the cut copy
# article -> (kind, fields, headline before) of the changes of the site, oldest first
CHANGES: dict[str, tuple[tuple[str, tuple[str, ...], str | None], ...]] = {
    "corrected": (("stealth", ("body", "title"), texts.TITLE),),
    "deleted": (("gone", (), None), ("back", (), None)),
}
# article -> stations after its own site: role, name, article that was copied there
CHAINS: dict[str, tuple[tuple[str, str, str | None], ...]] = {
    "dispatch": (),
    "copy": (("outlet", "SELF", None), ("agency", "MAP", "dispatch")),
    "cut": (),
    "english": (("outlet", "SELF", None), ("agency", "MAP", "dispatch")),
    "corrected": (),
    "deleted": (("agency", "MAP", "dispatch"),),
    "portal": (("outlet", "L'Écho de l'Oued", "copy"),),
    "older": (("outlet", "L'Écho de l'Oued", None),),
    "pasted": (("outlet", "Gazette inconnue du Littoral", None),),
}
UNRESOLVED = {"L'Écho de l'Oued": 2, "Gazette inconnue du Littoral": 1}  # name -> articles
# kind of text by article: what of each site is its own
SHARES = {
    "dispatch": "own", "copy": "cosigned", "cut": "copied", "english": "cosigned", "corrected": "copied",
    "deleted": "agency", "quote": "own", "topic": "own", "headline": "own", "closing": "own",
    "portal": "republished", "older": "republished", "pasted": "republished",
}  # fmt: skip
# (article, title of the entry) -> (state, target, method)
RELATED: dict[tuple[str, str], tuple[str, str | None, str | None]] = {
    ("portal", "Le port de Tamri agrandit sa halle"): ("resolved", "older", "identity"),
    ("portal", "La criée passe aux enchères en ligne"): ("pending", None, None),
    ("portal", "Un chalutier en panne au large"): ("dead", None, None),
    ("portal", "Le salon de la mer ouvre ses portes"): ("external", None, None),
    ("pasted", texts.TITLE): ("resolved", "portal", "prefix"),
    ("pasted", "Un titre que personne n'a publié ici"): ("open", None, None),
}
FULL_TEASER = {("portal", "older"): texts.OLDER[0], ("pasted", "portal"): texts.DISPATCH[0]}
