"""An Atom feed (RFC 4287) of a few entries, for feed readers that look at a file."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from xml.sax.saxutils import escape, quoteattr

from storage.instants import time_text

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class AtomEntry:
    """One entry. `key` makes its id, the same in every feed that holds it; `updated` is aware."""

    key: str
    title: str
    updated: datetime
    url: str
    text: str = ""


def atom(key: str, title: str, updated: datetime, entries: Iterable[AtomEntry]) -> str:
    """The feed as text. `key` makes its id; ids are urn:hemerotheque:KEY."""
    items = "".join(_entry(entry) for entry in entries)
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">\n'
        f"<id>{_id(key)}</id>\n<title>{_text(title)}</title>\n<updated>{time_text(updated)}</updated>\n"
        f"<author><name>hemerotheque</name></author>\n{items}</feed>\n"
    )


def _entry(entry: AtomEntry) -> str:
    url = quoteattr(_NOT_XML.sub("\ufffd", entry.url))
    return (
        f"<entry><id>{_id(entry.key)}</id><title>{_text(entry.title)}</title>"
        f"<updated>{time_text(entry.updated)}</updated><link href={url}/>"
        f"<summary>{_text(entry.text)}</summary></entry>\n"
    )


def _id(key: str) -> str:
    return "urn:hemerotheque:" + _text(re.sub(r"[^A-Za-z0-9:._-]", "-", key))


def _text(text: str) -> str:
    return escape(_NOT_XML.sub("\ufffd", text))
