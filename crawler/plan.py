"""What a backfill would do, told before it begins: from the database alone, nothing is asked of a site."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from crawler.discovery.ids import number_pattern, plan_walk
from crawler.politeness.hosts import host_key
from storage import repository
from storage.walks import left_to_walk, site_urls

if TYPE_CHECKING:
    from crawler.config import Config
    from crawler.news import NewsSpider


@dataclass(frozen=True, slots=True)
class BackfillPlan:
    """What a backfill of one site has before it, as far as is known."""

    site: str
    pages: int  # known article pages that wait
    sitemaps: int  # not read yet; how many pages they name is not known
    listings: int  # listings and APIs whose last page was not reached
    begun: int  # of those, how many an earlier backfill began
    numbers: int  # numbers that nobody has tried
    delay: float  # seconds between two requests
    budget: int  # article pages in one run

    @property
    def requests(self) -> int:
        """As many at least."""
        return self.pages + self.sitemaps + self.listings + self.numbers

    @property
    def is_open(self) -> bool:
        """Whether more will be found on the way."""
        return bool(self.sitemaps or self.listings)

    @property
    def runs(self) -> int:
        """Runs that the budget makes of the pages known by now."""
        return -(-(self.pages + self.numbers) // self.budget) if self.budget else 0

    def sentence(self) -> str:
        """For the operator."""
        parts = [
            _several(self.pages, "known page"),
            _several(self.numbers, "number"),
            _several(self.sitemaps, "sitemap"),
            _several(self.listings, "listing") + (f" ({self.begun} begun)" if self.begun else ""),
        ]
        if not any(parts):
            return f"{self.site}: nothing is left to walk back through"
        least = "at least " if self.is_open else ""
        text = f"{self.site}: {', '.join(part for part in parts if part)};"
        text += f" {least}{duration(self.requests * self.delay)} at {self.delay:g} s a request"
        if self.runs > 1:
            text += f", {self.runs} runs of {self.budget} pages"
        return text + ("; how many pages sitemaps and listings hold is not known" if self.is_open else "")


def _several(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}" if number else ""


def plan_backfill(
    db: Session, sites: Sequence[type[NewsSpider]], config: Config, limit: int | None, since: datetime | None
) -> list[BackfillPlan]:
    """One plan a site, in their order. A site that was never crawled has its declared channels."""
    return [_plan(db, site, config, limit or config.crawl.max_pages, since) for site in sites]


def _plan(
    db: Session, site: type[NewsSpider], config: Config, budget: int, since: datetime | None
) -> BackfillPlan:
    site_id = repository.site_id(db, site.name)
    delay = site.delay if site.delay is not None else config.crawl.delay
    if site_id is None:
        listings = len({*site.start_urls, *site.listings})
        return BackfillPlan(site.name, 0, len(site.sitemaps), listings, 0, 0, delay, budget)
    left = left_to_walk(db, site_id, since)
    host = repository.host(db, host_key(site.start_urls[0]))
    if host is not None and host.crawl_delay is not None:
        delay = max(delay, host.crawl_delay)
    numbers = _numbers_left(db, site, site_id)
    return BackfillPlan(
        site.name, left.pages, left.sitemaps, left.listings, left.begun, numbers, delay, budget
    )


def _numbers_left(db: Session, site: type[NewsSpider], site_id: int) -> int:
    row = repository.channel_state(db, site_id, site.id_url) if site.id_url else None
    if row is None or not row.position or row.backfilled_at is not None:
        return 0
    pattern = number_pattern(site.id_url)
    known = {int(match.group(1)) for url in site_urls(db, site_id) if (match := pattern.match(url))}
    top = int(row.backfill_page) - 1 if row.backfill_page else row.position
    return plan_walk(known, highest=top, budget=0).missing if top > 0 else 0


def duration(seconds: float) -> str:
    """ "40 seconds", "12 minutes", "5 hours", "3 days": rounded up."""
    for unit, size, most in (("second", 1, 90), ("minute", 60, 90), ("hour", 3600, 48)):
        number = max(1, -int(-seconds // size))
        if number <= most:
            return _several(number, unit)
    return f"{-int(-seconds // 86_400)} days"
