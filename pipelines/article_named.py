"""Elements that say they hold the author: by class, id, rel, itemprop, or by a link to an author's page."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from lxml.etree import XPath
from lxml.html import HtmlElement

from pipelines.blocks import Blocks
from pipelines.blocks_tree import flat, is_small, text_of
from pipelines.body import Body

MAX_NAMED = 6  # author elements of a page
_NEVER = frozenset(("body", "html", "img", "figure", "input"))
_MARKED: Callable[[HtmlElement], Any] = XPath(
    # by attributes, not by elements: half the work
    "descendant-or-self::*/@rel[. = 'author']/.. | descendant-or-self::*/@itemprop[. = 'author']/.."
)
_AUTHORED = re.compile(
    r"author(?!i)|auteure?s?(?![a-z])|autor(?!i)|byline|signature|journaliste?|redacteur|writer"
    r"|field--name-uid",  # Drupal
    re.I,
)
_NOT_AUTHORED = re.compile(
    r"box|bio|avatar|image|photo|img|related|comment|share|social|follow|date|more|desc|icon", re.I
)
_AUTHOR_PAGE = re.compile(
    r"/(?:author|auteur|autor|autoren|journaliste|signature|redaction|redacteur|people|profile?|user|membre|contributor)s?/[^/]+/?$",
    re.I,
)
_PEOPLE = ("aut", "journaliste", "signature", "redact", "people", "profil", "user", "membre", "contributor")


def named_authors(blocks: Blocks, body: Body) -> list[str]:
    """Texts of elements that say they hold the author, down to the end of the text; the outermost ones, at
    most MAX_NAMED.
    """
    last = body.paragraphs[-1].element if body.paragraphs else None
    found: dict[HtmlElement, list[str]] = {}
    within: set[HtmlElement] = set()
    marked = set(_MARKED(blocks.elements[0])) if blocks.elements else set()
    gone = blocks.gone
    for element, tag, classes, name in blocks.named():
        if element is last:
            break
        if element in gone or element in within or tag in _NEVER:
            continue
        if not (element in marked or _is_authored(element, tag, classes, name)):
            continue
        text = text_of(element) if is_small(element) else ""
        if 3 < len(text) <= 160:
            within.update(element.iter())
            links = [flat(a) for a in element.iter("a") if 3 < len(flat(a)) < 60]
            found.setdefault(element.getparent(), []).append(text if len(links) < 2 else " et ".join(links))
    return [" et ".join(dict.fromkeys(texts)) for texts in found.values()][:MAX_NAMED]


def _is_authored(element: HtmlElement, tag: str, classes: str | None, name: str | None) -> bool:
    if tag == "address" or (tag == "a" and _is_author_page(element.get("href") or "")):
        return True
    return (classes or name) is not None and _names_author(f"{classes or ''} {name or ''}")


def _is_author_page(href: str) -> bool:
    folder = href.rstrip("/\n").rpartition("/")[0].rpartition("/")[2]
    return folder.lower().startswith(_PEOPLE) and _AUTHOR_PAGE.search(href) is not None


@lru_cache(maxsize=8192)
def _names_author(name: str) -> bool:
    return _AUTHORED.search(name) is not None and not _NOT_AUTHORED.search(name)
