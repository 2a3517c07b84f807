"""The section a site files an article under: declared, in a trail of links, or as a label or a link by the
headline.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Collection, Iterable
from itertools import islice
from operator import itemgetter
from urllib.parse import unquote, urlsplit

from lxml.html import HtmlElement

from pipelines.blocks import Blocks
from pipelines.blocks_elements import Names
from pipelines.blocks_headings import heading_kind
from pipelines.blocks_headline import headline_place
from pipelines.blocks_tree import BLOCK_TAGS, flat, is_small
from pipelines.dates_fold import fold_line
from pipelines.dates_lines import read_line
from pipelines.outlets import find_agency
from pipelines.persons import is_person
from pipelines.related_titles import GENRES
from pipelines.structured import Structured
from pipelines.text import clean, fold
from pipelines.urls import is_tag_page
from storage.records import Evidence

_TRAIL = re.compile(
    r"breadcrumb|ariane|(?:^|[\s_-])(?:fil|chemin|hierarchie|arbo|path|trail)(?:$|[\s_-])", re.I
)
_SURE = re.compile(r"breadcrumb|ariane|hierarchie|chemin", re.I)
_TRAIL_TAGS = frozenset(("ul", "ol", "nav", "div", "p", "span"))
_FILED = r"categor(?:y|ie)|rubrique|cat"
_LABEL = re.compile(
    r"(?:(?:^|[\s_-])(?:surtit(?:re|le)|kicker|section|cat-links|post-cat|entry-category|terms-list(?:-item)?)"
    rf"|(?:^|[\s_-]|(?-i:(?<=[a-z])(?=[A-Z])))(?:{_FILED}))"  # "itemCategory"
    r"(?:s|$|[\s_-])",
    re.I,
)
_HEADS = frozenset(("related", "most_read", "author", "comments", "share", "sponsored"))
_HOME = frozenset(("accueil", "home", "une", "a la une", "page d accueil", "index", "vous etes ici"))
_CATEGORY = re.compile(rf"(?:^|[\s_-])(?:{_FILED})(?:s|$|[\s_-])", re.I)
_PLAIN = re.compile(r"[^|/:•·>]+")
_END = re.compile(r"/([^/?#]+?)(?:\.html?|\.php)?/?$")
_OTHERS = re.compile(
    r"(?:^|/)(?:auth?eurs?|auth?ore?s?|users?|profile?s?|tags?|mots?|sujets?|themes?)/", re.I
)
_HOST = re.compile(r"^https?://[^/]+")  # on another host no address ends as this page's does
# folders that hold all of a site's texts
_STORES = frozenset(("actu", "actualite", "actualites", "actus", "info", "infos", "news", "fr"))
_STORES |= {"article", "articles", "post", "posts", "story", "stories", "blog", "blogs", "archives"}
_ABOVE, _BELOW = 15, 40  # elements by the headline
_LINE = 160  # characters of a line that dates
_WORDS = 3  # of a label without a link
_FEW = 4  # sections of an article: more are a list of the site's
_TITLED = 6  # words of a label: more are a title
_MAX = 60  # characters: longer is a title


def choose_section(
    structured: Structured, blocks: Blocks, title: str | None, sites: Collection[str], url: str = ""
) -> tuple[str | None, list[Evidence]]:
    """The section and every claim; where nothing else says it, the folder of the page's address."""
    not_sections = {fold(name) for name in sites} | _HOME | {fold(title or "")}
    claims = [(claim.value, claim.rule) for claim in structured.section]
    if not claims:
        filed = blocks.filed if len(blocks.filed) <= _FEW else []
        headline = headline_place(blocks.elements, title)
        claims = [*_trails(blocks), *_dated(blocks, headline, sites), *_labels(blocks, headline)]
        claims += [(tag.name, "block:filed") for tag in filed]
        claims += [*_unlinked(blocks, headline), *_above(blocks, headline, sites)]
    chosen, evidence = _chosen(claims, not_sections)
    if chosen is None:
        chosen, more = _chosen(_folder(blocks, url, sites), not_sections)
        evidence += more
    return chosen, evidence


def _chosen(
    claims: Iterable[tuple[str, str]], not_sections: Collection[str]
) -> tuple[str | None, list[Evidence]]:
    evidence: list[Evidence] = []
    chosen: str | None = None
    for value, rule in claims:
        name = _without_home(clean(value))
        usable = bool(name) and len(name) <= _MAX and fold(name) not in not_sections
        is_first = usable and chosen is None
        evidence.append(Evidence("section", name, rule, value, is_first))
        chosen = name if is_first else chosen
    return chosen, evidence


def _without_home(name: str) -> str:
    """The section beside the front page's name in a list: "Agriculture, À la une"."""
    parts = name.split(",") if "," in name else []
    kept = [part for part in parts if fold(part) not in _HOME]
    return ",".join(kept).strip() if kept and len(kept) < len(parts) else name


def _folder(blocks: Blocks, url: str, sites: Collection[str]) -> list[tuple[str, str]]:
    """The folder an article lies in, as links of the page call it: "/monde/asie/1234" in a menu that leads to
    "/monde/asie" as "Asie".
    """
    path = urlsplit(url).path.lower()
    folders = path.rstrip("/").rpartition("/")[0] + "/"
    found: list[tuple[int, str]] = []
    for link in map(blocks.elements.all.__getitem__, blocks.elements.tagged("a")):
        address = _HOST.sub("", (link.get("href") or "").lower()).rstrip("/")
        if address and folders.startswith(f"{address}/") and _is_called_as_address(link, sites):
            name = flat(link)
            if fold(name) not in _STORES and not name.isdigit() and not is_person(name):
                found.append((len(address), name))
    return [(max(found, key=itemgetter(0))[1], "url:folder")] if found else []


def _trails(blocks: Blocks) -> list[tuple[str, str]]:
    """The deepest link of the first breadcrumb trail; "fil" is that of news as well, below the headline."""
    elements = blocks.elements
    below = max(elements.tagged("h1"), default=len(elements.all))
    for place, names in sorted((p, names) for names, ps in elements.called("trail") for p in ps):
        if not _are(names, _TRAIL) or (place > below and not _are(names, _SURE)):
            continue
        if elements.tags[place] in _TRAIL_TAGS:
            links = [flat(link) for link in elements.all[place].iter("a")]
            if links and len(links) <= 8:
                return [(name, "name:trail") for name in reversed(links) if name]
    return []


def _labels(blocks: Blocks, headline: int | None) -> list[tuple[str, str]]:
    """A short linked label that stands before the headline or by it, or rel="category tag" anywhere; at the
    foot of an article the one category it has.
    """
    found: list[tuple[str, str]] = []
    foot: list[tuple[str, str]] = []
    elements, titles = blocks.elements, {link.title for link in blocks.related}
    end = len(elements.all) if headline is None else headline + _BELOW
    tags, rels = elements.tags, elements.rels
    filed = {place for place, rel in rels.items() if tags[place] == "a" and "category" in rel.lower().split()}
    labels = {p: names for names, places in elements.called("section") if _are(names, _LABEL) for p in places}
    for place in sorted({*labels, *elements.tagged("h1"), *filed}):
        element = elements.all[place]
        if element in blocks.beside:
            continue
        if tags[place] == "h1" and found:
            break
        if place in filed:
            return [(flat(element), "rel:category")]
        if place in labels and _is_linked(element) and is_small(element):
            text = _label(element)
            if not 0 < len(text) <= _MAX or len(text.split()) > _TITLED or _heads_block(element, text):
                continue
            if any(flat(link) in titles for link in element.iter("a")):
                continue
            if place < end:
                found.append((text, "name:section"))
            elif _are(labels[place], _CATEGORY):
                foot.append((text, "name:section"))
    return found[-1:] or (foot[:1] if len(set(foot)) == 1 else [])


def _label(element: HtmlElement) -> str:
    """What a label says; behind a colon or an arrow its last link: "Catégorie : Voirie". Beside genres or
    tags the link that is none: "Reportage — Voirie".
    """
    text = flat(element)
    links = list(islice(element.iter("a"), _FEW)) if len(text) <= _MAX else []
    names = [name for link in links if not GENRES.issuperset(fold(name := flat(link)).split())]
    untagged = [
        name for link in links if (name := flat(link)) in names and not is_tag_page(link.get("href") or "")
    ]
    names = untagged or names
    if len(names) == 1 and len(links) > 1:
        return names[0]
    last = names[-1] if names and text.endswith(names[-1]) else text
    return last if text.removesuffix(last).rstrip()[-1:] in (":", "›", "»", ">") else text


def _dated(blocks: Blocks, headline: int | None, sites: Collection[str]) -> list[tuple[str, str]]:
    """A link called as its address ends in the line by the headline that dates the article: "20 mars 2023 -
    Économie - Par Anne Modele".
    """
    if headline is None:
        return []
    places = blocks.elements.tagged("a")
    titles = {link.title for link in blocks.related}
    near = places[bisect_left(places, headline - _ABOVE) : bisect_left(places, headline + _BELOW)]
    for link in (blocks.elements.all[place] for place in near):
        line = next((node for node in link.iterancestors() if node.tag in BLOCK_TAGS), None)
        if line is None or link in blocks.beside or not _is_called_as_address(link, sites):
            continue
        if not is_small(line) or flat(link) in titles:
            continue
        text = flat(line)
        if fold(text.partition(flat(link))[0]).split()[-1:] == ["par"]:
            continue  # who wrote it, or gave it
        if len(text) <= _LINE and read_line(fold_line(text)).claims:
            return [(flat(link), "line:date")]
    return []


def _is_called_as_address(link: HtmlElement, sites: Collection[str]) -> bool:
    """Whether a link's address on this site ends with its text, and is no tag's, author's or agency's."""
    address = link.get("href") or ""
    name = fold(flat(link)) if is_small(link) else ""
    end = _END.search(address)
    if not name or end is None or fold(unquote(end[1])) != name:
        return False
    if _OTHERS.search(address) or {"tag", "author"} & set((link.get("rel") or "").split()):
        return False
    if find_agency(flat(link), None, in_slot=True) is not None:
        return False
    return "//" not in address or any(site.removeprefix("www.") in address for site in sites)


def _unlinked(blocks: Blocks, headline: int | None) -> list[tuple[str, str]]:
    """A short label without a link right above the headline: no genre ("Reportage"), list, button, person."""
    if headline is None:
        return []
    elements = blocks.elements
    near = range(headline - _ABOVE, headline)
    named = (places for names, places in elements.called("section") if _are(names, _CATEGORY))
    for place in sorted((p for places in named for p in places if p in near), reverse=True):
        element = elements.all[place]
        said = flat(element) if is_small(element) and not _is_linked(element) else ""
        words = fold(said).split()
        if 0 < len(words) <= _WORDS and GENRES.isdisjoint(words) and element not in blocks.beside:
            is_other = heading_kind(said) or is_person(said) or find_agency(said, None, in_slot=True)
            return [(said, "name:label")] if not is_other and _PLAIN.fullmatch(said) else []
    return []


def _above(blocks: Blocks, headline: int | None, sites: Collection[str]) -> list[tuple[str, str]]:
    """The one link above the headline that is called as its address ends, alone on its line."""
    places = [] if headline is None else blocks.elements.tagged("a")
    near = places[bisect_left(places, (headline or 0) - _ABOVE) : bisect_left(places, headline or 0)]
    links = [link for place in near if (link := blocks.elements.all[place]) not in blocks.beside]
    if len(links) != 1 or is_person(flat(links[0])) or not _is_called_as_address(links[0], sites):
        return []
    line = next((node for node in links[0].iterancestors() if node.tag in BLOCK_TAGS), None)
    is_alone = line is not None and is_small(line) and flat(line) == flat(links[0])
    return [(flat(links[0]), "line:above")] if is_alone else []


def _heads_block(element: HtmlElement, text: str) -> bool:
    """Whether a label heads related articles, or a list of news: "Articles similaires | Plus de l'auteur"."""
    said = (text, *(flat(link) for link in element.iter("a")))
    return any(" " in part and heading_kind(part) in _HEADS for part in said)


def _are(names: Names, pattern: re.Pattern[str]) -> bool:
    return any(pattern.search(name) for name in names if name)


def _is_linked(element: HtmlElement) -> bool:
    return next(element.iter("a"), None) is not None
