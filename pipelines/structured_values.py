"""Values of structured data: what a claim is, and how texts, names and lists are taken out of JSON values."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from pipelines.text import clean, clean_block

MAX_RAW = 1000  # characters of a claim's raw text that are kept
_MAX_TEXT = 20_000  # of any value but a body
_TAG = re.compile(r"</?[A-Za-z][^<>]{0,500}>")
_BREAK = re.compile(r"<(?:br|/p|/div|/li|/h[1-6])\b[^<>]{0,100}>", re.I)
_ENTITY = re.compile(r"&(?:[A-Za-z]{2,10}|#\d{1,7}|#x[0-9a-fA-F]{1,6});")


@dataclass(frozen=True, slots=True)
class Claim:
    """One thing a page says of itself: the value, the rule that found it, the text as it stood there.

    Rules are "kind:name": "jsonld:headline", "meta:og:title", "microdata:author", "link:canonical".
    """

    value: str
    rule: str
    raw: str


@dataclass(frozen=True, slots=True)
class ImageClaim:
    """An image the page names for the article; `url` is absolute and canonical."""

    url: str
    rule: str
    caption: str | None = None
    credit: str | None = None


def plain(text: str) -> str:
    """One line without entities (also those escaped twice) and tags."""
    return clean(_without_markup(text[:_MAX_TEXT]))


def plain_block(text: str) -> str:
    """A text of many lines, as "articleBody" holds it."""
    text = text[:1_000_000]
    return clean_block(_without_markup(_BREAK.sub("\n", text) if "<" in text else text))


def _without_markup(text: str) -> str:
    for _ in range(2):
        if "&" in text and _ENTITY.search(text):
            text = html.unescape(text)
    return _TAG.sub("", text) if "<" in text else text


def claim(text: str, rule: str) -> Claim | None:
    """A claim of one line; None where the text is empty."""
    value = plain(text)
    return Claim(value, rule, text[:MAX_RAW]) if value else None


def claims(texts: Iterable[str], rule: str) -> list[Claim]:
    return [made for text in texts if (made := claim(text, rule)) is not None]


def texts(value: Any, depth: int = 0) -> Iterator[str]:
    """The texts of a JSON-LD value: a string, a number, a tagged or named object, a list of those."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, bool):
        yield "true" if value else "false"
    elif isinstance(value, int | float):
        yield str(value)
    elif isinstance(value, dict):
        for key in ("@value", "name", "headline"):
            if value.get(key):
                yield from texts(value[key], depth + 1)
                break
    elif isinstance(value, list) and depth < 4:
        for item in value[:200]:
            yield from texts(item, depth + 1)


def as_list(value: Any) -> list[Any]:
    """A value that may stand alone or in a list, as a list of at most 200."""
    if value is None:
        return []
    return value[:200] if isinstance(value, list) else [value]


def keywords(text: str) -> list[str]:
    """ "Maroc, Énergie; Gaz" split; a text without separators is one keyword."""
    return [part for part in re.split(r"\s*[,;|]\s*", text[:_MAX_TEXT]) if part.strip()]


def unique(found: Iterable[Claim]) -> tuple[Claim, ...]:
    """Claims in order, each value once a rule."""
    seen: dict[tuple[str, str], Claim] = {}
    for one in found:
        seen.setdefault((one.value, one.rule), one)
    return tuple(seen.values())
