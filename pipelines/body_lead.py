"""The lead (chapô) of an article: the paragraph between headline and text that sums it up."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import islice
from typing import Final

from pipelines.attribution import is_source_line
from pipelines.body_paragraphs import Paragraph
from pipelines.dates_lines import is_date_line
from pipelines.text import SENTENCE_END, fold, shared

_LEAD: Final = re.compile(
    r"(?<![a-z])(?:chapos?|(?<!drop[-_])cap|hat|chapeau|chap[oô]|leads?|lede|sapo|standfirst|intro(?:duction)?|excerpt|extrait|accroche|"
    r"sub-?(?:title|head(?:line|ing)?)|sous-?titre|surtitre|teaser(?:[-_]?text)?|decks?|dek|summary|abstract|resume|synopsis|"
    r"vorspann|anriss|sommario|occhiello|entradilla|bajada|ingress)(?![a-z])|"
    r"(?:^|[-_ ])desc(?:ription)?(?:$|[-_ ])",
    re.I,
)
_NOT_LEAD: Final = re.compile(
    r"lead-?(?:form|gen|image|img|media|photo)|intro-?(?:image|img)|author|auteur|image|video|related"
    r"|with-?summary|(?:^|[-_ ])ai[-_]",  # Drupal's whole text; what a machine has summed up
    re.I,
)
_HUMP: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")  # "itemIntroText", "lblChapo"
# "l'essentiel Les élus ont voté": a label that style sets apart
_LABEL: Final = re.compile(
    r"(?:l['’]essentiel|(?:en )?résumé|en bref|(?:ce qu['’]il faut|à|les points à) retenir)\s?[:\n]?\s?"
    r"(?-i:(?=[«\"“]?\s?[A-ZÀ-Þ]))",
    re.I,
)
MIN_LEAD: Final = 40
_POINT: Final = 15  # characters of an item of a lead that is a list
MAX_LEAD: Final = 1500
_NEAR: Final = 4  # paragraphs below the headline among which a lead without a name may stand
_STANDFIRST: Final = 60  # characters of such a lead
_UNDER: Final = 3  # paragraphs below a lead that only bold type tells
_SHARED: Final = 0.6  # of its words with a title
_AROUND: Final = 3  # elements that may say what a paragraph is: its own, and those around it
_WRAPPERS: Final = ("field-item", "field__item")  # of Drupal, around every field: they are no level
_WRAPPED: Final = 4  # paragraphs in an element that can still be a lead


def find_lead(
    before: Sequence[Paragraph],
    body: Sequence[Paragraph],
    described: Sequence[str],
    titles: Sequence[str] = (),
) -> tuple[list[Paragraph], str]:
    """The paragraphs of the lead and the rule that found them.

    `before` is what stands between headline and text, `described` the descriptions the page declares of
    itself. A lead is named so by its markup, or it is the first paragraph and the page's own description, or
    a sentence or a long heading below the first of the `titles` that none of them says.
    """
    wanted = fold(titles[0]) if titles else ""
    places = [i for i, p in enumerate(before) if p.tag == "h1" or (p.is_heading and fold(p.text) == wanted)]
    headline = places[-1] if places else -1
    is_titled = headline >= 0 and bool(titles) and fold(titles[0]) == fold(before[headline].text)
    before = before[headline + 1 :]
    said = [words for text in described if len(words := fold(text)) >= 40]
    above = [p for p in before if (_fits(p) and _named(p)) or _is_point(p)] or [
        p for p in before if _fits(p) and _is_said(p, said)
    ]
    if above:
        return above[-3:], "name:above"
    if is_titled:
        standfirst = next((p for p in before[:_NEAR] if _is_standfirst(p, titles)), None)
        if standfirst is not None:
            return [standfirst], "name:above"
    return _opening_lead(body, said)


def _opening_lead(body: Sequence[Paragraph], said: Sequence[str]) -> tuple[list[Paragraph], str]:
    """The first paragraphs of a text that are its lead; `said` is what the page says of itself, folded."""
    first = next((i for i, p in enumerate(body[:4]) if _fits(p) or _is_point(p)), None)
    if first is None or len(body) - first < 3:
        return [], ""
    named = list(_named_opening(body[first:]))
    below = body[first + len(named) :]
    goes_on = bool(below) and below[0].is_heading and any(map(_named, below[1:_UNDER]))
    if named and len(named) <= 4 and below and not goes_on:
        return named, "name"
    if _is_said(body[first], said) and _stands_out(body[first], body[first + 1 :]):
        return [body[first]], "description"
    return ([body[first]], "bold") if first == 0 and _is_bold_lead(body) else ([], "")


def _named_opening(body: Sequence[Paragraph]) -> Iterator[Paragraph]:
    """What opens a text and is called a lead, or is a long heading on top of all: one below a lead is the
    first question of an interview.
    """
    for place, paragraph in enumerate(body):
        is_on_top = paragraph.is_heading and not place
        if not (_fits(paragraph) and (is_on_top or _named(paragraph))) and not _is_point(paragraph):
            return
        yield paragraph


def _is_bold_lead(body: Sequence[Paragraph]) -> bool:
    """Whether a text opens with sentences in bold, and none of its paragraphs is so again: no question of an
    interview, no warning.
    """
    first, rest = body[0], [p for p in body[1:] if len(p.text) > _STANDFIRST]
    if not first.strong or len(first.text) < _STANDFIRST or first.linked or len(rest) < _UNDER:
        return False
    is_said = SENTENCE_END.search(first.text) is not None and not first.text.endswith(("?", ":"))
    return is_said and first.tag == "p" and not any(p.strong for p in rest)


def _is_standfirst(paragraph: Paragraph, titles: Sequence[str]) -> bool:
    """Whether what stands between headline and text can only be a lead: a long heading, a sentence."""
    if not _fits(paragraph) or len(paragraph.text) < _STANDFIRST or paragraph.tag in ("li", "figcaption"):
        return False
    if is_date_line(paragraph.text) or is_source_line(paragraph.text) or paragraph.linked:
        return False
    if any(shared(paragraph.text, title) > _SHARED for title in titles):
        return False  # the headline as it was written elsewhere
    return paragraph.is_heading or SENTENCE_END.search(paragraph.text) is not None


def _stands_out(paragraph: Paragraph, rest: Sequence[Paragraph]) -> bool:
    """Whether a paragraph is set apart from the text below it."""
    if paragraph.strong or paragraph.is_heading:
        return True
    prose = [p for p in rest if len(p.text) > _STANDFIRST]
    look, box = (paragraph.tag, paragraph.element.get("class")), paragraph.element.getparent()
    if not prose:
        return False
    boxes = {p.element.getparent() for p in prose}  # one that holds the text, and this stands in another
    return all((p.tag, p.element.get("class")) != look for p in prose) or (
        len(boxes) == 1 and box not in boxes
    )


def _is_said(paragraph: Paragraph, said: Sequence[str]) -> bool:
    """Whether a paragraph is the page's own description, or begins with a cut one."""
    words = fold(paragraph.text)
    return any(words == text or (words.startswith(text) and len(text) > 0.6 * len(words)) for text in said)


def _fits(paragraph: Paragraph) -> bool:
    return (
        MIN_LEAD <= len(paragraph.text) <= MAX_LEAD
        and not paragraph.is_linked
        and paragraph.tag not in ("h1", "td")
    )


def _is_point(paragraph: Paragraph) -> bool:
    """Whether a paragraph is an item of a list that is called a lead: a sentence, however short."""
    if paragraph.tag != "li" or paragraph.linked or len(paragraph.text) < _POINT:
        return False
    return SENTENCE_END.search(paragraph.text) is not None and _named(paragraph)


def without_label(lead: str) -> str:
    """A lead without the word above it: "L'essentiel", "En bref"."""
    label = _LABEL.match(lead)
    return lead[label.end() :] if label else lead


def _named(paragraph: Paragraph) -> bool:
    """Whether the paragraph's element, or one close around it, is called a lead."""
    node, levels = paragraph.element, _AROUND
    while levels:
        if node is None or node.tag in ("body", "article", "main"):
            return False
        if sum(1 for _ in islice(node.iter("p"), _WRAPPED + 1)) > _WRAPPED:
            return False  # the whole text
        if _names_lead(f"{node.get('class') or ''} {node.get('id') or ''} {node.get('itemprop') or ''}"):
            return True
        levels -= not (node.get("class") or "").startswith(_WRAPPERS)
        node = node.getparent()
    return False


@lru_cache(maxsize=4096)
def _names_lead(name: str) -> bool:
    return _LEAD.search(name := _HUMP.sub("-", name)) is not None and not _NOT_LEAD.search(name)


def is_repeated(lead: str, body: Sequence[Paragraph]) -> bool:
    """Whether the text begins with its lead once more."""
    said = fold(lead)
    return bool(said) and fold(" ".join(p.text for p in body[:4])).startswith(said)
