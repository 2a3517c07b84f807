"""Where a page may say when it was published: the claims, most trusted first."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import chain, islice
from typing import Final, Literal

from lxml.html import HtmlElement

from pipelines.article_date_place import OwnBoxes, tells_its_role
from pipelines.blocks import Blocks
from pipelines.blocks_elements import Elements
from pipelines.blocks_lines import Line, Lines
from pipelines.blocks_tree import is_small, text_before, text_of
from pipelines.body import Body
from pipelines.dates_fold import fold_line
from pipelines.dates_words import MODIFIED
from pipelines.structured import Structured

Kind = Literal["line", "text", "meta"]
Field = Literal["published", "modified"]
_MAX_NAMED: Final = 8
_PROSE: Final = 80  # characters of a paragraph of running text
_MAX_BELOW: Final = 3  # different date texts below the text: more are those of cards
_DATED: Final = re.compile(r"date|publi|posted|time|\bmaj\b|updated|modifi", re.I)
_NOT_DATED: Final = re.compile(
    r"candidate|validate|sometime|read|lecture|runtime|timeline|countdown|current|clock|today|duration|times|event",
    re.I,
)
_UPDATED: Final = re.compile(r"modif|updated|\bmaj\b|mise-?a-?jour", re.I)
_LABEL: Final = 30  # characters of a label before a moment
_ORIGINALLY: Final = re.compile(
    r"\b(?:originally|first|initialement|pour la première fois|originellement|ursprünglich)\s+"
    r"(?:published|appeared|posted|publiée?|parue?|mise? en ligne|veröffentlicht)\s+(?:on|le|am)\s+"
    r"((?:\w+ )?\d{1,2}(?:er|st|nd|rd|th)?[ ./-]\w{2,10}\.?[ ./-]\d{4}|\w{3,9}\.? \d{1,2},? \d{4})",
    re.I,
)
_LABELLED: Final = re.compile(
    r"publi|post[eé]|parution|paru|mise? en ligne|cr[eé][eé]|veröffentlicht|date", re.I
)
_PUBLISHED: Final = re.compile(r"publi|parution|paru|mise? en ligne|veröffentlicht", re.I)  # not "créé le"
_CREATED: Final = re.compile(r"\W{0,3}cr[ée][ée]e?\b", re.I)
_DRAFTED: Final = ":datecreated"  # the day of a draft, where the page says when it was published
_YEAR: Final = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d)?(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)?")
_OFFSET: Final = re.compile(r"T\d\d:\d\d.*[+-]\d\d:?\d\d$")  # an hour of a known zone; "Z" is often not meant
RELATIVE: Final = re.compile(r"\b(?:il y a|hier|aujourd|ago|yesterday|vor)\b", re.I)
_DATED_TAGS: Final = frozenset(
    "abbr span div p li em small strong a h4 h5 h6 dd i b address font td".split()  # noqa: SIM905
)


@dataclass(frozen=True, slots=True)
class DateClaim:
    """A text that may say when, where it stood, and how to read it.

    `masthead`: it may be the day of the visit that a site prints on each page.
    """

    text: str
    rule: str
    kind: Kind
    field: Field = "published"
    masthead: bool = False


def date_claims(
    structured: Structured, blocks: Blocks, body: Body, lines: Lines, title: str | None
) -> list[DateClaim]:
    """Every claim of a page, most trusted first."""
    claims = _originally(body)
    declared = [DateClaim(c.value, c.rule, "meta") for c in structured.published]
    created = [c for c in declared if c.rule.endswith(_DRAFTED)]
    claims += [c for c in declared if c not in created]
    claims += [DateClaim(c.value, c.rule, "meta", "modified") for c in structured.modified]
    begin = blocks.elements.place(body.paragraphs[0].element if body.paragraphs else None)
    boxes = OwnBoxes(blocks.elements, title, begin)
    head, tail = _named(blocks, body, boxes)
    printed = [_printed(line, boxes) for line in _outside_text(lines, body)]
    first = [c for c in printed if c.rule == "line:head"]
    # where the headline is not found, the day of the visit stands there as well
    first.sort(key=lambda c: _LABELLED.search(c.text) is None)
    above = [c for c in printed if c.rule == "line:above" and any(sign.isdigit() for sign in c.text)]
    above.sort(key=lambda c: _LABELLED.search(c.text) is None)
    visible = [*(c for c in head if not c.rule.endswith("above")), *first]
    # the box of the author above the text holds the date as well
    visible += [DateClaim(text, "line:byline", "line") for text in blocks.bylines if _YEAR.search(text)]
    visible += [*(c for c in head if c.rule.endswith("above")), *above]
    if any(_PUBLISHED.search(c.text) for c in visible):
        visible.sort(key=lambda c: _CREATED.match(c.text) is not None)
        claims += [*visible, *created]
    else:
        claims += [*created, *visible]
    below = [c for c in printed if c.rule in ("line:tail", "line:after")] + tail
    return claims + (below if len({c.text for c in below if c.kind == "line"}) <= _MAX_BELOW else [])


def _outside_text(lines: Lines, body: Body) -> Iterator[Line]:
    """Date lines, without those between the paragraphs of a text that do not say what their day is."""
    told = [len(p.text) >= _PROSE and not p.is_heading for p in body.paragraphs]
    # behind the first paragraph, which may be a lead that stands in the container of the text
    begins = next(islice((place for place, is_told in enumerate(told) if is_told), 1, None), len(told))
    ends = max((place for place, is_told in enumerate(told) if is_told), default=0)
    inside = {id(p) for p in body.paragraphs[begins:ends]}
    for line in lines.dates:
        if id(line.paragraph) not in inside or _says_why(line.text):
            yield line


def _says_why(text: str) -> bool:
    return tells_its_role(text) or MODIFIED.search(fold_line(text).lower) is not None


def _printed(line: Line, boxes: OwnBoxes) -> DateClaim:
    text, element = line.text, line.paragraph.element
    is_above = line.zone == "above" or (line.zone == "head" and boxes.is_above(element))
    is_own = is_above and (tells_its_role(text) or boxes.hold_line(element, text))
    return DateClaim(text, f"line:{line.zone}", "line", masthead=is_above and not is_own)


def _originally(body: Body) -> list[DateClaim]:
    """A note at either end that tells when the text first appeared: all else dates a later edition."""
    ends = [*body.before[-3:], *body.paragraphs[:1], *body.paragraphs[-3:], *body.after[:5]]
    notes = (_ORIGINALLY.search(paragraph.text[:300]) for paragraph in ends)
    return [DateClaim(note[1].strip(" ,"), "line:original", "line") for note in notes if note is not None][:1]


def _named(blocks: Blocks, body: Body, boxes: OwnBoxes) -> tuple[list[DateClaim], list[DateClaim]]:
    """<time> elements and elements whose class says date, above the end of the text and below it."""
    head: list[DateClaim] = []
    tail: list[DateClaim] = []
    elements = blocks.elements
    end = elements.place(body.paragraphs[-1].element if body.paragraphs else None)
    headline = next(iter(elements.tagged("h1")), end)
    for place in sorted(_dated(elements)):
        element, tag = elements.all[place], elements.tags[place]
        found = head if place < end else tail
        if (tag != "time" and tag not in _DATED_TAGS) or len(found) >= _MAX_NAMED:
            continue
        if element in blocks.gone and (element in blocks.foreign or not _is_for_machines(element)):
            continue
        claim = _claim_of(element, tag, "after" if place >= end else "above" if place < headline else "head")
        if claim is not None:
            is_masthead = place < boxes.headline_or(headline) and not boxes.hold(element, is_marked=True)
            found.append(replace(claim, masthead=is_masthead))
    if any(c.rule.endswith("head") for c in head):
        head.sort(key=lambda c: (c.rule.endswith("above"), "published" not in c.rule))
    return head, tail


def _is_update(element: HtmlElement) -> bool:
    """Whether a <time> says that it is an update, before its day or right before itself."""
    own = element.text or (element[0].text if len(element) else "") or ""
    words = f"{text_before(element)[-_LABEL:]} {own.lstrip()[:_LABEL]}"
    return any(c.isalpha() for c in words) and MODIFIED.search(fold_line(words).lower) is not None


def _is_for_machines(element: HtmlElement) -> bool:
    """Whether a hidden element tells a moment as data does."""
    return _MOMENT.fullmatch((element.get("datetime") or element.text or "").strip()) is not None


def _dated(elements: Elements) -> set[int]:
    """The places of the elements whose names may say that they hold a date."""
    named = (
        places for names, places in elements.called("date") if _said_by(" ".join(filter(None, names)))[0]
    )
    return {*chain.from_iterable(named), *elements.tagged("time"), *elements.where(elements.marked)}


@lru_cache(maxsize=8192)
def _said_by(name: str) -> tuple[bool, Field]:
    """Whether names say that an element holds a date, and which."""
    is_dated = _DATED.search(name) is not None and _NOT_DATED.search(name) is None
    return is_dated, "modified" if _UPDATED.search(name) else "published"


def _claim_of(element: HtmlElement, tag: str, place: str) -> DateClaim | None:
    name = " ".join(filter(None, map(element.get, ("class", "id", "itemprop"))))
    is_dated, field = _said_by(name)
    if tag == "time":
        is_published = "publi" in name or element.get("pubdate") is not None
        rule = "time:published" if is_published else "time"
        if _is_update(element):
            field = "modified"
        elif field == "modified":  # by its name alone; WordPress calls a first date "published updated"
            field, rule = ("published", rule) if is_published else (field, "time:updated")
        if value := element.get("datetime"):
            return DateClaim(value, f"{rule}:{place}", "meta", field)
        text = text_of(element)[:200] if is_small(element) else ""
        return DateClaim(text, f"{rule}:{place}", "line", field)
    if not is_dated:
        return None
    if tag == "abbr" and (value := element.get("title")):
        return DateClaim(value, f"abbr:{place}", "meta", field)
    text = text_of(element) if is_small(element) else ""
    if 5 < len(text) <= 120 and any(c.isdigit() for c in text):
        moments = [value for time in element.iter("time") if (value := time.get("datetime"))]
        if len(moments) == 1 and _OFFSET.search(moments[0]):
            return None  # it says more than the words around it, and is asked itself
        if moments and RELATIVE.search(text):
            return None  # "il y a 3 mois" counts from when the page was made
        return DateClaim(text, f"name:{place}", "line", field)
    return None
