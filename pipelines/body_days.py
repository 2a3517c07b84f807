"""Days that a text tells: what heads a part of a chronicle, and where and when something takes place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from pipelines.blocks_lines import BYLINE, ENDS
from pipelines.body_paragraphs import Paragraph, is_prose
from pipelines.dates_fold import fold_line
from pipelines.dates_lines import is_date_line, read_line

_LONGEST: Final = 200  # characters of a line that is looked at
_ABOVE: Final = 2  # paragraphs: a lead and one more, below which no newsroom prints the day of the article


def told_days(body: Sequence[Paragraph]) -> set[int]:
    """The places of the lines in a body that say nothing but a day, without a label, and are its text.

    They stand between paragraphs of prose, or in a list below one that a line announces; or they head a part
    as others do that stand there.
    """
    prose = [place for place, paragraph in enumerate(body) if is_prose(paragraph)]
    if not prose:
        return set()
    size = len(body)  # `read_lines` looks at the ends alone
    ends = {*range(min(ENDS, size)), *range(max(0, size - ENDS), size)}
    bare = [place for place in sorted(ends.difference(prose)) if _is_bare_day(body[place])]
    enough = prose[_ABOVE - 1] if len(prose) >= _ABOVE else size
    told = {place for place in bare if enough < place < prose[-1] and _is_beside(body, place, prose)}
    told |= {place for place in bare if place > prose[0] and _is_announced(body, place)}
    heads = {_dress(body[place]) for place in told}
    return told | {p for p in bare if p < prose[-1] and _heads(body[p]) and _dress(body[p]) in heads}


def _is_bare_day(paragraph: Paragraph) -> bool:
    text = paragraph.text
    if len(text) > _LONGEST or BYLINE.match(text) or not is_date_line(text):
        return False
    reading = read_line(fold_line(text))
    return not reading.labelled and reading.modified is None


def _is_beside(body: Sequence[Paragraph], place: int, prose: Sequence[int]) -> bool:
    """Whether a line stands among the paragraphs of the text, and not in a card of its own or behind one."""
    home = body[place].element.getparent()
    above = max(one for one in prose if one < place)
    below = min(one for one in prose if one > place)
    near = [body[one].element for one in (above, below)]
    return all(element.getparent() is home for element in near)


def _dress(paragraph: Paragraph) -> tuple[str, bool]:
    return paragraph.tag, paragraph.strong


def _heads(paragraph: Paragraph) -> bool:
    return paragraph.is_heading or paragraph.strong


def _is_announced(body: Sequence[Paragraph], place: int) -> bool:
    """Whether a line is an item of a list below a line of the text that ends with a colon."""
    if body[place].tag != "li":
        return False
    while place > 0 and body[place].tag == "li":
        place -= 1
    return body[place].text.endswith(":")
