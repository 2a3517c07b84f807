"""When to ask again: pages at growing age, channels in step with how often they change. Pure, no clock."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

# Of the time since its last change: a channel that changed an hour ago is asked after 6 minutes.
_CHANGE_SHARE = 0.1
_LONGEST = {"feed": timedelta(hours=6), "listing": timedelta(hours=6), "sitemap": timedelta(days=7)}
_PATIENT_FAILURES = 3  # a channel that failed so often waits, twice as long each time


LONGEST_POLL = max(_LONGEST.values())


def latest_due(retry_minutes: Sequence[float], revisit_hours: Sequence[float], now: datetime) -> datetime:
    """The latest moment that a page can be due at by these rules: a later one comes of a wrong clock."""
    longest = max([*(minutes / 60 for minutes in retry_minutes), *revisit_hours, 24.0])
    return now + timedelta(hours=longest + 24)


def next_visit(fetches: int, ages: Sequence[float], now: datetime) -> datetime | None:
    """When a page is due again, None when it has been visited often enough.

    Args:
        fetches: how often it was fetched before this time.
        ages: hours since the first fetch at which it is visited again, ascending.
        now: when it was fetched this time, aware.
    """
    if fetches >= len(ages):
        return None
    before = ages[fetches - 1] if fetches else 0.0
    return now + timedelta(hours=ages[fetches] - before)


def next_try(tries: int, waits: Sequence[float], now: datetime) -> datetime | None:
    """When a page that failed is tried again, None when it is given up.

    Args:
        tries: failures in a row before this one.
        waits: minutes to wait after the first, second, ... failure.
    """
    return now + timedelta(minutes=waits[tries]) if tries < len(waits) else None


def next_poll(
    kind: str,
    last_change: datetime | None,
    failures: int,
    now: datetime,
) -> datetime:
    """When a channel is to be asked again.

    A share of the time since it last changed, so that a busy one is asked in every run and an archive
    of 2009 once a week; one that keeps failing waits 1, 2, 4 ... hours, at most a day.
    """
    if failures > _PATIENT_FAILURES:
        return now + timedelta(hours=min(2 ** min(failures - _PATIENT_FAILURES - 1, 5), 24))
    if last_change is None or last_change >= now:
        return now
    return now + min((now - last_change) * _CHANGE_SHARE, _LONGEST.get(kind, timedelta(hours=6)))
