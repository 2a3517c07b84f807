"""Most selectors of declarations without XPath: tags, classes, one attribute, parents and ancestors.

XPath looks at every element of a page for each selector, at forty times the cost of a look into a list of the
elements that have a class. What is not so plain (`+`, `~`, `:first-child`, `:not()`) is left to XPath.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from lxml.html import HtmlElement

_COMPOUND: Final = re.compile(r"([a-z][a-z0-9]*)?((?:\.[\w-]+)*)(?:\[([a-z-]+)=\"?([\w-]+)\"?\])?")
_STEPS: Final = re.compile(r"\s*(>)\s*|\s+")


@dataclass(frozen=True, slots=True)
class Compound:
    """One element's part of a selector; `is_child` tells that the part before it is its parent's."""

    tag: str | None
    classes: frozenset[str]
    attribute: tuple[str, str] | None
    is_child: bool

    def fits(self, element: HtmlElement) -> bool:
        if self.tag is not None and element.tag != self.tag:
            return False
        if self.attribute is not None and element.get(self.attribute[0]) != self.attribute[1]:
            return False
        return not self.classes or self.classes <= set((element.get("class") or "").split())


@lru_cache(maxsize=512)
def plain_selector(selector: str) -> tuple[Compound, ...] | None:
    """The parts of a selector, outermost first; None where it is not as plain as this module reads."""
    parts = _STEPS.split(selector.strip())
    found: list[Compound] = []
    for index in range(0, len(parts), 2):
        match = _COMPOUND.fullmatch(parts[index])
        if match is None or not match[0]:
            return None
        attribute = (match[3], match[4]) if match[3] else None
        classes = frozenset(match[2].split(".")) - {""}
        found.append(Compound(match[1], classes, attribute, index > 0 and parts[index - 1] == ">"))
    last = found[-1]
    return tuple(found) if last.tag or last.classes else None


def select(
    parts: Sequence[Compound], tree: HtmlElement, classed: Mapping[str, Sequence[HtmlElement]]
) -> Iterator[HtmlElement]:
    """The elements below a tree that a plain selector means, in page order.

    `classed` holds the elements of each class in page order; those that were cut since do not count.
    """
    last = parts[-1]
    if last.classes:
        candidates = min((classed.get(name, ()) for name in last.classes), key=len)
        found = (e for e in candidates if last.fits(e) and _is_in(tree, e))
    else:
        found = (e for e in tree.iter(last.tag) if last.fits(e))
    return (element for element in found if _stands(element, parts, len(parts) - 1))


def _is_in(tree: HtmlElement, element: HtmlElement) -> bool:
    return element is tree or any(above is tree for above in element.iterancestors())


def _stands(element: HtmlElement, parts: Sequence[Compound], index: int) -> bool:
    """Whether an element that fits a part stands as the parts before it say."""
    if index == 0:
        return True
    above = element.getparent()
    while above is not None:
        if parts[index - 1].fits(above) and _stands(above, parts, index - 1):
            return True
        if parts[index].is_child:
            return False
        above = above.getparent()
    return False
