"""When the article was published and modified: every claim of the page, one chosen, all kept as evidence.

Order of trust: what the site declares (selectors), JSON-LD of this page, meta elements and microdata, a date
line or <time> between headline and text, a date line at the end of the text, the page's own address, an
agency's dateline. Mastheads, cards, comments and links never get here: they are cut, or stand elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Literal

from pipelines.dates import parse_claims
from pipelines.rules import SiteRules
from pipelines.structured import Claim
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


def structured_claims(published: Iterable[Claim], modified: Iterable[Claim]) -> list[DateClaim]:
    """Claims of structured data as date claims."""
    found = [DateClaim(c.value, c.rule, "meta") for c in published]
    return found + [DateClaim(c.value, c.rule, "meta", "modified") for c in modified]
