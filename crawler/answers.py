"""What the answers to article requests mean: every page ends in exactly one count and one state."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from crawler.archive import GIANT_BODY
from crawler.politeness.bounds import OutOfBounds
from crawler.politeness.causes import cause_of
from crawler.politeness.hosts import HostDeferred
from crawler.politeness.memory import LONGEST
from crawler.politeness.patience import retry_after
from crawler.politeness.robots import RobotsRefused, RobotsUnreachable
from crawler.schedule import next_try, next_visit
from crawler.stopping import Abandoned
from pipelines.steps import PageItem
from pipelines.urls import matches_article
from pipelines.workers import ReadFault
from storage import repository
from storage.errors import ArchiveError
from storage.records import Page
from storage.walks import NO_SUCH_NUMBER

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.http import Response

    from crawler.frontier import Frontier
    from crawler.news import NewsSpider

_REFUSED_NOW = {401, 403, 407}  # by a ban, or for a while: asked again as after a failure
_REFUSED = {402, 451}
_GONE = {404, 410}


class Answers:
    """Takes in what came of requests and of items, and tells the frontier that a page is finished."""

    def __init__(self, spider: NewsSpider, frontier: Frontier) -> None:
        self._spider = spider
        self._session = spider.session
        self._frontier = frontier

    async def page(self, response: Response) -> PageItem | None:
        """A page to read, or None when the status said it all."""
        candidate_id: int = response.meta["candidate_id"]
        status = response.status
        is_giant = GIANT_BODY in response.meta
        body = response.meta.pop(GIANT_BODY, response.body)
        fault = _fault(response, body)
        if fault is not None:
            await self._fail(response.meta, fault, status)
            return None
        if status == 200:
            self._spider.tally.fetched += 1
            page = Page(
                url=response.url,
                body=b"" if is_giant else body,
                fetched_at=self._fetched_at(response),
                content_type=_header(response, "Content-Type"),
                status=status,
            )
            if self._led_away(response):
                await self._gone(response)
                return None
            self._frontier.linked.note(response.url, body)
            return self._item(page, response, is_giant=is_giant)
        if status == 304 and response.meta.get("conditional"):
            await self._unchanged(response.meta)
        elif status in _GONE:
            await self._gone(response)
        elif status in _REFUSED_NOW:
            await self._refuse_now(response.meta, f"http_{status}", status)
        elif status in _REFUSED:
            await self._refuse(candidate_id, f"http_{status}", status)
        else:
            asked = retry_after(response.headers.get("Retry-After"), self._session.clock())
            await self._fail(
                response.meta, f"http_{status}", status, asked=asked if status in (429, 503) else None
            )
        return None

    def _item(self, page: Page, response: Response, *, is_giant: bool) -> PageItem:
        spider, meta = self._spider, response.meta
        ages = self._session.config.crawl.revisit_hours
        return PageItem(
            page=page,
            rules=spider.rules,
            site_id=spider.site_id,
            capture_id=meta.get("capture_id"),
            candidate_id=meta["candidate_id"],
            is_giant=is_giant,
            run_id=spider.run_id,
            next_visit_at=next_visit(meta["fetches"], ages, page.fetched_at),
            fetches=meta["fetches"],
        )

    def _led_away(self, response: Response) -> bool:
        """A redirect from an article to a page that is none (home, section): the article is gone."""
        redirected = bool(response.meta.get("redirect_urls"))
        return redirected and not matches_article(response.url, self._spider.rules)

    def _fetched_at(self, response: Response) -> datetime:
        """When the response came, as its record says."""
        moment: datetime | None = response.meta.get("fetched_at")
        return moment or self._session.clock()

    async def _gone(self, response: Response) -> None:
        meta, now, status = response.meta, self._fetched_at(response), response.status
        candidate_id: int = meta["candidate_id"]
        if meta.get("found_by") == "id" and not meta["fetches"]:
            await self._no_such_number(candidate_id, status)
            return
        again = self._looked_for(meta, status, now)
        await self._session.write(lambda db: repository.mark_gone(db, candidate_id, now, status, again))
        if meta["is_gone"]:
            self._spider.tally.unchanged += 1
        else:
            self._spider.tally.gone += 1
        self._frontier.finished(candidate_id)

    def _looked_for(self, meta: dict[str, Any], status: int, now: datetime) -> datetime | None:
        """A 404 may be a mistake, or a page that was named before it is there: its next ages show it.

        410 is for good. So is the absence of what only links in articles or a backfill have named.
        """
        if status == 410 or not (meta["fetches"] or meta["is_new"]):
            return None
        return next_visit(meta["fetches"], self._session.config.crawl.revisit_hours, now)

    async def _no_such_number(self, candidate_id: int, status: int) -> None:
        """A number that was tried: no page that anybody named, and tried again when a walk comes by."""
        now = self._session.clock()
        await self._session.write(
            lambda db: repository.mark_candidate(
                db, candidate_id, "skipped", reason=NO_SUCH_NUMBER, status=status, now=now
            )
        )
        self._spider.tally.no_such_number += 1
        self._frontier.finished(candidate_id)

    async def _unchanged(self, meta: dict[str, Any]) -> None:
        """304: nothing is written but the time of the check."""
        now = self._session.clock()
        again = next_visit(meta["fetches"], self._session.config.crawl.revisit_hours, now)
        await self._session.write(
            lambda db: repository.mark_unchanged(db, meta["candidate_id"], now, next_try_at=again)
        )
        self._spider.tally.unchanged += 1
        self._frontier.finished(meta["candidate_id"])

    async def failed(self, request: Request, error: Exception) -> None:
        """No usable answer. Every cause is counted."""
        if isinstance(error, ArchiveError):
            self._spider.stop_with(error)
        elif request.meta.get("role") == "channel":
            self._frontier.channel_failed(request, error)
        elif isinstance(error, HostDeferred | RobotsUnreachable):
            self._spider.tally.deferred[cause_of(error)] += 1
            self._frontier.finished(request.meta["candidate_id"])
        elif isinstance(error, RobotsRefused):
            await self._refuse_now(request.meta, "robots", None)
        elif isinstance(error, OutOfBounds):
            await self._refuse(request.meta["candidate_id"], error.reason, None)
        else:
            await self._fail(request.meta, cause_of(error), None)

    async def _refuse(self, candidate_id: int, reason: str, status: int | None) -> None:
        """For good: the page is not asked for again."""
        now = self._session.clock()
        await self._session.write(
            lambda db: repository.mark_candidate(
                db, candidate_id, "refused", reason=reason, status=status, now=now
            )
        )
        self._spider.tally.refused[reason] += 1
        self._frontier.finished(candidate_id)

    async def _refuse_now(self, meta: dict[str, Any], reason: str, status: int | None) -> None:
        """Bans are lifted, robots.txt changes: as after a failure, and for good only when the waits end."""
        if not meta.get("fetches") and self._again(meta) is None:
            await self._refuse(meta["candidate_id"], reason, status)
            return
        await self._put_off(meta, reason, status)
        self._spider.tally.refused[reason] += 1
        self._frontier.finished(meta["candidate_id"])

    async def _fail(
        self, meta: dict[str, Any], cause: str, status: int | None, asked: float | None = None
    ) -> None:
        """Tried again after a growing wait, in this run or a later one; not before the pause asked for."""
        await self._put_off(meta, cause, status, asked)
        self._spider.tally.failed[cause] += 1
        self._frontier.finished(meta["candidate_id"])

    def _again(self, meta: dict[str, Any]) -> datetime | None:
        """When a page that gave no answer is tried again; None when the waits are used up."""
        return next_try(meta.get("tries", 0), self._session.config.crawl.retry_minutes, self._session.clock())

    async def _put_off(
        self, meta: dict[str, Any], reason: str, status: int | None, asked: float | None = None
    ) -> None:
        """When the waits are used up, an article that was read before goes on to its next age."""
        now, again, fetches = self._session.clock(), self._again(meta), meta.get("fetches", 0)
        over = again is None and fetches > 0
        if over:
            again = next_visit(fetches, self._session.config.crawl.revisit_hours, now)
        if asked is not None and again is not None:
            again = max(again, now + min(timedelta(seconds=min(asked, 1e7)), LONGEST))
        await self._session.write(
            lambda db: repository.put_off(
                db, meta["candidate_id"], reason, status, again, now=now, visit_over=over
            )
        )

    # --- items ------------------------------------------------------------------------------------

    def stored(self, item: PageItem) -> None:
        """A page went through every step."""
        if item.outcome is None:
            self._spider.tally.faults.append(f"not stored: {item.page.url}")
        else:
            tally = self._spider.tally
            setattr(tally, item.outcome.kind, getattr(tally, item.outcome.kind) + 1)
            if item.outcome.article_id is not None:
                self._frontier.numbers.exists(item.page.url)
            if self._session.options.urls:
                tally.saved.append((item.page.url, item.capture_id, item.outcome))
        self._frontier.finished(item.candidate_id)

    def item_failed(self, item: PageItem, error: Exception) -> None:
        """A page could not be read (the page's fault) or stored (ours)."""
        if isinstance(error, ArchiveError):
            self._spider.stop_with(error)
            return
        if isinstance(error, Abandoned):  # it is captured: the next start reads it
            self._spider.tally.deferred["stopping"] += 1
            self._frontier.finished(item.candidate_id)
            return
        if isinstance(error, ReadFault) and item.candidate_id is not None:
            meta = {"candidate_id": item.candidate_id, "tries": 99, "fetches": item.fetches}
            task = asyncio.ensure_future(self._fail(meta, f"read_{error.cause}", 200))
            task.add_done_callback(lambda done: done.exception())
            return
        self._spider.tally.faults.append(f"{item.page.url}: {type(error).__name__}: {error}"[:300])
        self._frontier.finished(item.candidate_id)


def _fault(response: Response, body: bytes) -> str | None:
    """Why a 200 answer is no page."""
    if response.status != 200:
        return None
    if "dataloss" in response.flags:
        return "truncated"
    if "encoding" in response.flags:
        return "encoding"
    return None if body.strip() else "empty"


def _header(response: Response, name: str) -> str | None:
    value = response.headers.get(name)
    return value.decode("latin-1") if value is not None else None
