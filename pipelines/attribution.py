"""Whom a line credits. Decided by where the line stands and by the table of outlets, not by the word "Par".

`Par` before an outlet occurs after "SOURCE WEB"; elsewhere it introduces a person. The same "Source : X" is a
credit at the end of an article and the origin of figures under a chart. So each position has its readers, in
this order; the first that understands the line wins:

* tail (the last lines of an article): labels, translation, phrases, press release, signatures, bylines,
  persons beside a source, a bare name
* byline (the slot below the title): translation, labels, press release, byline, phrases
* lead (the first paragraph): datelines, then what announces itself
* body and footer: only sentences that are a credit wherever they stand
* caption: nothing, it credits a picture
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache
from typing import Literal

from pipelines.attribution_byline import read_byline
from pipelines.attribution_labels import (
    is_photo_credit,
    is_sponsored,
    read_press_release,
    read_source_label,
)
from pipelines.attribution_lead import read_dateline, read_end_brackets, read_last_name, read_signature
from pipelines.attribution_phrases import read_phrase, read_translation
from pipelines.attribution_signed import read_signed
from pipelines.attribution_slots import Sources, sources_for
from pipelines.attribution_text import LINE_LIMIT, fold_line
from pipelines.outlets import SourceTable, source_key
from storage.records import Attribution

Position = Literal["tail", "byline", "lead", "body", "caption", "footer"]

_PURE_RULES = frozenset(("source_web", "source_label", "phrase", "signature", "cosigned"))
_PURE_LIMIT = 160
_CUES = (
    "source",
    "avec",
    "apparu",
    "article",
    "suite",
    "repris",
    "communiqu",
    "autorisation",
    "paru",
)


_SIGNS = ("(", "/")  # of signatures: "(ats/nxp)"
_SIGNATURE = 64  # characters


def parse_attribution(
    text: str, position: Position = "tail", country: str | None = "MA", table: SourceTable | None = None
) -> Attribution | None:
    """Read a credit from one line or paragraph; None where there is none.

    `country` (ISO 3166) is that of the site: it settles namesakes. `table` replaces the packaged outlets.
    Only the first and the last 300 characters are looked at.
    """
    head = fold_line(text)
    if not head or position == "caption":
        return None
    tail = head if len(text) <= LINE_LIMIT else fold_line(text[-LINE_LIMIT:])
    return _parsed(head, tail, position, sources_for(country, table))


@lru_cache(maxsize=1024)  # many lines are asked for at two places of a page
def _parsed(head: str, tail: str, position: Position, sources: Sources) -> Attribution | None:
    if is_photo_credit(head, sources) or is_sponsored(head):
        return None
    if position == "tail":
        return _read_tail(head, tail, sources)
    if position == "byline":
        return _read_byline_slot(head, sources)
    if position == "lead":
        return _read_lead(head, tail, sources)
    web = read_source_label(tail, sources, only_web=True) if position == "body" else None
    return web or read_phrase(head, sources, strong_only=True)


def _read_tail(head: str, tail: str, sources: Sources) -> Attribution | None:
    short = tail if len(tail) < LINE_LIMIT else ""
    return (
        read_source_label(tail, sources)
        or (read_translation(short, sources) if short else None)
        or read_phrase(head, sources)
        or read_press_release(head, sources)
        or (read_signature(short, sources) if short else None)
        or (read_byline(short, sources, in_slot=False, closing=True) if short else None)
        or read_end_brackets(head, tail, sources)
        or (read_signed(short, sources) if short else None)
        or read_last_name(tail, sources)
    )


def _read_byline_slot(line: str, sources: Sources) -> Attribution | None:
    return (
        read_translation(line, sources)
        or read_source_label(line, sources)
        or read_press_release(line, sources)
        or read_byline(line, sources)
        or read_phrase(line, sources)
    )


def _read_lead(head: str, tail: str, sources: Sources) -> Attribution | None:
    short = head if len(head) < LINE_LIMIT else ""
    return (
        read_dateline(head, tail, sources)
        or read_phrase(head, sources, strong_only=True)
        or (read_source_label(short, sources) if short else None)
        or (read_byline(short, sources, in_slot=False) if short else None)
    )


def is_source_line(text: str, country: str | None = "MA", table: SourceTable | None = None) -> bool:
    """Whether a line is a credit and nothing else, so that it may be cut out of the body."""
    line = fold_line(text)
    folded = line.casefold()
    if not line or len(line) > _PURE_LIMIT:
        return False
    cues = (*_SIGNS, *_CUES) if len(line) <= _SIGNATURE else _CUES
    if not any(cue in folded for cue in cues):
        return False
    found = parse_attribution(line, "tail", country, table)
    return found is not None and found.rule in _PURE_RULES


def _spellings(name: str) -> tuple[str, str]:
    """A name as it is compared: with its words apart, and as hosts write it."""
    return source_key(name), source_key(name.partition(" (")[0]).replace(" ", "")


def without_own(
    found: Attribution, own: Iterable[str], country: str | None, table: SourceTable | None = None
) -> Attribution | None:
    """The credit as it reads on the site itself: a site republishes nobody by printing its own name.

    `own` are the site's names and host. A republication of the site by the site is an original; None where it
    named nobody else. A co-signed credit keeps the site's name.
    """
    sources = sources_for(country, table)
    names = [name for name in own if name]
    entries = [sources.table.outlet(name, country) for name in names]
    keys = {source_key(name) for name in (*names, *(e.name for e in entries if e is not None))}
    keys |= {host for name in names if " " not in name and (host := name.partition(".")[0]) != name}
    outlets = tuple(name for name in found.outlets if keys.isdisjoint(_spellings(name)))
    if found.kind != "republication" or outlets == found.outlets:
        return found
    if outlets or found.agencies:
        return replace(found, outlets=outlets)
    return replace(found, kind="original", outlets=()) if found.authors else None
