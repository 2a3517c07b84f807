"""Dates written by machines: epochs, digits in a row, those in a URL; ISO 8601 is read as any line is."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from urllib.parse import unquote

from pipelines.calendars import MONTHS, alternatives, month_number
from pipelines.dates_clock import Clock
from pipelines.dates_marks import Mark

URL = 1000  # characters of a URL that are looked at

_EPOCH = re.compile(r"(?:/?date\()?(?P<seconds>\d{9,10})(?P<rest>\d{3})?(?:\.\d{1,9})?(?:\)/?)?")
_DIGITS = re.compile(
    r"(?P<year>(?:19|20)\d\d)(?P<month>\d\d)(?P<day>\d\d)"
    r"(?:[t_-]?(?P<hour>\d\d)(?P<minute>\d\d)(?P<second>\d\d)?(?P<utc>z)?)?"
)
_YEAR_MONTH = re.compile(r"(?P<year>(?:19|20)\d\d)-(?P<month>\d\d)")
_URL = re.compile(r"(?:https?:)?//[^/\s]|/[^/\s]")
_PATH_DAY = re.compile(r"(?<=[/=])(?P<year>(?:19|20)\d\d)/(?P<month>\d{1,2})/(?P<day>\d{1,2})(?![^/?#_.-])")
_PATH_SHORT = re.compile(r"(?<=/)(?P<year>(?:19|20)\d\d)/(?P<month>\d\d)(?P<day>\d\d)(?=[/?#_-]|$)")
_PATH_DASHED = re.compile(r"(?<=[/_=-])(?P<year>(?:19|20)\d\d)-(?P<month>\d\d)-(?P<day>\d\d)(?!\d)")
_PATH_DIGITS = re.compile(r"(?<=[/_=-])(?P<year>(?:19|20)\d\d)(?P<month>\d\d)(?P<day>\d\d)(?!\d)")
_PATH_DMY = re.compile(
    r"(?<=[/_=-])(?P<day>\d\d)(?P<sep>[/-])(?P<month>\d\d)(?P=sep)(?P<year>(?:19|20)\d\d)(?=[/?#_.-]|$)"
)
_PATH_NAMED = re.compile(
    r"(?:(?<=/)|(?<=-du-)|(?<=/du-)|(?<=-le-))(?:le-)?(?:[a-z]{5,8}di-|dimanche-)?(?P<day>\d{1,2})(?:er)?-"
    rf"(?P<month>{alternatives(MONTHS)})-(?P<year>(?:19|20)\d\d)(?!\d)"
)
_PATH_MONTH = re.compile(r"(?<=/)(?P<year>(?:19|20)\d\d)/(?P<month>0[1-9]|1[0-2])(?=/|$)")
_PATH_YEAR = re.compile(r"(?<=/)(?P<year>(?:19|20)\d\d)(?=/)")
# "à partir du 1er janvier", "la loi du 9 décembre": the slug names the day of something else
_SLUG_OTHER = re.compile(
    r"(?:partir|compter|avant|depuis|loi|decret|attentats?|accord|des|jusqu)-(?:du|au)-$"
)


class UrlDate(NamedTuple):
    year: int
    month: int
    day: int | None


def read_machine(lower: str) -> Mark | datetime | None:
    """An epoch (aware moment), or digits in a row; None for anything else."""
    digits = _DIGITS.fullmatch(lower)
    if digits:
        return _digits_mark(digits)
    epoch = _EPOCH.fullmatch(lower)
    if epoch:
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=int(epoch["seconds"]))
    month = _YEAR_MONTH.fullmatch(lower)
    return Mark(0, 7, "machine", int(month["month"]), None, int(month["year"])) if month else None


def _digits_mark(match: re.Match[str]) -> Mark:
    clock = None
    if match["hour"]:
        clock = Clock(
            int(match["hour"]),
            int(match["minute"]),
            int(match["second"]) if match["second"] else None,
            0 if match["utc"] else None,
        )
        if clock.hour > 23 or (clock.minute or 0) > 59 or (clock.second or 0) > 59:
            clock = None
    return Mark(
        0, match.end(), "machine", int(match["month"]), int(match["day"]), int(match["year"]), clock=clock
    )


def is_url(text: str) -> bool:
    return _URL.match(text) is not None


def url_date(url: str) -> UrlDate | None:
    """The day or month a URL's path carries. Ids that look like years or months are no dates: a month must
    be a path segment of its own, a year alone says nothing.
    """
    path = unquote(url[:URL]).lower()
    if "//" in path[:8]:
        path = "/" + path.partition("//")[2].partition("/")[2]
    for pattern in (_PATH_DAY, _PATH_SHORT, _PATH_DASHED, _PATH_DIGITS, _PATH_DMY, _PATH_NAMED):
        for match in pattern.finditer(path):
            if pattern is _PATH_NAMED and _SLUG_OTHER.search(
                path[max(0, match.start() - 30) : match.start()]
            ):
                continue
            month = month_number(match["month"]) if pattern is _PATH_NAMED else int(match["month"])
            if month and _is_day(int(match["year"]), month, int(match["day"])):
                return UrlDate(int(match["year"]), month, int(match["day"]))
    found = _PATH_MONTH.search(path)
    return UrlDate(int(found["year"]), int(found["month"]), None) if found else None


def url_year(url: str, month: int, day: int) -> int | None:
    """The year a URL gives to a day printed without one: it must agree with all else the URL says."""
    got = url_date(url)
    if got is not None:
        return got.year if got.month == month and got.day in (None, day) else None
    years = {match["year"] for match in _PATH_YEAR.finditer(url[:URL])}
    return int(years.pop()) if len(years) == 1 else None


def _is_day(year: int, month: int, day: int) -> bool:
    try:
        datetime(year, month, day, tzinfo=UTC)
    except ValueError:
        return False
    return True
