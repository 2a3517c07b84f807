"""When the article was published and modified: every claim of the page, one chosen, all kept as evidence.

Order of trust: JSON-LD of this page, meta elements and microdata, <time> and dated elements between headline
and text, a date line there, a date line at the end of the text. Mastheads, cards, comments and links never
get here: they are cut, stand above the headline (where only a labelled date counts), or are no date lines.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date as Day
from datetime import timedelta

from pipelines.article_date_claims import RELATIVE, DateClaim
from pipelines.dates import parse_claims
from pipelines.rules import SiteRules
from storage.records import Date, Evidence, Page

_DECLARED = ("jsonld", "meta", "microdata")
_ELSEWHERE = ("above", "after", "tail")  # places of dates that are often another article's
_FARTHEST = timedelta(hours=14)
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
            if found is not None and not _is_masthead(claim, found, page):
                read[name].append(replace(found, rule=claim.rule, raw=found.raw or claim.text))
    _settle_lone_time(read["published"], read["modified"])
    trusted = _outvoted(_not_the_update(read["published"], read["modified"]), read["modified"])
    published = _best(_settled(trusted))
    modified = _best(_not_the_first(read["modified"], published))
    if published is not None and modified is not None and modified.date < published.date:
        modified = None  # an update cannot be older: the claim is of something else
    evidence = (
        *_evidence("published", read["published"], published),
        *_evidence("modified", read["modified"], modified),
    )
    return Dates(published, modified, evidence, _in_conflict(read["published"]))


def _is_masthead(claim: DateClaim, found: Date, page: Page) -> bool:
    """Above the headline, the day of the visit is the day's date, not the article's."""
    return claim.masthead and abs(found.date - page.fetched_at.date()) <= timedelta(days=1)


def _settle_lone_time(published: list[Date], modified: list[Date]) -> None:
    """Themes print one <time>, called "updated", of articles that never were: the day the page prints as its
    date. Beside a time of publication, a declared or a labelled update it stays an update.
    """
    lone = [d for d in modified if d.rule == "time:updated:head"]
    printed = [d for d in published if not d.rule.endswith(_ELSEWHERE)]
    if not lone or not printed or not all(d.rule.startswith("time:updated") for d in modified):
        return
    if any(d.rule.startswith("time") for d in printed) or len({d.datetime for d in lone}) > 1:
        return
    if all(d.date == lone[0].date for d in printed):
        published.append(lone[0])
        modified.clear()


def _not_the_first(modified: list[Date], published: Date | None) -> list[Date]:
    """A declared update that only repeats the publication gives way to a later one in sight."""
    declared = modified[0] if modified else None
    if declared is None or published is None or not declared.rule.startswith(_DECLARED):
        return modified
    if declared.date != published.date or (declared.datetime and declared.datetime != published.datetime):
        return modified
    labelled = (d for d in modified if not d.rule.startswith((*_DECLARED, "time:updated")))
    seen = (d for d in labelled if not d.rule.endswith(_ELSEWHERE) and not RELATIVE.search(d.raw or ""))
    return _first(modified, next((d for d in seen if _is_later(d, declared)), None))


def _is_later(one: Date, other: Date) -> bool:
    """Whether a moment is later on any clock: one that is printed without its zone may be the same."""
    if one.utc is None or other.utc is None or one.datetime is None or other.datetime is None:
        return one.date > other.date
    return one.utc > other.utc and one.datetime.replace(tzinfo=None) > other.datetime.replace(tzinfo=None)


def _best(found: list[Date]) -> Date | None:
    if not found:
        return None
    first = found[0]
    if first.datetime is None:
        return next((d for d in found if d.datetime is not None and d.date == first.date), first)
    return first


def _settled(found: list[Date]) -> list[Date]:
    """A declared moment in UTC, late or early, beside a printed date one day off: that is the local day."""
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
        if not d.rule.startswith((*_DECLARED, "time", "abbr")) and not d.rule.endswith(_ELSEWHERE)
    ]
    if printed and printed[0].date == declared.date + step and _is_one_moment(declared, printed[0]):
        return _first(found, printed[0])
    return found


def _is_one_moment(declared: Date, printed: Date) -> bool:
    """Whether two clocks may show one moment: no place is more than 14 hours from UTC."""
    if declared.datetime is None or printed.datetime is None:
        return True
    return abs(printed.datetime - declared.datetime) <= _FARTHEST


def _not_the_update(published: list[Date], modified: list[Date]) -> list[Date]:
    """Pages that declare their last update as publication, and print the earlier day below the headline."""
    if not published or not published[0].rule.startswith(_DECLARED):
        return published
    day = published[0].date
    if not any(d.date == day and d.rule.startswith(_DECLARED) for d in modified):
        return published
    return _first(published, next((d for d in published if d.rule == "line:head" and d.date < day), None))


def _outvoted(published: list[Date], modified: list[Date]) -> list[Date]:
    """A declaration that stands alone against two kinds of claims that agree, one of them in sight.

    A site that moved to a new system often declares the day of the move, or of an older text at that address.
    """
    kinds: dict[Day, set[str]] = {}
    for found in published:
        kinds.setdefault(found.date, set()).add(_kind(found.rule))
    if not published or not published[0].rule.startswith(_DECLARED) or len(kinds[published[0].date]) > 1:
        return published
    updates = {d.date for d in modified}
    for other in published[1:]:
        if other.date in updates or _is_the_same_otherwise(published[0], other):
            continue
        if len(kinds[other.date]) > 1 and "line" in kinds[other.date] and other.rule.endswith(":head"):
            return _first(published, other)
    return published


def _is_the_same_otherwise(declared: Date, printed: Date) -> bool:
    """Whether a print says what is declared, less exactly: month first, or the month alone."""
    day, other = declared.date, printed.date
    if printed.precision == "month":
        return (day.year, day.month) == (other.year, other.month)
    return (day.year, day.month, day.day) == (other.year, other.day, other.month)


def _kind(rule: str) -> str:
    """Claims of one kind are no second witness for each other."""
    kind = rule.partition(":")[0]
    return "line" if kind == "name" else kind


def _first(claims: list[Date], chosen: Date | None) -> list[Date]:
    return claims if chosen is None else [chosen, *(d for d in claims if d is not chosen)]


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
