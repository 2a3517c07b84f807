"""The channels of one site's run: asked conditionally, read in a worker.

Their links are rows before any of them is fetched.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

from scrapy import Request

from crawler.discovery.found import ChannelKind, Found
from crawler.politeness.causes import cause_of
from crawler.schedule import next_poll
from pipelines.urls import canonical_url, identity, matches_article
from pipelines.workers import ReadFault
from storage import repository
from storage.records import Candidate

if TYPE_CHECKING:
    from scrapy.http import Response

    from crawler.news import NewsSpider

MAX_CHANNELS = 300
_PARSERS = {
    "feed": "crawler.discovery.feeds:parse_feed",
    "sitemap": "crawler.discovery.sitemaps:parse_sitemap",
    "listing": "crawler.discovery.listings:parse_listing",
}
_FOUND_BY = {"feed": "feed", "sitemap": "sitemap", "listing": "listing"}


@dataclass(slots=True)
class Channel:
    """A channel in this run, with what the last run learnt of it."""

    kind: ChannelKind
    url: str
    page: int = 1
    etag: str | None = None
    last_modified: str | None = None
    digest: str | None = None
    links: int | None = None  # how many it had last time
    last_changed_at: datetime | None = None
    failures: int = 0


class Channels:
    """Which channels to ask in this run, and what they answered."""

    def __init__(self, spider: NewsSpider) -> None:
        self._spider = spider
        self._session = spider.session
        self._queue: deque[Channel] = deque()
        self._asked: set[str] = set()
        self._known: dict[str, Any] = {}
        self.in_flight = 0
        self.answers_304 = False  # this server knows conditional requests

    async def load(self) -> None:
        """Declared channels and those that earlier runs found."""
        if self._session.options.urls:
            return
        rows = await self._session.read(lambda db: repository.channels(db, self._spider.site_id))
        self._known = {row.url: row for row in rows}
        spider = self._spider
        self.add(("listing", url) for url in spider.start_urls)
        self.add(("feed", url) for url in spider.feeds)
        self.add(("sitemap", url) for url in spider.sitemaps)
        self.add(("listing", url) for url in spider.listings)
        self.add((cast(ChannelKind, row.kind), row.url) for row in rows)

    def add(self, channels: Iterable[tuple[ChannelKind, str]], page: int = 1) -> None:
        """Ask these too, each once a run; channels of other hosts are passed over."""
        if self._session.options.urls:
            return
        now = self._session.clock()
        for kind, url in channels:
            target = canonical_url(url) or url
            host = (urlsplit(target).hostname or "").lower()
            row = self._known.get(target)
            if row is not None and row.next_fetch_at is not None and row.next_fetch_at > now:
                continue
            if kind not in _PARSERS or target in self._asked or not self._spider.is_own_host(host):
                continue
            if len(self._asked) >= MAX_CHANNELS:
                self._spider.logger.warning("more than %d channels: %s is left out", MAX_CHANNELS, target)
                continue
            self._asked.add(target)
            self._queue.append(self._channel(kind, target, page))
        if hasattr(self._spider, "frontier"):
            self._spider.frontier.wake()

    def _channel(self, kind: ChannelKind, url: str, page: int) -> Channel:
        row = self._known.get(url)
        if row is None:
            return Channel(kind, url, page)
        return Channel(
            kind,
            url,
            page,
            row.etag,
            row.last_modified,
            row.digest,
            row.links,
            row.last_changed_at,
            row.failures,
        )

    def next_request(self) -> Request | None:
        if not self._queue:
            return None
        channel = self._queue.popleft()
        self.in_flight += 1
        self._spider.tally.note_channel(channel.url, channel.kind, usual_links=channel.links)
        headers = {}
        if channel.etag:
            headers["If-None-Match"] = channel.etag
        if channel.last_modified:
            headers["If-Modified-Since"] = channel.last_modified
        return Request(
            channel.url,
            headers=headers,
            callback=self._spider.parse_channel,
            errback=self._spider.request_failed,
            dont_filter=True,
            priority=1000,
            meta={"role": "channel", "channel": channel, "known_digest": channel.digest},
        )

    async def answered(self, response: Response) -> None:
        """Read the channel, save what is new, follow its next page while pages bring something new."""
        channel: Channel = response.meta["channel"]
        note = {"status": response.status}
        try:
            if response.status == 304:
                self.answers_304 = True
                self._spider.tally.note_channel(channel.url, channel.kind, **note)
                await self._save(channel, response, channel.links)
            elif response.status == 200:
                await self._read(channel, response)
            else:
                self._spider.tally.note_channel(channel.url, channel.kind, **note)
        except ReadFault as fault:  # hostile or broken beyond reading: the channel's fault, not the run's
            self._spider.tally.note_channel(channel.url, channel.kind, error=f"read_{fault.cause}")
        finally:
            self.in_flight -= 1

    def failed(self, request: Request, error: Exception) -> None:
        channel: Channel = request.meta["channel"]
        self._spider.tally.note_channel(channel.url, channel.kind, error=cause_of(error))
        self.in_flight -= 1

    async def _read(self, channel: Channel, response: Response) -> None:
        found = await self._parse(channel, response)
        new = await self._save_candidates(channel, found)
        links = sum(1 for link in found.links if matches_article(link.url, self._spider.rules))
        if channel.kind == "sitemap":
            links += len(found.channels)
        self._spider.tally.note_channel(
            channel.url, channel.kind, status=200, links=links, warnings=found.warnings
        )
        self._spider.tally.discovered += new
        await self._save(channel, response, links)
        self.add(found.channels)
        limit = self._spider.max_listing_pages or self._session.config.crawl.max_listing_pages
        if found.next_page is not None and new and channel.page < limit:
            self.add([(channel.kind, found.next_page)], page=channel.page + 1)

    async def _parse(self, channel: Channel, response: Response) -> Found:
        content_type = (response.headers.get("Content-Type") or b"").decode("latin-1")
        arguments: list[Any] = [response.body, response.url]
        if channel.kind in ("feed", "listing"):
            arguments.append(content_type)
        if channel.kind == "listing":
            arguments.append(self._spider.rules)
        found: Found = await asyncio.wrap_future(self._session.flow.call(_PARSERS[channel.kind], *arguments))
        return found

    async def _save_candidates(self, channel: Channel, found: Found) -> int:
        rules = self._spider.rules
        candidates = [
            Candidate(
                url=link.url,
                identity=identity(link.url, rules),
                found_by=_FOUND_BY[channel.kind],
                found_in=channel.url,
                priority=100,
                claimed_at=link.claimed_at,
            )
            for link in found.links
            if matches_article(link.url, rules)
            and self._spider.is_own_host(urlsplit(link.url).hostname or "")
        ]
        if not candidates:
            return 0
        now = self._session.clock()
        return await self._session.write(
            lambda db: repository.save_candidates(db, self._spider.site_id, candidates, now)
        )

    async def _save(self, channel: Channel, response: Response, links: int | None) -> None:
        if channel.page > 1:
            return  # a further page of a listing is reached through its first
        now = self._session.clock()
        etag, modified = (_text(response, name) for name in ("ETag", "Last-Modified"))
        if links == 0 and channel.links:
            # A channel that lost its links keeps their last number and the old ETag: a 304 for the empty page
            # would hide the trouble in the next run.
            etag = modified = None
        digest = response.meta.get("digest") or channel.digest
        changed = now if digest != channel.digest else channel.last_changed_at
        await self._session.write(
            lambda db: repository.save_channel_state(
                db,
                self._spider.site_id,
                channel.url,
                channel.kind,
                etag=etag or channel.etag,
                last_modified=modified or channel.last_modified,
                digest=digest,
                links=links or None,
                status=response.status,
                next_fetch_at=next_poll(channel.kind, changed, 0, now),
                now=now,
            )
        )


def _text(response: Response, name: str) -> str | None:
    value = response.headers.get(name)
    return value.decode("latin-1") if value is not None else None
