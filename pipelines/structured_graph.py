"""JSON-LD: the objects of a page, and the one that is this page.

The object of the page is the article-typed one whose address is the page's; else the only one outside lists
whose headline is the page's; never a card of an ItemList or of a related list.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from pipelines.structured_values import as_list, plain, texts
from pipelines.text import words
from pipelines.urls import canonical_url, comparable

MAX_OBJECTS = 3000
_MAX_DEPTH = 25
_ARTICLE_TYPES = """
    newsarticle article blogposting reportagenewsarticle analysisnewsarticle opinionnewsarticle report
    backgroundnewsarticle askpublicnewsarticle reviewnewsarticle liveblogposting techarticle
    scholarlyarticle advertisercontentarticle satiricalarticle socialmediaposting
"""
_OTHER_TYPES = """
    videoobject audioobject podcastepisode creativework review recipe imagegallery mediagallery howto
    discussionforumposting
"""
_PAGE_TYPES = """
    webpage itempage collectionpage searchresultspage aboutpage contactpage faqpage profilepage
    medicalwebpage qapage checkoutpage
"""
# below these keys stand other works than the page
_CARD_KEYS = """
    itemlistelement relatedlink mentions haspart citation isbasedon subjectof blogpost blogposts review
    comment hasvariant suggestedanswer acceptedanswer liveblogupdate workexample significantlink
"""
ARTICLES = frozenset(_ARTICLE_TYPES.split())
PAGES = frozenset(_PAGE_TYPES.split())
_OTHERS = frozenset(_OTHER_TYPES.split())
_CARDS = frozenset(_CARD_KEYS.split())
_TEXT_TYPE = re.compile(r"[^/#:]*$")


@dataclass(frozen=True, slots=True)
class Node:
    """One object: its keys in lower case, its types in lower case without prefix, whether it is a card."""

    data: dict[str, Any]
    types: tuple[str, ...]
    is_card: bool

    @property
    def is_article(self) -> bool:
        if ARTICLES.isdisjoint(self.types):
            return not self.types and "headline" in self.data and "datepublished" in self.data
        return True


class Graph:
    """All objects of a page's scripts, with references ({"@id": ...}) that can be followed."""

    def __init__(self, values: Iterable[Any]) -> None:
        self.nodes: list[Node] = []
        self._by_id: dict[str, dict[str, Any]] = {}
        for value in values:
            self._walk(value)

    def _walk(self, root: Any) -> None:
        waiting: list[tuple[Any, bool, int]] = [(root, False, 0)]
        while waiting and len(self.nodes) < MAX_OBJECTS:
            value, is_card, depth = waiting.pop()
            if depth > _MAX_DEPTH:
                continue
            if isinstance(value, list):
                waiting += [(item, is_card, depth + 1) for item in reversed(value[:MAX_OBJECTS])]
            elif isinstance(value, dict):
                data = {str(key).lower(): item for key, item in value.items()}
                self._add(data, is_card)
                waiting += [
                    (item, is_card or key in _CARDS, depth + 1)
                    for key, item in reversed(data.items())
                    if isinstance(item, list | dict)
                ]

    def _add(self, data: dict[str, Any], is_card: bool) -> None:
        if isinstance(name := data.get("@id"), str) and len(data) > 1:
            self._by_id.setdefault(name, data)
        types = tuple(type_name(one) for one in as_list(data.get("@type")) if isinstance(one, str))
        if types or "headline" in data:
            self.nodes.append(Node(data, types, is_card or "listitem" in types))

    def follow(self, value: Any) -> Any:
        """The object a reference names, where the page holds it; else the value itself."""
        if isinstance(value, dict) and set(value) <= {"@id", "@type"} and isinstance(value.get("@id"), str):
            return self._by_id.get(value["@id"], value)
        return value


def type_name(text: str) -> str:
    match = _TEXT_TYPE.search(text.strip()[-100:])
    return match.group().lower() if match else ""


@dataclass(frozen=True, slots=True)
class Chosen:
    """The objects that speak of this page, best first, and how many article objects are others.

    `media`: the film, sound or recipe the page is about, where there is no article object.
    """

    articles: tuple[Node, ...] = ()
    media: tuple[Node, ...] = ()
    pages: tuple[Node, ...] = ()
    others: int = 0


def choose(graph: Graph, addresses: frozenset[str], titles: Iterable[str]) -> Chosen:
    """Which objects are this page.

    `addresses`: comparable forms of the page's own address and of those it declares. `titles`: what else the
    page gives as its title.
    """
    heads = [set(words(title)) for title in titles]
    articles = [node for node in graph.nodes if node.is_article]
    own = _own(articles, addresses, heads)
    media = [] if own else _own([n for n in graph.nodes if not _OTHERS.isdisjoint(n.types)], addresses, heads)
    mine = {id(node) for node in own}
    pages = [n for n in graph.nodes if not n.is_card and not PAGES.isdisjoint(n.types)]
    matching = [node for node in pages if _addresses(node) & addresses]
    return Chosen(
        articles=tuple(own),
        media=tuple(media),
        pages=tuple(matching or (pages if len(pages) == 1 else ())),
        others=sum(id(node) not in mine for node in articles),
    )


def _own(nodes: list[Node], addresses: frozenset[str], heads: list[set[str]]) -> list[Node]:
    named = [node for node in nodes if _addresses(node) & addresses]
    outside = [node for node in nodes if not node.is_card]
    for group in ([n for n in named if not n.is_card], named):
        if len(group) > 1:  # several declare the page's address: those with its title first
            group.sort(key=lambda node: not _fits(node, heads))
        if len(group) == 1 or (group and (_fits(group[0], heads) or not heads)):
            return [node for node in group if len(group) == 1 or _fits(node, heads) or not heads]
    fitting = [node for node in outside if _fits(node, heads)]
    if fitting:
        return fitting
    return outside if len(outside) == 1 and (not heads or not _addresses(outside[0])) else []


def _fits(node: Node, heads: list[set[str]]) -> bool:
    return fits((*texts(node.data.get("headline")), *texts(node.data.get("name"))), heads)


def fits(headlines: Iterable[str], heads: list[set[str]]) -> bool:
    """Whether a headline is one of the page's titles (sets of words): most words of the shorter in common."""
    for text in headlines:
        mine = set(words(plain(text)))
        if mine and any(len(mine & head) >= 0.6 * min(len(mine), len(head)) for head in heads if head):
            return True
    return False


def _addresses(node: Node) -> set[str]:
    found = set()
    for key in ("url", "mainentityofpage", "@id"):
        for value in as_list(node.data.get(key)):
            if isinstance(value, dict):
                value = value.get("@id") or value.get("url")
            if isinstance(value, str) and (address := canonical_url(value)) is not None:
                found.add(comparable(address))
    return found
