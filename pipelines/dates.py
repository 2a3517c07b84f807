"""French dates: from the text of a page to a `Date`, or to None.

Own rules first: one spelling (`dates_fold`), the dates of the line (`dates_marks`, `dates_relative`), what
the line says they are (`dates_lines`), then resolved here with the fetch time and the site's zone. dateparser
is a second opinion for lines that the rules could not place. What is not said is not added: no day for
"Mars 2016", no hour for a day, no date for a year; a day that cannot be, or lies outside 1990 ... fetch time
plus two days, is None.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from pipelines.calendars import MONTHS, WEEKDAYS, local, zone
from pipelines.dates_clock import Clock, to_utc, zone_name
from pipelines.dates_fold import LINE, Folded, fold_line
from pipelines.dates_lines import Moment, Reading, read_line
from pipelines.dates_machine import is_url, read_machine, url_date, url_year
from pipelines.dates_marks import Mark
from pipelines.dates_relative import Ago, resolve
from storage.records import Date, Precision

Kind = Literal["line", "text", "meta"]

FIRST_DAY = date(1990, 1, 1)  # before the first news site
LEEWAY = timedelta(days=2)  # clocks that are wrong, and zones ahead of the site's
RECENT = timedelta(days=183)  # a day without year is the last one only while no other is as near
# as programs of American newsrooms print it
_AMERICAN = re.compile(r"\d{1,2}/\d{1,2}/(?:\d\d){1,2},?\s\d{1,2}:\d\d(?::\d\d)?\s?[AP]M$")
WEEKDAY_YEARS = 10  # a weekday returns on its day of the month after 5, 6 or 11 years


class _Setting(NamedTuple):
    """Where and when a text was met."""

    fetched_at: datetime
    tz: ZoneInfo
    raw: str
    kind: Kind
    url: str | None
    today: date


def parse_date(
    text: str, *, fetched_at: datetime, timezone: ZoneInfo | str, kind: Kind = "line", url: str | None = None
) -> Date | None:
    """When a text says its article was published; `.modified` holds the update of the same line.

    `kind`: "line" is a date line found in the page; "text" is running text, where only a labelled date or an
    agency's dateline counts; "meta" is a machine's value (ISO 8601, epoch, URL). `fetched_at` is aware, the
    base of relative dates and the end of the plausible; `timezone` is the site's. `url`, the page's, may give
    the year that the text leaves out. A printed offset wins over the site's zone, and the day is the one
    printed (`in_zone` moves it). A line with nothing but an update is None here: see `parse_claims`.

    Raises:
        ValueError: `fetched_at` is naive.
        ZoneInfoNotFoundError: (a KeyError) no such zone.
    """
    published, modified = parse_claims(text, fetched_at=fetched_at, timezone=timezone, kind=kind, url=url)
    return published if published is None or modified is None else replace(published, modified=modified)


def parse_claims(
    text: str, *, fetched_at: datetime, timezone: ZoneInfo | str, kind: Kind = "line", url: str | None = None
) -> tuple[Date | None, Date | None]:
    """The published and the modified date of a text; either may be missing. Arguments as in `parse_date`."""
    if fetched_at.tzinfo is None:
        raise ValueError("fetched_at must be aware: dates are read relative to a moment")
    tz = zone(timezone) if isinstance(timezone, str) else timezone
    raw = text[:LINE].strip()
    setting = _Setting(fetched_at, tz, raw, kind, url, local(fetched_at, tz).date())
    if kind == "meta" and is_url(raw):
        return _from_url(text.strip(), setting), None
    folded = fold_line(text)
    if kind == "meta":
        machine = read_machine(folded.lower)
        if machine is not None:
            return _from_machine(machine, setting), None
    reading = read_line(folded, whole=kind == "text")
    if kind == "text" and not _speaks_of_itself(reading):
        return None, None
    published = _date(reading.published, None, setting)
    modified = _date(reading.modified, published, setting)
    if published is None and modified is None and not reading.placed and kind != "text":
        published = _second_opinion(folded, setting)
    return published, modified


def in_zone(found: Date, timezone: ZoneInfo | str) -> Date:
    """The same moment on the clocks of a place: what a site printed as 23:30 UTC was the next day in Paris.
    A date without an hour is the same everywhere.
    """
    if found.utc is None or found.datetime is None:
        return found
    tz = zone(timezone) if isinstance(timezone, str) else timezone
    moment = local(found.utc, tz)
    return replace(found, date=moment.date(), datetime=moment, timezone=tz.key)


def _speaks_of_itself(reading: Reading) -> bool:
    """Running text that dates its own article: "Publié le ..." alone, or "Dakar, 3 jan 2024 (APS) –"."""
    if reading.dateline and reading.published is not None:
        return getattr(reading.published.mark, "year", None) is not None
    return reading.pure and (reading.labelled or reading.published is None)


def _date(moment: Moment | None, published: Date | None, setting: _Setting) -> Date | None:
    """A claim resolved. An hour alone belongs to the published day, or to the next when it is earlier."""
    if moment is None:
        return None
    if moment.mark is None:
        if published is None or moment.clock_only is None:
            return None
        day, clock = published.date, moment.clock_only
        base = published.datetime
        if base is not None and (clock.hour, clock.minute or 0) < (base.hour, base.minute):
            day += timedelta(days=1)
        if published.precision == "month":
            return None
        return _dated(day, clock, "line.hour", setting)
    if isinstance(moment.mark, Ago):
        return _relative(moment.mark, setting)
    return _absolute(moment.mark, setting)


def _absolute(mark: Mark, setting: _Setting) -> Date | None:
    if mark.bad:
        return None
    if setting.kind == "meta" and mark.form == "numeric" and _AMERICAN.match(setting.raw):
        return _month_first(mark, setting)
    if mark.month > 12 and (setting.kind == "meta" or mark.weekday is not None):
        return _month_first(mark, setting)  # Drupal's "jeu, 07/25/2024"
    if not 1 <= mark.month <= 12:
        return None
    rule = f"{'meta' if setting.kind == 'meta' else 'line'}.{mark.form}"
    year = mark.year
    if year is not None and mark.short_year:
        year += 2000 if year <= setting.fetched_at.year % 100 + 1 else 1900
    if year is None:
        year, rule = _missing_year(mark, setting), rule + "+yearless"
    if year is None or not FIRST_DAY.year <= year <= setting.fetched_at.year + 1:
        return None
    if mark.day is None:
        first = date(year, mark.month, 1)
        return _plausible(Date(first, "month", None, setting.tz.key, True, None, setting.raw, rule), setting)
    if not 1 <= mark.day <= monthrange(year, mark.month)[1]:
        return None
    day = date(year, mark.month, mark.day)
    if mark.weekday is not None and mark.weekday != day.weekday():
        turned = _turned(mark, year)
        if turned is not None and turned.weekday() == mark.weekday:
            day, rule = turned, rule + "+month_first"
        else:
            rule += "+weekday_differs"
    return _dated(day, mark.clock, rule, setting)


def _month_first(mark: Mark, setting: _Setting) -> Date | None:
    """ "07/25/2024" can only be read so, "3/5/2021 6:45 PM" is an American's; a weekday that does not fit
    refuses it.
    """
    if mark.form != "numeric" or mark.day is None or mark.day > 12:
        return None
    turned = _absolute(mark._replace(month=mark.day, day=mark.month, form="month_first"), setting)
    differs = mark.weekday is not None and turned is not None and turned.date.weekday() != mark.weekday
    return None if turned is None or differs else turned


def _turned(mark: Mark, year: int) -> date | None:
    """The day of "jeu, 03/04/2021" read month first, which only a weekday that fits can prove."""
    if mark.form != "numeric" or mark.day is None or mark.day > 12:
        return None
    return date(year, mark.day, mark.month)


def _missing_year(mark: Mark, setting: _Setting) -> int | None:
    """The year of "jeudi 19 mars": the URL's; the last one when that is at most half a year ago; none where
    the next one is as near and has that weekday; else the only one of the last eleven in which the day fell
    on it; else unknown.
    """
    if mark.day is None:
        return None
    if setting.url:
        year = url_year(setting.url, mark.month, mark.day)
        if year is not None:
            return year
    today = setting.today
    years = range(today.year + 1, today.year - WEEKDAY_YEARS - 2, -1)
    days = [date(y, mark.month, mark.day) for y in years if 1 <= mark.day <= monthrange(y, mark.month)[1]]
    past = [day for day in days if day <= today]
    if past and today - past[0] <= RECENT and mark.weekday in (None, past[0].weekday()):
        return past[0].year
    if any(today < day <= today + RECENT and day.weekday() == mark.weekday for day in days):
        return None  # what will be
    agreeing = [
        day.year for day in past if day.weekday() == mark.weekday and today.year - day.year <= WEEKDAY_YEARS
    ]
    return agreeing[0] if len(agreeing) == 1 else None


def _relative(ago: Ago, setting: _Setting) -> Date | None:
    try:
        got = resolve(ago, setting.fetched_at, setting.tz)
    except (OverflowError, ValueError):
        return None
    if got is None:
        return None
    if ago.clock is not None:
        dated = _dated(got.day, ago.clock, "line.relative", setting)
        if ago.weekday is None or dated is None or dated.utc is None or dated.utc <= setting.fetched_at:
            return dated
        return _dated(got.day - timedelta(days=7), ago.clock, "line.relative", setting)
    return _plausible(
        Date(
            *(got.day, got.precision, got.moment, setting.tz.key, True, got.utc),
            raw=setting.raw,
            rule="line.relative",
        ),
        setting,
    )


def _dated(day: date, clock: Clock | None, rule: str, setting: _Setting) -> Date | None:
    """A `Date` of a day and, where one was printed, its time in the printed or the site's zone."""
    if clock is None:
        return _plausible(Date(day, "day", None, setting.tz.key, True, None, setting.raw, rule), setting)
    moment = datetime(day.year, day.month, day.day, clock.hour, clock.minute or 0, clock.second or 0)  # noqa: DTZ001
    precision: Precision = "hour" if clock.minute is None else "minute" if clock.second is None else "second"
    name = setting.tz.key if clock.zone is None else zone_name(clock.zone)
    utc = to_utc(moment, clock.zone, setting.tz)
    return _plausible(Date(day, precision, moment, name, clock.zone is None, utc, setting.raw, rule), setting)


def _plausible(found: Date, setting: _Setting) -> Date | None:
    """The date, or None outside the window."""
    if found.date < FIRST_DAY:
        return None
    if found.utc is not None and found.utc > setting.fetched_at + LEEWAY:
        return None
    if found.date > setting.today + LEEWAY:
        return None
    return found


def _from_machine(value: Mark | datetime, setting: _Setting) -> Date | None:
    if isinstance(value, Mark):
        return _absolute(value, setting)
    naive = value.astimezone(UTC).replace(tzinfo=None)
    found = Date(naive.date(), "second", naive, "UTC", False, value, setting.raw, "meta.epoch")
    return _plausible(found, setting)


def _from_url(url: str, setting: _Setting) -> Date | None:
    got = url_date(url)
    if got is None:
        return None
    return _absolute(Mark(0, 0, "url", got.month, got.day, got.year), setting)


_TOKEN = re.compile(r"[^\W\d_]+|\d+")


def _second_opinion(folded: Folded, setting: _Setting) -> Date | None:
    """What dateparser makes of a short line that the rules could not place: a day, a month's name and a year
    in an order or with separators of its own ("2019, mars 12"). It fills gaps with today, so all three must
    be those printed; hours are not taken from it.
    """
    tokens = _TOKEN.findall(folded.lower[:100])
    names = [MONTHS[token] for token in tokens if token in MONTHS and token not in ("mar", "sept")]
    numbers = sorted((token for token in tokens if token.isdigit()), key=len)
    others = [t for t in tokens if not t.isdigit() and t not in MONTHS and t not in WEEKDAYS and t != "le"]
    if others or len(names) != 1 or [len(n) > 2 for n in numbers] != [False, True]:
        return None
    import dateparser  # 0.13 s to import, hardly ever needed

    got = dateparser.parse(
        folded.lower[:100],
        languages=["fr"],
        settings={
            "DATE_ORDER": "DMY",
            "STRICT_PARSING": True,
            "PARSERS": ["absolute-time"],
            "PREFER_DATES_FROM": "past",
            "RELATIVE_BASE": local(setting.fetched_at, setting.tz),
        },
    )
    if got is None or (got.day, got.month, got.year) != (int(numbers[0]), names[0], int(numbers[1])):
        return None
    return _dated(got.date(), None, "dateparser", setting)
