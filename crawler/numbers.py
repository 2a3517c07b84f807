"""Where every article has a number (`/actualite/6256`), the numbers themselves are a channel.

Forwards, in every run, from the highest that exists until `id_patience` in a row do not; backwards, in a
backfill, through those that nobody has tried. A number that does not exist is no page: it is counted apart,
and tried again when the walk comes by.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any

from crawler.discovery.ids import ForwardWalk, article_url, number_pattern, plan_walk
from crawler.schedule import LONGEST_POLL, next_poll
from pipelines.urls import canonical_url, identity
from storage import repository
from storage.candidates import BACKFILL, NEW
from storage.records import Candidate
from storage.walks import ask_numbers, site_urls

if TYPE_CHECKING:
    from crawler.news import NewsSpider

_BATCH = 100  # numbers asked for at a time in a backfill


class NumberWalk:
    """The numbers of one site in one run; does nothing where the site declares no `id_url`."""

    def __init__(self, spider: NewsSpider, budget: int) -> None:
        self._spider = spider
        self._session = spider.session
        self._template = spider.id_url
        self._pattern = number_pattern(spider.id_url) if spider.id_url else None
        self._budget = budget
        self._row: Any = None
        self._highest = 0
        self._forward: ForwardWalk | None = None
        self._known: set[int] | None = None  # for the way back

    async def load(self) -> None:
        """How far earlier runs came."""
        if self._template is not None:
            url, site_id = self._template, self._spider.site_id
            self._row = await self._session.read(lambda db: repository.channel_state(db, site_id, url))
            self._highest = (self._row.position if self._row is not None else None) or 0

    def number(self, url: str) -> int | None:
        """The number in an address; None where it has none."""
        match = self._pattern.match(url) if self._pattern is not None else None
        return int(match.group(1)) if match is not None else None

    def exists(self, url: str) -> None:
        """An article with this address was read."""
        number = self.number(url)
        if number is not None:
            self._highest = max(self._highest, number)
            if self._forward is not None:
                self._forward.found(number)

    async def ahead(self) -> bool:
        """Make the next numbers due. False when there are none to try, or none yet."""
        if self._template is None or not self._highest or not self._is_due():
            return False
        if self._forward is None:
            patience = self._session.config.crawl.id_patience
            self._forward = ForwardWalk(self._highest, patience=patience, budget=self._budget)
        while numbers := list(islice(self._forward, _BATCH)):
            if await self._ask(numbers, NEW):
                return True
        return False

    async def back(self) -> bool:
        """Make the next numbers below due, in a backfill. False when all were tried."""
        if self._template is None or not self._highest or self._is_walked():
            return False
        if self._known is None:
            self._known = await self._session.read(self._known_numbers)
            cursor = self._row.backfill_page if self._row is not None else None
            self._lowest = int(cursor) if cursor else self._highest + 1
        while self._lowest > 1:
            plan = plan_walk(self._known, highest=self._lowest - 1, budget=_BATCH)
            self._lowest = min(plan.ids, default=1)
            asked = await self._ask(plan.ids, BACKFILL) if plan.ids else 0
            done = {"backfilled_at": self._session.clock()} if self._lowest <= 1 else {}
            await self._save(backfill_page=str(self._lowest), **done)
            if asked:
                return True
        return False

    async def close(self) -> None:
        """Note how far this run came."""
        if self._template is None or not self._highest:
            return
        before = (self._row.position if self._row is not None else None) or 0
        if self._forward is None and self._highest == before:
            return
        now = self._session.clock()
        changed = now if self._highest > before else self._row.last_changed_at
        await self._save(
            position=self._highest, last_changed_at=changed, next_fetch_at=next_poll("id", changed, 0, now)
        )

    def _is_due(self) -> bool:
        due = self._row.next_fetch_at if self._row is not None else None
        return due is None or not timedelta(0) < due - self._session.clock() <= LONGEST_POLL

    def _is_walked(self) -> bool:
        return self._row is not None and self._row.backfilled_at is not None

    def _known_numbers(self, db: Any) -> set[int]:
        found = (self.number(url) for url in site_urls(db, self._spider.site_id))
        return {number for number in found if number is not None}

    async def _ask(self, numbers: Iterable[int], priority: int) -> int:
        assert self._template is not None
        rules, template, site_id = self._spider.rules, self._template, self._spider.site_id
        candidates = []
        for number in numbers:
            url = article_url(template, number)
            url = canonical_url(url) or url
            candidates.append(
                Candidate(url, identity(url, rules), found_by="id", found_in=template, priority=priority)
            )
        now = self._session.clock()
        return await self._session.write(lambda db: ask_numbers(db, site_id, candidates, now))

    async def _save(self, **state: Any) -> None:
        assert self._template is not None
        url, site_id, now = self._template, self._spider.site_id, self._session.clock()
        await self._session.write(
            lambda db: repository.save_channel_state(db, site_id, url, "id", now=now, **state)
        )
