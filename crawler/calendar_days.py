"""Days on which a newsroom may rest: Ramadan and public holidays, computed, without any network. Pure.

The Islamic dates come from the tabular (arithmetic) calendar: months of 30 and 29 days in turn, 11 leap years
in 30 (2, 5, 7, 10, 13, 16, 18, 21, 24, 26 and 29), epoch Friday 16 July 622 Julian. What a country announces
after looking for the moon is that day or one later, seldom one earlier (Morocco, 2015 to 2025: 0 to 1 days
later), so every Islamic holiday is taken with a day before and two after, and Ramadan with one before and one
after. Easter is Gauss's for the Gregorian calendar and exact.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from typing import Literal

Kind = Literal["usual", "ramadan", "holiday"]

_EPOCH = 227015  # ordinal of 1 Muharram 1 (16 July 622 Julian = 19 July 622 Gregorian)
_RAMADAN = 9
# Month and day of the tabular year; which of them rest depends on the country.
_NEW_YEAR, _MAWLID, _FITR, _ADHA = (1, 1), (3, 12), (10, 1), (12, 10)
_ISLAMIC: dict[str, tuple[tuple[int, int], ...]] = {
    **dict.fromkeys(("MA", "DZ", "TN", "MR", "EG", "DJ", "KM"), (_NEW_YEAR, _MAWLID, _FITR, _ADHA)),
    **dict.fromkeys(("SN", "ML", "NE", "TD", "GN", "BF", "CI"), (_MAWLID, _FITR, _ADHA)),
    **dict.fromkeys(("LB", "BJ", "TG", "CM", "GA"), (_FITR, _ADHA)),
}
_KEEPS_RAMADAN = {"MA", "DZ", "TN", "MR", "EG", "DJ", "KM", "SN", "ML", "NE", "TD", "GN"}
# Days from Easter Sunday: Good Friday -2, Easter Monday 1, Ascension 39, Whit Monday 50.
_EASTER: dict[str, tuple[int, ...]] = {
    **dict.fromkeys(("FR", "BE", "LU", "CH", "MC", "SN", "CI", "BJ", "TG", "MG", "GA", "BF"), (1, 39, 50)),
    **dict.fromkeys(("CA", "HT", "LB", "RE"), (-2, 1)),
    **dict.fromkeys(("CM", "CD", "CG"), (-2, 39)),
}
_CHRISTIAN = ((8, 15), (11, 1), (12, 25))
_OWN: dict[str, tuple[tuple[int, int], ...]] = {
    "MA": (
        (1, 11),
        (1, 14),
        (5, 1),
        (7, 30),
        (8, 14),
        (8, 20),
        (8, 21),
        (10, 31),
        (11, 6),
        (11, 18),
    ),
    "DZ": ((1, 12), (5, 1), (7, 5), (11, 1)),
    "TN": ((3, 20), (4, 9), (5, 1), (7, 25), (8, 13), (10, 15), (12, 17)),
    "MR": ((5, 1), (5, 25), (11, 28)),
    "FR": ((5, 1), (5, 8), (7, 14), (11, 11), *_CHRISTIAN),
    "MC": ((1, 27), (5, 1), (11, 19), (12, 8), *_CHRISTIAN),
    "BE": ((5, 1), (7, 21), (11, 11), *_CHRISTIAN),
    "LU": ((5, 1), (5, 9), (6, 23), (12, 26), *_CHRISTIAN),
    "CH": ((1, 2), (8, 1), (12, 25), (12, 26)),
    "CA": ((6, 24), (7, 1), (12, 25), (12, 26)),
    "HT": ((1, 2), (5, 1), (5, 18), (10, 17), (11, 18), *_CHRISTIAN),
    "LB": ((5, 1), (11, 22), *_CHRISTIAN),
    "SN": ((4, 4), (5, 1), *_CHRISTIAN),
    "CI": ((5, 1), (8, 7), (11, 15), *_CHRISTIAN),
    "ML": ((1, 20), (3, 26), (5, 1), (5, 25), (9, 22), (12, 25)),
    "BF": ((1, 3), (3, 8), (5, 1), (8, 5), (12, 11), *_CHRISTIAN),
    "BJ": ((1, 10), (5, 1), (8, 1), *_CHRISTIAN),
    "TG": ((1, 13), (4, 27), (5, 1), (6, 21), *_CHRISTIAN),
    "NE": ((4, 24), (5, 1), (8, 3), (12, 18), (12, 25)),
    "GN": ((5, 1), (10, 2), (12, 25)),
    "CM": ((2, 11), (5, 1), (5, 20), (8, 15), (12, 25)),
    "GA": ((5, 1), (8, 16), (8, 17), *_CHRISTIAN),
    "CD": ((1, 4), (1, 16), (1, 17), (5, 1), (6, 30), (12, 25)),
    "CG": ((5, 1), (6, 10), (8, 15), (11, 1), (12, 25)),
    "MG": ((3, 29), (5, 1), (6, 26), *_CHRISTIAN),
}


def kind_of_day(day: date, country: str) -> Kind:
    """What kind of day a local day is in a country (ISO 3166). An unknown country has 1 January only.

    A holiday within Ramadan is a holiday. A day between a holiday and a weekend is none: newsrooms work then.
    """
    if (day.month, day.day) == (1, 1) or (day.month, day.day) in _OWN.get(country, ()):
        return "holiday"
    if (day - easter(day.year)).days in _EASTER.get(country, ()):
        return "holiday"
    if any(_islamic_holiday(day - timedelta(days=later), country) for later in (-1, 0, 1, 2)):
        return "holiday"
    near = (islamic(day + timedelta(days=other))[1] == _RAMADAN for other in (-1, 1))
    return "ramadan" if country in _KEEPS_RAMADAN and any(near) else "usual"


def last_ramadan(day: date, country: str) -> tuple[date, date] | None:
    """First and last day of the Ramadan of the year before, where the two weeks before a day were in one."""
    if not any(kind_of_day(day - timedelta(days=ago), country) == "ramadan" for ago in range(14)):
        return None
    last = day - timedelta(days=300)
    while kind_of_day(last, country) != "ramadan":
        last -= timedelta(days=1)
    first = last
    while kind_of_day(first - timedelta(days=1), country) == "ramadan":
        first -= timedelta(days=1)
    return first, last


def _islamic_holiday(day: date, country: str) -> bool:
    return islamic(day)[1:] in _ISLAMIC.get(country, ())


@cache
def islamic(day: date) -> tuple[int, int, int]:
    """Year, month and day of the tabular Islamic calendar, for days from 1 Muharram 1 on.

    Reingold and Dershowitz, Calendrical Calculations, "Islamic calendar".
    """
    passed = day.toordinal() - _EPOCH
    year = (30 * passed + 10646) // 10631
    in_year = passed - ((year - 1) * 354 + (3 + 11 * year) // 30)
    month = min(12, (11 * in_year + 330) // 325)
    return year, month, in_year - (29 * (month - 1) + month // 2) + 1


@cache
def easter(year: int) -> date:
    """Easter Sunday of a Gregorian year (anonymous Gregorian computus, Meeus 1991)."""
    golden, century = year % 19, year // 100
    epact = (century - century // 4 - (8 * century + 13) // 25 + 19 * golden + 15) % 30
    moon = epact - (epact // 28) * (1 - (29 // (epact + 1)) * ((21 - golden) // 11))
    weekday = (year + year // 4 + moon + 2 - century + century // 4) % 7
    month = 3 + (moon - weekday + 40) // 44
    return date(year, month, moon - weekday + 28 - 31 * (month // 4))
