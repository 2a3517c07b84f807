"""Whom a page credits. A credit counts by its place: byline, dateline of the first paragraph, end of the
text, footer of the article.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from pipelines.article_signatures import text_begin, text_end
from pipelines.attribution import parse_attribution, without_own
from pipelines.attribution_text import fold_line, strip_dates
from pipelines.blocks_lines import BYLINE, TRANSLATED, Lines
from pipelines.body import Body
from pipelines.outlets import find_outlet
from pipelines.rules import SiteRules
from pipelines.structured import Structured
from pipelines.urls import host
from storage.records import Attribution, Evidence

_PARTS = re.compile(r"\s+[-–—|•·/]\s+|\s*\|\s*|(?<=\d)\s+(?=[Ss]ources?\s?:)")
_TITLE_PARTS = re.compile(r"\s[-–—|•]\s|\s?:\s")
_AGENCY = 12  # characters: "AFP", "MAP/AFP" alone below the headline


def page_attributions(
    body: Body,
    lines: Lines,
    structured: Structured,
    rules: SiteRules,
    selected: Sequence[str] = (),
    named: Sequence[str] = (),
    own: Sequence[str] = (),
) -> tuple[list[Attribution], list[Evidence]]:
    """Every credit of the page, each text once, the strongest kinds first; only `selected` texts if any.
    `own` are the names of the site, which republishes nobody by printing them.
    """
    found: list[Attribution] = []
    evidence: list[Evidence] = []
    texts = [(text, "tail") for text in selected] or _credit_lines(body, lines, structured, named)
    for text, position in texts:
        one = parse_attribution(text, position, rules.country)  # type: ignore[arg-type]
        one = without_own(one, own, rules.country) if one is not None else None
        if one is None or _is_plain(one) or any(_says_no_more(one, other) for other in found):
            continue
        found.append(replace(one, rule=f"{position}:{one.rule}"))
        evidence.append(
            Evidence(
                "attributions",
                ", ".join((*one.outlets, *one.agencies, *one.authors)),
                f"{position}:{one.rule}",
                text,
            )
        )
    return found, evidence


def own_names(sites: Sequence[str], url: str, page_title: str) -> list[str]:
    """What a site calls itself: its names, its host; where it declares none, what stands at either end of its
    pages' title and is no known outlet.
    """
    own = host(url)
    names = [*sites, own.removeprefix("www.")]
    edges = _TITLE_PARTS.split(page_title)
    if len(edges) > 1 and not set(sites) - {own}:
        names += [name for name in (edges[0], edges[-1]) if find_outlet(name, None) is None]
    return names


def _is_plain(one: Attribution) -> bool:
    """Whether a credit only names the page's own authors, who have a field of their own."""
    return one.kind == "original" and not (one.outlets or one.agencies or one.dateline or one.location)


def beside_date(text: str) -> list[str]:
    """What a dated line says beside its date: AFP of "15-04-2016 - AFP"; the whole of one without parts."""
    parts = [part for part in _PARTS.split(text) if part.strip()]
    if len(parts) < 2:
        return parts
    beside = (strip_dates(fold_line(part)) if any(c.isdigit() for c in part) else part for part in parts)
    return [part for part in beside if any(c.isalpha() for c in part)]


def _says_no_more(one: Attribution, other: Attribution) -> bool:
    """Whether a credit only repeats a part of one that stands already."""
    return (
        set(one.outlets) <= set(other.outlets)
        and set(one.agencies) <= set(other.agencies)
        and set(one.authors) <= set(other.authors)
    )


def _credit_lines(
    body: Body, lines: Lines, structured: Structured, named: Sequence[str]
) -> Iterable[tuple[str, str]]:
    """Texts that may credit somebody, with their position; `named` are those of author elements."""
    for line in lines.sources:
        yield line.text, "byline" if line.zone == "head" else "tail"
    for line in lines.others:
        is_agency = line.zone == "head" and len(line.text) <= _AGENCY and line.text.isupper()
        if is_agency or BYLINE.match(line.text):
            yield line.text, "byline"
        elif TRANSLATED.match(line.text):
            yield line.text, "tail"
    for text in named:
        yield text, "byline"
    for line in lines.dates:
        if line.zone == "head":
            yield from ((part, "byline") for part in beside_date(line.text))
        elif line.zone == "tail":
            yield line.text, "tail"  # an outlet and the day of its issue
    for claim in structured.authors[:6]:
        yield claim.value, "byline"
    if body.paragraphs:
        yield body.paragraphs[text_begin(body.paragraphs)].text, "lead"
        end = text_end(body.paragraphs)
        if 1 < end < len(body.paragraphs):
            yield body.paragraphs[end - 1].text, "tail"  # above an appeal, the credit of a picture
        if len(body.paragraphs) > 1:
            yield body.paragraphs[-1].text, "tail"
