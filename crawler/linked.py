"""Articles that other articles name: candidates of low priority, since channels name what is new.

They are found by a look at the hrefs of each fetched page; a site whose sitemap is poor has no other way to
its older articles.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from crawler.discovery.links import article_links
from crawler.traps import Patterns, is_endless
from pipelines.urls import identity
from storage import repository
from storage.candidates import BACKFILL
from storage.records import Candidate

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.orm import Session

    from crawler.news import NewsSpider

_PAGES = 20  # whose links are saved together
_MOST = 10_000  # links saved in one run
_SEEN = 200_000  # hrefs remembered, so that menus are looked at once
_PER_PATTERN = 200  # addresses with several parameters, of one pattern: else facets have no end


class LinkedPages:
    """Links in the articles of one run that are articles too."""

    def __init__(self, spider: NewsSpider) -> None:
        self._spider = spider
        self._session = spider.session
        self._seen: set[str] = set()
        self._found: dict[str, Candidate] = {}
        self._patterns = Patterns(_PER_PATTERN)
        self._pages = self._saved = 0

    def note(self, page_url: str, body: bytes) -> None:
        """Remember the links of a fetched page; every so many pages they are written."""
        if self._session.options.urls or self._saved >= _MOST:
            return
        if len(self._seen) > _SEEN:
            self._seen.clear()
        rules = self._spider.rules
        for url in article_links(body, page_url, rules, seen=self._seen) or ():
            if self._spider.is_own_url(url) and self._is_bounded(url):
                known_by = identity(url, rules)
                self._found[known_by] = Candidate(
                    url, known_by, found_by="link", found_in=page_url, priority=BACKFILL
                )
        self._pages += 1
        if self._pages >= _PAGES and self._found:
            future = self._session.writer.call(self._saving())
            future.add_done_callback(lambda done: done.exception())

    async def save(self) -> int:
        """Write what has gathered. Returns how many were not known."""
        return await self._session.write(self._saving()) if self._found else 0

    def _saving(self) -> Callable[[Session], int]:
        candidates, now, site_id = list(self._found.values()), self._session.clock(), self._spider.site_id
        self._found, self._pages = {}, 0
        self._saved += len(candidates)
        return lambda db: repository.save_candidates(db, site_id, candidates, now)

    def _is_bounded(self, url: str) -> bool:
        tally = self._spider.tally
        if is_endless(url):
            tally.left_out["endless_addresses"] += 1
            return False
        if urlsplit(url).query.count("&") and not self._patterns.admits(url):
            tally.left_out["endless_addresses"] += 1
            tally.traps.update(self._patterns.cut)
            self._patterns.cut.clear()
            return False
        return True
