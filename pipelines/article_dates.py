"""When the article was published and modified: every claim of the page, one chosen, all kept as evidence.

Order of trust: what the site declares (selectors), JSON-LD of this page, meta elements and microdata, a date
line or <time> between headline and text, a date line at the end of the text, the page's own address, an
agency's dateline. Mastheads, cards, comments and links never get here: they are cut, or stand elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Literal

from lxml.html import HtmlElement

from pipelines.blocks import Blocks
from pipelines.blocks_lines import Lines
from pipelines.blocks_tree import text_of
from pipelines.body import Body
from pipelines.dates import parse_claims
from pipelines.rules import SiteRules
from pipelines.structured import Structured
from storage.records import Date, Evidence, Page

Kind = Literal["line", "text", "meta"]


@dataclass(frozen=True, slots=True)
class DateClaim:
    """A text that may say when, where it stood, and how to read it."""

    text: str
    rule: str
    kind: Kind
    field: Literal["published", "modified"] = "published"


@dataclass(frozen=True, slots=True)
class Dates:
    published: Date | None
    modified: Date | None
    evidence: tuple[Evidence, ...]
    conflict: bool


def choose_dates(claims: Iterable[DateClaim], page: Page, rules: SiteRules) -> Dates:
    """The first claim of each field that can be read wins; a more precise one of the same day replaces it."""
    read: dict[str, list[Date]] = {"published": [], "modified": []}
    for claim in claims:
        published, modified = parse_claims(
            claim.text, fetched_at=page.fetched_at, timezone=rules.timezone, kind=claim.kind, url=page.url
        )
        if claim.field == "modified":
            published, modified = None, modified or published
        for name, found in (("published", published), ("modified", modified)):
            if found is not None:
                read[name].append(replace(found, rule=claim.rule, raw=found.raw or claim.text))
    published = _best(read["published"])
    modified = _best(read["modified"])
    evidence = (
        *_evidence("published", read["published"], published),
        *_evidence("modified", read["modified"], modified),
    )
    days = {found.date for found in read["published"] if not found.rule.startswith(("url", "text", "time"))}
    conflict = bool(days) and max(days) - min(days) > timedelta(days=1)
    return Dates(published, modified, evidence, conflict)


def _best(found: list[Date]) -> Date | None:
    if not found:
        return None
    first = found[0]
    if first.datetime is None:
        finer = next((d for d in found if d.datetime is not None and d.date == first.date), None)
        return finer or first
    return first


def _evidence(name: str, found: list[Date], chosen: Date | None) -> list[Evidence]:
    return [
        Evidence(
            name, d.datetime.isoformat() if d.datetime else d.date.isoformat(), d.rule, d.raw, d is chosen
        )
        for d in found
    ]


def is_plausible(text: str, page: Page, rules: SiteRules) -> bool:
    """Whether a date line gives a date at all: "15 mars 1931 à Colombes" is a line of the text."""
    return parse_claims(text, fetched_at=page.fetched_at, timezone=rules.timezone, url=page.url) != (
        None,
        None,
    )


_DATED = re.compile(r"date|publi|posted|time|\bmaj\b|updated|modifi", re.I)
_NOT_DATED = re.compile(
    r"update|candidate|validate|sometime|read|lecture|runtime|timeline|countdown|current|clock|today", re.I
)


def date_claims(structured: Structured, blocks: Blocks, body: Body, lines: Lines) -> list[DateClaim]:
    """Every claim of a page, most trusted first."""
    claims = [DateClaim(c.value, c.rule, "meta") for c in structured.published]
    claims += [DateClaim(c.value, c.rule, "meta", "modified") for c in structured.modified]
    head, tail = _named(blocks, body)
    claims += head
    claims += [
        DateClaim(line.text, f"line:{line.zone}", "line") for line in lines.dates if line.zone == "head"
    ]
    claims += [
        DateClaim(line.text, f"line:{line.zone}", "line") for line in lines.dates if line.zone != "head"
    ]
    claims += tail
    return claims


def _named(blocks: Blocks, body: Body) -> tuple[list[DateClaim], list[DateClaim]]:
    """<time> elements and elements whose class says date, above the text's end and after it."""
    head: list[DateClaim] = []
    tail: list[DateClaim] = []
    first = body.paragraphs[0].element if body.paragraphs else None
    last = body.paragraphs[-1].element if body.paragraphs else None
    found, seen_title = head, False
    for element in blocks.elements:
        if element is last:
            found = tail
        if element.tag == "h1":
            seen_title = True
        if element in blocks.gone or not isinstance(element.tag, str):
            continue
        claim = _claim_of(element, "" if seen_title or found is tail else "above")
        if claim is not None and len(found) < 6:
            found.append(claim)
    del first
    published = [c for c in head if "published" in c.rule]
    below = [c for c in head if c not in published and "above" not in c.rule]
    above = [c for c in head if c not in published and "above" in c.rule]
    return [*published, *below, *above], tail


def _claim_of(element: HtmlElement, place: str) -> DateClaim | None:
    name = f"{element.get('class') or ''} {element.get('id') or ''} {element.get('itemprop') or ''}"
    field: Literal["published", "modified"] = (
        "modified" if re.search(r"modif|updat|maj", name, re.I) else "published"
    )
    if element.tag == "time":
        rule = "time:published" if "publi" in name or element.get("pubdate") is not None else "time"
        value = element.get("datetime")
        if value:
            return DateClaim(value, f"{rule}{':' + place if place else ''}", "meta", field)
        return DateClaim(text_of(element)[:200], f"{rule}{':' + place if place else ''}", "line", field)
    if element.tag in (
        "abbr",
        "span",
        "div",
        "p",
        "li",
        "em",
        "small",
        "strong",
        "a",
        "h6",
        "h5",
        "dd",
        "i",
        "b",
    ):
        if not _DATED.search(name) or _NOT_DATED.search(name):
            return None
        if element.tag == "abbr" and element.get("title"):
            return DateClaim(element.get("title") or "", "abbr:published", "meta", field)
        text = text_of(element)
        if 5 < len(text) <= 120 and any(c.isdigit() for c in text):
            return DateClaim(text, f"name{':' + place if place else ''}", "line", field)
    return None
