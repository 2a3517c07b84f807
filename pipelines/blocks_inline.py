"""Lines inside a text that only lead elsewhere: "Lire aussi : ...", "Sujets associés : A - B"."""

from __future__ import annotations

import re
from collections import Counter
from typing import Final

from lxml.html import HtmlElement

from pipelines.blocks_cutter import Cutter
from pipelines.blocks_expand import ANY, expansions
from pipelines.blocks_markup import name_kinds
from pipelines.blocks_tree import is_small, text_of
from pipelines.blocks_words import compiled, read_lists
from pipelines.related import read_entries
from pipelines.text import fold

MAX_LINE: Final = 400  # characters
MAX_TRIES: Final = 20  # of one element, each after another label in it: looking costs its whole length
_LISTS: Final = read_lists("inline.txt")
_LABEL: Final = re.compile(rf"(?:{compiled(_LISTS['related']).pattern})(?: |$)")
_TAG_LABEL: Final = re.compile(rf"(?:{compiled(_LISTS['tags']).pattern})(?: |$)")
# what a label may begin with: a cheap look at the raw text before anything is folded
_OPENING: Final = compiled(_LISTS["openings"])
_LETTERS: Final = 3
_BEGINNINGS: Final = expansions(_LISTS["openings"], _LETTERS)
_FIRST: Final = {text[:1] for text in _BEGINNINGS} | {text[:1].upper() for text in _BEGINNINGS}
_OPEN: Final = tuple(text.removesuffix(ANY) for text in _BEGINNINGS if text.endswith(ANY))
_MARKS: Final = " \t\n\r\u00a0\u202f>»▶►→•*-–—|[]:.,«“\"'()👉➡🔴▪■\ufe0f\u2192"
_TAGS: Final = frozenset(
    ["p", "div", "li", "q", "blockquote", "span", "strong", "h2", "h3", "h4", "h5", "em", "b", "a"]
)
_OUTER: Final = frozenset(["ul", "ol", "table", "tbody", "section", "article", "main", "body"])
_UNLINKED: Final = 45  # characters of a line beside its links


def cut_inline(cutter: Cutter) -> None:
    """Cut such lines out of the tree; what they lead to is related, or are tags."""
    tries: Counter[HtmlElement] = Counter()
    for opening in cutter.elements:
        text = opening.text
        if not text or text.isspace() or not _opens(text) or opening in cutter.gone:
            continue
        node: HtmlElement | None = opening
        for _ in range(4):
            if node is None or node in cutter.protected or node.tag in _OUTER or tries[node] >= MAX_TRIES:
                break
            tries[node] += 1
            if node.tag in _TAGS and next(node.iter("a"), None) is not None and _take(cutter, node):
                break
            node = node.getparent()


def _opens(text: str) -> bool:
    head = text.lstrip(_MARKS)[:24]
    if head[:1] not in _FIRST:
        return False
    head = head.lower()
    if head[:_LETTERS] not in _BEGINNINGS and not head.startswith(_OPEN):
        return False
    return _OPENING.match(head) is not None


def _take(cutter: Cutter, element: HtmlElement) -> bool:
    """Cut one line if it is one."""
    text = text_of(element) if is_small(element) else ""
    if not text or len(text) > MAX_LINE:
        return False
    if _TAG_LABEL.match(fold(text[:60])) and _is_tag_line(element, text):
        cutter.take(element, "tags", "inline:tags")
        return True
    if not _is_related_line(element, text) or not cutter.may_cut(element):
        return False
    entries = read_entries(element, cutter.url)
    if entries:
        cutter.add_related(entries, "inline", None)
        cutter.cut(_outermost(element, text), "inline")
    return bool(entries)


def _is_tag_line(element: HtmlElement, text: str) -> bool:
    """A label and short links."""
    names = [text_of(link) for link in element.iter("a")]
    rest = len(text) - sum(map(len, names))
    return all(len(name) <= 60 for name in names) and rest <= 20 + 4 * len(names)


def _is_related_line(element: HtmlElement, text: str) -> bool:
    """A label, links, and hardly any text of its own."""
    parts = ("h3", "h4") if element.tag == "div" else ("h4",)
    if any(part is not element for part in element.iter(*parts)):
        return False
    if element.tag in ("span", "strong", "em", "b", "a") and not _is_alone(element):
        return False
    if not _LABEL.match(fold(text.lstrip(_MARKS)[:120])):
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
