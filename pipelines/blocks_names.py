"""Cut what class names and ids announce."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property, lru_cache
from itertools import islice
from typing import Any, Final

from lxml import etree
from lxml.html import HtmlElement

from pipelines.attribution import is_source_line
from pipelines.blocks_cutter import MAX_PROSE, MAX_SIBLINGS, Cutter
from pipelines.blocks_lines import BYLINE
from pipelines.blocks_markup import name_kinds
from pipelines.blocks_prose import is_prompt
from pipelines.blocks_tree import HEADING_TAGS, flat, is_small, text_of
from pipelines.dates_fold import fold_line
from pipelines.dates_lines import read_line
from pipelines.text import fold

# names that also stand on what holds the article, or on much of it: they may cost the page little
# what asks for consent is often longer than a short article
_SHARES: Final = {
    "consent": 0.85,
    "navigation": 0.1,
    "hidden": 0.1,
    "author": 0.1,
    "paywall": 0.1,
    "margin": 0.2,
}
_WEAK: Final = frozenset((*_SHARES, "tags", "caption", "embed", "share"))
_ANCHOR: Final = re.compile(r"(?:toc|nav)[_-].*\d")  # a class that a table of contents leads to
_KEPT_TAGS: Final = frozenset(("body", "html", "h1", "article", "main"))
_PHRASING: Final = frozenset(
    ["a", "span", "em", "strong", "b", "i", "u", "small", "mark", "font", "q", "cite", "abbr", "sup", "sub"]
)
_UNSEEN: Final = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)
_MAY_BE_HIDDEN: Final[Callable[[HtmlElement], Any]] = etree.XPath(
    # by attributes, not by elements: half the work
    "descendant-or-self::*/@style/.. | descendant-or-self::*/@hidden/.. | "
    "descendant-or-self::*/@aria-hidden/.."
)
_NONE: Final[frozenset[str]] = frozenset()
_HIDDEN: Final = frozenset(("hidden",))
_TEXT_TAGS: Final = frozenset(("p", "li", "blockquote", "h2", "h3", "h4"))
_FOOT: Final = 300  # characters of an article's foot
_PUB: Final = re.compile(r"(?:^|[\s_-])pub(?:$|[\s_-])", re.I)
_PULLED: Final = re.compile(r"pull[-_ ]?quote", re.I)
_QUOTES: Final = 20  # of a page that are looked for in its text
_QUOTED: Final = 40  # characters that are looked for
_IN_TEXT: Final = 25  # characters beside an inline element that make it part of a sentence

Named = list[tuple[HtmlElement, frozenset[str]]]


def named_elements(cutter: Cutter) -> Named:
    """The elements whose names announce something, outside program code, in page order."""
    elements, tags = cutter.elements.all, cutter.elements.tags
    code = {inner for outer in cutter.elements.of(("pre", "code")) for inner in outer.iter()}
    found: dict[int, frozenset[str]] = {}
    for (classes, name), places in cutter.elements.places.items():
        kinds = name_kinds(classes) if classes else _NONE
        if name:
            kinds = kinds | name_kinds(name)
        for place in places if kinds else ():
            found[place] = kinds if tags[place] not in HEADING_TAGS else _kinds_of_heading(classes or "")
    found |= dict.fromkeys(cutter.elements.where(_hidden(cutter.tree)), _HIDDEN)
    named = ((elements[place], found[place]) for place in sorted(found))
    return [(element, kinds) for element, kinds in named if kinds and element not in code]


@lru_cache(maxsize=4096)
def _kinds_of_heading(classes: str) -> frozenset[str]:
    """What the classes of a heading announce: no list of tags. Its id is an anchor made of its own words."""
    return name_kinds(" ".join(one for one in classes.split() if not _ANCHOR.fullmatch(one))) - {"tags"}


def _hidden(tree: HtmlElement) -> Iterator[HtmlElement]:
    """The elements that the page says nobody sees."""
    for element in _MAY_BE_HIDDEN(tree):
        style = element.get("style")
        if element.get("role") == "region":
            continue  # what unfolds under a heading
        is_marked = element.get("hidden") is not None or element.get("aria-hidden") == "true"
        if is_marked or (style and ":" in style and _is_unseen(style)):
            yield element


@lru_cache(maxsize=2048)
def _is_unseen(style: str) -> bool:
    return _UNSEEN.search(style) is not None


def cut_by_name(cutter: Cutter, named: Named, kinds: Iterable[str]) -> None:
    """Cut the outermost elements of some kinds. A weak kind that would cost the page its prose cuts less."""
    wanted = frozenset(kinds)
    found: dict[str, list[HtmlElement]] = {}
    within: set[HtmlElement] = set()
    quotes = _Quotes(cutter.tree)
    for element, announced in named:
        matched = announced & wanted
        if not matched or element in within or element in cutter.gone or element.tag in _KEPT_TAGS:
            continue
        kind = min(matched)
        if element.tag in _PHRASING and kind != "sponsored" and _is_said(element):
            continue
        if (kind == "paywall" and _is_paid_text(element)) or (kind == "navigation" and _signs(element)):
            continue
        if (kind == "sponsored" and _publishes(element)) or (kind == "caption" and _is_byline(element)):
            continue
        if kind == "embed" and element.tag != "figure" and quotes.says_anew(element):
            continue
        if cutter.may_cut(element, _SHARES.get(kind, MAX_PROSE)):
            found.setdefault(kind, []).append(element)
            within.update(element.iter())
    for kind, elements in found.items():
        _cut_kind(cutter, kind, elements)


class _Quotes:
    """The quotations of a page that are set apart: most say again what the text says, and some alone do."""

    def __init__(self, tree: HtmlElement) -> None:
        self._tree, self._asked = tree, 0

    @cached_property
    def _said(self) -> str:
        return fold(" ".join(self._tree.itertext()))

    def says_anew(self, element: HtmlElement) -> bool:
        if self._asked >= _QUOTES or not is_small(element) or not _PULLED.search(element.get("class") or ""):
            return False
        self._asked += 1
        text = fold(text_of(element))[:_QUOTED]
        return len(text) == _QUOTED and self._said.count(text) == 1


def _signs(element: HtmlElement) -> bool:
    """Whether the foot of an article says who wrote it, when, or where it is from."""
    if "footer" not in (element.get("class") or "").lower() or not is_small(element):
        return False
    text = flat(element)[:_FOOT]
    return bool(is_source_line(text) or BYLINE.match(text) or read_line(fold_line(text)).claims)


def _publishes(element: HtmlElement) -> bool:
    """Whether "pub" in a name is the publication: the element says when."""
    if not _PUB.search(element.get("class") or "") or not is_small(element):
        return False
    text = flat(element)[:_FOOT]
    return bool(read_line(fold_line(text)).claims)


def _is_byline(element: HtmlElement) -> bool:
    """Whether "credits" are no picture's: they say by whom, and when."""
    text = flat(element)[:_FOOT] if is_small(element) else ""
    return BYLINE.match(text) is not None and bool(read_line(fold_line(text)).claims)


def _is_paid_text(element: HtmlElement) -> bool:
    """Whether what is named after a paywall is the text behind it: it asks for nothing."""
    if not is_small(element):
        return False
    is_text = element.tag in _TEXT_TAGS or any(len(p) < 3 for p in element.iter("p"))
    return is_text and not is_prompt(text_of(element))


def _cut_kind(cutter: Cutter, kind: str, elements: list[HtmlElement]) -> None:
    """A page builder calls every part of a text a widget: then only those without prose go."""
    lost = sum(cutter.prose.get(element, 0) for element in elements)
    allowed = max(_SHARES.get(kind, MAX_PROSE) * cutter.prose.get(cutter.tree, 0), 400)
    costly = kind in _WEAK and lost > allowed
    for element in elements:
        if element not in cutter.gone and not (costly and cutter.prose.get(element, 0)):
            cutter.take(element, kind, f"name:{kind}")


def _is_said(element: HtmlElement) -> bool:
    """Whether an inline element is part of a text; of twins, one drawn and one read aloud, the second."""
    before, following = element.getprevious(), element.getnext()
    if following is not None and _are_twins(element, following):
        return False
    return (before is not None and _are_twins(before, element)) or _is_in_text(element)


def _are_twins(one: HtmlElement, other: HtmlElement) -> bool:
    if one.tag not in _PHRASING or other.tag not in _PHRASING or (one.tail or "").strip():
        return False
    said = flat(one) if is_small(one) else ""
    return bool(said) and is_small(other) and said == flat(other)


def _is_in_text(element: HtmlElement) -> bool:
    """Whether an inline element stands in a sentence: a linked word of the class "tag" is no list of tags."""
    parent = element.getparent()
    if parent is None:
        return False
    tails = sum(len((child.tail or "").strip()) for child in islice(parent, MAX_SIBLINGS))
    return len((parent.text or "").strip()) + tails >= _IN_TEXT
