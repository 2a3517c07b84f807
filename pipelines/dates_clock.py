"""The clock time behind or before a day: "14 h 30", "20h30min", "7:58 AM UTC", "16 h 30 HAE", "midi"."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import NamedTuple
from zoneinfo import ZoneInfo

from pipelines.calendars import OFFSETS, PLACES, alternatives, zone

_COUNTS = r"(?!\s?(?:comm|vue|view|visit|part|lect|avis|reac))"  # "9h 12 commentaires"
_TIME = (
    r"(?:(?P<hour>\d{1,2})(?!\d)(?:"
    r"\s?(?:heures?|hrs?|h)(?![a-z])(?:\s?:?\s?(?P<minute>\d{2})(?!\d)"
    + _COUNTS
    + r"(?:\s?(?:minutes?|min|mn|m\b|'))?"
    r"(?:\s?(?P<second>\d{2})\s?s(?:ec)?\b)?)?"
    r"|\s?:\s?(?P<minute2>\d{2})(?!\d)(?::(?P<second2>\d{1,2})(?:[.,]\d{1,9})?(?!\d))?(?:\s?(?P<half>[ap])\.?m\b\.?|\s?(?P<arabic>[صم])(?!\w))?"
    r"|\s?(?P<half2>[ap])\.?m\b\.?)"
    r"|(?P<word>midi|minuit)\b)"
)
_ZONE = (
    r"(?:\s?[(\[]?\s?(?:"
    r"(?:utc|gmt|tu)\s?(?P<sign>[+-])\s?(?P<hours>\d{1,2})(?::?(?P<minutes>\d{2}))?(?!\d)"
    rf"|(?P<abbreviation>{alternatives(OFFSETS)}|he)(?![a-z])"
    rf"|,?\s?heure (?:de l'|d'|de |du )?(?P<place>{'|'.join(PLACES)})\b"
    r"|(?<=[:h]\d\d)(?P<iso>\s?\+|(?<=:\d\d:\d\d)\s?-)(?P<iso_hours>\d{2}):?(?P<iso_minutes>\d{2})(?!\d)"
    r")\s?[)\]]?)?"
)
# what may stand between a day and its hour; "�" is a lost "à"
_JOIN = r"[^\w]{0,6}(?:(?:a|at|vers|heure|um|على الساعة|الساعة)(?![^\W\d])[^\w]{0,3})?"
_AFTER = re.compile(_JOIN + _TIME + _ZONE)
# Swiss: "à 14.30", "03.05.2021, 14.30"
_DOTTED = re.compile(
    r"(?:\s?,?\s?a |[\s,|-]{1,3}(?=\d\d))(?P<hour>[01]?\d|2[0-3])\.(?P<minute>[0-5]\d)(?![\d.])"
)
_BEFORE = re.compile(_TIME + _ZONE + r"[\s,|/(-]{0,4}(?:le )?$")
_HOURS_AFTER_HALF_DAY = {"p": 12, "a": 0, "م": 12, "ص": 0}


class Clock(NamedTuple):
    """A time of day as printed. `zone`: minutes east of Greenwich, an IANA name, or None."""

    hour: int
    minute: int | None = None
    second: int | None = None
    zone: int | str | None = None


def clock_after(lower: str, position: int) -> tuple[Clock, int] | None:
    """The time that follows `position`, with the place where it ends."""
    match = _AFTER.match(lower, position) or _DOTTED.match(lower, position)
    if match is None:
        return None
    clock = _clock(match)
    return None if clock is None else (clock, match.end())


def clock_before(lower: str, begin: int, position: int) -> tuple[Clock, int] | None:
    """The time that ends just before `position`, with the place where it begins."""
    begin = max(begin, position - 40)
    match = _BEFORE.search(lower[begin:position])
    if match is None or (match.start() and lower[begin + match.start() - 1].isdigit()):
        return None
    clock = _clock(match)
    return None if clock is None else (clock, begin + match.start())


def _clock(match: re.Match[str]) -> Clock | None:
    got = match.groupdict()
    if got.get("word"):
        return Clock(12 if got["word"] == "midi" else 0, 0, None, _zone(got))
    hour = int(got["hour"])
    minute, second = got["minute"] or got.get("minute2"), got.get("second") or got.get("second2")
    half = got.get("half") or got.get("half2") or got.get("arabic")
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + _HOURS_AFTER_HALF_DAY[half]
    if hour > 23 or int(minute or 0) > 59 or int(second or 0) > 59:
        return None
    return Clock(hour, int(minute) if minute else None, int(second) if second else None, _zone(got))


def _zone(got: dict[str, str | None]) -> int | str | None:
    """What the text says of the zone: an offset beyond 14 hours is no offset."""
    sign = got.get("sign") or (got.get("iso") or "").strip()
    if sign:
        minutes = int(got["hours"] or got["iso_hours"] or 0) * 60 + int(
            got["minutes"] or got["iso_minutes"] or 0
        )
        return None if minutes > 14 * 60 else -minutes if sign == "-" else minutes
    abbreviation, place = got.get("abbreviation"), got.get("place")
    if abbreviation == "he":  # heure de l'Est: summer or winter follows from the day
        return "America/Toronto"
    if abbreviation:
        return OFFSETS[abbreviation]
    return PLACES[place] if place else None


def zone_name(printed: int | str) -> str:
    """ "UTC+01:00" for an offset in minutes, "UTC" for none; an IANA name stays."""
    if isinstance(printed, str):
        return printed
    hours, minutes = divmod(abs(printed), 60)
    return f"UTC{'-' if printed < 0 else '+'}{hours:02}:{minutes:02}" if printed else "UTC"


def to_utc(moment: datetime, printed: int | str | None, tz: ZoneInfo) -> datetime:
    """The aware UTC time of a naive one: by the printed zone, else by the site's. Of an hour that occurs
    twice (clocks put back) the first is taken.

    Raises:
        OverflowError: at the ends of the calendar.
    """
    if isinstance(printed, int):
        return moment.replace(tzinfo=timezone(timedelta(minutes=printed))).astimezone(UTC)
    return moment.replace(tzinfo=zone(printed) if printed else tz).astimezone(UTC)
