"""When the article was published and modified: every claim of the page, one chosen, all kept as evidence.

Order of trust: JSON-LD of this page, meta elements and microdata, <time> and dated elements between headline and
text, a date line there, a date line at the end of the text. Mastheads, cards, comments and links never get here:
they are cut, stand above the headline (where only a labelled date counts), or are no date lines.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta

from pipelines.article_date_claims import DateClaim
from pipelines.dates import parse_claims
from pipelines.rules import SiteRules
from storage.records import Date, Evidence, Page

_DECLARED = ("jsonld", "meta", "microdata")
_LATE, _EARLY = 20, 9  # hours of UTC that may be another day at the publisher's place


@dataclass(frozen=True, slots=True)
class Dates:
    published: Date | None
    modified: Date | None
    evidence: tuple[Evidence, ...]
    conflict: bool = False


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
            if found is not None and not (claim.rule.endswith(":above") and _is_masthead(found, page)):
                read[name].append(replace(found, rule=claim.rule, raw=found.raw or claim.text))
    published, modified = _best(_settled(read["published"])), _best(read["modified"])
    if published is not None and modified is not None and modified.date < published.date:
        modified = None  # an update cannot be older: the claim is of something else
    evidence = (
        *_evidence("published", read["published"], published),
        *_evidence("modified", read["modified"], modified),
    )
    return Dates(published, modified, evidence, _in_conflict(read["published"]))


def _is_masthead(found: Date, page: Page) -> bool:
    """Above the headline, the day of the visit is the day's date, not the article's."""
    return abs(found.date - page.fetched_at.date()) <= timedelta(days=1)


def _best(found: list[Date]) -> Date | None:
    if not found:
        return None
    first = found[0]
    if first.datetime is None:
        return next((d for d in found if d.datetime is not None and d.date == first.date), first)
    return first


def _settled(found: list[Date]) -> list[Date]:
    """A declared moment in UTC, late or early, beside a printed date one day off: the printed day is the local one."""
    if not found or not found[0].rule.startswith(_DECLARED) or found[0].datetime is None:
        return found
    declared = found[0]
    if declared.timezone not in ("UTC", "UTC+00:00", None) and not declared.timezone_assumed:
        return found
    hour = declared.datetime.hour if declared.datetime else 12
    step = timedelta(days=1) if hour >= _LATE else timedelta(days=-1) if hour < _EARLY else None
    if step is None:
        return found
    printed = [
        d
        for d in found
        if not d.rule.startswith((*_DECLARED, "time", "abbr"))
        and not d.rule.endswith(("above", "after", "tail"))
    ]
    if printed and printed[0].date == declared.date + step:
        return [printed[0], *(d for d in found if d is not printed[0])]
    return found


def _in_conflict(found: list[Date]) -> bool:
    """Whether trusted claims lie more than a day apart."""
    days = [d.date for d in found if d.rule.startswith((*_DECLARED, "line:head"))]
    return bool(days) and max(days) - min(days) > timedelta(days=1)


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
