"""A backfill: what a site published before the first crawl, found page by page as the run has room for it.

New pages and revisits go first; a channel page is asked for only when no known page waits. Where each channel
was left stands in its row, so a backfill may end at any moment and goes on with the next one.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import TYPE_CHECKING

from crawler.channel_reading import PARSERS
from crawler.channel_rows import ChannelRows
from crawler.discovery.found import Found
from crawler.polled import Channel, Visit
from pipelines.urls import canonical_url
from storage import repository
from storage.walks import add_channels

if TYPE_CHECKING:
    from crawler.news import NewsSpider
    from storage.records import Candidate

MAX_PAGES = 5_000  # channel pages in one run
MAX_DEPTH = 3  # indexes that lead to a sitemap
_END = {400, 404, 410}


class WalkBack:
    """Pages of channels that no run has read yet: sitemaps first, then listings and APIs, page by page."""

    def __init__(self, spider: NewsSpider, rows: ChannelRows) -> None:
        self._spider = spider
        self._session = spider.session
        self._rows = rows
        self._left: deque[Visit] | None = None
        self._pages = 0

    async def next_visit(self) -> Visit | None:
        """The next page to ask for; None when none is left, or enough were asked in this run."""
        if self._left is None:
            self._left = deque(await self._open_channels())
        if not self._left:
            return None
        if self._pages >= MAX_PAGES:
            self._spider.run.end_early("limit")
            return None
        self._pages += 1
        return self._left.popleft()

    async def _open_channels(self) -> list[Visit]:
        rows = await self._session.read(lambda db: repository.channels(db, self._spider.site_id))
        wanted = [
            row for row in rows if row.backfilled_at is None and row.kind in PARSERS and row.kind != "feed"
        ]
        wanted.sort(key=lambda row: (row.kind != "sitemap", row.id))
        return [_visit(Channel.of_row(row)) for row in wanted]

    async def read(self, visit: Visit, found: Found, candidates: Sequence[Candidate]) -> None:
        """A page was read and its candidates are saved: note where to go on."""
        assert self._left is not None
        if visit.channel.kind == "sitemap":
            self._left.extend(await self._children(visit, found))
            await self._rows.walked(visit, None)
            return
        links = frozenset(candidate.identity for candidate in candidates)
        following = found.next_page
        if not links or visit.repeats(links) or (following or "") == visit.url:
            following = None  # past its last page a site shows nothing, or the same page again
        await self._rows.walked(visit, following)
        if following is not None:
            visit.page, visit.url = visit.page + 1, following
            self._left.append(visit)

    async def refused(self, visit: Visit, status: int) -> None:
        """A page that is not there is the end; anything else is tried again by the next backfill."""
        if status in _END:
            await self._rows.walked(visit, None)

    async def _children(self, visit: Visit, found: Found) -> list[Visit]:
        """The sitemaps an index names, as rows, so that the next run knows of them too."""
        depth = visit.channel.depth + 1
        if depth > MAX_DEPTH:
            self._spider.tally.left_out["deep_sitemaps"] += len(found.channels)
            return []
        own = [url for _, url in found.channels if self._spider.is_own_url(url)]
        site_id = self._spider.site_id
        known = await self._session.read(
            lambda db: {row.url: row for row in repository.channels(db, site_id)}
        )
        new = [url for url in dict.fromkeys(canonical_url(url) or url for url in own) if url not in known]
        await self._session.write(
            lambda db: add_channels(db, site_id, [("sitemap", url, depth) for url in new])
        )
        return [_visit(Channel("sitemap", url, depth)) for url in new]


def _visit(channel: Channel) -> Visit:
    return Visit(channel, url=channel.backfill_page or channel.url, back=True)
