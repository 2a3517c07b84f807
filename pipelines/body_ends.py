"""The ends of a text: which lines above its first and below its last long paragraph belong to it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import takewhile
from typing import Final

from lxml.html import HtmlElement

from pipelines.blocks_lines import BYLINE, TRANSLATED
from pipelines.blocks_prose import is_prompt
from pipelines.body_paragraphs import Paragraph
from pipelines.body_tables import DataTables, closing_tables
from pipelines.persons import is_person
from pipelines.text import SENTENCE_END

_LIKE_TEXT: Final = 40  # characters of a line in the dress of the text, without a full stop
_ITEM: Final = 15  # characters of an item behind a dash
_PARTS: Final = ("li", "td", "dd", "dt", "pre", "blockquote")
_BETWEEN_NAMES: Final = re.compile(r",|&|\b(?:et|and|und)\b")
_LABELLED: Final = re.compile(r"[A-ZÀ-Þ][^:.]{2,40}\s?:\s\S")  # "Arbitre : Jean Modele"
_CREDIT: Final = re.compile(
    r"\W*(?:photos?|images?|illustrations?|vid[ée]os?|cr[ée]dits?|sources?)\b[^:]{0,20}:", re.I
)
_ONE_LINE: Final = 2  # lines of one paragraph: a name and what she is
_LISTED: Final = 40  # lines of a list
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


def speaks_again(paragraph: Paragraph, below: Sequence[Paragraph]) -> bool:
    """Whether a line that may say who speaks, a name or what ends with a colon, heads a part of the text
    further down as well.
    """
    text = paragraph.text
    if not (text.endswith(":") or is_person(text)):
        return False
    return any(p.text == text and _is_alike(p, paragraph) for p in below)


def closing(kept: Sequence[Paragraph], last: int, tables: DataTables) -> Iterator[Paragraph]:
    """What belongs to the text after its last long paragraph: list items, sentences, answers, tables, and
    the parts of it that have none.
    """
    before, home = kept[last], _home(kept[last])
    in_part = skipping = False  # below a heading that heads a part of the text, or something else
    listed = -1  # the last line of a list
    index = last + 1
    while index < len(kept):
        end = closing_tables(kept, index, tables)
        yield from kept[index:end]
        if end > index:
            index, skipping = end, False
            continue
        paragraph = kept[index]
        if paragraph.is_heading:
            in_part = _is_own_part(kept, index, home) or (
                not skipping and _heads_sentences(kept, index, before)
            )
            skipping = not in_part
        if index > listed:
            listed = max(listed, index + _list_length(kept[index : index + _LISTED], before) - 1)
        goes_on = in_part or index <= listed
        if not skipping and (goes_on or _goes_on(paragraph, before, kept[index + 1 : index + 1 + _BELOW])):
            yield paragraph
            before = paragraph
        index += 1


def _home(paragraph: Paragraph) -> HtmlElement | None:
    """The element that a paragraph stands in as one of several; of an item the one around its list."""
    holder = paragraph.element
    while holder.tag in ("li", "ul", "ol", "dl", "dt", "dd") and holder.getparent() is not None:
        holder = holder.getparent()
        if holder.tag not in ("ul", "ol", "dl"):
            return holder
    return holder.getparent()


def _is_own_part(kept: Sequence[Paragraph], place: int, home: HtmlElement | None) -> bool:
    """Whether a heading stands in the element that holds the text, or in a box of it that lists facts, with
    lines below it that lead nowhere and ask for nothing: candidates, hours, results, ingredients.
    """
    heading = kept[place]
    below = list(takewhile(lambda p: not p.is_heading, kept[place + 1 : place + 1 + _LISTED]))
    box = heading.element.getparent()
    is_box = box is not None and box is not home and box.getparent() is home
    if home is None or not below or not (box is home or is_box):
        return False
    if is_box and not all(p.tag in _PARTS for p in below):
        return False
    asks = any(p.linked or BYLINE.match(p.text) or is_prompt(p.text) for p in below)
    return not asks and all(_home(p) is box for p in below)


def _list_length(below: Sequence[Paragraph], before: Paragraph) -> int:
    """How many lines a list has that begins here: a line that announces it and its items, or several lines
    of a label and what it says, in the dress of the text. 0 where none begins.
    """
    first = below[0]
    if first.linked or not (_is_alike(first, before) or first.element is before.element):
        return 0
    if first.text.endswith(":"):
        if BYLINE.match(first.text) or is_prompt(first.text) or len(first.text) < _ITEM:
            return 0
        if len(below) > 1 and below[1].tag == "li" and not below[1].linked:
            return 1  # its items speak for themselves
        items = list(takewhile(lambda p: _is_item(p, first), below[1:]))
        return 1 + len(items) if len(items) > 1 and not any(is_prompt(p.text) for p in items) else 0
    heads = int(first.strong and not is_person(first.text))  # "Le palmarès", in bold
    inner = list(takewhile(lambda p: p.element is first.element and _is_item(p, first), below))
    if heads and len(inner) > _ONE_LINE:
        return len(inner)
    labelled = list(takewhile(lambda p: _is_item(p, first) and _LABELLED.match(p.text), below[heads:]))
    return heads + len(labelled) if len(labelled) > 1 else 0


def _is_item(paragraph: Paragraph, first: Paragraph) -> bool:
    """Whether a line stands in a list beside its first one: a name may be an item, a byline is none."""
    if (
        paragraph.linked
        or paragraph.is_heading
        or BYLINE.match(paragraph.text)
        or _CREDIT.match(paragraph.text)
    ):
        return False
    return paragraph.element is first.element or _is_alike(paragraph, first)


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
    if not _is_alike(paragraph, before) or _signs(paragraph.text):
        return False
    is_item = paragraph.text.startswith(("-", "–", "—", "•")) and len(paragraph.text) >= _ITEM
    return (is_item or len(paragraph.text) >= _LIKE_TEXT) and not paragraph.linked


def _is_alike(paragraph: Paragraph, before: Paragraph) -> bool:
    """Whether a line stands beside another in the same dress."""
    one, other = paragraph.element, before.element
    if one.tag != other.tag or one.get("class") != other.get("class"):
        return False
    return one.getparent() is other.getparent() and not _captions(one)


def _is_sentence(paragraph: Paragraph) -> bool:
    return len(paragraph.text) >= 15 and SENTENCE_END.search(paragraph.text) is not None


def _signs(text: str) -> bool:
    """Whether a line only says who wrote: names, a byline, with whom."""
    text = text.lstrip("-–— ")
    if " " not in text and "/" in text:
        return True  # "jm/www.gazette.example/redaction@gazette.example"
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
