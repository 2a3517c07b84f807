"""Moments told from the reader's now: "il y a 3 heures", "hier à 19:20", "منذ 3 أيام", "lundi dernier".

`find_relative` needs no clock; `resolve` takes the fetch time as the reader's now, as precise as the words
are: hours give precision hour, days and weeks a day, months a month; years give nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from pipelines.calendars import NUMBER_WORDS, WEEKDAYS, alternatives, local
from pipelines.dates_clock import Clock, clock_after
from storage.records import Precision

_UNITS: dict[str, str] = {
    "second": "secondes seconde sec s seconds ثانية ثوان ثواني",
    "minute": "minutes minute min mn m mins دقيقة دقائق دقيقتين",
    "hour": "heures heure h hrs hours hour ساعة ساعات ساعتين",
    "day": "jours jour j d days day يوم ايام يومين يوما",
    "week": "semaines semaine sem weeks week اسبوع اسابيع اسبوعين",
    "month": "mois months month شهر اشهر شهور شهرين",
    "year": "ans an annees annee years year سنة سنوات سنتين عام اعوام عامين",
}
_UNIT_OF = {word: unit for unit, words in _UNITS.items() for word in words.split()}
_UNIT = "|".join(sorted(_UNIT_OF, key=len, reverse=True))
_NUMBER = rf"(?:\d{{1,4}}|{'|'.join(sorted(NUMBER_WORDS, key=len, reverse=True))})"
_AGO = re.compile(
    r"(?<!\w)(?:(?:il )?y a|ya|depuis|voici|voila|منذ|مند|قبل)\s"
    r"(?P<vague>plus d[e']\s?|(?:environ|pres de|moins d[e'])\s?)?"
    rf"(?P<number>{_NUMBER}\s?(?=[^\W\d]))?(?P<unit>{_UNIT})(?![^\W\d_])"
    r"(?:\s?(?:et )?(?P<more>\d{1,2})(?:\s?(?:minutes|minute|min|mn))?(?!\s?[:\w]))?"
)
_AGO_AFTER = re.compile(rf"(?<!\w)(?P<number>{_NUMBER})\s?(?P<unit>{_UNIT}) ago\b")
_PARTS = {"quart d'heure": 15, "demi-heure": 30, "demi heure": 30}
_PART = re.compile(r"(?:il )?y a une? (?P<part>quart d'heure|demi[- ]heure)")
_NOW = re.compile(
    r"\ba l'instant\b|\bil y a (?:un|quelques) (?:instants?|secondes)|\bmaintenant\b|\bjust now\b"
    r"|(?<!\w)الان(?!\w)"
)
_MINUTES = re.compile(r"\bil y a quelques minutes\b")  # within the hour, and no more precise than that
_DAYS = {"avant": 2, "hier": 1, "yest": 1, "امس": 1}  # by the first letters; all others are today
_MORNING = 8  # an hour before it belongs to the night that ends today, one in the evening to either night
_DAY = re.compile(
    r"(?<!\w)(?P<day>avant[- ]?hier|hier|aujourd'?\s?hui|ce (?:matin|midi|soir)|cette nuit|cet apres[- ]midi"
    r"|today|yesterday|امس|اليوم)"
    r"(?: (?:matin|midi|soir|apres[- ]midi))?(?!\w|'s)"
)
_AGO_WORDS = ("y a ", "ya ", "depuis ", "voici ", "voila ", " ago", "instant", "maintenant", "just now")
_DAY_WORDS = (
    "hier",
    "aujourd",
    "ce ",
    "cet ",
    "cette nuit",
    "today",
    "yesterday",
    *(day[:3] for day in WEEKDAYS if day.isascii()),
)
# a word straight before or behind that is no label: between them the day belongs to a name
_INSIDE_BEFORE = re.compile(
    r"(?<![\w'])(?!(?:publi|post|mis|maj|modif|actual|updat|cree|creat|paru|ajout|ligne|jour|dat|diffus)\w*\s$)"
    r"[\w']+\s$|(?<![\w'])d'$"
)
_INSIDE_AFTER = re.compile(r"\s(?!(?:par|by|a|at|dans|in|mise?|maj|modifi\w*|sur|vers|avec|source)\b|\d)\w")
_WEEKDAY = re.compile(rf"(?<!\w)(?P<weekday>{alternatives(WEEKDAYS)})(?P<last> dernier)?(?!\w)")

_LABELLED = re.compile(
    r"\b(?:publie?e?|poste?e?|mise? a jour|mise? en ligne|modifiee?|actualisee?)\s(?:ce\s|le\s)?$"
)


@dataclass(frozen=True, slots=True)
class Ago:
    """A relative moment in a line: `count` units before now, or the last such weekday; never `bad`."""

    start: int
    end: int
    unit: str
    count: int = 0
    minutes: int = 0  # "il y a 2 heures 15"
    weekday: int | None = None
    clock: Clock | None = None


class Resolved(NamedTuple):
    day: date
    precision: Precision
    moment: datetime | None = None  # naive, local
    utc: datetime | None = None


def find_relative(lower: str) -> list[Ago]:
    """Relative moments in reading order, with the time that follows a named day."""
    if lower.isascii():  # each of these has its word; Arabic is asked in full
        found = _agos(lower) if any(word in lower for word in _AGO_WORDS) else []
        found += _named_days(lower) if any(word in lower for word in _DAY_WORDS) else []
    else:
        found = [*_agos(lower), *_named_days(lower)]
    return sorted(found, key=lambda ago: ago.start)


def _agos(lower: str) -> list[Ago]:
    found = [Ago(m.start(), m.end(), "minute") for m in _NOW.finditer(lower)]
    found += [Ago(m.start(), m.end(), "hour") for m in _MINUTES.finditer(lower)]
    found += [Ago(m.start(), m.end(), "minute", 0, _PARTS[m["part"]]) for m in _PART.finditer(lower)]
    for match in (*_AGO.finditer(lower), *_AGO_AFTER.finditer(lower)):
        unit, number = _UNIT_OF[match["unit"]], (match["number"] or "").strip()
        got = match.groupdict()
        if (got.get("vague") or "").startswith("plus") or any(
            f.start <= match.start() < f.end for f in found
        ):
            continue
        dual = match["unit"].endswith("ين") and unit != "second"
        count = int(number) if number.isdigit() else NUMBER_WORDS.get(number, 2 if dual else 1)
        more = int(got.get("more") or 0) if unit == "hour" else 0
        end = match.end() if more or match.re is _AGO_AFTER else match.end("unit")
        found.append(Ago(match.start(), end, unit, count, more))
    return found


def _is_part_of_a_name(lower: str, start: int, end: int) -> bool:
    """Whether a day stands inside words: "Aujourd'hui le Maroc" and "Mali Aujourd'hui" are newspapers."""
    return _INSIDE_BEFORE.search(lower, max(0, start - 30), start) is not None or (
        _INSIDE_AFTER.match(lower, end) is not None
    )


def _named_days(lower: str) -> list[Ago]:
    found = []
    for match in _DAY.finditer(lower):
        after = clock_after(lower, match.end())
        clock, end = after if after else (None, match.end())
        if match["day"] == "cette nuit" and (clock is None or clock.hour >= _MORNING):
            continue
        if clock is None and _is_part_of_a_name(lower, match.start(), match.end()):
            continue
        days = next((days for word, days in _DAYS.items() if match["day"].startswith(word)), 0)
        found.append(Ago(match.start(), end, "day", days, clock=clock))
    for match in _WEEKDAY.finditer(lower):
        after = clock_after(lower, match.end())
        labelled = _LABELLED.search(lower, 0, match.start()) is not None
        if after or match["last"] or labelled:  # a weekday alone is a heading or a column's name
            clock, end = after if after else (None, match.end())
            weekday = WEEKDAYS[match["weekday"]]
            found.append(Ago(match.start(), end, "day", bool(match["last"]), weekday=weekday, clock=clock))
    return found


def resolve(ago: Ago, fetched_at: datetime, tz: ZoneInfo) -> Resolved | None:
    """The moment, with `fetched_at` (aware) as now. None for years, whose day and month nobody said.

    Raises:
        OverflowError: before the first year of the calendar.
    """
    now = local(fetched_at, tz)
    if ago.unit in ("second", "minute", "hour"):
        length = {"second": 1, "minute": 60, "hour": 3600}[ago.unit] * ago.count + 60 * ago.minutes
        utc = fetched_at.astimezone(UTC).replace(microsecond=0) - timedelta(seconds=length)
        precision: Precision = "minute" if ago.minutes else "hour"
        precision = precision if ago.unit == "hour" else "second" if ago.unit == "second" else "minute"
        kept = utc if precision == "second" else utc.replace(second=0)
        return Resolved(local(kept, tz).date(), precision, local(kept, tz), kept)
    if ago.unit == "year":
        return None
    if ago.unit == "month":
        months = now.year * 12 + now.month - 1 - ago.count
        return Resolved(date(months // 12, months % 12 + 1, 1), "month")
    days = ago.count * (7 if ago.unit == "week" else 1)
    if ago.weekday is not None:
        days = (now.weekday() - ago.weekday) % 7 or 7 * ago.count
    return Resolved(now.date() - timedelta(days=days), "day")
