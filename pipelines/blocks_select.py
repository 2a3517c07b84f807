"""Selectors of a declaration: CSS, or XPath when they start with "/" or "./"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any, Final

from lxml import etree
from lxml.cssselect import CSSSelector
from lxml.html import HtmlElement

from pipelines.blocks_match import plain_selector, select
from pipelines.blocks_tree import flat
from pipelines.text import clean

_PLAIN: Final = re.compile(r"[\w\s.#>+~,*-]*")  # neither attributes nor :not(...), which go first:
_BESIDE: Final = re.compile(r"\[[\w-]+(?:=[\w-]+)?\]|:(?:first|last|only)-(?:child|of-type)\b")
_CLASS: Final = re.compile(r"\.([\w-]+)")


@lru_cache(maxsize=512)
def _compiled(selector: str) -> etree.XPath:
    """Raises:
    SelectorError, XPathSyntaxError: a selector that is neither.
    """
    if selector.startswith(("/", "./", "(")):
        return etree.XPath(selector)
    return CSSSelector(selector)


@lru_cache(maxsize=512)
def _needed(selector: str) -> tuple[frozenset[str], ...]:
    """The class names that each alternative of a CSS selector needs; none where that is not plain."""
    plain = _BESIDE.sub("", selector)
    if selector.startswith(("/", "./", "(")) or not _PLAIN.fullmatch(plain):
        return (frozenset(),)
    return tuple(frozenset(_CLASS.findall(part)) for part in plain.split(","))


class Finder:
    """One page, asked by many selectors. What was found once is remembered, until `forget` after a cut."""

    def __init__(self, tree: HtmlElement) -> None:
        self.tree = tree
        self._classed: dict[str, list[HtmlElement]] = {}
        self.elements = list(tree.iter())
        for element in self.elements:
            if names := element.get("class"):
                for name in dict.fromkeys(names.split()):
                    self._classed.setdefault(name, []).append(element)
        self._known: dict[str, list[Any]] = {}

    def forget(self) -> None:
        """What was found before something was cut; classes that went with it only cost a look."""
        self._known.clear()

    def _found(self, selector: str) -> list[Any]:
        """Elements, attributes and texts; an XPath that gives a number or a truth gives nothing."""
        found = self._known.get(selector)
        if found is None:
            # a site declares selectors for all its layouts, and most name classes that a page does not have
            may_match = any(names <= self._classed.keys() for names in _needed(selector))
            value = self._selected(selector) if may_match else []
            found = value if isinstance(value, list) else [value] if isinstance(value, str) else []
            self._known[selector] = found
        return found

    def _selected(self, selector: str) -> Any:
        parts = plain_selector(selector)
        return _compiled(selector)(self.tree) if parts is None else [*select(parts, self.tree, self._classed)]

    def first(self, selectors: Sequence[str]) -> list[HtmlElement]:
        """The elements of the first selector that yields any."""
        for selector in selectors:
            found = [node for node in self._found(selector) if isinstance(node, etree._Element)]
            if found:
                return found
        return []

    def every(self, selectors: Iterable[str]) -> list[HtmlElement]:
        """The elements of every selector."""
        return [
            node
            for selector in selectors
            for node in self._found(selector)
            if isinstance(node, etree._Element)
        ]

    def text(self, selectors: Sequence[str]) -> tuple[str, str] | None:
        """The first text that a selector yields, and the selector; attributes and text nodes count too."""
        for selector in selectors:
            for node in self._found(selector):
                text = flat(node) if isinstance(node, etree._Element) else clean(str(node))
                if text:
                    return text, selector
        return None
