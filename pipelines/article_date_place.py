"""Which date above a headline is the article's, and which may be the day of the visit.

A masthead prints today's day on every page. A date that shares the article's own box with the headline, or
that says in words what day it is, is none, whenever the page is fetched.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from functools import cached_property
from itertools import islice
from typing import Final

from lxml.html import HtmlElement

from pipelines.blocks_elements import Elements
from pipelines.blocks_headline import headline_place
from pipelines.blocks_lines import BYLINE
from pipelines.dates_fold import fold_line
from pipelines.dates_lines import read_line
from pipelines.dates_words import PUBLISHED

_MENU: Final = 8  # links above a headline: in a box with more it shares the page, not the article
_DEPTH: Final = 30  # elements around a headline
_ARTICLE_TYPE: Final = re.compile(r"schema\.org/(?:\w*Article|BlogPosting)$")
# "post hentry", "td-post-header", "itemView"; not the page around the article ("post-wrapper")
_ARTICLE_NAME: Final = re.compile(
    r"(?:[a-z]{1,7}[-_]){0,2}(?:article|post|entry|story|node|item|hentry)(?:[-_]?(?:head(?:er|ing)?|title|top|view|full))?",
    re.I,
)
_SIGNED: Final = re.compile(r"\b(?:[Pp]ar|PAR|[Bb]y|[Vv]on)\s[A-ZÀ-Þ]")
# "Journal publié à Dakar": what is published is the paper, on the day of the visit as on any other
_PAPER: Final = re.compile(r"\b(?:journal|quotidien|hebdomadaire|mensuel|magazine|revue)(?: [\w']+){0,2} $")
_OTHER_BOXES: Final = frozenset(("div", "section", "td", "hgroup"))


def signs(line: str) -> bool:
    """Whether a date line names who wrote: "Par X, le ...", "Accueil | Par X | ...", "..., par X"."""
    return BYLINE.match(line) is not None or _SIGNED.search(line) is not None


def tells_its_role(text: str) -> bool:
    """Whether a line says that its day is a publication's, or who wrote: "Publié le ...", "Par X, le ..."."""
    if signs(text):
        return True
    folded = fold_line(text)
    label = PUBLISHED.search(folded.lower)
    if label is None or label[0] == "date" or _PAPER.search(folded.lower[: label.start()]):
        return False
    return read_line(folded).labelled


class OwnBoxes:
    """The boxes that hold a headline and what belongs to its article alone."""

    def __init__(self, elements: Elements, title: str | None, begin: int) -> None:
        self._elements, self._title, self._begin = elements, title, begin

    @cached_property
    def _headline(self) -> int | None:
        return headline_place(self._elements, self._title, self._begin)

    @cached_property
    def _boxes(self) -> tuple[set[HtmlElement], set[HtmlElement]]:
        """Articles, where any date is theirs; and heads, where a day alone may be a masthead's."""
        whole, heads = set(), set()
        for box in _around(self._elements, self._headline):  # asked only where a date stands above
            if box.tag == "article" or _ARTICLE_TYPE.search(box.get("itemtype") or ""):
                whole.add(box)
            elif box.tag == "header" or (box.tag in _OTHER_BOXES and _is_named(box)):
                heads.add(box)
        return whole, heads

    def headline_or(self, place: int) -> int:
        """The place of the headline, or a given one where it is not known."""
        return place if self._headline is None else self._headline

    def is_above(self, element: HtmlElement) -> bool:
        """Whether an element stands above the headline: below a logo that is an <h1>, too."""
        return self._headline is not None and self._elements.place(element) < self._headline

    def hold(self, element: HtmlElement, *, is_marked: bool) -> bool:
        """Whether an element is the article's; `is_marked`: its name, tag or hour says that it dates."""
        whole, heads = self._boxes
        boxes = whole | heads if is_marked else whole
        return bool(boxes) and any(above in boxes for above in element.iterancestors())

    def hold_line(self, element: HtmlElement, text: str) -> bool:
        """The same of a line of text, which marks itself by an hour."""
        published = read_line(fold_line(text)).published
        has_hour = published is not None and getattr(published.mark, "clock", None) is not None
        return self.hold(element, is_marked=has_hour)


def _around(elements: Elements, headline: int | None) -> Iterator[HtmlElement]:
    """The elements around a headline, innermost first, as far as no menu stands in them above it."""
    if headline is None:
        return
    links = elements.tagged("a")
    above = bisect_left(links, headline)
    for box in islice(elements.all[headline].iterancestors(), _DEPTH):
        if box.tag in ("body", "html"):
            return
        if above - bisect_left(links, elements.place(box)) > _MENU:
            return
        yield box


def _is_named(box: HtmlElement) -> bool:
    names = f"{box.get('class') or ''} {box.get('id') or ''}".split()
    return any(_ARTICLE_NAME.fullmatch(name) for name in islice(names, 20))
