"""Selectors of a declaration: CSS, or XPath when they start with "/" or "./"."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from lxml import etree
from lxml.cssselect import CSSSelector
from lxml.html import HtmlElement

from pipelines.blocks_tree import flat
from pipelines.text import clean


@lru_cache(maxsize=512)
def _compiled(selector: str) -> etree.XPath:
    """Raises:
    SelectorError, XPathSyntaxError: a selector that is neither.
    """
    if selector.startswith(("/", "./", "(")):
        return etree.XPath(selector)
    return CSSSelector(selector)


def _found(tree: HtmlElement, selector: str) -> list[Any]:
    """Elements, attributes and texts; an XPath that gives a number or a truth gives nothing."""
    found = _compiled(selector)(tree)
    return found if isinstance(found, list) else [found] if isinstance(found, str) else []


def select(tree: HtmlElement, selectors: Sequence[str]) -> list[HtmlElement]:
    """The elements of the first selector that yields any."""
    for selector in selectors:
        found = [node for node in _found(tree, selector) if isinstance(node, etree._Element)]
        if found:
            return found
    return []


def select_all(tree: HtmlElement, selectors: Iterable[str]) -> list[HtmlElement]:
    """The elements of every selector."""
    return [
        node for selector in selectors for node in _found(tree, selector) if isinstance(node, etree._Element)
    ]


def select_text(tree: HtmlElement, selectors: Sequence[str]) -> tuple[str, str] | None:
    """The first text that a selector yields, and the selector; attributes and text nodes count too."""
    for selector in selectors:
        for node in _found(tree, selector):
            text = flat(node) if isinstance(node, etree._Element) else clean(str(node))
            if text:
                return text, selector
    return None
