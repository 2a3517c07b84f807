"""Extracts of the original text around what was found, with the places of the matches. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from storage.analyser import known_terms, tokens
from storage.query_language import Query, Term

WIDTH = 240
MAX_TEXT = 200_000


@dataclass(frozen=True, slots=True)
class Snippet:
    """A piece of the article's text; `matches` are (start, end) within `text`. Nothing is escaped."""

    text: str
    matches: tuple[tuple[int, int], ...] = ()
    cut_before: bool = False
    cut_after: bool = False


def make_snippet(query: Query, lead: str | None, body: str | None, width: int = WIDTH) -> Snippet:
    """About `width` characters around the densest matches; the beginning where nothing matches."""
    text = "\n".join(part for part in (lead, body) if part)[:MAX_TEXT]
    spans = find_matches(query, text)
    start = _densest(spans, width) if spans else 0
    begin, end = _window(text, start, width)
    inside = tuple((a - begin, b - begin) for a, b in spans if begin <= a and b <= end)
    return Snippet(text[begin:end], inside, begin > 0, end < len(text))


def find_matches(query: Query, text: str) -> list[tuple[int, int]]:
    """Places in `text` (characters) of what the query asks for, in order, without overlaps."""
    wanted = [term for term in query.positive if term.field in (None, "text", "title")]
    if not wanted:
        return []
    pieces = text.split()
    found = [term for piece in map(known_terms, pieces) for term in piece]
    hits = {position for term in wanted for position in _positions(term, found)}
    return _joined(_places(text, pieces, hits)) if hits else []


def _positions(term: Term, found: Sequence[str]) -> Iterator[int]:
    """Which of the text's terms belong to an occurrence of the query's term."""
    head, last = term.words[:-1], term.words[-1]
    for position, word in enumerate(found):
        if word == last or (term.stump is not None and word.startswith(term.stump)):
            start = position - len(head)
            if start >= 0 and tuple(found[start:position]) == head:
                yield from range(start, position + 1)


def _places(text: str, pieces: Sequence[str], hits: set[int]) -> list[tuple[int, int]]:
    """Characters of the terms with these numbers; only the pieces that hold one are looked at closely."""
    places: list[tuple[int, int]] = []
    count = at = 0
    for piece in pieces:
        at = text.index(piece, at)
        size = len(known_terms(piece))
        if size and not hits.isdisjoint(range(count, count + size)):
            inside = enumerate(tokens(piece), count)
            places += [(at + token.start, at + token.end) for number, token in inside if number in hits]
        count += size
        at += len(piece)
    return places


def _joined(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for start, end in spans:
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _densest(spans: list[tuple[int, int]], width: int) -> int:
    """Where the stretch of `width` with the most matches begins; the first of several."""
    best, count, tail = spans[0][0], 0, 0
    for head in range(len(spans)):
        while spans[head][1] - spans[tail][0] > width and tail < head:
            tail += 1
        if head - tail + 1 > count:
            best, count = spans[tail][0], head - tail + 1
    return best


def _window(text: str, start: int, width: int) -> tuple[int, int]:
    """From a little before `start`, about `width` characters, cut at spaces."""
    begin = max(0, start - width // 4)
    if begin > 0:
        space = text.find(" ", begin, start)
        begin = space + 1 if space >= 0 else begin
    end = min(len(text), begin + width)
    if end < len(text):
        space = text.rfind(" ", start, end)
        end = space if space > start else end
    return begin, end
