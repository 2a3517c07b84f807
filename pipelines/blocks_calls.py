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

_LEADS: Final = re.compile(
    r"newsletter|infolettre|abonn|subscri|inscri|sign-?up|/dons?\b|donat|donner|souten|offres?\b|adhe[rs]|membre",
    re.I,
)
_LINES: Final = read_lists("furniture.txt")["calls"]
_CALL: Final = compiled(_LINES)
# how a call begins: most links need no pattern
_LETTERS: Final = 3
_BEGINNINGS: Final = expansions(_LINES, _LETTERS)
_PLAIN: Final = str.maketrans("'’é", "  e")
_BOXES: Final = frozenset(("div", "section", "aside"))
_LONGEST_CALL: Final = 50  # characters
_LONGEST: Final = 700  # characters of such a box
_LEVELS: Final = 4


def cut_calls(cutter: Cutter) -> None:
    """Cut these boxes out of the tree."""
    links = cutter.elements.all
    for place in cutter.elements.tagged("a"):
        link = links[place]
        if link in cutter.gone or not _may_call(link) or not _LEADS.search(link.get("href") or ""):
            continue
        if not _is_call(link):
            continue
        box = _box(cutter, link)
        if box is not None and cutter.may_cut(box):
            cutter.take(box, "newsletter", "call")


def _may_call(link: HtmlElement) -> bool:
    """Whether the text of a link, or of the first element in it, may ask for something."""
    text = link.text
    if (not text or text.isspace()) and len(link):
        text = link[0].text
    if not text or len(text) > 2 * _LONGEST_CALL:
        return False
    return text.lstrip()[:_LETTERS].lower().translate(_PLAIN) in _BEGINNINGS


def _is_call(link: HtmlElement) -> bool:
    """Whether a link asks, alone on its line."""
    text = flat(link) if is_small(link) else ""
    if not 0 < len(text) <= _LONGEST_CALL or not _CALL.fullmatch(fold(text)):
        return False
    line = link.getparent()
    return line is not None and (line.tag in _BOXES or flat(line) == text) and not (link.tail or "").strip()


def _box(cutter: Cutter, link: HtmlElement) -> HtmlElement | None:
    """The box around a link that stands beside paragraphs of the text."""
    for node in islice(link.iterancestors(), _LEVELS):
        if node.tag in _BOXES and node not in cutter.protected and _is_beside_text(cutter, node):
            return node if text_length(node) <= _LONGEST else None
    return None


def _is_beside_text(cutter: Cutter, box: HtmlElement) -> bool:
    beside = chain(
        islice(box.itersiblings("p", preceding=True), MAX_SIBLINGS),
        islice(box.itersiblings("p"), MAX_SIBLINGS),
    )
    return any(cutter.prose.get(paragraph) for paragraph in beside)
