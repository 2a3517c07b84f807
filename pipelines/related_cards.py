"""Titles, links and teasers of a block's entries: which link is an entry, and what of its card is what."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from itertools import islice
from typing import Final
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from pipelines.blocks_headings import heading_kind
from pipelines.blocks_markup import name_kinds
from pipelines.blocks_tree import BLOCK_TAGS, HEADING_TAGS, flat
from pipelines.body_paragraphs import Paragraph, paragraphs
from pipelines.dates_lines import is_date_line
from pipelines.related_titles import best_title, is_more, is_note
from pipelines.text import clean, fold
from pipelines.urls import canonical_url, comparable, is_surely_author_page

MAX_LINKS: Final = 2_000  # of one block
MAX_TEASER: Final = 600  # characters behind a title that stands in no card
_MIN_TEASER: Final = 12
_SHORT_NOTE: Final = 40  # characters: a line of a card that is nothing but its date is no teaser
_LONG_TITLE: Final = 25  # characters of a link that is an entry without a heading

_ONCLICK: Final = re.compile(
    r"location(?:\.href)?\s*=\s*['\"]([^'\"]+)['\"]|window\.open\(\s*['\"]([^'\"]+)['\"]"
)
_NO_ADDRESS: Final = ("#", "mailto:", "tel:", "javascript:", "whatsapp:")
_NO_ENTRIES: Final = frozenset(("sponsored", "tag", "author"))  # in rel
_NEIGHBOURS: Final = frozenset(("prev", "next"))  # the same
# classes of links to the neighbours
_PAGER: Final = re.compile(r"\b(?:item|nav-)(?:previous|next)\b|\b(?:prev(?:ious)?|next)-post\b", re.I)
# addresses that are no article's
_FILE: Final = re.compile(r"\.(?:pdf|docx?|xlsx?|pptx?|zip|mp3|mp4|jpe?g|png|webp)(?:$|\?)", re.I)
_SECTION_CHARS: Final = 30
_SECTION: Final = 2  # words of a section's name: an address may well end with a whole title
# of SPIP's two forms, and of what most systems call it
_SECTION_ADDRESS: Final = re.compile(
    r"/-[^/]+-/?$|[?/]rubrique\d+$|/(?:rubriques?|categor(?:y|ies?)|sections?)/[^/\d]+/?$"
)
_TOOL: Final = re.compile(
    r"/(?:print|imprimer)(?:\.php\b|/?$)|/(?:search|recherche)/?\?|[?&]name=search\b", re.I
)
_LONGEST_LABEL: Final = 40  # characters
_CLICKABLE: Final = ("a", "div", "li", "article", "span", "p", "h3", "h4")
_WIDE: Final = frozenset(("ul", "ol", "tr", "tbody", "table"))  # around cards, never one

Link = tuple[HtmlElement, str]


def find_links(block: HtmlElement, base: str) -> list[Link]:
    """What leads somewhere else: anchors, and elements whose script or data attribute holds an address."""
    here = _known_as(base)
    found = []
    for element in block.iter(*_CLICKABLE):
        href = element.get("href") or "" if element.tag == "a" else ""
        if not href or href.startswith(("#", "javascript:")):
            href = _scripted(element)
        if not href or href.startswith(_NO_ADDRESS):
            continue
        if (rel := element.get("rel")) and not _NO_ENTRIES.isdisjoint(rel.split()):
            continue
        if _FILE.search(href) or leads_to_neighbour(element):
            continue
        url = canonical_url(href, base)
        if url and not _TOOL.search(url) and comparable(url) != here and not _is_advertising(url):
            found.append((element, url))
        if len(found) >= MAX_LINKS:
            break
    return found


def leads_to_neighbour(link: HtmlElement) -> bool:
    """Whether a link says that it leads to the article before or behind this one."""
    rel = link.get("rel")
    if rel and not _NEIGHBOURS.isdisjoint(rel.split()):
        return True
    return _PAGER.search(link.get("class") or "") is not None


@lru_cache(maxsize=2048)
def _is_advertising(url: str) -> bool:
    """Whether a part of the host's name is that of a network of advertising: "trc.taboola.com"."""
    name = url.partition("://")[2].partition("/")[0].partition(":")[0]  # of a canonical address
    return any("sponsored" in name_kinds(part) for part in name.split("."))


def _known_as(url: str) -> str:
    canonical = canonical_url(url)
    return url if canonical is None else comparable(canonical)


def _scripted(element: HtmlElement) -> str:
    script = element.get("onclick")
    match = _ONCLICK.search(script) if script else None
    return element.get("data-href") or (match.group(1) or match.group(2) if match else "")


def _is_section(title: str, url: str) -> bool:
    """Whether a link is called as its address ends ("Élections" at /politique/elections/), or is short and
    leads to what its address calls a section.
    """
    words = fold(title).split() if len(title) <= _SECTION_CHARS else []
    if not words:
        return False
    if _SECTION_ADDRESS.search(url):
        return True
    path = urlsplit(url).path.rstrip("/").lower()
    if len(words) > _SECTION or not path.endswith("/" + "-".join(words)):
        return False
    return not any(sign.isdigit() for sign in path)


class Cards:
    """The links of a block, and the addresses that lie below each of its elements."""

    def __init__(self, block: HtmlElement, links: Iterable[Link]) -> None:
        self.block = block
        self.groups: dict[str, list[HtmlElement]] = {}
        self.reach: dict[HtmlElement, set[str]] = {}
        for element, url in links:
            self.groups.setdefault(url, []).append(element)
            node: HtmlElement | None = element
            while node is not None and node is not block:
                self.reach.setdefault(node, set()).add(url)
                node = node.getparent()
        self.headed = {url for url, links in self.groups.items() if any(map(self._is_headed, links))}

    def entries(self) -> Iterable[tuple[str, str, str | None]]:
        """(address, title, teaser) of each entry, in page order; several links to one address are one."""
        for url, links in self.groups.items():
            if self.headed and url not in self.headed and not self._stands_alone(links[0]):
                continue
            title, holder = best_title(links)
            if title is None or holder is None or _is_section(title, url) or is_surely_author_page(url):
                continue
            if not self._is_sponsored(links[0], url):
                yield url, title, self._teaser(holder, links[0], url)

    def _is_sponsored(self, link: HtmlElement, url: str) -> bool:
        """Whether the card of a link says that it is paid for."""
        card = link
        while (parent := card.getparent()) is not None and self.reach.get(parent) == {url}:
            card = parent
        labels = (node.text for node in card.iter() if len(node) == 0 and node.text)
        return any(
            len(text) <= _LONGEST_LABEL and heading_kind(clean(text)) == "sponsored" for text in labels
        )

    def _is_headed(self, link: HtmlElement) -> bool:
        """Whether a link is in a heading or holds one."""
        if next(link.iter(*HEADING_TAGS), None) is not None:
            return True
        for node in link.iterancestors():
            if node is self.block:
                return False
            if node.tag in HEADING_TAGS:
                return True
            if node.tag in BLOCK_TAGS and node.tag != "div":
                return False
        return False

    def _stands_alone(self, link: HtmlElement) -> bool:
        """Whether a link without heading is an entry all the same: long, in no card that a heading names."""
        text = flat(link)
        if len(text) < _LONG_TITLE or is_more(text):
            return False
        top = link
        for node in link.iterancestors():
            if node is self.block:
                break
            top = node
        cards = islice((child for child in self.block if child in self.reach), 2)
        return len(list(cards)) < 2 or not (self.reach.get(top, set()) & self.headed)

    def _teaser(self, title: HtmlElement, link: HtmlElement, url: str) -> str | None:
        """The text of a card that is not its title, or what follows a title without a card."""
        scope = link
        for node in link.iterancestors():
            if node is self.block or self.reach.get(node) != {url} or node.tag in _WIDE:
                break
            scope = node
        parts = _card_texts(scope, title) or ([] if scope is self.block else self._after(scope))
        text = clean(" ".join(parts))
        return text if len(text) > _MIN_TEASER and fold(text) != fold(flat(title)) else None

    def _after(self, scope: HtmlElement) -> list[str]:
        """The text that follows a title standing alone, up to the next entry."""
        parts = [clean(scope.tail or "")]
        for node in scope.itersiblings():
            text = flat(node)
            if node in self.reach or node.tag in HEADING_TAGS or heading_kind(text):
                break
            parts += ["" if is_note(node) or is_more(text) else text, clean(node.tail or "")]
            if sum(map(len, parts)) > MAX_TEASER:
                return []
        return [part for part in parts if part]


def _card_texts(scope: HtmlElement, title: HtmlElement) -> list[str]:
    """The texts of a card's paragraphs, without its title, dates, sections and captions."""
    card_link = next((e for e in (title, *title.iterancestors()) if e.tag == "a"), None)
    return [
        p.text
        for p in paragraphs(scope, skip=(title,))
        if (len(p.text) > 20 or p.tag == "p")
        and not is_more(p.text)
        and not (len(p.text) <= _SHORT_NOTE and is_date_line(p.text))
        and not (p.is_linked and not _is_below(p.element, card_link))
        and not _in_note(p, scope)
    ]


def _is_below(element: HtmlElement, above: HtmlElement | None) -> bool:
    return above is not None and any(node is above for node in (element, *element.iterancestors()))


def _in_note(paragraph: Paragraph, scope: HtmlElement) -> bool:
    for node in (paragraph.element, *paragraph.element.iterancestors()):
        if node is scope:
            return False
        if node.tag in ("figcaption", "figure") or is_note(node):
            return True
    return False
