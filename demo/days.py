"""When articles appeared, and how their pages say it."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from importlib import resources
from zoneinfo import ZoneInfo

from demo import ZONE
from demo.facts import TruthDate
from demo.words import DAYS, MONTHS, SHORT_MONTHS


def _zone() -> ZoneInfo:
    """From the tzdata distribution: the machine's own table may not know the change of 2026."""
    try:
        with resources.files("tzdata.zoneinfo").joinpath(*ZONE.split("/")).open("rb") as table:
            return ZoneInfo.from_file(table, key=ZONE)
    except ModuleNotFoundError:
        return ZoneInfo(ZONE)


LOCAL = _zone()
UTC = ZoneInfo("UTC")
FIRST = datetime(2016, 3, 1, 9, 12, tzinfo=LOCAL)
EDITIONS = {1: datetime(2026, 11, 18, 18, 0, tzinfo=LOCAL), 2: datetime(2026, 11, 19, 12, 0, tzinfo=LOCAL)}


def moment(place: int, count: int, r: random.Random) -> datetime:
    """When the article number `place` of `count` appeared: denser towards today, between 7 and 22 o'clock."""
    share = 1 - (1 - (place + r.random() * 0.8) / count) ** 1.6
    day: datetime = FIRST + (EDITIONS[1] - FIRST - timedelta(days=1)) * share
    return day.replace(hour=r.randint(7, 21), minute=r.randint(0, 59), second=r.randint(0, 59), microsecond=0)


def in_second_edition(place: int, count: int) -> datetime:
    """The new articles of the second edition appeared evenly between the two editions."""
    span = EDITIONS[2] - EDITIONS[1]
    return (EDITIONS[1] + span * ((place + 1) / (count + 1))).replace(microsecond=0)


def _first(d: datetime) -> str:
    return "1er" if d.day == 1 else str(d.day)


def long_day(d: datetime) -> str:
    """3 mai 2021, with 1er."""
    return f"{_first(d)} {MONTHS[d.month - 1]} {d.year}"


def portal_line(d: datetime, accents: bool) -> str:
    """Le 01 Mars 2016: two digits, month with a capital letter, on older pages without accents."""
    month = MONTHS[d.month - 1].capitalize()
    if not accents:
        month = month.translate(str.maketrans("éû", "eu"))
    return f"Le {d.day:02d} {month} {d.year}"


Form = tuple[str, Callable[[datetime], str]]
PLAIN_FORMS: tuple[Form, ...] = (
    ("minute", lambda d: f"Publié le {DAYS[d.weekday()]} {long_day(d)} à {d.hour}h{d.minute:02d}"),
    ("minute", lambda d: f"{d:%d/%m/%Y} - {d:%H:%M}"),
    ("day", long_day),
    ("day", lambda d: f"{DAYS[d.weekday()]} {long_day(d)}"),
    ("minute", lambda d: f"Mis en ligne le {d:%d.%m.%Y} à {d:%H:%M}"),
    ("day", lambda d: f"{d.day} {SHORT_MONTHS[d.month - 1].upper()} {d.year}"),
    ("minute", lambda d: f"{d.day} {SHORT_MONTHS[d.month - 1]} {d.year}, {d:%H:%M}"),
    ("minute", lambda d: f"Le {d:%d/%m/%Y} à {d.hour:02d}h{d.minute:02d}"),
    (
        "minute",
        lambda d: f"{DAYS[d.weekday()].capitalize()} {d.day:02d} {MONTHS[d.month - 1]} {d.year} - {d:%H:%M}",
    ),
    ("hour", lambda d: f"{long_day(d)} à {d.hour}\u00a0h"),
    ("minute", lambda d: f"{long_day(d)} à {d.hour}\u00a0h\u00a0{d.minute:02d}"),
    ("month", lambda d: f"{MONTHS[d.month - 1].capitalize()} {d.year}"),
    ("day", lambda d: f"{d:%d-%m-%Y}"),
    ("minute", lambda d: f"Publié le {d:%d/%m/%Y} à {d.hour}h{d.minute:02d}"),
)
UPDATED_FORM: Form = PLAIN_FORMS[13]


def truth(d: datetime, precision: str, raw: str, *, offset: bool = False) -> TruthDate:
    """The claim of a page about `d`, as precise as `precision` allows."""
    kept = {"hour": d.replace(minute=0, second=0), "minute": d.replace(second=0), "second": d}.get(precision)
    day = d.date().replace(day=1) if precision == "month" else d.date()
    return TruthDate(
        date=day.isoformat(),
        precision=precision,
        datetime=kept.replace(tzinfo=None).isoformat() if kept else None,
        utc=kept.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if kept else None,
        raw=raw,
        offset=d.isoformat()[-6:] if offset else None,
    )
