"""The life of one site's run: its rows, its verdict, its end."""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from scrapy import signals

from crawler.answers import Answers
from crawler.frontier import Frontier
from crawler.hindsight import in_hindsight
from crawler.schedule import latest_due
from crawler.session import CrawlSession
from crawler.tally import Tally
from crawler.verdict import Verdict, judge
from storage import repository
from storage.errors import ArchiveError
from storage.run_sums import last_revision
from storage.walks import due_again

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from crawler.news import NewsSpider

logger = logging.getLogger(__name__)


class SiteRun:
    """Opens before the first request, closes after the last item; holds the verdict then."""

    def __init__(self, spider: NewsSpider, crawler: Crawler, session: CrawlSession | None) -> None:
        self._spider = spider
        self._crawler = crawler
        self._own_session = session is None
        self._session = session
        self._started = time.monotonic()
        self.started_at = datetime.now(UTC)
        self.stopped: str | None = None
        self.error: ArchiveError | None = None
        self.verdict: Verdict | None = None
        self.had_articles = False
        self._newest = 0  # revision before this run
        self.readings: dict[str, Any] = {}  # what the pages of this run held, by field
        self._ending: asyncio.Future[None] | None = None
        crawler.signals.connect(self.close, signal=signals.spider_closed)
        crawler.signals.connect(self._item_error, signal=signals.item_error)
        crawler.signals.connect(self._spider_error, signal=signals.spider_error)
        crawler.signals.connect(self._item_scraped, signal=signals.item_scraped)

    @property
    def seconds(self) -> float:
        return time.monotonic() - self._started

    async def open(self) -> None:
        """Site row, run row, frontier."""
        if self._session is None:
            self._session = await asyncio.to_thread(_default_session)
        spider, session = self._spider, self._session
        spider.session = session
        spider.frontier = Frontier(spider)
        spider.answers = Answers(spider, spider.frontier)
        now = self.started_at = session.clock()
        spider.site_id = await session.write(
            lambda db: repository.save_site(
                db,
                spider.name,
                spider.title or spider.name,
                spider.start_urls[0],
                spider.country,
                spider.language,
                spider.timezone,
            )
        )
        latest = latest_due(session.config.crawl.retry_minutes, session.config.crawl.revisit_hours, now)
        await session.write(lambda db: due_again(db, spider.site_id, now, latest))
        self.had_articles = await session.read(lambda db: repository.has_candidates(db, spider.site_id))
        self._newest = await session.read(last_revision)
        spider.run_id = await session.write(
            lambda db: repository.start_run(db, spider.site_id, session.options.command, now)
        )

    async def close(self, reason: str) -> None:
        """The verdict and the run's row. Runs once everything of the site is stored."""
        session = self._session
        if session is None or not hasattr(self._spider, "run_id"):
            return
        if reason == "shutdown":
            self.stopped = self.stopped or "signal"
        if self.error is None:
            await self._finish(session)
        if self._own_session:
            await asyncio.to_thread(session.close)
            session.archive.close()

    async def _finish(self, session: CrawlSession) -> None:
        tally = self._spider.tally
        try:
            await self._spider.frontier.close()
            await self._spider.frontier.count_deferred(self.stopped)
            verdict = judge(tally, had_articles=self.had_articles, stopped=self.stopped)
            counts = tally.as_dict() | {"seconds": round(self.seconds, 3)}
            if not session.options.urls:
                verdict, kept = await self._in_hindsight(session, verdict)
                counts |= kept
                self.readings = kept.get("readings", {})
            self.verdict = verdict = replace(verdict, message=verdict.message + _beside(tally))
            await session.write(
                lambda db: repository.finish_run(
                    db,
                    self._spider.run_id,
                    counts,
                    verdict.state,
                    verdict.exit_code,
                    verdict.message,
                    session.clock(),
                )
            )
        except ArchiveError as error:
            self.error = error

    async def _in_hindsight(self, session: CrawlSession, verdict: Verdict) -> tuple[Verdict, dict[str, Any]]:
        """The verdict seen against the site's own past, and what is kept for later comparisons."""
        whole = self.stopped is None and not self._spider.tally.deferred.total()
        now = session.clock()
        return await session.read(
            lambda db: in_hindsight(db, self._spider, verdict, self._newest, now, whole=whole)
        )

    def stop(self, error: ArchiveError) -> None:
        if self.error is None:
            self.error = error
            logger.error("%s: stopped: %s", self._spider.name, error)
        self._end("archive")

    def end_early(self, why: str) -> None:
        """A budget is used up: no more requests, what is in flight is finished."""
        self.stopped = self.stopped or why

    def _end(self, reason: str) -> None:
        engine = self._crawler.engine
        if self._session is not None:
            self._spider.frontier.stop()
        if engine is not None and engine.running:
            self._ending = asyncio.ensure_future(engine.close_spider_async(reason=reason))

    def _item_scraped(self, item: Any) -> None:
        self._spider.answers.stored(item)

    def _item_error(self, item: Any, failure: Any) -> None:
        self._spider.answers.item_failed(item, failure.value)

    def _spider_error(self, failure: Any) -> None:
        if isinstance(failure.value, ArchiveError):
            self.stop(failure.value)
        else:
            self._spider.tally.faults.append(f"{type(failure.value).__name__}: {failure.value}"[:300])
            if self._session is not None:
                self._spider.frontier.wake()


def _beside(tally: Tally) -> str:
    """What is said of a run whatever its verdict: that it met a trap, that nobody vouched for the server."""
    said = "" if tally.verify_tls else "; certificates were not verified (verify_tls = false)"
    if not tally.traps:
        return said
    worst, number = tally.traps.most_common(1)[0]
    others = f" and {len(tally.traps) - 1} more patterns" if len(tally.traps) > 1 else ""
    return f"; addresses without end were left out: {number} of {worst}{others}{said}"


def _default_session() -> CrawlSession:
    """For plain `scrapy crawl`: the archive of the environment, settings beside it."""
    import os
    from pathlib import Path

    from crawler.config import load_config
    from crawler.runs import prepare_archive

    folder = Path(os.environ.get("HEMERO_ARCHIVE", "archive"))
    config = load_config(folder / "hemero.toml")
    return CrawlSession(prepare_archive(folder, os.environ.get("HEMERO_DATABASE_URL")), config)
