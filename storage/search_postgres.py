"""Asking the full-text index on PostgreSQL: fresh articles by their `tsvector`, sealed segments here.

Segments come newest first and a few at a time, so that a common word is answered from the newest of them.
Several statements see one state of the archive: a reading session is one snapshot (storage.archive).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from storage.filters import Narrowed
from storage.matching import matches, needs_of
from storage.postings import bits, slots_of
from storage.query_language import Query, for_postgres
from storage.segments import Row, Segment, unpack_keys

FIRST_READ, MOST_READ = 4, 64  # segments of one statement, at first and at last

_SEGMENTS = text("SELECT number, size, oldest, newest, gone FROM article_index_segments ORDER BY newest DESC")
_KEYS = text("SELECT number, keys FROM article_index_segments WHERE number = ANY(:numbers)")
# One lookup in the primary key for each segment and term, whatever the planner believes of their number.
_ROWS = """
SELECT s.number, found.* FROM unnest(CAST(:numbers AS integer[])) AS s(number)
CROSS JOIN unnest(CAST(:terms AS text[])) AS t(term)
CROSS JOIN LATERAL (
    SELECT term, title, text, tags, others, {places} FROM article_index_terms
    WHERE segment = s.number AND term = t.term OFFSET 0
) AS found
"""
_BEGINNING = """
UNION ALL SELECT s.number, found.* FROM unnest(CAST(:numbers AS integer[])) AS s(number)
CROSS JOIN unnest(CAST(:stumps AS text[])) AS t(stump)
CROSS JOIN LATERAL (
    SELECT term, title, text, tags, others, {places} FROM article_index_terms
    WHERE segment = s.number AND term >= t.stump AND term < t.stump || chr(1114111) OFFSET 0
) AS found
"""


@dataclass(frozen=True, slots=True)
class _Sealed:
    """A segment as the table of segments has it."""

    number: int
    size: int
    oldest: int  # order keys of its first and last article
    newest: int
    gone: bytes | None


class Asked:
    """A query within filters, on PostgreSQL. What one `beside` it has read of the same state is shared."""

    def __init__(
        self, session: Session, query: Query, narrowed: Narrowed, beside: Asked | None = None
    ) -> None:
        self._session = session
        self._query = query
        self._narrowed = narrowed
        self._needs = needs_of(query, narrowed.facets)
        self._keys: dict[int, Sequence[int]] = {} if beside is None else beside._keys
        self._known: dict[int, int] = {}  # what was found in a segment, for a count after a page
        self._all: list[_Sealed] = (
            [_Sealed(*row) for row in session.execute(_SEGMENTS)] if beside is None else beside._all
        )
        self._segments = [segment for segment in self._all if self._overlaps(segment)]

    def newest(self, most: int | None = None) -> Iterator[int]:
        """Order keys of what matches, newest first; the caller takes no more than `most`."""
        ready = self._fresh
        for part in self._parts():
            ahead = _newer(ready, part[0].newest)
            yield from ready[:ahead]
            ready = ready[ahead:]
            found = self._found(part)
            self._read_keys([segment for segment in part if found.get(segment.number)])
            for segment in part:
                ahead = _newer(ready, segment.newest)
                yield from ready[:ahead]
                ready = sorted([*ready[ahead:], *self._keys_of(segment, found, most)], reverse=True)[:most]
        yield from ready

    def page(self, limit: int | None, offset: int = 0) -> list[int]:
        """Order keys of what matches, newest first, from `offset` on."""
        last = None if limit is None else offset + limit
        return list(islice(self.newest(last), offset, last))

    def count(self, most: int) -> int:
        """How many match, counted up to `most`."""
        total = len(self._fresh)
        for part in self._parts():
            if total >= most:
                break
            total += sum(hits.bit_count() for hits in self._found(part).values())
        return min(total, most)

    @cached_property
    def _fresh(self) -> list[int]:
        """Matches among the articles that no segment holds yet, newest first."""
        where = ["document @@ CAST(:query AS tsquery)"]
        values: dict[str, Any] = {"query": for_postgres(self._query, self._narrowed.facets)}
        for name, bound, sign in (("low", self._narrowed.low, ">="), ("high", self._narrowed.high, "<")):
            if bound is not None:
                where.append(f"order_key {sign} :{name}")
                values[name] = bound
        if self._narrowed.keys is not None:
            where.append("order_key = ANY(:keys)")
            values["keys"] = list(self._narrowed.keys)
        statement = f"SELECT order_key FROM article_index_fresh WHERE {' AND '.join(where)}"  # noqa: S608  (own)
        return sorted(self._session.scalars(text(statement), values), reverse=True)

    def _overlaps(self, segment: _Sealed) -> bool:
        """Whether the filters leave anything of a segment."""
        low, high, keys = self._narrowed.low, self._narrowed.high, self._narrowed.keys
        if (low is not None and segment.newest < low) or (high is not None and segment.oldest >= high):
            return False
        return keys is None or any(segment.oldest <= key <= segment.newest for key in keys)

    def _parts(self) -> Iterator[list[_Sealed]]:
        """The segments, newest first: a few, then more at a time."""
        start, size = 0, FIRST_READ
        while start < len(self._segments):
            yield self._segments[start : start + size]
            start, size = start + size, min(size * 2, MOST_READ)

    def _found(self, part: Sequence[_Sealed]) -> dict[int, int]:
        """What matches in each of these segments: segment number -> set of slots."""
        if part[0].number in self._known:
            return {segment.number: self._known[segment.number] for segment in part}
        rows: dict[int, dict[str, Row]] = {segment.number: {} for segment in part}
        for number, *row in self._session.execute(*self._statement(list(rows))):
            rows[number][row[0]] = Row(*row)
        self._read_keys([segment for segment in part if self._cuts(segment)])
        for segment in part:
            asked = Segment(self._live(segment), rows[segment.number])
            self._known[segment.number] = matches(self._query, self._narrowed.facets, asked)
        return {segment.number: self._known[segment.number] for segment in part}

    def _statement(self, numbers: list[int]) -> tuple[Any, dict[str, Any]]:
        statement, needs = _ROWS, self._needs
        values = {"numbers": numbers, "terms": list(needs.terms)}
        if needs.stumps:
            statement += _BEGINNING
            values["stumps"] = list(needs.stumps)
        places = "places" if needs.places else "NULL AS places"
        return text(statement.format(places=places)), values

    def _cuts(self, segment: _Sealed) -> bool:
        """Whether the filters leave only some of a segment's articles."""
        low, high = self._narrowed.low, self._narrowed.high
        cut = (low is not None and segment.oldest < low) or (high is not None and segment.newest >= high)
        return cut or self._narrowed.keys is not None

    def _live(self, segment: _Sealed) -> int:
        """The articles of a segment that are not gone and that the filters leave."""
        live = (1 << segment.size) - 1
        live &= ~int.from_bytes(segment.gone or b"", "little")
        if not self._cuts(segment):
            return live
        keys = self._keys[segment.number]
        if self._narrowed.low is not None:
            live &= -1 << bisect_left(keys, self._narrowed.low)
        if self._narrowed.high is not None:
            live &= (1 << bisect_left(keys, self._narrowed.high)) - 1
        if self._narrowed.keys is not None:
            wanted = set(self._narrowed.keys)
            live &= bits(slot for slot, key in enumerate(keys) if key in wanted)
        return live

    def _read_keys(self, segments: Sequence[_Sealed]) -> None:
        numbers = [segment.number for segment in segments if segment.number not in self._keys]
        if numbers:
            rows = self._session.execute(_KEYS, {"numbers": numbers})
            self._keys.update({row.number: unpack_keys(row.keys) for row in rows})

    def _keys_of(self, segment: _Sealed, found: dict[int, int], most: int | None) -> list[int]:
        """Order keys of a segment's matches, oldest first: the newest `most` of them."""
        slots = slots_of(found[segment.number])
        if not slots:
            return []
        keys = self._keys[segment.number]
        return [keys[slot] for slot in (slots if most is None else slots[-most:])]


def _newer(ready: Sequence[int], key: int) -> int:
    """How many of these keys, newest first, are newer than `key`."""
    return bisect_left(ready, -key, key=lambda one: -one)
