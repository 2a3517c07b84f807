"""What kind of page was fetched: an article, a listing of articles, or something else.

Only articles become articles: a consent wall, a captcha, an error page served as 200 or a home page would
otherwise stand in the archive as news, and replace the news that stood there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from pipelines.blocks_tree import flat
from pipelines.rules import SiteRules
from pipelines.structured import Structured
from pipelines.text import fold
from pipelines.urls import canonical_url, matches_article, same_site
from storage.records import PageType

SHORT = 600  # characters of body below which a page has to show that it is an article
_MIN_BODY = 100
_LONG = 1500  # so much running text is no list, whatever the address says
_MIN_CARDS = 2
_MANY_CARDS = 8
_CARD_TEXT = 12
_MAX_CARDS = 500
_FURNITURE = frozenset(("nav", "footer", "header", "form"))

# Folded text: lower case, no accents, no punctuation.
_WALL = re.compile(
    r"just a moment|checking your browser|captcha|are you a robot|pas un robot|access denied|unusual traffic"
    r"|verif\w+ (?:you are|that you are|que vous etes) (?:human|un humain|humain)|request unsuccessful"
    r"|acces (?:refuse|interdit|bloque)|(?:enable|activez|activer|veuillez activer) (?:le )?java ?script"
    r"|javascript (?:is|est) (?:disabled|desactive)|continuer sans accepter|votre vie privee|your privacy"
    r"|(?:accepte[rz]|refuse[rz]|gere[rz]|parametre[rz]) (?:tous |tout |et fermer |les )*(?:les )?cookies"
    r"|nous et nos partenaires|we and our partners"
)
_ERROR = re.compile(
    r"\b(?:erreur|error) ?(?:404|410|403|500|502|503)\b|^404\b|\b404 (?:not found|error|erreur)"
    r"|page (?:introuvable|non trouvee|inexistante|not found)|not found$|maintenance"
    r"|(?:page|article|contenu)\b.{0,40}\b(?:introuvable|n existe (?:pas|plus)|not found|no longer available"
    r"|n est plus (?:disponible|en ligne)|a ete (?:supprime|retire|depublie))"
    r"|temporairement indisponible|temporarily unavailable|service unavailable|reviendr\w+ bientot"
)
_SEARCH = re.compile(
    r"/(?:search|recherche|rechercher|resultats?)(?:[/.]|$)|[?&](?:s|q|query|recherche)=", re.I
)
_LISTS = re.compile(
    r"/(?:tags?|mots?-?cles?|etiquettes?|labels?|topics?|themes?|sujets?|categor(?:y|ie)s?|rubriques?|sections?"
    r"|authors?|auteurs?|archives?|dossiers?|pages?)(?:/|$)|[?&]page=\d",
    re.I,
)
_ARTICLE_TYPES = frozenset(
    """article newsarticle reportagenewsarticle analysisnewsarticle opinionnewsarticle
    backgroundnewsarticle reviewnewsarticle askpublicnewsarticle blogposting liveblogposting report
    scholarlyarticle advertisercontentarticle techarticle satiricalarticle""".split()  # noqa: SIM905
)
_LISTING_TYPES = frozenset(("collectionpage", "searchresultspage", "itemlist", "profilepage"))


@dataclass(frozen=True, slots=True)
class Facts:
    """What the page type is judged by."""

    url: str
    rules: SiteRules
    structured: Structured
    title: str | None
    body: str
    elements: Sequence[HtmlElement]  # of the page, before anything was cut
    is_paywalled: bool = False
    videos: int = 0
    dated: bool = False  # a date of publication was found
    visible: str = ""  # all text of the page; only needed where the body is short


def judge_page(facts: Facts) -> tuple[PageType, tuple[str, ...], str]:
    """The type, the addresses that a listing lists (page order), and the rule that decided."""
    if len(facts.body) < SHORT:
        text = fold(f"{facts.title or ''} {facts.visible}"[:3000])
        if len(facts.visible) < 3000 and _WALL.search(text):
            return "other", (), "wall"
        if _is_error(facts):
            return "other", (), "error"
    address = _by_address(facts)
    if address is not None:
        return address
    if facts.rules.article_pattern is not None and matches_article(facts.url, facts.rules):
        has_text = len(facts.body) >= _MIN_BODY or facts.dated or facts.is_paywalled
        return ("article" if has_text else "other"), (), "site:article_url"
    return _by_content(facts)


def _is_error(facts: Facts) -> bool:
    title = fold(facts.title or "")
    return bool(_ERROR.search(title)) or (
        not facts.dated and len(facts.visible) < 1500 and bool(_ERROR.search(fold(facts.visible[:400])))
    )


def _by_address(facts: Facts) -> tuple[PageType, tuple[str, ...], str] | None:
    """Home pages, searches and lists say so in their address; a declared article pattern says otherwise."""
    parts = urlsplit(facts.url)
    if not parts.scheme.startswith("http"):
        return None
    pattern = facts.rules.article_pattern
    if pattern is not None and matches_article(facts.url, facts.rules):
        return None
    place = parts.path + ("?" + parts.query if parts.query else "")
    if re.fullmatch(r"/?(?:(?:fr|en|ar)/?)?(?:(?:index|home|accueil)(?:\.\w+)?)?/?", place):
        return "other", _cards(facts), "url:home"
    if _SEARCH.search(place) and not _is_declared_article(facts):
        return "other", _cards(facts), "url:search"
    is_list = bool(_LISTS.search(place)) and len(facts.body) < _LONG
    if (is_list or _is_declared_listing(facts, place)) and not _is_declared_article(facts):
        cards = _cards(facts)
        if len(cards) >= _MIN_CARDS:
            return "listing", cards, "url:list"
    return None


def _by_content(facts: Facts) -> tuple[PageType, tuple[str, ...], str]:
    if _is_declared_article(facts) and (len(facts.body) >= _MIN_BODY or facts.is_paywalled):
        return "article", (), "declared"
    types = {claim.value.lower() for claim in facts.structured.type}
    if len(facts.body) >= SHORT and not types & _LISTING_TYPES:
        return "article", (), "text"
    cards = _cards(facts)
    if types & _LISTING_TYPES and len(cards) >= _MIN_CARDS:
        return "listing", cards, "declared"
    if len(facts.body) >= _MIN_BODY and (facts.dated or len(cards) < _MANY_CARDS):
        return "article", (), "text"
    if facts.dated and facts.title and not facts.videos and facts.body:
        return "article", (), "dated"
    return ("listing", cards, "cards") if len(cards) >= _MANY_CARDS else ("other", (), "no_text")


def _is_declared_article(facts: Facts) -> bool:
    return any(claim.value.lower().rsplit("/", 1)[-1] in _ARTICLE_TYPES for claim in facts.structured.type)


def _is_declared_listing(facts: Facts, place: str) -> bool:
    pattern = facts.rules.listing_pattern
    return pattern is not None and bool(pattern.search(place))


def _cards(facts: Facts) -> tuple[str, ...]:
    """Addresses of the entries of a listing: linked titles outside menus, each once, in page order."""
    found: dict[str, None] = {}
    for link in _links(facts.elements):
        target = canonical_url(link.get("href") or "", facts.url)
        if target is None or target == facts.url or not same_site(target, facts.url):
            continue
        if facts.rules.article_pattern is not None:
            wanted = matches_article(target, facts.rules)
        else:
            wanted = len(flat(link)) >= _CARD_TEXT and not _LISTS.search(urlsplit(target).path)
        if wanted:
            found.setdefault(target)
        if len(found) >= _MAX_CARDS:
            break
    return tuple(found)


def _links(elements: Iterable[HtmlElement]) -> Iterable[HtmlElement]:
    for element in elements:
        if element.tag == "a" and element.get("href"):
            if any(above.tag in _FURNITURE for above in element.iterancestors()):
                continue
            yield element
