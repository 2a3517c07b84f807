"""From a channel's answer to candidates: parsed in a reader process, since feeds are hostile too."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from crawler.discovery.found import Found, FoundLink
from crawler.discovery.links import article_links
from crawler.polled import Visit
from crawler.traps import is_endless
from pipelines.urls import identity, matches_article
from storage.candidates import BACKFILL, NEW
from storage.records import Candidate
from storage.walks import count_known

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scrapy.http import Response

    from crawler.news import NewsSpider

PARSERS = {
    "feed": "crawler.discovery.feeds:parse_feed",
    "sitemap": "crawler.discovery.sitemaps:parse_sitemap",
    "listing": "crawler.discovery.listings:parse_listing",
    "api": "crawler.discovery.wordpress:parse_posts",
}
_FOUND_BY = {"feed": "feed", "sitemap": "sitemap", "listing": "listing", "api": "listing"}


class ChannelReader:
    """Reads the channels of one site."""

    def __init__(self, spider: NewsSpider) -> None:
        self._spider = spider
        self._session = spider.session

    async def read(self, visit: Visit, response: Response) -> Found:
        """What the page says.

        Raises:
            pipelines.workers.ReadFault: it cannot be read.
        """
        glance = await self._at_a_glance(visit, response)
        if glance is not None:
            return glance
        kind = visit.channel.kind
        arguments: list[Any] = [response.body, response.url]
        if kind != "sitemap":
            arguments.append((response.headers.get("Content-Type") or b"").decode("latin-1"))
        if kind == "listing":
            arguments.append(self._spider.rules)
        flow = self._session.flow
        async with flow.turn(len(response.body)):
            found: Found = await asyncio.wrap_future(flow.call(PARSERS[kind], *arguments))
        return found

    async def _at_a_glance(self, visit: Visit, response: Response) -> Found | None:
        """What a feed or listing says that changed and names no new article: no reader is started for it.

        A page that names fewer articles than last time is read in full.
        """
        channel = visit.channel
        if channel.kind not in ("feed", "listing") or visit.back or visit.page > 1 or not channel.links:
            return None
        links = article_links(response.body, response.url, self._spider.rules, feed=channel.kind == "feed")
        if links is None or len(links) < channel.links:
            return None
        found = Found(tuple(FoundLink(link) for link in links))
        candidates = self.candidates(visit, found.links)
        moment = channel.caught_up_at
        known = await self._session.read(lambda db: count_known(db, candidates, moment))
        return found if known == len(candidates) else None

    def candidates(self, visit: Visit, links: Iterable[FoundLink]) -> list[Candidate]:
        """Those links that are articles of this site. Endless addresses are left out and counted."""
        rules, spider = self._spider.rules, self._spider
        found: dict[str, Candidate] = {}
        for link in links:
            if not matches_article(link.url, rules) or not spider.is_own_host(
                urlsplit(link.url).hostname or ""
            ):
                continue
            if is_endless(link.url):
                spider.tally.left_out["endless_addresses"] += 1
                continue
            known_by = identity(link.url, rules)
            found[known_by] = Candidate(
                url=link.url,
                identity=known_by,
                found_by=_FOUND_BY[visit.channel.kind],
                found_in=visit.channel.url,
                priority=BACKFILL if visit.back else NEW,
                claimed_at=link.claimed_at,
            )
        return list(found.values())
