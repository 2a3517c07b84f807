"""Elements that say they hold the author: by class, id, rel, itemprop, or by a link to an author's page."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml.html import HtmlElement

from pipelines.authors_markup import author_line, is_quoted
from pipelines.blocks import Blocks
from pipelines.blocks_elements import Elements, Names
from pipelines.blocks_tree import is_small, text_of
from pipelines.body import Body
from pipelines.body_paragraphs import Paragraph
from pipelines.persons import is_person
from pipelines.urls import is_author_page

MAX_NAMED = 6  # author elements of a page
_NEVER = frozenset(("body", "html", "img", "figure", "input"))
_AUTHORED = re.compile(
    r"author(?!i)|auteure?s?(?![a-z])|autor(?!i)|byline|signature|journaliste?|redacteur|writer"
    r"|field--name-uid",  # Drupal
    re.I,
)
_NOT_AUTHORED = re.compile(
    r"box|bio|quote|citation|verbatim|testimon|temoign|avatar|image|photo|img|related|comment|share|social|follow|date|more|desc",
    re.I,
)
# a drawn person before a name, an element that holds a user's name
_DRAWN = re.compile(r"(?:^|\s)(?:\w+-)+(?:user|person|account)(?:-(?:o|alt|circle|fill|pen|tie))?(?:$|\s)")
_USER_NAME = re.compile(r"(?:^|\s)user-?name(?:$|\s)", re.I)
_OPENING = 3  # lines of the text that may still be those above it


def named_authors(blocks: Blocks, body: Body) -> list[str]:
    """Texts of elements that say they hold the author, down to the end of the text; the outermost ones, at
    most MAX_NAMED.
    """
    elements, gone = blocks.elements, blocks.gone
    end = elements.place(body.paragraphs[-1].element if body.paragraphs else None)
    found: dict[HtmlElement, list[str]] = {}
    within: set[HtmlElement] = set()
    for place in sorted(_authored(elements)):
        element = elements.all[place]
        if place >= end:
            break
        if element in gone or element in within or elements.tags[place] in _NEVER or is_quoted(element):
            continue
        text = text_of(element) if is_small(element) else ""
        if 3 < len(text) <= 160:
            within.update(element.iter())
            found.setdefault(element.getparent(), []).append(author_line(element))
    return [" et ".join(dict.fromkeys(texts)) for texts in found.values()][:MAX_NAMED]


def drawn_authors(body: Body) -> list[str]:
    """Names between headline and text that only a drawing or the name of an attribute marks."""
    headline = next((i for i in reversed(range(len(body.head))) if body.head[i].tag == "h1"), -1)
    lines = [*body.head[headline + 1 :], *body.paragraphs[:_OPENING]]
    return [p.text for p in lines if is_person(p.text) and any(map(_marks_user, _around(p)))]


def _around(paragraph: Paragraph) -> Iterator[HtmlElement]:
    if is_small(paragraph.element):
        yield from paragraph.element.iter()


def _marks_user(element: HtmlElement) -> bool:
    name = element.get("class") or ""
    if not len(element) and not (element.text or "").strip() and _DRAWN.search(name):
        return True
    return _USER_NAME.search(f"{name} {element.get('data-hook') or ''}") is not None


def _authored(elements: Elements) -> set[int]:
    """The places of the elements that say so."""
    marked = (element for element in elements.marked if element.get("itemprop") == "author")
    return {
        *(place for names, places in elements.called("author") if _are_authors(names) for place in places),
        *elements.where(marked),
        *elements.tagged("address"),
        *(place for place, rel in elements.rels.items() if rel == "author"),
        *(p for p in elements.tagged("a") if is_author_page(elements.all[p].get("href") or "")),
    }


def _are_authors(names: Names) -> bool:
    name = " ".join(filter(None, names))
    if _AUTHORED.search(name) is None or _NOT_AUTHORED.search(name):
        return False  # most names
    # a list of icons is laid out as one, an icon is called so beside its author
    return any(_AUTHORED.search(word) and "icon" not in word.lower() for word in name.split())
