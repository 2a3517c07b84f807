"""Whether a site is quieter than it usually is: days compared with the same weekdays before. Pure, no
clock.

What a day usually brings is the mean of the same weekday in the twelve weeks before, its best day left out.
A silence is measured in articles that should have come meanwhile, so a weekend of a daily and six days of a
weekly weigh nothing. It is unusual when it weighs five articles or more and twice as much as any silence
before. Days on which nobody looked, or the site did not answer, count neither way; public holidays weigh
nothing; a day of Ramadan weighs what earlier days of Ramadan brought, or half a usual day where fewer than
three are known.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from crawler.calendar_days import Kind, kind_of_day
from storage.health import PastRun

MIN_HISTORY = timedelta(days=21)
WEEKS = 12
_ENOUGH_DAYS = 3  # of one weekday, to know it
_WEIGHT = 5.0  # articles that must be missing
_TIMES = 2.0  # as heavy as any silence before
_DROP, _DROP_WEIGHT = 0.25, 20.0  # a week with less than a quarter of twenty or more
_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

Weigh = Callable[["Day"], float]


@dataclass(frozen=True, slots=True)
class Day:
    """A local day of the site."""

    day: date
    kind: Kind
    count: int = 0  # articles that came out and were found on it
    watched: bool = False  # a run looked and was answered
    troubled: bool = False  # a run said that a person is needed


def local_days(runs: Sequence[PastRun], now: datetime, timezone: str, country: str) -> list[Day]:
    """Every day from the first run's to today, which is the last and not over yet."""
    zone = ZoneInfo(timezone)
    by_day: dict[date, list[PastRun]] = defaultdict(list)
    for run in runs:
        by_day[run.started_at.astimezone(zone).date()].append(run)
    today = now.astimezone(zone).date()
    first = min(by_day, default=today)
    return [
        _day(first + timedelta(days=number), country, by_day) for number in range((today - first).days + 1)
    ]


def _day(day: date, country: str, by_day: dict[date, list[PastRun]]) -> Day:
    runs = by_day.get(day, [])
    return Day(
        day,
        kind_of_day(day, country),
        sum(run.fresh for run in runs),
        any(run.answered for run in runs),
        any(run.exit_code == 6 for run in runs),
    )


def unusual_silence(days: Sequence[Day]) -> str | None:
    """A sentence where nothing new came for unusually long, else None. The last day is today."""
    last = max((number for number, day in enumerate(days) if day.count), default=None)
    if last is None or last == len(days) - 1:
        return None
    before, silent = days[: last + 1], days[last + 1 : -1]
    if before[-1].day - before[0].day < MIN_HISTORY:
        return None
    weigh = usual(before)
    weight = sum(weigh(day) for day in silent if day.watched)
    weeks = min(WEEKS, (before[-1].day - before[0].day).days / 7)
    needed = max(_WEIGHT * (1 + 2 / weeks), _TIMES * max(_silences(before, weigh), default=0.0))
    if weight < needed:
        return None
    heavy = max((day for day in silent if day.watched), key=weigh)
    return (
        f"nothing new since {before[-1].day}, where a {_NAMES[heavy.day.weekday()]} usually brings"
        f" {weigh(heavy):.0f} articles: is a feed standing still, or has the site moved?"
    )


def unusual_drop(days: Sequence[Day]) -> str | None:
    """A sentence where the last seven whole days brought far less than such days do, else None.

    Days of a silence that was told already are left out: when news come again, that is over.
    """
    before, week = days[:-8], [day for day in days[-8:-1] if _counts(day)]
    if len(before) < MIN_HISTORY.days or len(week) < 5:
        return None
    weigh = usual(before)
    share = _share(week, weigh)
    shares = [found for found in (_share(past, weigh) for past in _weeks(before)) if found is not None]
    if share is None or not shares or share >= min(_DROP, min(shares) / _TIMES):
        return None
    found, expected = sum(day.count for day in week), sum(weigh(day) for day in week)
    return (
        f"{found} new articles since {week[0].day}, where such days bring {expected:.0f}:"
        " compare the site's home page with `hemero sites check`"
    )


def usual(days: Sequence[Day]) -> Weigh:
    """What a day should bring, by what these days brought."""
    known: dict[tuple[int, Kind], list[int]] = defaultdict(list)
    recent = days[-1].day - timedelta(weeks=WEEKS)
    for day in days:
        if _counts(day) and (day.kind != "usual" or day.day >= recent):
            known[day.day.weekday(), day.kind].append(day.count)
    means = {key: _mean(counts) for key, counts in known.items() if len(counts) >= _ENOUGH_DAYS}

    def weigh(day: Day) -> float:
        if day.kind == "holiday":
            return 0.0
        mean = means.get((day.day.weekday(), "usual"), 0.0)
        return mean if day.kind == "usual" else means.get((day.day.weekday(), "ramadan"), mean / 2)

    return weigh


def _counts(day: Day) -> bool:
    """A day that says something about the habit: not one of a silence that was told already."""
    return day.watched and (day.count > 0 or not day.troubled)


def _mean(counts: Sequence[int]) -> float:
    """The best day is left out: a catch-up after an outage, or an election night."""
    rest = sorted(counts)[:-1] if len(counts) > _ENOUGH_DAYS else counts
    return sum(rest) / len(rest)


def _silences(days: Sequence[Day], weigh: Weigh) -> Iterator[float]:
    """The weight of every silence of the last twelve weeks, and of any Ramadan, that nobody was told of."""
    weight, told = 0.0, False
    recent = days[-1].day - timedelta(weeks=WEEKS)
    for day in days:
        if day.kind == "usual" and day.day < recent:
            continue
        if day.count:
            if not told:
                yield weight
            weight, told = 0.0, False
        elif day.watched:
            weight, told = weight + weigh(day), told or day.troubled
    # the last day is one with articles


def _weeks(days: Sequence[Day]) -> Iterator[Sequence[Day]]:
    """Every seven days in a row of the last twelve weeks that were watched and not in trouble."""
    recent = days[-7 * WEEKS :]
    for start in range(len(recent) - 6):
        week = recent[start : start + 7]
        if all(_counts(day) for day in week):
            yield week


def _share(week: Sequence[Day], weigh: Weigh) -> float | None:
    """Articles found, of those expected; None where too few are expected to tell."""
    expected = sum(weigh(day) for day in week)
    return sum(day.count for day in week) / expected if expected >= _DROP_WEIGHT else None
