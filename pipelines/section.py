"""The section a site files an article under: declared, in a trail of links, or as a label by the headline."""

from __future__ import annotations

import re
from collections.abc import Iterable

from lxml.html import HtmlElement

from pipelines.blocks import Blocks
from pipelines.blocks_elements import Names
from pipelines.blocks_headings import heading_kind
from pipelines.blocks_tree import flat, is_small
from pipelines.structured import Structured
from pipelines.text import clean, fold
from storage.records import Evidence

_TRAIL = re.compile(
    r"breadcrumb|fil[-_ ]?d?[-_ ]?ariane|(?:^|[\s_-])(?:fil|chemin|hierarchie|path|trail)(?:$|[\s_-])", re.I
)
_SURE = re.compile(r"breadcrumb|ariane|hierarchie|chemin", re.I)
_TRAIL_TAGS = frozenset(("ul", "ol", "nav", "div", "p", "span"))
_LABEL = re.compile(
    r"(?:^|[\s_-])(?:categor(?:y|ie)|rubrique|surtitre|kicker|section|cat-links|post-cat|cat|entry-category)"
    r"(?:s|$|[\s_-])",
    re.I,
)
_HEADS = frozenset(("related", "most_read", "author", "comments", "share", "sponsored"))
_HOME = frozenset(("accueil", "home", "une", "a la une", "page d accueil", "index", "vous etes ici"))
_FEW = 4  # sections of an article: more are a list of the site's
_MAX = 60  # characters: longer is a title


def choose_section(
    structured: Structured, blocks: Blocks, title: str | None, sites: Iterable[str]
) -> tuple[str | None, list[Evidence]]:
    """The section and every claim."""
    not_sections = {fold(name) for name in sites} | _HOME | {fold(title or "")}
    claims = [(claim.value, claim.rule) for claim in structured.section]
    if not claims:
        filed = blocks.filed if len(blocks.filed) <= _FEW else []
        claims = [*_trails(blocks), *_labels(blocks), *((tag.name, "block:filed") for tag in filed)]
    evidence: list[Evidence] = []
    chosen: str | None = None
    for value, rule in claims[:8]:
        name = clean(value)
        usable = bool(name) and len(name) <= _MAX and fold(name) not in not_sections
        is_first = usable and chosen is None
        evidence.append(Evidence("section", name, rule, value, is_first))
        chosen = name if is_first else chosen
    return chosen, evidence


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


def _labels(blocks: Blocks) -> list[tuple[str, str]]:
    """A short linked label that stands before the headline, or rel="category tag" anywhere."""
    found: list[tuple[str, str]] = []
    elements = blocks.elements
    tags, rels = elements.tags, elements.rels
    filed = {place for place, rel in rels.items() if tags[place] == "a" and "category" in rel.lower().split()}
    labels = {p for names, places in elements.called("section") if _are(names, _LABEL) for p in places}
    for place in sorted({*labels, *elements.tagged("h1"), *filed}):
        element = elements.all[place]
        if element in blocks.beside:
            continue
        if tags[place] == "h1" and found:
            break
        if place in filed:
            return [(flat(element), "rel:category")]
        if place in labels and _is_linked(element) and is_small(element):
            text = flat(element)
            if 0 < len(text) <= _MAX and not _heads_block(element, text):
                found.append((text, "name:section"))
    return found[-1:]


def _heads_block(element: HtmlElement, text: str) -> bool:
    """Whether a label heads related articles, or a list of news: "Articles similaires | Plus de l'auteur"."""
    said = (text, *(flat(link) for link in element.iter("a")))
    return any(" " in part and heading_kind(part) in _HEADS for part in said)


def _are(names: Names, pattern: re.Pattern[str]) -> bool:
    return any(pattern.search(name) for name in names if name)


def _is_linked(element: HtmlElement) -> bool:
    return element.tag == "a" or next(element.iter("a"), None) is not None
