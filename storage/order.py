"""`articles.order_key`: one number to put articles newest first, and the row id of the index.

Minute of the published local time since year 1, times 1024, plus a counter; so index entries of neighbouring
articles differ by little and take little room. Articles without a date have small numbers: they come last.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, func, select

from storage.models import Article
from storage.records import Date
from storage.upsert import chunks

SLOTS = 1 << 10
UNDATED = (1, 1 << 39)  # range of keys of articles without a date
_DAY = 24 * 60 * SLOTS
_EARLIEST = datetime(1700, 1, 1)  # noqa: DTZ001  (local times have no zone)


def key_range(published: Date | None) -> tuple[int, int]:
    """The keys an article of this date may have: from the first up to, not including, the second."""
    if published is None:
        return UNDATED
    moment = published.datetime or datetime(published.date.year, published.date.month, published.date.day)  # noqa: DTZ001
    moment = max(moment, _EARLIEST)
    minutes = moment.toordinal() * 1440 + moment.hour * 60 + moment.minute
    return minutes * SLOTS, (minutes + 1) * SLOTS


def allocate(connection: Connection, published: Sequence[Date | None]) -> list[int]:
    """A free key for each of these dates, in order."""
    ranges = [key_range(date) for date in published]
    last = _last_keys(connection, set(ranges))
    keys: list[int] = []
    for low, high in ranges:
        key = max(last.get((low, high), low - 1), low - 1) + 1
        if key >= high:  # more than 1,024 articles in one minute, as with days without an hour
            key = _behind(connection, low, set(keys))
        else:
            last[low, high] = key
        keys.append(key)
    return keys


def _last_keys(connection: Connection, ranges: set[tuple[int, int]]) -> dict[tuple[int, int], int]:
    """The highest key taken in each range. Plain SQL: a VALUES list is compiled anew for each length."""
    found: dict[tuple[int, int], int] = {}
    for part in chunks(sorted(ranges), 100):
        wanted = ", ".join(f"({low}, {high})" for low, high in part)
        rows = connection.exec_driver_sql(
            f"WITH wanted(low, high) AS (VALUES {wanted})"  # noqa: S608  (whole numbers of our own)
            " SELECT low, high, (SELECT max(order_key) FROM articles"
            " WHERE order_key >= low AND order_key < high) FROM wanted"
        )
        found.update({(low, high): last for low, high, last in rows if last is not None})
    return found


def _behind(connection: Connection, low: int, taken: set[int]) -> int:
    """A free key later on the same day."""
    end = low - low % _DAY + _DAY
    last = connection.scalar(
        select(func.max(Article.order_key)).where(Article.order_key >= low, Article.order_key < end)
    )
    key = int(last or low) + 1
    while key in taken:
        key += 1
    return key
