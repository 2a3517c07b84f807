"""The ends of a text: which lines above its first and below its last long paragraph belong to it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import takewhile
from typing import Final

from lxml.html import HtmlElement

from pipelines.blocks_lines import BYLINE, TRANSLATED
from pipelines.body_paragraphs import Paragraph
from pipelines.body_tables import DataTables, closing_tables
from pipelines.persons import is_person
from pipelines.text import SENTENCE_END

_LIKE_TEXT: Final = 40  # characters of a line in the dress of the text, without a full stop
_ITEM: Final = 15  # characters of an item behind a dash
_PARTS: Final = ("li", "td", "dd", "dt", "pre", "blockquote")
_BETWEEN_NAMES: Final = re.compile(r",|&|\b(?:et|and|und)\b")
_BETWEEN: Final = 6  # lines between a lead and the text
_BELOW: Final = 8  # paragraphs below a heading that are looked at


def below_lead(kept: Sequence[Paragraph], prose: Sequence[int]) -> Sequence[Paragraph]:
    """What stands below the first long paragraph: where that is a lead above the box of the text, without the
    lines between the two.
    """
    first, second, third, last = *prose[:3], prose[-1]
    home = kept[second].element.getparent()
    between = kept[first + 1 : second]
    above = home in kept[first].element.iterancestors() or home is not kept[third].element.getparent()
    if above or not 0 < len(between) <= _BETWEEN:
        return kept[first + 1 : last + 1]
    inside = [p for p in between if _is_part(p) or home in p.element.iterancestors()]
    return [*inside, *kept[second : last + 1]]


def _is_part(paragraph: Paragraph) -> bool:
    """Whether a line is a heading, an item or what announces a list."""
    return (
        paragraph.is_heading
        or (paragraph.tag in _PARTS and not _files(paragraph))
        or paragraph.text.endswith(":")
    )


def _files(paragraph: Paragraph) -> bool:
    """Whether a term says when, where and by whom the article was filed, as Joomla lists it."""
    if paragraph.tag not in ("dt", "dd"):
        return False
    holder = next(paragraph.element.iterancestors("dl"), None)
    return holder is not None and "info" in (holder.get("class") or "")


def opens_text(paragraph: Paragraph) -> bool:
    """Whether a short paragraph above the first long one belongs to the text: a label or a name does not."""
    if paragraph.is_heading or (paragraph.tag in _PARTS and not _files(paragraph)):
        return True
    return len(paragraph.text) >= 40 or SENTENCE_END.search(paragraph.text) is not None


def closing(kept: Sequence[Paragraph], last: int, tables: DataTables) -> Iterator[Paragraph]:
    """What belongs to the text after its last long paragraph: list items, sentences, answers, tables."""
    before = kept[last]
    in_part = False  # below a heading that heads a part of the text
    index = last + 1
    while index < len(kept):
        end = closing_tables(kept, index, tables)
        yield from kept[index:end]
        if end > index:
            index = end
            continue
        paragraph = kept[index]
        if paragraph.is_heading:
            in_part = _heads_sentences(kept, index, before)
            if not in_part:
                return
        if in_part or _goes_on(paragraph, before, kept[index + 1 : index + 1 + _BELOW]):
            yield paragraph
            before = paragraph
        index += 1


def _goes_on(paragraph: Paragraph, before: Paragraph, below: Sequence[Paragraph]) -> bool:
    """Whether a short paragraph goes on with the text: an item, a sentence, an answer, a line beside one."""
    if _is_sentence(paragraph) or (paragraph.tag == "li" and before.tag in ("li", "p")):
        return True
    if _is_beside(paragraph, before):
        return True
    if paragraph.tag != "p":
        return False
    lines = takewhile(lambda other: other.element is paragraph.element, below)
    is_line = paragraph.element is before.element or any(map(_is_sentence, lines))
    return is_line or (before.text.endswith("?") and before.tag == "p")


def _is_beside(paragraph: Paragraph, before: Paragraph) -> bool:
    """Whether a line without a full stop is one of the text's own elements: of some length, or an item."""
    one, other = paragraph.element, before.element
    if (
        one.tag != other.tag
        or one.getparent() is not other.getparent()
        or one.get("class") != other.get("class")
    ):
        return False
    if _captions(one) or _signs(paragraph.text):
        return False
    is_item = paragraph.text.startswith(("-", "–", "—", "•")) and len(paragraph.text) >= _ITEM
    return (is_item or len(paragraph.text) >= _LIKE_TEXT) and not paragraph.linked


def _is_sentence(paragraph: Paragraph) -> bool:
    return len(paragraph.text) >= 15 and SENTENCE_END.search(paragraph.text) is not None


def _signs(text: str) -> bool:
    """Whether a line only says who wrote: names, a byline, with whom."""
    text = text.lstrip("-–— ")
    if BYLINE.match(text) or TRANSLATED.match(text) or text.lower().startswith(("avec ", "with ")):
        return True
    return all(is_person(name.strip()) for name in _BETWEEN_NAMES.split(text))


def _captions(element: HtmlElement) -> bool:
    """Whether a line in italics stands beside a picture."""
    whole = len(element) == 1 and element[0].tag in ("em", "i") and not (element[0].tail or "").strip()
    if not whole or (element.text or "").strip():
        return False
    beside = (element.getprevious(), element.getnext())
    return any(node is not None and node.tag in ("figure", "picture", "img", "iframe") for node in beside)


def _heads_sentences(kept: Sequence[Paragraph], place: int, before: Paragraph) -> bool:
    """Whether a heading behind the last long paragraph heads a part of the text: sentences follow."""
    below = list(takewhile(lambda p: not p.is_heading, kept[place + 1 : place + 1 + _BELOW]))
    said = sum(_is_sentence(p) or _is_beside(p, before) for p in below)
    return said > 0 and 2 * said >= len(below) and not any(p.linked for p in below)
