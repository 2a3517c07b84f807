"""Where a text that was read stands in the page it was read from: offsets in its characters and bytes. Pure.

A reader's text has no markup, entities are undone and spaces are single. So both sides are compared without
space, case and the choice among equal-looking quotation marks, in three layers of the page: its text, its
tags (attributes), its scripts (JSON-LD). The rule that read the text says which layer comes first.
"""

from __future__ import annotations

import codecs
import html
import re
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Layer = Literal["text", "tag", "script"]
_ORDER: dict[str, tuple[Layer, ...]] = {
    "jsonld": ("script", "tag", "text"),
    "meta": ("tag", "text", "script"),
    "time": ("tag", "text", "script"),
    "microdata": ("tag", "text", "script"),
}
_USUAL: tuple[Layer, ...] = ("text", "tag", "script")
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});")
_ESCAPE = re.compile(r'\\(?:u[0-9a-fA-F]{4}|["\\/bfnrt])')
_CLOSED_BY = {"script": re.compile(r"</script", re.I), "style": re.compile(r"</style", re.I)}
_ELEMENT = re.compile(r"h[1-6]|title|time|p|a|address|figcaption")
_RAW = re.compile(r"<(script|style)\b", re.I)
_ALIKE = str.maketrans(
    {"’": "'", "‘": "'", "“": '"', "”": '"', "…": "...", **dict.fromkeys("\u00ad\u200b\ufeff")}
)
_ASCII_LOWER = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}
_WALL = "\0"  # between tags: nothing read stands in two of them
_CONTEXT = 40
_MOST = 1_000


@dataclass(frozen=True, slots=True)
class Place:
    """One stretch of a page. Offsets count from 0, the end is not part of it."""

    layer: Layer
    start: int  # in characters of the decoded page
    end: int
    first_byte: int | None  # in the page's bytes, content coding undone; None where the encoding cannot tell
    end_byte: int | None
    verbatim: bool  # the stretch is the text, letter by letter
    occurrences: int  # how often the text stands in this layer; the place is one of them
    context: str  # the stretch with some characters of the page around it


class Source:
    """A page, ready to be searched."""

    def __init__(self, payload: bytes, encoding: str | None) -> None:
        self.encoding = _codec(encoding)
        self.text, self._errors = _decoded(payload, self.encoding)
        self._lower = _lower(self.text)
        self._layers: dict[Layer, _Layer] = {"text": _Layer(), "tag": _Layer(), "script": _Layer()}
        for layer, start, end in _parts(self.text):
            self._layers[layer].take(self.text, start, end, layer)

    def find(self, text: str, rule: str = "") -> Place | None:
        """Where a text stands, as `rule` would have read it; None where it does not stand as such."""
        wanted = folded(text)
        if not wanted:
            return None
        kind, _, name = rule.partition(":")
        for layer in _ORDER.get(kind, _USUAL):
            places = self._layers[layer].find(wanted)
            if places:
                start, end = self._best(places, layer, kind, name)
                return self._place(layer, start, end, text, len(places))
        return None

    def _best(self, places: list[tuple[int, int]], layer: Layer, kind: str, name: str) -> tuple[int, int]:
        """The first, but of several the one in the element (h1, time) or the meta tag that the rule names."""
        for start, end in places:
            if layer == "text" and _ELEMENT.fullmatch(kind):
                opened = self._lower.rfind(f"<{kind}", 0, start)
                if opened >= 0 and self._lower.find(f"</{kind}", opened, start) < 0:
                    return start, end
            elif layer == "tag":
                tag = self._lower[self._lower.rfind("<", 0, start + 1) : end]
                if tag.startswith(f"<{kind}") and (kind != "meta" or name in tag):
                    return start, end
        return places[0]

    def _place(self, layer: Layer, start: int, end: int, text: str, occurrences: int) -> Place:
        first = last = None
        if self._errors is not None:
            first = len(self.text[:start].encode(self.encoding, self._errors))
            last = first + len(self.text[start:end].encode(self.encoding, self._errors))
        around = self.text[max(0, start - _CONTEXT) : end + _CONTEXT]
        context = around.encode("utf-8", "replace").decode()
        verbatim = self.text[start:end] == text
        return Place(layer, start, end, first, last, verbatim, occurrences, context)


def folded(text: str) -> str:
    """A text as it is compared."""
    return "".join(text.translate(_ALIKE).casefold().split())


def _lower(text: str) -> str:
    """Names of tags in lower case, and every letter still in its place."""
    return text.translate(_ASCII_LOWER)


class _Layer:
    """Folded characters, and for each where it begins and ends in the page."""

    def __init__(self) -> None:
        self._chars: list[str] = []
        self._starts, self._ends = array("q"), array("q")
        self._joined: str | None = None

    def take(self, text: str, start: int, end: int, layer: Layer) -> None:
        pattern = _ESCAPE if layer == "script" else _ENTITY
        at = start
        for match in pattern.finditer(text, start, end):
            self._plain(text, at, match.start())
            self._add(_undone(match[0]), match.start(), match.end())
            at = match.end()
        self._plain(text, at, end)
        if layer != "text":
            self._chars.append(_WALL)
            self._starts.append(end)
            self._ends.append(end)

    def _plain(self, text: str, start: int, end: int) -> None:
        for at in range(start, end):
            self._add(text[at], at, at + 1)

    def _add(self, char: str, start: int, end: int) -> None:
        for one in folded(char):
            self._chars.append(one)
            self._starts.append(start)
            self._ends.append(end)

    def find(self, wanted: str) -> list[tuple[int, int]]:
        if self._joined is None:
            self._joined = "".join(self._chars)
        found: list[tuple[int, int]] = []
        at = self._joined.find(wanted)
        while at >= 0 and len(found) < _MOST:
            found.append((self._starts[at], self._ends[at + len(wanted) - 1]))
            at = self._joined.find(wanted, at + len(wanted))
        return found


def _undone(spelled: str) -> str:
    if spelled.startswith("&"):
        return html.unescape(spelled)
    if spelled.startswith("\\u"):
        return chr(int(spelled[2:], 16))
    return {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}.get(spelled[1], spelled[1])


def _parts(text: str) -> Iterator[tuple[Layer, int, int]]:
    """Stretches of the page in order: (layer, start, end). Comments are none."""
    at = 0
    while at < len(text):
        opened = text.find("<", at)
        if opened < 0:
            opened = len(text)
        yield "text", at, opened
        if text.startswith("<!--", opened):
            closed = text.find("-->", opened)
            at = len(text) if closed < 0 else closed + 3
            continue
        closed = text.find(">", opened)
        at = len(text) if closed < 0 else closed + 1
        yield "tag", opened, at
        raw = _RAW.match(text, opened)
        if raw is not None and at < len(text):
            end = _CLOSED_BY[raw[1].lower()].search(text, at)
            yield "script", at, end.start() if end else len(text)
            at = end.start() if end else len(text)


def _codec(encoding: str | None) -> str:
    try:
        return codecs.lookup(encoding or "utf-8").name
    except LookupError:
        return "utf-8"


def _decoded(payload: bytes, codec: str) -> tuple[str, str | None]:
    """The page as characters, and how to encode it back into the same bytes (None: not possible)."""
    try:
        text = payload.decode(codec, "surrogateescape")
        if text.encode(codec, "surrogateescape") == payload:
            return text, "surrogateescape"
    except UnicodeError:
        pass
    return payload.decode(codec, "replace"), None
