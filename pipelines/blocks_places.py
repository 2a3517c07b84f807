"""Where a heading stands: the element that says nothing else, and whether it opens what is around it."""

from __future__ import annotations

from itertools import islice

from lxml.html import HtmlElement

from pipelines.blocks_cutter import Cutter
from pipelines.blocks_headings import heading_kind
from pipelines.blocks_tree import HEADING_TAGS, MAX_HEADINGS, flat


def heading_root(cutter: Cutter, element: HtmlElement) -> HtmlElement:
    """The highest element that says nothing but the heading."""
    while True:
        parent = element.getparent()
        if parent is None or parent.tag in ("body", "html") or _says_more(cutter, parent, element):
            return element
        element = parent


def _says_more(cutter: Cutter, parent: HtmlElement, child: HtmlElement) -> bool:
    if (parent.text or "").strip() or (child.tail or "").strip():
        return True
    return any(_says(cutter, sibling) for sibling in parent if sibling is not child)


def _says(cutter: Cutter, element: HtmlElement) -> bool:
    return (
        bool(cutter.read(element) or (element.tail or "").strip())
        or next(element.iter("a"), None) is not None
    )


def opens(cutter: Cutter, root: HtmlElement) -> bool:
    """Whether a heading is the first thing its parent says."""
    parent = root.getparent()
    if parent is None or (parent.text or "").strip():
        return False
    return not any(cutter.read(s) or (s.tail or "").strip() for s in root.itersiblings(preceding=True))


def heads_related(node: HtmlElement) -> bool:
    """Whether an element holds the heading of a block of related articles."""
    headings = islice(node.iter(*HEADING_TAGS), MAX_HEADINGS)
    return any(heading_kind(flat(heading)) == "related" for heading in headings)
