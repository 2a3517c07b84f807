"""One channel in one run: what the last run learnt of it, what this one asks it and writes down."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from crawler.discovery.found import ChannelKind

if TYPE_CHECKING:
    from scrapy.http import Response

PAGED = ("listing", "api")


@dataclass(slots=True, eq=False)
class Channel:
    """A channel's row as the run began, or an empty one for a channel that is asked for the first time."""

    kind: ChannelKind
    url: str
    depth: int = 0
    etag: str | None = None
    last_modified: str | None = None
    digest: str | None = None
    links: int | None = None  # how many it had last time
    last_changed_at: datetime | None = None
    failures: int = 0
    caught_up_at: datetime | None = None
    backfill_page: str | None = None
    backfilled_at: datetime | None = None
    declared: bool = False

    @classmethod
    def of_row(cls, row: Any) -> Channel:
        return cls(
            row.kind,
            row.url,
            row.depth,
            row.etag,
            row.last_modified,
            row.digest,
            row.links,
            row.last_changed_at,
            row.failures,
            row.caught_up_at,
            row.backfill_page,
            row.backfilled_at,
        )

    @property
    def conditions(self) -> dict[str, str]:
        """Headers that ask for it only if it changed."""
        given = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        return {name: value for name, value in given.items() if value}


@dataclass(slots=True, eq=False)
class Visit:
    """Reading a channel, page after page.

    The channel's row is written when the last page has been read, so that a run that ends before does not
    look like one that has seen everything.
    """

    channel: Channel
    page: int = 1
    url: str = ""  # of the page that is asked now
    back: bool = False  # part of a backfill: pages before those that other runs have read
    status: int | None = None  # of the first page, as the next three
    etag: str | None = None
    last_modified: str | None = None
    digest: str | None = None
    links: int | None = None
    pages_seen: set[frozenset[str]] = field(default_factory=set)  # links of each page, to know a loop

    def __post_init__(self) -> None:
        self.url = self.url or self.channel.url

    @property
    def conditions(self) -> dict[str, str]:
        return {} if self.back or self.page > 1 else self.channel.conditions

    @property
    def known_digest(self) -> str | None:
        return None if self.back or self.page > 1 else self.channel.digest

    def remember(self, response: Response, links: int | None) -> None:
        """What the channel's row will say of its first page."""
        self.status, self.links = response.status, links
        self.etag, self.last_modified = (_text(response, name) for name in ("ETag", "Last-Modified"))
        self.digest = response.meta.get("digest")

    def repeats(self, links: frozenset[str]) -> bool:
        """Whether an earlier page had the very same links: its pages lead in a circle."""
        if not links:
            return False
        if links in self.pages_seen:
            return True
        self.pages_seen.add(links)
        return False


def _text(response: Response, name: str) -> str | None:
    value = response.headers.get(name)
    return value.decode("latin-1") if value is not None else None
