"""The entries of a related block: title, link, teaser, and what was cut off them.

A block arrives as one detached element (`pipelines.blocks` takes it out of the tree) or as lines of plain
text. Sites cut titles and teasers at a number of bytes: a letter or an entity cut in two is dropped here,
flagged, and kept in the raw text.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final

from lxml.html import HtmlElement

from pipelines.body_paragraphs import paragraphs
from pipelines.related_cards import Cards, find_links, leads_to_neighbour
from pipelines.related_titles import is_more
from pipelines.text import clean
from storage.records import Block, RelatedLink

MAX_ENTRIES: Final = 60  # a block of more is a listing of the whole site
_ELLIPSIS = re.compile(r"(?:\.{3,}|…|\[(?:\.{3}|…)\]|\((?:\.{3}|…)\))\s*$")
_CUT_LETTER = re.compile(r"(?:\ufffd+|&#?[0-9A-Za-z]{0,6})(?=\s*(?:\.{3,}|…)?\s*$)")


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry as the page has it, repaired where it was cut."""

    title: str | None
    url: str | None
    teaser: str | None
    title_truncated: bool = False
    teaser_truncated: bool = False
    title_raw: str | None = None
    teaser_raw: str | None = None


def repair(text: str) -> tuple[str, bool]:
    """A text without the letter or entity that a cut left in two, and whether something was dropped.

    The dots that a site adds after the cut stay: "Si l'épid\\ufffd..." -> "Si l'épid...".
    """
    repaired = _CUT_LETTER.sub("", text) if "&" in text or "\ufffd" in text else text
    return clean(repaired), repaired != text


def is_truncated(text: str, limit: int | None = None) -> bool:
    """Whether a teaser ends where the site cut it; with `limit` (bytes of escaped text) it is that long."""
    match = _ellipsis(text)
    if not match:
        return False
    return limit is None or escaped_bytes(text[: match.start()]) >= limit - 3


def _ellipsis(text: str) -> re.Match[str] | None:
    """The dots at the end of a text, in brackets or not."""
    return _ELLIPSIS.search(text) if text.rstrip().endswith((".", "…", "]", ")")) else None


def escaped_bytes(text: str) -> int:
    """Bytes of a text as a template writes it: UTF-8, with ' " < > & as entities (an apostrophe counts 5)."""
    return len(html.escape(text, quote=True).replace("&#x27;", "&#39;").encode("utf-8", "replace"))


def make_entry(
    title: str | None, url: str | None, teaser: str | None, teaser_bytes: int | None = None
) -> Entry:
    """An entry with its flags and repaired texts; what only the block tells of a title is missing."""
    shown, title_cut = repair(title) if title else (None, False)
    text, teaser_cut = repair(teaser) if teaser else (None, False)
    return Entry(
        title=shown or None,
        url=url,
        teaser=text or None,
        title_truncated=title_cut or bool(title and _ellipsis(title)),
        teaser_truncated=teaser_cut or bool(teaser and is_truncated(teaser, teaser_bytes)),
        title_raw=title or None,
        teaser_raw=teaser or None,
    )


def read_entries(
    block: HtmlElement, base: str, teaser_bytes: int | None = None, limit: int = MAX_ENTRIES
) -> list[Entry]:
    """The entries of a block in page order, at most `limit`; several links to one address are one entry."""
    links = find_links(block, base)
    if not links and any(map(leads_to_neighbour, block.iter("a"))):
        return []
    if not links:
        return entries_of_lines([(p.text, p.strong or p.is_heading) for p in paragraphs(block)], teaser_bytes)
    found = islice(Cards(block, links).entries(), limit)
    return [make_entry(title, url, teaser, teaser_bytes) for url, title, teaser in found]


def entries_of_lines(lines: Sequence[tuple[str, bool]], teaser_bytes: int | None = None) -> list[Entry]:
    """Entries without links: titles are the marked lines, or else every line that no teaser can be."""
    lines = [(text, strong) for text, strong in lines if not is_more(text) and any(map(str.isalnum, text))]
    marked = any(strong for _, strong in lines)
    entries: list[tuple[str, str | None]] = []
    for text, strong in lines:
        open_title = bool(entries) and entries[-1][1] is None
        is_teaser = not strong if marked else open_title
        if is_teaser and open_title:
            entries[-1] = (entries[-1][0], text)
        elif is_teaser and entries and marked:
            entries[-1] = (entries[-1][0], f"{entries[-1][1]} {text}")
        elif not is_teaser:
            entries.append((text, None))
    return [make_entry(title, None, teaser, teaser_bytes) for title, teaser in entries[:MAX_ENTRIES]]


def flag_cut_titles(entries: Sequence[Entry], title_bytes: int | None = None) -> list[Entry]:
    """Titles cut without a mark, flagged.

    Where the site declares no `title_bytes`, a title of 99 or 100 bytes counts as cut only in a block whose
    teasers are cut by bytes too (157 to 160 of escaped text): the same template cuts both.
    """
    limit = title_bytes
    if limit is None:
        if not any(e.teaser_raw and e.teaser_truncated and _cut_by_bytes(e.teaser_raw) for e in entries):
            return list(entries)
        limit = 100
    return [replace(e, title_truncated=True) if _is_cut(e, limit) else e for e in entries]


def _cut_by_bytes(teaser: str) -> bool:
    text = _ELLIPSIS.sub("", teaser)
    return 155 <= escaped_bytes(text) <= 163


def _is_cut(entry: Entry, limit: int) -> bool:
    return (
        bool(entry.title_raw)
        and limit - 1 <= len((entry.title_raw or "").encode("utf-8", "replace")) <= limit
    )


def as_links(entries: Iterable[Entry], block: Block, heading: str | None, start: int) -> list[RelatedLink]:
    """Entries as records, numbered from `start`."""
    return [
        RelatedLink(
            title=entry.title,
            url=entry.url,
            teaser=entry.teaser,
            title_truncated=entry.title_truncated,
            teaser_truncated=entry.teaser_truncated,
            position=position,
            block=block,
            heading=heading,
            title_raw=entry.title_raw,
            teaser_raw=entry.teaser_raw,
        )
        for position, entry in enumerate(entries, start)
    ]
