"""Cuts by bytes, as the portal's layout makes them: they split letters and entities.

A related title is its first 100 bytes, without a mark. A teaser is the first 160 bytes of the escaped text
and "...", where an apostrophe counts as the five bytes of &#39;.
"""

from __future__ import annotations

from dataclasses import dataclass

TITLE_BYTES, TEASER_BYTES = 100, 160
_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "'": "&#39;"}


@dataclass(frozen=True, slots=True)
class Cut:
    """`kept` is what a reader can still know; `rest` the bytes of the letter or entity that the cut split."""

    kept: str
    rest: bytes
    truncated: bool


def escape(text: str) -> str:
    """HTML escaping as the portal does it: straight double quotes stay."""
    return "".join(_ESCAPES.get(letter, letter) for letter in text)


def cut_title(title: str) -> Cut:
    """The first 100 bytes of the title itself; it is escaped afterwards."""
    return _cut([(letter, letter.encode()) for letter in title], TITLE_BYTES)


def cut_teaser(text: str) -> Cut:
    """The first 160 bytes of the escaped text, dots not counted."""
    return _cut([(letter, escape(letter).encode()) for letter in text], TEASER_BYTES)


def _cut(pieces: list[tuple[str, bytes]], limit: int) -> Cut:
    size = 0
    for place, (_, written) in enumerate(pieces):
        if size + len(written) > limit:
            return Cut("".join(letter for letter, _ in pieces[:place]), written[: limit - size], True)
        size += len(written)
    return Cut("".join(letter for letter, _ in pieces), b"", False)


def markup(cut: Cut, *, lossy: bool, double: bool, dots: bool) -> bytes:
    """The bytes of the page for a cut text.

    A split letter stands as its raw bytes, or as U+FFFD where a lossy layer came between (`lossy`); a split
    entity stands bare or, escaped once more, as visible text (`double`). Both occur in the wild.
    """
    rest = cut.rest
    if rest.startswith(b"&"):
        rest = rest.replace(b"&", b"&amp;") if double else rest
    elif rest and lossy:
        rest = "\ufffd".encode()
    return escape(cut.kept).encode() + rest + (b"..." if dots and cut.truncated else b"")


def fits(title: str) -> bool:
    """Whether a cut of the title leaves no doubt: a whole title of 97 to 100 bytes looks like a cut one."""
    return not 96 < len(title.encode()) <= TITLE_BYTES


def clear(teaser: Cut) -> bool:
    """Whether a reader can know what the cut left: to some parsers &#39 is an apostrophe without its ;"""
    return teaser.rest in (b"", b"&", b"&#", b"&#3") or not teaser.rest.startswith(b"&")
