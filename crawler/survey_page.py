"""What a page says of its site: name, language, country, channels, links. Pure.

Runs in reader processes: what it is given was written by strangers.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from crawler.discovery.auto import named_channels
from crawler.discovery.found import ChannelKind
from pipelines.blocks_tree import parse
from pipelines.decode import decode
from pipelines.text import clean, fold
from pipelines.urls import canonical_url, same_site

MAX_LINKS = 3000
_HEADLINE_WORDS, _HEADLINE_CHARS = 4, 24
_MENU = re.compile(r"\b(?:nav|menu|footer|pied|header|entete|topbar|breadcrumb|ariane)", re.I)
_MENU_TAGS = frozenset(("nav", "header", "footer"))
_HEADINGS = frozenset(("h1", "h2", "h3", "h4"))
_FILE = re.compile(r"\.(?:pdf|jpe?g|png|gif|webp|svg|mp[34]|zip|docx?|xlsx?|xml|rss|json|css|js)$", re.I)
_SOLD_TO_ALL = frozenset(("co", "io", "tv", "me", "ai", "cc", "fm", "eu", "ws"))
_GENERIC = frozenset(
    ("accueil", "home", "homepage", "pagedaccueil", "bienvenue", "alaune", "actualites", "actualite")
)
_NAMES = ("og:site_name", "application-name", "apple-mobile-web-app-title")


@dataclass(frozen=True, slots=True)
class PageLink:
    """A link of a page to its own site: where to, in which words, and where it stood."""

    url: str
    text: str
    in_menu: bool
    in_heading: bool

    @property
    def is_headline(self) -> bool:
        """The words of a headline rather than of a menu."""
        if self.in_menu:
            return False
        words = len(self.text.split())
        return (self.in_heading and words > 1) or (
            words >= _HEADLINE_WORDS and len(self.text) >= _HEADLINE_CHARS
        )


@dataclass(frozen=True, slots=True)
class Home:
    """What a home page says of its site. `country` is a two-letter code, None where nothing says it."""

    title: str | None = None
    language: str = "fr"
    country: str | None = None
    channels: tuple[tuple[ChannelKind, str], ...] = ()
    links: tuple[PageLink, ...] = ()


def read_home(body: bytes, url: str, content_type: str | None) -> Home:
    """Read a home page or a section page. Never raises on any bytes."""
    tree = parse(decode(body, content_type).text).tree
    if tree is None:
        return Home(country=country_of_host(url))
    language, region = _language(tree)
    return Home(
        title=_site_title(tree, url),
        language=language,
        country=region or country_of_host(url),
        channels=named_channels(tree, url),
        links=tuple(_links(tree, url)),
    )


def country_of_host(url: str) -> str | None:
    """The country of a national domain; None for the many that are sold to everybody."""
    label = (urlsplit(url).hostname or "").rpartition(".")[2]
    if not re.fullmatch(r"[a-z]{2}", label) or label in {
        "co",
        "io",
        "tv",
        "me",
        "ai",
        "cc",
        "fm",
        "eu",
        "ws",
    }:
        return None
    return {"uk": "GB"}.get(label, label.upper())


def _language(tree: HtmlElement) -> tuple[str, str | None]:
    """Language and region of <html lang="fr-MA">; a region in og:locale is mostly the software's default."""
    html = tree if tree.tag == "html" else tree.getroottree().getroot()
    match = re.fullmatch(r"([a-z]{2,3})(?:[-_]([a-z]{2}))?.*", (html.get("lang") or "").strip().lower())
    if match is None:
        return "fr", None
    region = match[2].upper() if match[2] and match[2] != match[1] else None
    return match[1][:2], region if region not in ("US", "GB") else None


def _site_title(tree: HtmlElement, url: str) -> str | None:
    """What the site calls itself: to machines, else in its <title>."""
    for name in ("og:site_name", "application-name", "apple-mobile-web-app-title"):
        for meta in tree.iter("meta"):
            if name in (meta.get("property"), meta.get("name")) and (
                said := clean(meta.get("content") or "")
            ):
                return said[:100]
    return _name_in_data(tree) or _name_in_title(clean(tree.findtext(".//title") or ""), url)


def _name_in_data(tree: HtmlElement) -> str | None:
    for script in tree.iter("script"):
        if (script.get("type") or "").strip().lower() != "application/ld+json":
            continue
        try:
            data = json.loads((script.text or "")[:200_000])
        except (ValueError, RecursionError):
            continue
        for entry in _entries(data):
            kinds = entry.get("@type")
            name = entry.get("name")
            if isinstance(name, str) and {"WebSite", "NewsMediaOrganization"} & {*_as_list(kinds)}:
                return clean(name)[:100] or None
    return None


def _entries(data: object) -> Iterator[dict[str, object]]:
    graph = data.get("@graph", [data]) if isinstance(data, dict) else data
    for entry in graph if isinstance(graph, list) else [graph]:
        if isinstance(entry, dict):
            yield entry


def _as_list(value: object) -> list[str]:
    return [kind for kind in (value if isinstance(value, list) else [value]) if isinstance(kind, str)]


def _name_in_title(title: str, url: str) -> str | None:
    """ "Le Courrier de l'Oued - Actualités": the part that the host is named after, else the first."""
    parts = [part for part in re.split(r"\s+[-|–—•:»·]+\s+", title) if part]
    host = re.sub(r"[^a-z0-9]", "", (urlsplit(url).hostname or "").removeprefix("www.").rpartition(".")[0])
    named = [
        part for part in parts if (bare := fold(part).replace(" ", "")) and (bare in host or host in bare)
    ]
    chosen = [part for part in named if host] or parts
    return chosen[0][:100] if chosen else None


# --- links -----------------------------------------------------------------------------------------


def _links(tree: HtmlElement, url: str) -> Iterator[PageLink]:
    """Links to the page's own site, each address once with its longest words."""
    found: dict[str, PageLink] = {}
    for anchor in tree.iter("a"):
        href = (anchor.get("href") or "").strip()
        target = canonical_url(href, url) if href and not href.startswith(("#", "javascript:")) else None
        if target is None or not same_site(target, url) or _FILE.search(urlsplit(target).path):
            continue
        link = PageLink(target, _words(anchor), _in_menu(anchor), _in_heading(anchor))
        known = found.get(target)
        if known is None and len(found) < MAX_LINKS:
            found[target] = link
        elif known is not None:
            text = max(known.text, link.text, key=len)
            found[target] = PageLink(
                target, text, known.in_menu and link.in_menu, known.in_heading or link.in_heading
            )
    yield from found.values()


def _words(anchor: HtmlElement) -> str:
    text = clean(" ".join(str(piece) for piece in anchor.itertext())[:2000])
    return (text or clean(anchor.get("title") or ""))[:300]


def _in_menu(anchor: HtmlElement) -> bool:
    for depth, parent in enumerate(anchor.iterancestors()):
        if parent.tag in ("article", "main", "body") or depth > 8:
            return False
        if parent.tag in _MENU_TAGS or _MENU.search(f"{parent.get('class') or ''} {parent.get('id') or ''}"):
            return True
    return False


def _in_heading(anchor: HtmlElement) -> bool:
    if any(parent.tag in _HEADINGS for _, parent in zip(range(3), anchor.iterancestors(), strict=False)):
        return True
    return any(child.tag in _HEADINGS for child in anchor.iterdescendants())
