"""Boxes between the paragraphs of a text whose only way on is to subscribe, to sign up or to give.

Each newsroom says it in words of its own ("Depuis 1904, notre rédaction fait le choix ..."); where they lead,
and that a link alone on its line asks for it, is the same.
"""

from __future__ import annotations

import re
from itertools import chain, islice
from typing import Final

from lxml.html import HtmlElement

from pipelines.blocks_cutter import MAX_SIBLINGS, Cutter
from pipelines.blocks_expand import expansions
from pipelines.blocks_tree import flat, is_small, text_length
from pipelines.blocks_words import compiled, read_lists
from pipelines.text import fold

# where such a link leads: a part of the address is a page of the kind
_LEADS: Final = re.compile(
    r"(?:^|[/._?=-])(?:newsletters?|infolettres?|abonne\w*|subscri\w+|inscri\w+|sign-?up|dons?|donat\w+|donner|donne"
    r"|souten\w+|soutien|offres?|adhe\w+)(?:$|[/._?=&#-])",
    re.I,
)
# what a newsroom says of itself and to its readers there
_OURS: Final = re.compile(r"\b(?:notre|nos|nous)\b", re.I)
_LINES: Final = read_lists("furniture.txt")["calls"]
_CALL: Final = compiled(_LINES)
# how a call begins: most links need no pattern
_LETTERS: Final = 3
_BEGINNINGS: Final = expansions(_LINES, _LETTERS)
_PLAIN: Final = str.maketrans("'’é", "  e")
_BOXES: Final = frozenset(("div", "section", "aside"))
_LONGEST_CALL: Final = 100  # characters
_LONGEST: Final = 700  # characters of such a box
_LEVELS: Final = 4
_MOST: Final = 20  # such links of a page that are looked at


def cut_calls(cutter: Cutter) -> None:
    """Cut these boxes out of the tree."""
    asked = 0
    for link in map(cutter.elements.all.__getitem__, cutter.elements.tagged("a")):
        if asked >= _MOST:
            return
        if link in cutter.gone or not _may_call(link) or not _LEADS.search(link.get("href") or ""):
            continue
        asked += 1
        box = _box(cutter, link) if _is_call(link) else None
        if box is not None and cutter.may_cut(box) and _only_asks(cutter, box):
            cutter.take(box, "newsletter", "call")


def _may_call(link: HtmlElement) -> bool:
    """Whether the text of a link, or of the first element in it, may ask for something."""
    text = link.text
    if (not text or text.isspace()) and len(link):
        text = link[0].text
    if not text or len(text) > _LONGEST_CALL:
        return False
    return text.lstrip()[:_LETTERS].lower().translate(_PLAIN) in _BEGINNINGS


def _is_call(link: HtmlElement) -> bool:
    """Whether a link asks, alone on its line."""
    text = flat(link) if is_small(link) else ""
    if not _CALL.fullmatch(fold(text)):
        return False
    line = link.getparent()
    if line is None or (link.tail or "").strip():
        return False
    return line.tag in _BOXES or (is_small(line) and flat(line) == text)


def _box(cutter: Cutter, link: HtmlElement) -> HtmlElement | None:
    """The box around a link that stands beside paragraphs of the text."""
    for node in islice(link.iterancestors(), _LEVELS):
        if node.tag in _BOXES and _is_beside_text(cutter, node):
            return node if text_length(node) <= _LONGEST else None
    return None


def _is_beside_text(cutter: Cutter, box: HtmlElement) -> bool:
    beside = chain(*(islice(box.itersiblings(preceding=way), MAX_SIBLINGS) for way in (True, False)))
    return any(node.tag == "p" and cutter.prose.get(node) for node in beside)


def _only_asks(cutter: Cutter, box: HtmlElement) -> bool:
    """Whether a box leads to one address and has no prose but what a newsroom says of itself."""
    if len({link.get("href") for link in box.iter("a")}) > 1:
        return False
    return not cutter.prose.get(box, 0) or _OURS.search(flat(box)) is not None
