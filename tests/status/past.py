"""Pasts to compare a run with, as `storage.health` would load them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta

from storage.figures import Figures
from storage.health import PastRun

MONDAY = datetime(2025, 1, 6, 12, tzinfo=UTC)  # a week without holidays in France
READER = "rules-1"


def days(counts: Iterable[int | None], *, start: datetime = MONDAY) -> list[PastRun]:
    """One run a day; None = the site did not answer."""
    return [
        run(number, start + timedelta(days=number), fresh=count or 0, answered=count is not None)
        for number, count in enumerate(counts)
    ]


def weeks(number: int, week: Iterable[int], *, start: datetime = MONDAY) -> list[PastRun]:
    return days([*week] * number, start=start)


def run(
    number: int,
    at: datetime,
    *,
    fresh: int = 0,
    answered: bool = True,
    state: str | None = None,
    code: int | None = None,
    figures: Figures | None = None,
    reader: str = READER,
    lost: tuple[str, ...] = (),
    message: str | None = None,
) -> PastRun:
    state = state or (("ok" if fresh else "quiet") if answered else "dead")
    code = code if code is not None else {"ok": 0, "quiet": 0, "dead": 5}.get(state, 6)
    answered = answered and state not in ("blocked", "fault")
    return PastRun(number, at, state, code, message, fresh, fresh, reader, figures, lost, answered)


def pages(number: int, *, extractor: str = "1", **filled: float | int) -> Figures:
    """Figures of so many pages; `published=5` fills a field, `published__line=5` names the rule too."""
    rules: dict[str, dict[str, int]] = {}
    fields: dict[str, int] = {}
    for name, count in filled.items():
        field, _, rule = name.partition("__")
        if rule:
            rules.setdefault(field, {})[rule] = int(count)
        fields[field] = (
            max(fields.get(field, 0), int(count)) if not rule else fields.get(field, 0) + int(count)
        )
    return Figures(number, number, fields, rules, {11: number}, 1500, 0, extractor)


def reading_runs(
    parts: Iterable[Figures], *, start: datetime = MONDAY, state: Callable[[int], str] | None = None
) -> list[PastRun]:
    """One run an hour, each with the pages it read."""
    return [
        run(
            number,
            start + timedelta(hours=number),
            fresh=part.pages,
            figures=part,
            state=state(number) if state is not None else None,
        )
        for number, part in enumerate(parts)
    ]
