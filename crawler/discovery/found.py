"""What a channel says: links, other channels, a next page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

ChannelKind = Literal["feed", "sitemap", "listing", "robots"]


@dataclass(frozen=True, slots=True)
class FoundLink:
    """A URL in a channel, absolute and canonical, with what the channel claims of its time (UTC) and title."""

    url: str
    claimed_at: datetime | None = None
    title: str | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """The content of one channel, in its own order."""

    links: tuple[FoundLink, ...] = ()
    channels: tuple[tuple[ChannelKind, str], ...] = ()
    next_page: str | None = None
    warnings: tuple[str, ...] = ()
