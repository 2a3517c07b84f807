"""What a channel says: links, other channels, a next page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

ChannelKind = Literal["feed", "sitemap", "listing", "api", "robots"]

_FIRST_YEAR, _LAST_YEAR = 1990, 2100  # what lies outside is no publication date


@dataclass(frozen=True, slots=True)
class FoundLink:
    """A URL in a channel, absolute and canonical, with the time (UTC) and title that the channel claims."""

    url: str
    claimed_at: datetime | None = None
    title: str | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """The content of one channel, in its own order.

    `warnings` are single words for counts and reports: what was left out or could not be read.
    """

    links: tuple[FoundLink, ...] = ()
    channels: tuple[tuple[ChannelKind, str], ...] = ()
    next_page: str | None = None
    warnings: tuple[str, ...] = ()


def plausible(moment: datetime | None) -> datetime | None:
    """The moment in UTC (a naive one is taken for UTC); None outside the years 1990 to 2100."""
    if moment is None or not _FIRST_YEAR <= moment.year <= _LAST_YEAR:
        return None
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def parse_moment(text: str | None) -> datetime | None:
    """A W3C date and time, as sitemaps and APIs use it: "2026", "2026-03", "2026-03-01T10:00:00+01:00".

    Missing parts are the first of their kind; what is none of these gives None.
    """
    text = (text or "").strip()[:40]
    if text.isdecimal() and len(text) != 4:
        return None  # Unix seconds, or a compact date that fromisoformat would guess at
    try:
        return plausible(datetime.fromisoformat(text + {4: "-01-01", 7: "-01"}.get(len(text), "")))
    except ValueError:
        return None
