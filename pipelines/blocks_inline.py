"""Lines inside a text that only lead elsewhere: "Lire aussi : ...", "Sujets associés : A - B"."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from itertools import islice
from typing import Final
from urllib.parse import urljoin

from lxml.html import HtmlElement

from pipelines.attribution import parse_attribution
from pipelines.blocks_cutter import Cutter, leads_to_tags
from pipelines.blocks_labels import is_label, is_marked, is_neighbour, may_be_marked, may_open, opens_line
from pipelines.blocks_markup import name_kinds
from pipelines.blocks_prose import lists_sections
from pipelines.blocks_tree import is_small, text_of
from pipelines.blocks_words import compiled, read_lists
from pipelines.related import read_entries
from pipelines.text import fold
from pipelines.urls import same_site

MAX_LINE: Final = 400  # characters
MAX_TRIES: Final = 20  # of one element, each after another label in it: looking costs its whole length
_LISTS: Final = read_lists("inline.txt")
_TAG_LABEL: Final = re.compile(rf"(?:{compiled(_LISTS['tags']).pattern})(?: |$)")
_TAGS: Final = frozenset(
    ["p", "div", "li", "q", "blockquote", "span", "strong", "h2", "h3", "h4", "h5", "em", "b", "a"]
)
_OUTER: Final = frozenset(["ul", "ol", "table", "tbody", "section", "article", "main", "body"])
# classes of cards that WordPress, Ghost and Substack make of an address in a text
_EMBEDDED: Final = frozenset(("wp-embedded-content", "kg-bookmark-card", "digest-post-embed"))
_WHOLE: Final = re.compile(
    r"\b(?:originale?|compl[eè]te?|int[ée]gral\w*|suite|source)\b[^:]{0,30}\s(?:sur|dans|chez)\s?:?\s", re.I
)
_PROSE: Final = 80  # characters of a line that is text
_FOLLOWING: Final = 20
_UNLINKED: Final = 45  # characters of a line beside its links


Opens = Callable[[str], bool]  # whether a text begins with a label


def cut_inline(cutter: Cutter) -> list[HtmlElement]:
    """Cut lines whose label needs no mark out of the tree; what they lead to is related, or are tags.

    Returns the elements whose text has a colon where one ends a label, for `cut_marked`.
    """
    tries: Counter[HtmlElement] = Counter()
    colons: list[HtmlElement] = []
    for opening in cutter.elements.all:
        text = opening.text
        if not text or text.isspace():
            continue
        if may_open(text):
            _cut_line(cutter, opening, opens_line, tries)
        if ":" in text and may_be_marked(text):
            colons.append(opening)
    return colons


def cut_marked(cutter: Cutter, colons: list[HtmlElement]) -> None:
    """Cut lines with another label and a colon, once the blocks that headings announce are gone."""
    tries: Counter[HtmlElement] = Counter()
    for opening in colons:
        if is_marked(opening.text or ""):
            _cut_line(cutter, opening, is_marked, tries)


def cut_embedded(cutter: Cutter) -> None:
    """Cut the posts of the site itself that a system embeds in a text as cards: links to other articles."""
    for (classes, _), places in cutter.elements.places.items():
        if classes is None or _EMBEDDED.isdisjoint(classes.split()):
            continue
        for element in (cutter.elements.all[place] for place in places):
            if not cutter.may_cut(element) or not is_small(element):
                continue
            entries = read_entries(element, cutter.url)
            if len(entries) == 1 and (url := entries[0].url) and same_site(url, cutter.url):
                card = _outermost(element, text_of(element))
                cutter.add_related(entries, cutter.place(card), None)
                cutter.cut(card, "inline:embedded")


def _cut_line(cutter: Cutter, opening: HtmlElement, opens: Opens, tries: Counter[HtmlElement]) -> None:
    """Cut the line that an element's text opens, if it is one: the element, or one close around it."""
    node: HtmlElement | None = None if opening in cutter.gone else opening
    for _ in range(4):
        if node is None or node in cutter.protected or node.tag in _OUTER or tries[node] >= MAX_TRIES:
            return
        tries[node] += 1
        if node.tag in _TAGS and next(node.iter("a"), None) is not None:
            text = text_of(node) if is_small(node) else ""
            if not text or len(text) > MAX_LINE or _take(cutter, node, text, opens):
                return  # what is around it says no less
        node = node.getparent()


def _take(cutter: Cutter, element: HtmlElement, text: str, opens: Opens) -> bool:
    """Cut one line if it is one."""
    if (
        _TAG_LABEL.match(fold(text[:60]))
        and _is_tag_line(element, text)
        and not lists_sections(cutter, element, text)
    ):
        cutter.take(element, "tags", "inline:tags")
        return True
    if opens(text) and leads_to_tags(element) and not is_label(text):
        cutter.take(element, "tags", "inline:tags")
        return True
    if not _is_related_line(element, text, opens) or not cutter.may_cut(element):
        return False
    if _credits(element, text, cutter.url):
        return True
    if is_neighbour(text):
        cutter.cut(_outermost(element, text), "inline:neighbour")
        return True
    entries = read_entries(element, cutter.url)
    if entries:
        cutter.add_related(entries, "inline", None)
        cutter.cut(_outermost(element, text), "inline")
    return bool(entries)


def _credits(element: HtmlElement, text: str, url: str) -> bool:
    """Whether a line leads to where the text first stood: "Lire l'article original sur X", below the text."""
    if not _WHOLE.search(text):
        return False
    targets = {link.get("href", "") for link in element.iter("a")}
    away = [target for target in targets if "//" in target and not same_site(urljoin(url, target), url)]
    if len(targets) != 1 or len(away) != 1 or any(len(text_of(p)) > _PROSE for p in _next_texts(element)):
        return False
    found = parse_attribution(text, "tail", None)
    return found is not None and found.kind == "republication"


def _next_texts(element: HtmlElement) -> list[HtmlElement]:
    """The paragraphs that follow beside a line, as far as one looks."""
    following = _outermost(element, text_of(element)).itersiblings("p")
    return [p for p in islice(following, _FOLLOWING) if is_small(p)]


def _is_tag_line(element: HtmlElement, text: str) -> bool:
    """A label and short links."""
    names = [text_of(link) for link in element.iter("a")]
    rest = len(text) - sum(map(len, names))
    return all(len(name) <= 60 for name in names) and rest <= 20 + 4 * len(names)


def _is_related_line(element: HtmlElement, text: str, opens: Opens) -> bool:
    """A label, links, and hardly any text of its own."""
    parts = ("h3", "h4") if element.tag == "div" else ("h4",)
    if any(part is not element for part in element.iter(*parts)):
        return False
    if element.tag in ("span", "strong", "em", "b", "a") and not _is_alone(element):
        return False
    if not opens(text) or is_label(text):  # "Lire aussi :" that links to its own list heads it
        return False
    linked = sum(len(text_of(link)) for link in element.iter("a"))
    if linked >= 12 and len(text) - linked <= _UNLINKED:
        return True
    return linked > 0 and "related" in name_kinds(element.get("class") or "")


def _is_alone(element: HtmlElement) -> bool:
    """Whether an inline element is all its parent says."""
    parent = element.getparent()
    if parent is None or (element.tail or "").strip() or (parent.text or "").strip():
        return False
    return all(c is element or not (text_of(c) or (c.tail or "").strip()) for c in parent)


def _outermost(element: HtmlElement, text: str) -> HtmlElement:
    """The highest element that says no more."""
    while True:
        parent = element.getparent()
        if parent is None or parent.tag in ("body", "article", "main") or not is_small(parent):
            return element
        if text_of(parent) != text:
            return element
        element = parent
