"""The channels of an undeclared site, asked once: feeds, sitemaps, WordPress's REST posts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from crawler.discovery.auto import guessed_channels
from crawler.discovery.found import ChannelKind, Found
from crawler.errand import Answer, Errand
from crawler.survey import looks_like_articles
from pipelines.urls import same_site
from pipelines.workers import ReadFault

FEEDS = 3  # kept, and asked for beside those given
_SITEMAPS, _CHILDREN = 3, 2
_SITEMAP = "crawler.discovery.sitemaps:parse_sitemap"


async def parsed(errand: Errand, function: str, *args: Any) -> Found:
    """What a discovery function says of an answer; what cannot be read says nothing."""
    try:
        found: Found = await errand.call(function, *args)
    except ReadFault:
        return Found(warnings=("unreadable",))
    return found


class OfferedChannels:
    """What a site's channels offer. `articles`: URLs that feeds and the API call articles."""

    def __init__(
        self,
        errand: Errand,
        start: str,
        named: Sequence[tuple[ChannelKind, str]],
        given: Sequence[str] = (),
    ) -> None:
        self._errand = errand
        self._start = start
        self._named = named
        self._given = given
        self.feeds: list[str] = []
        self.articles: list[str] = []
        self._children: set[str] = set()
        self.maps: dict[str, list[str]] = {}  # sitemap -> its links, those of its first children included

    @property
    def listed(self) -> list[str]:
        """All links of the sitemaps."""
        return [url for links in self.maps.values() for url in links]

    async def ask(self) -> None:
        """Everything that is named, and where nothing is, what usually is there."""
        await self._ask_feeds()
        await self._ask_sitemaps()
        await self._ask_api()

    async def _ask_feeds(self) -> None:
        named = [*self._given, *(url for kind, url in self._named if kind == "feed")]
        for url in list(dict.fromkeys(named))[: FEEDS + len(self._given)]:
            await self._ask_feed(url)
        if not self.feeds:
            for kind, url in guessed_channels(self._start):
                if kind == "feed" and not self.feeds:
                    await self._ask_feed(url)

    async def _ask_feed(self, url: str) -> None:
        answer = await self._errand.fetch(url)
        if not answer.ok:
            return
        links = await self._links("feeds:parse_feed", answer, answer.content_type)
        if not set(links) <= set(self.articles):  # the same feed as RSS and as Atom is one feed
            self.feeds.append(url)
            self.articles += links

    async def _ask_sitemaps(self) -> None:
        named = [*self._errand.sitemaps, *(url for kind, url in self._named if kind == "sitemap")]
        for url in list(dict.fromkeys(named))[:_SITEMAPS]:
            if url not in self._children:
                await self._ask_sitemap(url)
        if not self.maps:
            for kind, url in guessed_channels(self._start):
                if kind == "sitemap" and not self.maps:
                    await self._ask_sitemap(url)

    async def _ask_sitemap(self, url: str) -> None:
        answer = await self._errand.fetch(url)
        if not answer.ok:
            return
        found = await parsed(self._errand, _SITEMAP, answer.body, answer.url)
        self._children |= {child for _, child in found.channels}
        links = [link.url for link in found.links if same_site(link.url, self._start)]
        for child in looks_like_articles(child for _, child in found.channels)[:_CHILDREN]:
            answer = await self._errand.fetch(child)
            if answer.ok:
                links += await self._links("sitemaps:parse_sitemap", answer)
        if links:
            self.maps[url] = links

    async def _ask_api(self) -> None:
        url = next((url for kind, url in self._named if kind == "api"), None)
        answer = await self._errand.fetch(url) if url is not None else None
        if answer is not None and answer.ok:
            self.articles += await self._links("wordpress:parse_posts", answer)

    async def _links(self, function: str, answer: Answer, *more: object) -> list[str]:
        """The links of a channel to its own site."""
        name = f"crawler.discovery.{function}"
        found = await parsed(self._errand, name, answer.body, answer.url, *more)
        return [link.url for link in found.links if same_site(link.url, self._start)]
