"""Where a page prints its headline, among its elements."""

from __future__ import annotations

from typing import Final

from lxml.html import HtmlElement

from pipelines.blocks_elements import Elements
from pipelines.blocks_tree import MAX_HEADINGS, flat, is_small
from pipelines.text import fold

_LOWER: Final = ("h2", "h3", "h4")


def headline_place(elements: Elements, title: str | None, begin: int | None = None) -> int | None:
    """The place of the heading that prints the title, None where no heading does.

    An <h1> may say more beside it; a lower heading says nothing else, and stands above `begin`, the place
    where the text begins, where that is known.
    """
    wanted = fold(title or "")
    if not wanted:
        return None
    for place in elements.tagged("h1")[:MAX_HEADINGS]:
        if f" {wanted} " in f" {_said(elements.all[place])} ":
            return place
    last = len(elements.all) if begin is None else begin
    lower = (place for tag in _LOWER for place in elements.tagged(tag)[:MAX_HEADINGS] if place <= last)
    return next((place for place in lower if _said(elements.all[place]) == wanted), None)


def _said(element: HtmlElement) -> str:
    return fold(flat(element)) if is_small(element) else ""
