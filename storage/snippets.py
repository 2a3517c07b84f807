"""Extracts of the original text around what was found, with the places of the matches. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from storage.analyser import tokens
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
    found = list(tokens(text))
    spans: set[tuple[int, int]] = set()
    for term in wanted:
        size = len(term.words)
        for position in range(len(found) - size + 1):
            piece = found[position : position + size]
            if _matches(term, [token.term for token in piece]):
                spans.update((token.start, token.end) for token in piece)
    return _joined(sorted(spans))


def _matches(term: Term, words: list[str]) -> bool:
    if tuple(words[:-1]) != term.words[:-1]:
        return False
    return words[-1] == term.words[-1] or (term.stump is not None and words[-1].startswith(term.stump))


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
