"""Number ranges: where every article has a number (`/actualite/6256`), the archive can be walked by number.

Forward from the highest known number until enough in a row do not exist; backward through the gaps below,
newest first, with a budget. Both are plans: nothing here asks a server.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

MAX_ID = 10**12


@dataclass(frozen=True, slots=True)
class WalkPlan:
    """What a backfill by number would do, to be shown before it is begun.

    `ids` are those of the next run, newest first; `missing` is how many the whole walk has left.
    """

    ids: tuple[int, ...]
    missing: int
    lowest: int
    highest: int

    def seconds(self, delay: float) -> float:
        """How long the whole walk takes at one page every `delay` seconds."""
        return self.missing * delay


def plan_walk(
    known: Collection[int], *, lowest: int = 1, highest: int | None = None, budget: int = 500
) -> WalkPlan:
    """Which numbers to try next.

    Args:
        known: numbers that were tried or found before, whatever came of it.
        lowest, highest: the range; highest None means the highest known number.
        budget: how many the next run may try.

    Raises:
        ValueError: a range or budget that cannot be, in one line.
    """
    top = max(known, default=0) if highest is None else highest
    if not 0 <= lowest <= MAX_ID or top > MAX_ID or budget < 0:
        raise ValueError(f"numbers from 0 to {MAX_ID} and a budget of at least 0 are needed")
    inside = {number for number in known if lowest <= number <= top}
    missing = max(0, top - lowest + 1) - len(inside)
    ids: list[int] = []
    for number in range(top, lowest - 1, -1):
        if len(ids) == budget:
            break
        if number not in inside:
            ids.append(number)
    return WalkPlan(tuple(ids), missing, lowest, top)


class ForwardWalk:
    """New numbers from the highest known one upwards, until `patience` in a row do not exist.

    Numbers are handed out one by one; an answer may come late or in another order. Drafts and deleted
    articles leave holes, so one missing number ends nothing.
    """

    def __init__(self, highest_known: int, *, patience: int = 20, budget: int = 500) -> None:
        self._next = highest_known + 1
        self._highest_found = highest_known
        self._patience = patience
        self._left = budget

    def __iter__(self) -> Iterator[int]:
        while self._left > 0 and self._next <= min(self._highest_found + self._patience, MAX_ID):
            self._left -= 1
            self._next += 1
            yield self._next - 1

    def found(self, number: int) -> None:
        """This number exists: the walk goes on from it."""
        self._highest_found = max(self._highest_found, number)


def article_url(template: str, number: int) -> str:
    """The address of a number: "https://site/actualite/{0}" and 6256.

    Raises:
        ValueError: a template without "{0}".
    """
    if "{0}" not in template:
        raise ValueError(f"{{0}} is missing in {template!r}")
    return template.replace("{0}", str(number))


def number_pattern(template: str) -> re.Pattern[str]:
    """What reads the number of an address that begins like the template; scheme and "www." do not count."""
    start, _, end = template.partition("://")[2].removeprefix("www.").partition("{0}")
    tail = re.escape(end) if end else r"(?=$|[/?#.-])"
    return re.compile(rf"^https?://(?:www\.)?{re.escape(start)}(\d{{1,12}}){tail}")
