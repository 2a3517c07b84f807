"""The flow as Scrapy item pipelines: an adapter, nothing else."""

from __future__ import annotations

import asyncio
import dataclasses
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol, cast

from pipelines.flow import Flow
from pipelines.rules import SiteRules
from storage.records import Page, Reading
from storage.writer import Outcome

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


class HasFlow(Protocol):
    """What a spider must offer to these steps."""

    flow: Flow


@dataclass(frozen=True, slots=True)
class PageItem:
    """A captured page on its way to an article; each step fills one more field."""

    page: Page
    rules: SiteRules
    site_id: int
    capture_id: int | None
    candidate_id: int | None
    is_giant: bool = False  # the page's body is left in its capture: too many of them fill the memory
    run_id: int | None = None
    next_visit_at: datetime | None = None
    fetches: int = 0  # how often the page was fetched before
    reading: Reading | None = None
    outcome: Outcome | None = None


class _Step:
    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> _Step:
        return cls(crawler)

    @property
    def flow(self) -> Flow:
        return cast(HasFlow, self._crawler.spider).flow


class ReadStep(_Step):
    """Read, normalise and mark, in a worker process."""

    async def process_item(self, item: PageItem) -> PageItem:
        if item.is_giant:
            assert item.capture_id is not None
            reading = await self.flow.read_giant(item.page, item.capture_id, item.rules)
        else:
            reading = await asyncio.wrap_future(self.flow.read(item.page, item.rules))
        return dataclasses.replace(item, reading=reading)


class StoreStep(_Step):
    """Article, revision, links, index and frontier row in one transaction."""

    async def process_item(self, item: PageItem) -> PageItem:
        assert item.reading is not None
        outcome = await asyncio.wrap_future(
            self.flow.store(
                item.reading,
                item.site_id,
                item.capture_id,
                item.candidate_id,
                item.run_id,
                next_visit_at=item.next_visit_at,
            )
        )
        return dataclasses.replace(item, outcome=outcome)
