"""The text of the article: the container that holds the prose, paragraph by paragraph.

`pipelines.blocks` has cut what is data or noise. What is left is read twice at most: first as the
paragraphs of the element that holds most of the prose; where that gives too little or the page has no such
element, by trafilatura (precision, no metadata) on the same pruned tree.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from lxml.html import HtmlElement

from pipelines.body_paragraphs import Paragraph, paragraphs
from pipelines.text import fold

MIN_BODY: Final = 250  # characters: less asks for a second chance
_CONTAINER = re.compile(
    r"articlebody|article[-_]{1,2}(?:body|content|text|texte|inner)|(?:entry|post|story|page|single|news|blog|node|field)[-_]{0,2}"
    r"(?:content|body|text|texte|entry|wrapper__content)|\btexte\b|\bcontenu\b|body[-_]text|text[-_]body|article$|rich[-_]?text|\bcorps\b",
    re.I,
)


@dataclass(slots=True)
class Body:
    """The paragraphs kept, and how they were found."""

    paragraphs: list[Paragraph] = field(default_factory=list)
    container: HtmlElement | None = None
    rule: str = "none"
    before: list[Paragraph] = field(default_factory=list)  # what the page says above the body
    after: list[Paragraph] = field(default_factory=list)
    head: Sequence[Paragraph] = ()  # of `before`, what stands around and below the headline

    @property
    def text(self) -> str:
        return "\n".join(p.text for p in self.paragraphs)


def read_body(tree: HtmlElement, selectors: Sequence[str] = ()) -> Body:
    """The body of a pruned tree."""
    root = tree.find(".//body")
    root = tree if root is None else root
    everything = paragraphs(root)
    container, rule = _container(root, everything)
    places = [i for i, p in enumerate(everything) if _within(p.element, container)]
    if not places:
        return Body()
    first, last = _expanded(everything, places[0], places[-1], container)
    return Body(
        list(everything[first : last + 1]), container, rule, everything[:first], everything[last + 1 :]
    )


def _within(element: HtmlElement, container: HtmlElement) -> bool:
    node: HtmlElement | None = element
    while node is not None:
        if node is container:
            return True
        node = node.getparent()
    return False


def _mass(paragraph: Paragraph) -> float:
    """How much a paragraph speaks for being prose of an article."""
    size = len(paragraph.text)
    if (
        paragraph.is_linked
        or paragraph.is_heading
        or size < 40
        or _TEMPLATE.search(paragraph.text)
        or _is_consent(paragraph)
    ):
        return 0.0
    plain = size - paragraph.linked
    return plain * (float(os.environ.get("LI", "0.4")) if paragraph.tag in ("li", "td", "th", "dd") else 1.0)


def _container(root: HtmlElement, everything: Sequence[Paragraph]) -> tuple[HtmlElement, str]:
    """The smallest element that still holds the prose."""
    mass: dict[HtmlElement, float] = {}
    for paragraph in everything:
        weight = _mass(paragraph)
        node: HtmlElement | None = paragraph.element
        while weight and node is not None:
            mass[node] = mass.get(node, 0.0) + weight
            if node is root:
                break
            node = node.getparent()
    total = mass.get(root, 0.0)
    current, rule = root, "prose"
    for marked in root.iter("div", "section", "article", "main", "span"):
        if marked.get("itemprop") == "articleBody" and mass.get(marked, 0.0) >= 0.4 * total:
            current, rule = marked, "articleBody"
            break
    while True:
        held = mass.get(current, 0.0)
        best = max((c for c in current if c in mass), key=lambda c: mass[c], default=None)
        if best is None or mass[best] < DESC * held or best.tag in ("p", "blockquote", "ul", "ol", "pre"):
            return current, rule
        current = best


import os

DESC = float(os.environ.get("DESC", "0.6"))
GAP = int(os.environ.get("GAP", "2"))


def _expanded(
    everything: Sequence[Paragraph], first: int, last: int, container: HtmlElement
) -> tuple[int, int]:
    """The range of paragraphs with the prose just before and after the container."""
    home = container.getparent()
    for _ in range(2):
        if home is not None and home.tag not in ("body", "html") and home.getparent() is not None:
            home = home.getparent()
    if home is None:
        return first, last
    for step in (-1, 1):
        index, gap = (first - 1 if step < 0 else last + 1), 0
        while 0 <= index < len(everything) and gap <= GAP:
            paragraph = everything[index]
            if paragraph.tag in ("h1",) or not _within(paragraph.element, home):
                break
            if (_mass(paragraph) >= 80 or _is_prose(paragraph)) and paragraph.tag not in ("li", "td", "th"):
                first, last = min(first, index), max(last, index)
                gap = 0
            else:
                gap += 1
            index += step
    return first, last


_TEMPLATE = re.compile(r"\{[{*|%]|[%|*}]\}|<%|%>")  # what a script would have filled in

_CONSENT = re.compile(r"\b(?:cookies?|consentement|consent|einwilligung|datenschutzerkl)", re.I)
_SENTENCE_END = re.compile(r"[.!?…。！？।][»”\"')\]\s]*$")
_WIDE = re.compile(r"[\u1100-\u11ff\u2e80-\ua4cf\uac00-\ud7ff\uf900-\ufaff]")
_CREDIT = re.compile(
    r"^\W*(?:cr[ée]dits?(?: photos?)?|photos?|image|illustration|foto|bild|©|\(c\)|copyright|picture|source photo|ph\.?)\s?(?:[:©/]|\(c\))",
    re.I,
)


def _is_consent(paragraph: Paragraph) -> bool:
    """What consent banners say: they speak of nothing else."""
    size = len(paragraph.text)
    return 60 < size < 1200 and len(_CONSENT.findall(paragraph.text)) >= 2 + size // 500


def _is_prose(paragraph: Paragraph) -> bool:
    """A paragraph that can only be text: long, or a sentence of some length."""
    size = len(paragraph.text) * (2 if _WIDE.search(paragraph.text) else 1)
    if paragraph.is_linked or paragraph.is_heading:
        return False
    return size >= 140 or size >= 60 and bool(_SENTENCE_END.search(paragraph.text))


def trimmed(found: Sequence[Paragraph]) -> list[Paragraph]:
    """The paragraphs of a body without links standing alone, credits, and the furniture at both ends."""
    kept = [
        p
        for p in found
        if not (p.is_linked and len(p.text) < 200) and not (len(p.text) < 120 and _CREDIT.match(p.text))
    ]
    prose = [i for i, p in enumerate(kept) if _is_prose(p)]
    if not prose:
        return kept
    first, last = prose[0], prose[-1]
    import os

    M = os.environ.get("TRIM", "ht")
    if "h" not in M:
        first = 0
    if "t" not in M:
        last = len(kept) - 1
    head = [p for p in kept[:first] if _opens_text(p)]
    tail = list(_closing(kept, last))
    return [*head, *kept[first : last + 1], *tail]


def _opens_text(paragraph: Paragraph) -> bool:
    """Whether a short paragraph above the first long one belongs to the text: a label or a name does not."""
    if paragraph.is_heading or paragraph.tag in ("li", "td", "dd", "dt", "pre", "blockquote"):
        return True
    return len(paragraph.text) >= 40 or bool(_SENTENCE_END.search(paragraph.text))


def _closing(kept: Sequence[Paragraph], last: int) -> Iterator[Paragraph]:
    """The short paragraphs after the last long one that still belong to the text."""
    final = kept[last]
    for paragraph in kept[last + 1 :]:
        if paragraph.is_heading:
            return
        if (
            paragraph.tag == "li"
            and final.tag in ("li", "p")
            or _SENTENCE_END.search(paragraph.text)
            and len(paragraph.text) >= 15
        ):
            yield paragraph
            final = paragraph
        elif len(paragraph.text) < 8:
            continue


def without_copies(kept: Sequence[Paragraph]) -> list[Paragraph]:
    """The paragraphs without a second printing of the text (for another screen size, or for the printer).

    One paragraph may well stand twice in a text; three in the same order do not.
    """
    places: dict[str, list[int]] = {}
    result: list[Paragraph] = []
    index = 0
    while index < len(kept):
        size = max((_run_length(kept, start, index) for start in places.get(kept[index].text, ())), default=0)
        if size >= 3 and sum(len(p.text) for p in kept[index : index + size]) >= 200:
            index += size
            continue
        starts = places.setdefault(kept[index].text, [])
        if len(starts) < 5:
            starts.append(index)
        result.append(kept[index])
        index += 1
    return result


def _run_length(kept: Sequence[Paragraph], start: int, again: int) -> int:
    size = 0
    while (
        again + size < len(kept)
        and start + size < again
        and kept[start + size].text == kept[again + size].text
    ):
        size += 1
    return size


def bounded(kept: Sequence[Paragraph], witness: str | None) -> list[Paragraph]:
    """The paragraphs up to the last that the page's own data has in its article body (a lead may stand above).

    Only where that text and the paragraphs agree for the most part: many sites declare a teaser there.
    """
    said = fold(witness or "")
    if len(said) < 300:
        return list(kept)
    prose = [i for i, p in enumerate(kept) if _is_prose(p)]
    found = [i for i in prose if _key(kept[i]) in said]
    size = sum(len(kept[i].text) for i in found)
    if len(found) < 3 or size < 0.8 * len(said) or size < 0.5 * sum(len(kept[i].text) for i in prose):
        return list(kept)
    return list(kept[: found[-1] + 1])


def _key(paragraph: Paragraph) -> str:
    return fold(paragraph.text[:120])


def without_repeats(kept: Sequence[Paragraph], title: str | None, authors: Sequence[str]) -> list[Paragraph]:
    """Neither the title above the text nor an author's bare name at its ends."""
    said = {fold(title or ""), *map(fold, authors)} - {""}
    prose = [i for i, p in enumerate(kept) if _is_prose(p)]
    first, last = (prose[0], prose[-1]) if prose else (len(kept), -1)
    return [p for i, p in enumerate(kept) if first < i < last or fold(p.text) not in said]


_OPEN_END = re.compile(r"(?:\.{3}|…)\W{0,3}$")


def ends_open(text: str) -> bool:
    """Whether a text breaks off with dots."""
    return bool(_OPEN_END.search(text[-20:]))
