"""The lines around a text that say when and by whom: date, source and byline, by their place.

A line counts only where such lines stand: between headline and text, at the end of the text, right after it.
What a running text says of dates and sources is not looked at here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final, Literal

from pipelines.attribution import is_source_line
from pipelines.body_paragraphs import Paragraph
from pipelines.dates_fold import fold_line
from pipelines.dates_lines import is_date_line, read_line
from pipelines.persons import is_person
from pipelines.text import SENTENCE_END, fold

Zone = Literal["above", "head", "tail", "after"]  # above: over the headline
MAX_LINE: Final = 300
_ABOVE: Final = 4  # lines above the headline that may still belong to it
_AFTER: Final = 12  # lines after the text
ENDS: Final = 6  # lines at either end of the text
_MARKS: Final = " -–—|:•·/"


BYLINE: Final = re.compile(
    r"^\W{0,3}(?:(?:par|by|von|por|(?-i:di|door|av)|écrit par|rédigé par|publié par|posté par|proposé par|"
    r"recueilli par|(?:tous )?propos recueillis par|auteure?s?|texte|written by|posted by|autor(?:in)?|"
    r"signé|(?:article|texte) (?:écrit|rédigé) par|une? (?:article|enquête|reportage|tribune) de)\b[\s:]"
    r"|(?:entretien|interview|dossier|enquête|reportage|texte)s? (?:réalisée?|menée?|conduite?|préparée?)s?"
    r" par\s?:?(?=\s)|(?:une? )?(?:article|enquête|reportage|tribune|correspondance|synthèse) d(?:e\s|['’])"
    r"(?-i:(?=[A-ZÀ-Þ][\w’'-]+\s[A-ZÀ-Þ])))",
    re.I,
)
# what follows the label of a byline: a name, or who else writes in a newsroom
_NAMED: Final = re.compile(
    r"\s*(?:[^\W\d_]['’])?(?:[^\Wa-zà-ÿ_]|(?:la |le |l['’]|notre |nos |un |une )?(?:rédac|corresp|envoyé"
    r"|journal|équipe|service|desk|bureau|staff|redaktion))"
)
_HOUR_CHARS: Final = 12
_HOUR: Final = re.compile(
    r"(?:à\s)?[0-2]?\d\s?[:hH]\s?[0-5]\d(?:\s?[ap]\.?m\.?)?", re.I
)  # in an element beside its day
_INITIAL: Final = re.compile(r"\b[^\Wa-zà-ÿ_]\.$")  # "Jeanne M."
TRANSLATED: Final = re.compile(r"^\W{0,3}(?:texte |article )?traduite?s? (?:de|du|des|par)\b", re.I)


@dataclass(frozen=True, slots=True)
class Line:
    text: str
    zone: Zone
    paragraph: Paragraph


@dataclass(slots=True)
class Lines:
    """Lines by kind, in page order."""

    dates: list[Line] = field(default_factory=list)
    sources: list[Line] = field(default_factory=list)
    others: list[Line] = field(default_factory=list)  # short lines of the head; bylines of both ends


def read_lines(
    before: Sequence[Paragraph],
    body: Sequence[Paragraph],
    after: Sequence[Paragraph],
    title: str | None,
    country: str,
    is_plausible: Callable[[str], bool],
    told: Collection[int] = (),
) -> tuple[Lines, list[Paragraph]]:
    """The lines around a body, and the body without those of its own that are nothing but such a line.

    `told`: the places in the body of lines that are text whatever they look like.
    """
    lines, dropped = Lines(), set[int]()
    text_lines = {id(body[place]) for place in told}
    candidates = [(z, p) for z, p in _candidates(before, body, after, title) if id(p) not in text_lines]
    hours, comments = _hours(candidates), _days_of_comments(after)
    for zone, paragraph in candidates:
        text = _beside_title(paragraph.text, title)
        if len(text) > MAX_LINE:
            continue
        if hour := hours.get(id(paragraph)):
            text = f"{text} {hour.text}"
            dropped.add(id(hour))
        line = Line(text, zone, paragraph)
        is_date = is_date_line(text) and is_plausible(text) and id(paragraph) not in comments
        is_source = is_source_line(text, country)
        if is_date:
            lines.dates.append(line)
        if is_source:
            lines.sources.append(line)
        if is_date or is_source:
            dropped.add(id(paragraph))
        elif zone == "head" and len(text) <= 200:
            lines.others.append(line)
            if len(text) <= 80 and _names_author(paragraph):
                dropped.add(id(paragraph))
        if zone in ("tail", "after") and len(text) <= 120 and not is_source and _signs(text):
            lines.others.append(line)
    return lines, [p for p in body if id(p) not in dropped]


def _days_of_comments(after: Sequence[Paragraph]) -> set[int]:
    """The lines below a text that date what somebody said of it: a day without a label above words."""
    pairs = pairwise(after[: _AFTER + 1])
    dated = [one for one, two in pairs if SENTENCE_END.search(two.text) and is_date_line(one.text)]
    return {id(one) for one in dated if not read_line(fold_line(one.text)).labelled}


def _hours(candidates: Sequence[tuple[Zone, Paragraph]]) -> dict[int, Paragraph]:
    """The hours that stand in an element of their own behind a day, by that line."""
    pairs = [(one, two) for (_, one), (_, two) in pairwise(candidates) if _is_hour(two.text)]
    return {id(one): two for one, two in pairs if _are_beside(one, two) and is_date_line(one.text)}


def _is_hour(text: str) -> bool:
    return len(text) <= _HOUR_CHARS and _HOUR.fullmatch(text) is not None


def _are_beside(one: Paragraph, two: Paragraph) -> bool:
    return one.tag == two.tag and one.element.getparent() is two.element.getparent()


def _names_author(paragraph: Paragraph) -> bool:
    """Whether a line of the head is a byline, and not the intertitle "Par la petite porte"."""
    text = paragraph.text
    label = BYLINE.match(text)
    if label is None or (text.endswith((".", "!", "?", ":")) and not _INITIAL.search(text)):
        return False
    if paragraph.is_heading:
        return is_person(text[label.end() :].strip())
    return _NAMED.match(text, label.end()) is not None


def _beside_title(text: str, title: str | None) -> str:
    """ "17-11-2026 11:30 - The headline" is its day; other lines as they are."""
    if not title or len(text) <= len(title) or not text.casefold().endswith(title.casefold()):
        return text
    before = text[: -len(title)]
    return before.rstrip(_MARKS) if before.rstrip()[-1:] in _MARKS and before[:1].isdigit() else text


def _signs(text: str) -> bool:
    return BYLINE.match(text) is not None or TRANSLATED.match(text) is not None


def _candidates(
    before: Sequence[Paragraph], body: Sequence[Paragraph], after: Sequence[Paragraph], title: str | None
) -> Iterator[tuple[Zone, Paragraph]]:
    head = head_of(before, title)
    headline = next((i for i, p in enumerate(head) if _is_headline(p, title)), 0)
    if not headline and not any(_is_headline(p, title) for p in head[:1]):
        # the container of the text may begin with the headline: then all before it stands above
        headline = len(head) if any(_is_headline(p, title) for p in body[:ENDS]) else 0
    for index, paragraph in enumerate(head):
        yield ("above" if index < headline else "head"), paragraph
    size = len(body)
    for index, paragraph in enumerate(body):
        if index < ENDS and index < size - 1:
            yield "head", paragraph
        elif index >= size - ENDS:
            yield "tail", paragraph
    for paragraph in after[:_AFTER]:
        yield "after", paragraph


def _is_headline(paragraph: Paragraph, title: str | None) -> bool:
    return paragraph.tag == "h1" or fold(paragraph.text) == fold(title or "")


def head_of(before: Sequence[Paragraph], title: str | None) -> Sequence[Paragraph]:
    """The lines between the headline and the text, and a few above it."""
    wanted = fold(title or "")
    for index in range(len(before) - 1, -1, -1):
        paragraph = before[index]
        if paragraph.tag == "h1" or (wanted and fold(paragraph.text) == wanted):
            return before[max(0, index - _ABOVE) :]
    return before[-8:]
