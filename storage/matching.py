"""Which articles of a segment a query matches; it means the same as in `for_sqlite`. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from storage.query_language import FACET_FIELDS, LABELS, Query, Term, facets_of, spellings_of
from storage.segments import Segment

Facets = tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Needs:
    """What has to be read of each segment: rows of `terms`, of terms that begin with `stumps`, and places."""

    terms: tuple[str, ...]
    stumps: tuple[str, ...]
    places: bool


def needs_of(query: Query, facets: Facets = ()) -> Needs:
    """What a query needs; each term and stump once."""
    terms = [facet for group in facets for facet in group]
    stumps: list[str] = []
    places = False
    for term in (term for clause in query.clauses for term in clause):
        if term.field in FACET_FIELDS:
            terms += facets_of(term)
            continue
        for words, star in spellings_of(term):
            whole = words[:-1] if star else words
            terms += whole
            stumps += words[len(whole) :]
            places = places or len(words) > 1
    return Needs(tuple(dict.fromkeys(terms)), tuple(dict.fromkeys(stumps)), places)


def matches(query: Query, facets: Facets, segment: Segment) -> int:
    """The articles of the segment that match, as a set (storage.postings)."""
    found = segment.live
    for group in facets:
        found &= _any(segment.having(facet) for facet in group)
    for clause in query.clauses:
        if not found:
            break
        part = _any(_having(segment, term, found) for term in clause)
        found &= ~part if clause[0].negated else part
    return found


def _any(sets: Iterable[int]) -> int:
    found = 0
    for one in sets:
        found |= one
    return found


def _having(segment: Segment, term: Term, within: int) -> int:
    """The articles, of those `within`, that have what a term stands for."""
    if term.field in FACET_FIELDS:
        found = within
        for facet in facets_of(term):
            found &= segment.having(facet)
        return found
    field = term.field if term.field in LABELS else None
    return _any(_spelled(segment, words, bool(star), field, within) for words, star in spellings_of(term))


def _spelled(segment: Segment, words: tuple[str, ...], star: bool, field: str | None, within: int) -> int:
    last = segment.beginning(words[-1]) if star else [words[-1]]
    if len(words) == 1:
        return within & _any(segment.having(word, field) for word in last)
    return segment.side_by_side([*([word] for word in words[:-1]), last], field, within)
