"""The plain text of a page, as a reader copies it: title, paragraphs, date, source, tags, related ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from pipelines.attribution import is_source_line
from pipelines.blocks_headings import Kind, heading_kind
from pipelines.dates_lines import is_date_line
from pipelines.related import Entry, flag_cut_titles, make_entry
from pipelines.rules import SiteRules
from pipelines.text import clean

MAX_LINES: Final = 100_000


@dataclass(slots=True)
class PlainPage:
    """The parts of a plain text. `related` holds the heading beside its entries."""

    title: str | None = None
    body: list[str] = field(default_factory=list)
    dates: list[str] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    related: list[tuple[str, list[Entry]]] = field(default_factory=list)


def read_plain(text: str, rules: SiteRules) -> PlainPage:
    """Sort the lines of a plain text into its parts. Blank lines only separate."""
    lines = text.splitlines()
    if len(lines) > MAX_LINES:  # dates and credits stand at both ends
        lines = lines[: MAX_LINES // 2] + lines[-MAX_LINES // 2 :]
    lines = [clean(line) for line in lines]
    page, heading = PlainPage(), ""
    section: Kind | None = None
    block: list[str] = []
    for line in lines:
        kind = heading_kind(line) if line and page.title is not None else None
        if kind is not None and (kind in ("related", "tags") or section is not None):
            _close(page, section, heading, block, rules)
            section, heading, block = kind, line, []
        elif section is not None:
            block.append(line)
        elif line:
            _add(page, line, rules)
    _close(page, section, heading, block, rules)
    return page


def _add(page: PlainPage, line: str, rules: SiteRules) -> None:
    """A line of the article itself."""
    if page.title is None:
        page.title = line
    elif is_date_line(line):
        page.dates.append(line)
    elif is_source_line(line, rules.country):
        page.sources.append(line)
    else:
        page.body.append(line)


def _close(
    page: PlainPage, section: Kind | None, heading: str, block: Sequence[str], rules: SiteRules
) -> None:
    if section == "tags":
        page.tags += [line.lstrip("#") for line in block if line and len(line) <= 60]
    elif section == "related":
        entries = [make_entry(title, None, teaser, rules.teaser_bytes) for title, teaser in pairs(block)]
        if entries:
            page.related.append((heading, flag_cut_titles(entries, rules.title_bytes)))


def pairs(lines: Sequence[str]) -> list[tuple[str, str | None]]:
    """Titles and teasers of a list: every other line, and a blank line always opens a new entry."""
    found: list[tuple[str, str | None]] = []
    is_open = False
    for line in lines:
        if not line:
            is_open = False
        elif is_open:
            found[-1] = (found[-1][0], line)
            is_open = False
        else:
            found.append((line, None))
            is_open = True
    return found
