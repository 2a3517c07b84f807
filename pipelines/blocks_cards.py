"""Cards without a label between the paragraphs of a text: picture and linked title of another article."""

from __future__ import annotations

from itertools import islice
from typing import Final

from lxml.html import HtmlElement

from pipelines.blocks_cutter import Cutter
from pipelines.blocks_markup import name_kinds
from pipelines.blocks_tree import is_small, text_of
from pipelines.related_inline import article_of
from pipelines.related_titles import is_more

_TITLES: Final = ("h2", "h3", "h4", "h5")
_MOST: Final = 40  # cards of a page that are looked at
_LEVELS: Final = 6  # elements around a title
_NEAR: Final = 6  # elements beside a card
_WORDS: Final = 4  # of a title
_LONGEST: Final = 250  # characters of a card
_OUTER: Final = frozenset(("body", "html", "main", "table", "tr", "ul", "ol"))


def cut_cards(cutter: Cutter) -> None:
    """Cut the cards that stand inside the text; what they lead to is related."""
    count = 0
    places = sorted(place for tag in _TITLES for place in cutter.elements.tagged(tag))
    for title in map(cutter.elements.all.__getitem__, places):
        if title in cutter.gone or _link(title) is None or len(text_of(title).split()) < _WORDS:
            continue
        count += 1
        if count > _MOST:
            return
        card = _card(cutter, title)
        leads = _is_drawn(card) and article_of(card, cutter.url, cutter.rules) is not None
        if leads and cutter.may_cut(card) and _is_in_text(cutter, card):
            cutter.take(card, "related", "card")


def _is_in_text(cutter: Cutter, card: HtmlElement) -> bool:
    """Whether paragraphs of prose stand above and below an element: lists of cards have none, or teasers."""
    return all(
        any(node.tag == "p" and cutter.prose.get(node, 0) for node in islice(beside, _NEAR))
        for beside in (card.itersiblings(preceding=True), card.itersiblings())
    )


def _link(title: HtmlElement) -> HtmlElement | None:
    """The link around a title, or the one in it that is all it says."""
    inner = title.find(".//a")
    if inner is not None:
        return inner if is_small(title) and text_of(inner) == text_of(title) else None
    return next((node for node in title.iterancestors() if node.tag == "a"), None)


def _card(cutter: Cutter, title: HtmlElement) -> HtmlElement:
    """The highest element around a title that says little more and has no prose."""
    card = title
    for _ in range(_LEVELS):
        parent = card.getparent()
        if parent is None or parent.tag in _OUTER or cutter.prose.get(parent, 0):
            break
        if not is_small(parent) or len(text_of(parent)) > _LONGEST:
            break
        card = parent
    return card


def _is_drawn(card: HtmlElement) -> bool:
    """Whether an element is a card and no linked title of a part of the text: it has a picture, a call to
    read on, or a name that says so.
    """
    if next(card.iter("img", "figure"), None) is not None:
        return True
    if name_kinds(card.get("class") or "") & {"embed", "related"}:
        return True
    return any(is_more(text) for node in card.iter() if (text := (node.text or "").strip()))
