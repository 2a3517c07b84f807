"""Addresses without end: growing paths, calendars, facets, session ids. Pure but for the counting.

A page that names pages that name pages never ends by itself. What is cut here is counted by pattern, and a
run that cut something says so.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from urllib.parse import parse_qsl, urlsplit

MAX_SEGMENTS = 12  # of a path
MAX_REPEATS = 3  # of one segment in a row: /a/a/a/a is a relative link gone wild
MAX_PARAMETERS = 6  # of a query: more are facets
PER_PATTERN = 30  # listings of one pattern, such as the months of a calendar
_NUMBER = re.compile(r"\d+")
_HEX = re.compile(r"\b(?=[0-9a-f]*\d)[0-9a-f]{8,}\b", re.I)


def is_endless(url: str) -> bool:
    """Whether an address has the form that only endless ones have."""
    parts = urlsplit(url)
    segments = [segment for segment in parts.path.split("/") if segment]
    if len(segments) > MAX_SEGMENTS or parts.query.count("&") >= MAX_PARAMETERS:
        return True
    row = 1
    for before, after in itertools.pairwise(segments):
        row = row + 1 if before == after else 1
        if row > MAX_REPEATS:
            return True
    return False


def pattern(url: str) -> str:
    """What addresses of one kind share: "/agenda?m=#&y=#" of "/agenda?y=2016&m=3"."""
    parts = urlsplit(url)
    path = _NUMBER.sub("#", _HEX.sub("#", parts.path))
    names = sorted({name for name, _ in parse_qsl(parts.query, keep_blank_values=True)})
    return path + ("?" + "&".join(f"{_NUMBER.sub('#', name)}=#" for name in names) if names else "")


class Patterns:
    """How many addresses of each pattern were let through."""

    def __init__(self, most: int = PER_PATTERN) -> None:
        self._most = most
        self._admitted: Counter[str] = Counter()
        self.cut: Counter[str] = Counter()  # addresses left out, by pattern

    def note(self, url: str) -> None:
        """This one was let through by an earlier run."""
        self._admitted[pattern(url)] += 1

    def admits(self, url: str) -> bool:
        """Whether one more of this pattern is let through. What is not is counted."""
        kind = pattern(url)
        if is_endless(url) or self._admitted[kind] >= self._most:
            self.cut[kind[:200]] += 1
            return False
        self._admitted[kind] += 1
        return True
