"""How much two texts have in common, word by word, and what that makes of them. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache
from typing import Any, Literal
from zoneinfo import ZoneInfo

Kind = Literal["exact", "near", "part", "passage"]
RUN = 5  # words in a row that count as common
NEAR = 0.75  # share of both texts
PART = 0.6  # share of the shorter one
PART_WEAK = 0.8  # the same where most shared shingles stand in many articles: boilerplate in a short text
PASSAGE = 25  # words in a row
MIN_WORDS = 15  # that two texts must have in common to be copies at all
BODY_OF_STORY = 0.25  # share of the longer text from which a part makes one story of both
OPENING = 0.15  # ... or the part begins within this first share of the longer text
_DAY = timedelta(days=1)
_OFFSET = re.compile(r"UTC([+-])(\d\d):(\d\d)")
_SPANS = {"hour": timedelta(hours=1), "minute": timedelta(minutes=1), "second": timedelta(seconds=1)}


@dataclass(frozen=True, slots=True)
class Overlap:
    """`share` of the first text's words stand in the second one in runs of five or more, and the reverse."""

    share: float
    other_share: float
    common_words: int  # of the first text
    longest_run: int
    starts: float  # where the first common run begins in the first text, as a share of its length
    other_starts: float

    @property
    def least(self) -> float:
        return min(self.share, self.other_share)

    @property
    def most(self) -> float:
        return max(self.share, self.other_share)


def measure(first: Sequence[str], second: Sequence[str]) -> Overlap:
    """Compare two texts given as folded words. Order beyond runs of five words does not count."""
    mine, my_longest, my_start = _covered(first, _grams(second))
    theirs, _, their_start = _covered(second, _grams(first))
    return Overlap(
        share=mine / len(first) if first else 0.0,
        other_share=theirs / len(second) if second else 0.0,
        common_words=mine,
        longest_run=my_longest,
        starts=my_start / len(first) if first else 1.0,
        other_starts=their_start / len(second) if second else 1.0,
    )


def _grams(words: Sequence[str]) -> set[tuple[str, ...]]:
    return set(zip(*(words[start:] for start in range(RUN)), strict=False))


def _covered(words: Sequence[str], grams: set[tuple[str, ...]]) -> tuple[int, int, int]:
    """Words that stand in one of the grams; the longest stretch of them; where the first one stands."""
    total = longest = 0
    begin = end = -1
    start = len(words)
    for place, gram in enumerate(zip(*(words[n:] for n in range(RUN)), strict=False)):
        if gram not in grams:
            continue
        if place > end:
            total, longest = total + end - begin, max(longest, end - begin)
            begin, start = place, min(start, place)
        end = place + RUN
    return total + end - begin, max(longest, end - begin), start


def kind_of(overlap: Overlap, *, same_digest: bool, weak: bool, across: bool) -> Kind | None:
    """What a pair is; None = nothing worth a row.

    `same_digest`: equal text digests. `weak`: most shingles they share stand in many articles.
    `across`: the articles are of two sites; within one, a passage is the site's own furniture.
    """
    if same_digest and overlap.common_words >= MIN_WORDS:
        return "exact"
    if overlap.common_words < MIN_WORDS:
        return None
    if overlap.least >= NEAR:
        return "near"
    if overlap.most >= (PART_WEAK if weak else PART):
        return "part"
    return "passage" if across and not weak and overlap.longest_run >= PASSAGE else None


def ties(kind: Kind, overlap: Overlap) -> bool:
    """Whether a pair makes one story of both: a brief inside a round-up of ten others does not."""
    if kind in ("exact", "near"):
        return True
    if kind != "part":
        return False
    first_is_longer = overlap.share <= overlap.other_share
    start = overlap.starts if first_is_longer else overlap.other_starts
    return overlap.least >= BODY_OF_STORY or start <= OPENING


def published_span(article: Any) -> tuple[datetime, datetime] | None:
    """The stretch of time (UTC) in which an article says it was published; None where it does not.

    `article`: anything with the published_* columns of `articles`.
    """
    if article.published_date is None:
        return None
    span = _SPANS.get(article.published_precision)
    if article.published_utc is not None and span is not None:
        return article.published_utc, article.published_utc + span
    day = article.published_date
    try:
        start = datetime(day.year, day.month, day.day, tzinfo=_zone(article.published_timezone))
        if article.published_precision == "month":
            end = (start.replace(day=1) + timedelta(days=32)).replace(day=1)
        else:
            end = start + _DAY
        return start.astimezone(UTC), end.astimezone(UTC)
    except (OverflowError, ValueError):  # at the ends of the calendar
        return None


@lru_cache(maxsize=256)
def _zone(name: str | None) -> Any:
    offset = _OFFSET.fullmatch(name or "")
    if offset:
        span = timedelta(hours=int(offset[2]), minutes=int(offset[3]))
        return timezone(-span if offset[1] == "-" else span)
    try:
        return ZoneInfo(name) if name else UTC
    except (ValueError, OSError):  # a name this machine does not know
        return UTC


def first_published(first: Any, second: Any) -> int | None:
    """Id of the article that was published before the other one; None where their dates leave it open."""
    a, b = published_span(first), published_span(second)
    if a is None or b is None:
        return None
    if a[1] <= b[0]:
        return int(first.id)
    return int(second.id) if b[1] <= a[0] else None
