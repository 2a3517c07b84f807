"""A site's sitemaps against what the archive has: what they list, and when that came out."""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from crawler.discovery.auto import guessed_channels
from crawler.discovery.found import FoundLink
from crawler.errand import Errand, ErrandError
from crawler.survey_channels import parsed
from crawler.verdict import NEEDS_PERSON, SITE_FAILED
from pipelines.urls import canonical_url, matches_article
from pipelines.workers import ReadFault

if TYPE_CHECKING:
    from crawler.news import NewsSpider

_IN_PATH = re.compile(r"/((?:19|20)\d{2})[/-](0?[1-9]|1[0-2])(?=[/-])")
# States of a candidate as the columns of the table; what is none of them counts as missing.
COLUMNS = ("archived", "waiting", "failed", "refused", "gone", "missing")
_COLUMN_OF = {
    "archived": "archived",
    "pending": "waiting",
    "captured": "waiting",
    "failed": "failed",
    "refused": "refused",
    "skipped": "refused",
    "gone": "gone",
    "done": "refused",  # fetched, and no article
}


@dataclass
class SitemapReading:
    """The sitemaps of a declared site, read one after another, newest first.

    `links`: article URL -> the time the sitemap claims. `left`: sitemaps that were not asked for any more.
    """

    site: type[NewsSpider]
    files: int
    links: dict[str, datetime | None] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    left: int = 0
    troubles: list[str] = field(default_factory=list)

    async def run(self, errand: Errand) -> None:
        """Ask for them all.

        Raises:
            ErrandError: the site does not answer (5), or has no sitemap that lists articles (6).
        """
        errand.limit = self.files + 20
        queue = deque(await self._roots(errand))
        seen = set(queue)
        while queue and len(self.asked) < self.files:
            url = queue.popleft()
            self.asked.append(url)
            answer = await errand.fetch(url)
            if not answer.ok:
                self.troubles.append(f"{url}: {answer.why}")
                continue
            found = await parsed(errand, "crawler.discovery.sitemaps:parse_sitemap", answer.body, answer.url)
            self._note(errand, found.links)
            children = [child for _, child in found.channels if child not in seen]
            seen.update(children)
            queue.extend(children)
        self.left = len(queue)
        if not self.links:
            where = f" ({self.troubles[0]})" if self.troubles else ""
            raise ErrandError(f"{self.site.name}: no sitemap lists articles{where}", NEEDS_PERSON)

    def _note(self, errand: Errand, links: Iterable[FoundLink]) -> None:
        for link in links:
            own = errand.spider.is_own_host(urlsplit(link.url).hostname or "")
            if own and matches_article(link.url, self.site.rules):
                known = self.links.get(link.url)
                self.links[link.url] = known or link.claimed_at

    async def _roots(self, errand: Errand) -> list[str]:
        """Declared ones, those of robots.txt, those the home page names; else where they usually stand."""
        home = await errand.fetch(self.site.start_urls[0])
        if home.status is None:
            raise ErrandError(f"{self.site.name}: no answer from the site: {home.why}", SITE_FAILED)
        named: list[str] = []
        if home.ok:
            try:
                page = await errand.call(
                    "crawler.survey_page:read_home", home.body, home.url, home.content_type
                )
                named = [url for kind, url in page.channels if kind == "sitemap"]
            except ReadFault as fault:
                self.troubles.append(f"{home.url}: {fault}")
        roots = [canonical_url(url) or url for url in (*self.site.sitemaps, *errand.sitemaps, *named)]
        return list(dict.fromkeys(roots)) or [
            url for kind, url in guessed_channels(home.url) if kind == "sitemap"
        ]


def month_of(url: str, published: date | None, claimed_at: datetime | None) -> str:
    """The month an article counts in, "2026-11": by its date, its address, the sitemap's claim; else ""."""
    if published is not None:
        return f"{published:%Y-%m}"
    in_path = _IN_PATH.search(urlsplit(url).path)
    if in_path is not None:
        return f"{in_path[1]}-{int(in_path[2]):02d}"
    return f"{claimed_at:%Y-%m}" if claimed_at is not None else ""


@dataclass
class Month:
    """One month: what the sitemaps list, by what became of it, and what only the archive has."""

    month: str
    counts: Counter[str] = field(default_factory=Counter)
    unlisted: int = 0

    @property
    def listed(self) -> int:
        return self.counts.total()


def by_month(
    links: Mapping[str, datetime | None],
    states: Mapping[str, tuple[str, date | None]],
    unlisted: Iterable[date | None],
) -> list[Month]:
    """The table, oldest month first; what has no date stands at the end under "".

    Args:
        links: article URL -> claimed time. states: URL -> (state, published) of those the archive knows.
        unlisted: published dates of archived articles that no sitemap lists.
    """
    months: dict[str, Month] = {}

    def at(name: str) -> Month:
        return months.setdefault(name, Month(name))

    for url, claimed_at in links.items():
        state, published = states.get(url, ("missing", None))
        at(month_of(url, published, claimed_at)).counts[_COLUMN_OF.get(state, "missing")] += 1
    for published in unlisted:
        at(f"{published:%Y-%m}" if published is not None else "").unlisted += 1
    return sorted(months.values(), key=lambda month: (not month.month, month.month))
