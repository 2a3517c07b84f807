"""The images of an article: address, caption, credit. Bytes are none of this module's business."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from lxml.html import HtmlElement

from pipelines.blocks import Blocks
from pipelines.blocks_tree import flat
from pipelines.body import Body
from pipelines.structured import Structured
from pipelines.text import clean
from pipelines.urls import canonical_url
from storage.records import Image

MAX_IMAGES: Final = 50
_SOURCES: Final = ("data-src", "data-original", "data-lazy-src", "data-full-src", "src")
_CREDIT: Final = re.compile(
    r"\s*[-–—|.(]*\s*(?:©|\(c\)|cr[ée]dits?(?: photos?)?\s*:|photos?\s*:|"
    r"photo(?:graphe)? par|ph\.\s|photo by|foto\s*:|copyright)\s*(.{2,120}?)\)?$",
    re.I,
)
_AGENCY_CREDIT: Final = re.compile(
    r"[\s(.–-]+((?:[A-ZÀ-Þ][\w'’.-]+ ){0,4}[A-ZÀ-Þ][\w'’.-]+ ?/ ?"
    r"(?:AFP|REUTERS|Reuters|AP|EPA|MAP|APS|SIPA|Sipa|MAXPPP|Getty.*))\)?$"
)
_NAMED_CREDIT: Final = re.compile(r"credit|copyright|source|photographer|auteur", re.I)
_CAPTION: Final = re.compile(r"caption|legend|l[eé]gende", re.I)
_ICON: Final = re.compile(
    r"logo|icon|avatar|sprite|pixel|blank|spacer|placeholder|1x1|gravatar|emoji|smil", re.I
)


def page_images(structured: Structured, blocks: Blocks, body: Body, url: str) -> tuple[Image, ...]:
    """The declared images and those between headline and end of text, each address once."""
    found: dict[str, Image] = {c.url: Image(c.url, c.caption, c.credit) for c in structured.images}
    for element in _pictures(blocks, body):
        address = _address(element, url)
        if address is None or len(found) >= MAX_IMAGES:
            continue
        caption, credit = _caption(element)
        known = found.get(address)
        if known is not None:
            caption, credit = known.caption or caption, known.credit or credit
        found[address] = Image(address, caption, credit)
    return tuple(found.values())


def _pictures(blocks: Blocks, body: Body) -> Iterable[HtmlElement]:
    """<img> elements after the headline and before the end of the text, none of them in a foreign block."""
    last = body.paragraphs[-1].element if body.paragraphs else None
    elements = blocks.elements
    begin, end = next(iter(elements.tagged("h1")), 0), elements.place(last)
    for place in elements.tagged("img"):
        if begin <= place < end and (element := elements.all[place]) not in blocks.foreign:
            yield element


def _address(element: HtmlElement, url: str) -> str | None:
    for name in _SOURCES:
        value = element.get(name) or ""
        if value and not value.startswith("data:") and not _ICON.search(value):
            return canonical_url(value, url)
    return None


def _caption(element: HtmlElement) -> tuple[str | None, str | None]:
    """Caption and credit of the figure around an image, or of the element beside it that says it is one."""
    figure = next((a for a in element.iterancestors() if a.tag == "figure"), None)
    if figure is not None:
        holder = next(figure.iter("figcaption"), None)
    else:
        parent = element.getparent()
        near = parent.itersiblings() if parent is not None and len(parent) == 1 else element.itersiblings()
        holder = next((e for e in near if _CAPTION.search(e.get("class") or "")), None)
    return (None, None) if holder is None else split_credit(flat(holder), _marked_credit(holder))


def _marked_credit(holder: HtmlElement) -> str | None:
    for inner in holder.iterdescendants("span", "small", "em", "cite", "i", "p", "div"):
        if _NAMED_CREDIT.search(inner.get("class") or "") and (text := flat(inner)):
            return text
    return None


def split_credit(text: str, marked: str | None = None) -> tuple[str | None, str | None]:
    """Caption and credit of a caption line: "La salle. JEAN MODELE / REUTERS"."""
    if marked and marked in text:
        rest = clean(text.replace(marked, " ")).rstrip(" -–—|")
        return rest or None, _bare(marked)
    for pattern in (_CREDIT, _AGENCY_CREDIT):
        match = pattern.search(text)
        if match:
            return clean(text[: match.start()]) or None, clean(match.group(1))
    return clean(text) or None, None


def _bare(credit: str) -> str:
    match = _CREDIT.fullmatch(credit)
    return clean(match.group(1) if match else credit)
