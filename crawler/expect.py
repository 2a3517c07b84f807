"""What a declaration expects of its site: a minimum of articles, fields that must be filled. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from math import comb
from typing import Annotated, Literal

import msgspec

from storage.figures import total
from storage.health import PastRun

Field = Literal["title", "body", "published", "authors", "attributions", "tags", "related", "section"]

_PAGES = 20  # that a fill rate is measured on, at least
_CHANCE = 0.01  # of falling so short by accident, at most
_WEEK = timedelta(days=7)
_MONTH = timedelta(days=30)
_DAYS_WATCHED = 5


class Expect(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`expect` in a declaration. A field named in `fill` is held to this rate and not to its own past."""

    articles_per_week: Annotated[float, msgspec.Meta(ge=0)] | None = None
    fill: dict[Field, Annotated[float, msgspec.Meta(ge=0, le=1)]] = {}


def unmet(expect: Expect, runs: Sequence[PastRun], now: datetime) -> str | None:
    """A sentence about the first expectation that is not met, else None. `runs`: oldest first."""
    return _too_few(expect, runs, now) or _too_empty(expect, runs, now)


def _too_few(expect: Expect, runs: Sequence[PastRun], now: datetime) -> str | None:
    week = [run for run in runs if run.started_at > now - _WEEK]
    days = {run.started_at.date() for run in week}
    if expect.articles_per_week is None or len(days) < _DAYS_WATCHED or len(week) == len(runs):
        return None
    found = sum(run.fresh for run in week)
    if found >= expect.articles_per_week:
        return None
    return f"{found} new articles in seven days, where the declaration expects {expect.articles_per_week:g}"


def _too_empty(expect: Expect, runs: Sequence[PastRun], now: datetime) -> str | None:
    recent = [run.figures for run in runs if run.figures is not None and run.started_at > now - _MONTH]
    sample = total(())
    for figures in reversed(recent):
        if sample.pages >= _PAGES:
            break
        sample = total((sample, figures))
    if sample.pages < _PAGES:
        return None
    for field, rate in expect.fill.items():
        filled = sample.filled.get(field, 0)
        if filled < rate * sample.pages and _tail(filled, sample.pages, rate) < _CHANCE:
            return (
                f"{field} is on {filled} of the last {sample.pages} pages, where the declaration"
                f" expects {rate:.0%}: check the rules of {field}"
            )
    return None


def _tail(hits: int, pages: int, rate: float) -> float:
    """The chance of at most so many hits (binomial)."""
    return sum(comb(pages, k) * rate**k * (1 - rate) ** (pages - k) for k in range(hits + 1))
