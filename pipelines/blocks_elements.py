"""The elements of a page before anything was cut out of it, found by what they are called.

Pages repeat their names: some 750 elements bear some 250 pairs of class and id. Rules about names ask each
pair once, and rules about tags a list, not lxml: asking it again costs more than most rules.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from functools import lru_cache
from typing import Final, Literal

from lxml.html import HtmlElement

from pipelines.blocks_markup import byte_words
from pipelines.blocks_tree import properties_of

Names = tuple[str | None, str | None]  # class and id attribute
Subject = Literal["author", "date", "trail", "section"]
_NAMELESS: Final[Names] = (None, None)
# what a name must hold to say something of a subject: a cheap look before the expressions that decide
_STEMS: Final[dict[Subject, tuple[str, ...]]] = {
    "author": ("aut", "byline", "signature", "journalist", "redact", "writer", "uid"),
    "date": ("date", "publi", "posted", "time", "maj", "modif"),
    "trail": ("breadcrumb", "ariane", "fil", "chemin", "hierarchie", "arbo", "path", "trail"),
    "section": ("cat", "rubrique", "surtit", "kicker", "section", "terms"),
}
_SUBJECTS: Final = {subject: 1 << place for place, subject in enumerate(_STEMS)}
_ANY_STEM: Final = re.compile("|".join(stem for stems in _STEMS.values() for stem in stems).encode())


@lru_cache(maxsize=16384)
def _subjects_of_word(raw: bytes) -> int:
    if not _ANY_STEM.search(raw):
        return 0  # most words
    word = raw.decode("latin-1")
    found = (_SUBJECTS[subject] for subject, stems in _STEMS.items() if any(stem in word for stem in stems))
    return sum(found)


@lru_cache(maxsize=16384)
def _subjects(name: str) -> int:
    """The subjects that a name may say something of, as bits: pages share their words, not their names."""
    try:
        words = byte_words(name.lower())
    except UnicodeEncodeError:
        return sum(_SUBJECTS.values())
    found = 0
    for word in words:
        found |= _subjects_of_word(word)
    return found


class Elements:
    """The elements of one tree in page order; a place is an index into `all`.

    `tags`: their tags. `places`: of each pair of class and id those that bear it. `rels`: of each with a rel
    attribute that attribute. `marked`: those with an itemprop, where the page `is_marked` at all.
    """

    __slots__ = ("_by_tag", "_named", "all", "marked", "places", "rels", "tags")

    def __init__(self, tree: HtmlElement | None = None, *, is_marked: bool = True) -> None:
        # the list also keeps lxml's proxies alive: making them anew costs more than the rules
        self.all: list[HtmlElement] = [] if tree is None else list(tree.iter())
        self.tags: list[str] = [element.tag for element in self.all]
        self._by_tag: dict[str, list[int]] = {}
        self.places: dict[Names, list[int]] = {}
        self.rels: dict[int, str] = {}
        for place, element in enumerate(self.all):
            get = element.get
            if (names := (get("class"), get("id"))) != _NAMELESS:
                if (same := self.places.get(names)) is None:
                    self.places[names] = [place]
                else:
                    same.append(place)
            if rel := get("rel"):
                self.rels[place] = rel
        self.marked = properties_of(tree) if is_marked and tree is not None else []
        self._named = [
            (_subjects(one or "") | _subjects(other or ""), (one, other), places)
            for (one, other), places in self.places.items()
        ]

    def tagged(self, tag: str) -> list[int]:
        """The places of the elements of a tag."""
        if not self._by_tag:
            for place, one in enumerate(self.tags):
                self._by_tag.setdefault(one, []).append(place)
        return self._by_tag.get(tag, [])

    def of(self, tags: Collection[str]) -> list[HtmlElement]:
        """The elements of some tags."""
        return [element for element, tag in zip(self.all, self.tags, strict=True) if tag in tags]

    def called(self, subject: Subject) -> list[tuple[Names, list[int]]]:
        """The names that may say something of a subject, and the places of the elements that bear them."""
        wanted = _SUBJECTS[subject]
        return [(names, places) for subjects, names, places in self._named if subjects & wanted]

    def where(self, elements: Iterable[HtmlElement]) -> list[int]:
        """The places of some elements; those that were made later have none."""
        wanted = set(elements)
        return [place for place, element in enumerate(self.all) if element in wanted] if wanted else []

    def place(self, element: HtmlElement | None) -> int:
        """The place of an element, or one behind all where it has none."""
        try:
            return self.all.index(element)
        except ValueError:
            return len(self.all)
