"""What is prose of the text, and what asks the reader for something, by what it says."""

from __future__ import annotations

import re
from itertools import islice
from typing import Final

from lxml.html import HtmlElement

from pipelines.blocks_cutter import Cutter
from pipelines.text import fold

_PARAGRAPHS: Final = 3  # below a heading, to know whether it heads the text
_LONG: Final = 100  # characters: a comment in a paragraph of its own is often shorter
_TOO_LONG: Final = 300  # characters: no prompt says so much, and prose has its words
_HEAD: Final = 60  # characters in which a list says what it is
_SECTIONS: Final = re.compile(r"(?:(?:les )?rubriques|categories|themes|thematiques)\b")
_PROMPT: Final = re.compile(
    r"abonn|newsletter|e-?mail|bo[iî]te mail|recevez|rejoignez|soutenez|inscri(?:re|vez|ption)|"
    r"(?:mon|un|votre) compte|subscri|sign[ -]?(?:up|in)\b|log ?in\b|unlock|anmelden|abo\b|"
    r"mois (?:gratuit|offert|d.essai)|per month",
    re.I,
)
# two of these say the same as one of those
_HINT: Final = re.compile(
    r"compte\b|connect|offres?\b|€|account|register|follow|suivez|partage[rz]|share|registrier|"
    r"(?:par|premier|1er|/|pendant \w+) ?mois",
    re.I,
)


def is_prompt(text: str) -> bool:
    """Whether a text speaks of subscribing, following, sharing."""
    return _PROMPT.search(text) is not None or len(set(map(str.lower, _HINT.findall(text)))) > 1


def lists_sections(cutter: Cutter, element: HtmlElement, text: str) -> bool:
    """Whether a list of tags or sections is the site's: it stands beside the article, or is headed
    "Rubriques" and stands above the headline.
    """
    around = element.getparent()
    if element in cutter.blocks.beside and (around is None or cutter.lists_site(around)):
        return True
    if _SECTIONS.match(fold(text[:_HEAD])) is None:
        return False
    headline = next(iter(cutter.elements.tagged("h1")), 0)
    return cutter.elements.place(element) < headline


def has_links(node: HtmlElement) -> bool:
    return node.tag == "a" or node.find(".//a") is not None


def heads_text(cutter: Cutter, root: HtmlElement, text: str) -> bool:
    """Whether "Réactions" is a title inside the text: paragraphs of prose stand above and below it, and
    nothing else. Comments have boxes, names, hours and a form.
    """
    if "comment" in text.lower() and len(text.split()) < 3:
        return False
    parent = root.getparent()
    before = next((node for node in root.itersiblings(preceding=True) if cutter.read(node)), None)
    if before is None and parent is not None:  # a part of the text in a box of its own
        before = next((node for node in parent.itersiblings(preceding=True) if cutter.read(node)), None)
    if before is None or not cutter.prose.get(before, 0):
        return False
    below = [node for node in islice(root.itersiblings(), _PARAGRAPHS) if cutter.read(node)]
    return bool(below) and all(_is_prose(cutter, node) for node in below)


def _is_prose(cutter: Cutter, node: HtmlElement) -> bool:
    """Whether an element is a paragraph of prose, in boxes of its own or not."""
    content = cutter.read(node)
    while node.tag in ("div", "section") and len(node) == 1:
        node = node[0]
    return (
        node.tag == "p"
        and len(content) >= _LONG
        and not has_links(node)
        and (len(content) >= _TOO_LONG or not is_prompt(content))
        and "comment" not in content.lower()
    )
