"""The channels of one site's run: which are asked, and what follows from their answers.

Their links are rows before any of them is fetched. A listing is followed from page to page until one brings
nothing that was not known when it was last read to its end: after an outage of a week that is page thirty.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from datetime import timedelta
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

from scrapy import Request

from crawler.archive import FAULTS
from crawler.backfill import WalkBack
from crawler.channel_reading import PARSERS, ChannelReader
from crawler.channel_rows import ChannelRows
from crawler.discovery.found import ChannelKind, Found
from crawler.hindsight import reader
from crawler.politeness.causes import cause_of
from crawler.polled import PAGED, Channel, Visit
from crawler.schedule import LONGEST_POLL
from crawler.stopping import Abandoned
from crawler.traps import Patterns, pattern
from pipelines.urls import canonical_url
from pipelines.workers import ReadFault
from storage import repository
from storage.health import last_reader
from storage.walks import count_known, raise_candidates

if TYPE_CHECKING:
    from scrapy.http import Response
    from sqlalchemy.orm import Session

    from crawler.news import NewsSpider
    from storage.records import Candidate

MAX_CHANNELS = 300  # asked in one run
MAX_DEPTH = 3  # indexes that lead to a sitemap, listings that lead to a listing
CATCH_UP_PAGES = 200  # of a listing in one run, after an outage
API_PAGES = 2  # of a hundred posts, where the site is new
_END = {400, 404, 410}  # for a page after the first: there is none


class Channels:
    """Which channels to ask in this run, and what they answered."""

    def __init__(self, spider: NewsSpider) -> None:
        self._spider = spider
        self._session = spider.session
        self._reader = ChannelReader(spider)
        self._queue: deque[Visit] = deque()
        self._asked: set[str] = set()
        self._sitemaps = 0
        self._rows: dict[str, Any] = {}
        self._patterns = Patterns()
        self._notes = ChannelRows(spider)
        self._walk = WalkBack(spider, self._notes)
        self.in_flight = 0
        self.answers_304 = False  # this server knows conditional requests

    async def load(self) -> None:
        """Declared channels, then those that earlier runs found, longest not asked first."""
        spider = self._spider
        if not self._session.options.urls:
            await self._forget_what_other_rules_read()
        rows = await self._session.read(lambda db: repository.channels(db, spider.site_id))
        self._rows = {row.url: row for row in rows}
        kinds: tuple[tuple[ChannelKind, Iterable[str]], ...] = (
            ("listing", spider.start_urls),
            ("feed", spider.feeds),
            ("sitemap", spider.sitemaps),
            ("listing", spider.listings),
        )
        for kind, urls in kinds:
            self.add(((kind, url) for url in urls), declared=True)
        asked = [row for row in rows if row.last_fetched_at is not None]
        for row in sorted(asked, key=lambda row: (row.kind != "feed", row.last_fetched_at)):
            if row.kind == "listing" and row.depth:
                self._patterns.note(row.url)
            self.add([(cast(ChannelKind, row.kind), row.url)], depth=row.depth)

    async def _forget_what_other_rules_read(self) -> None:
        """Where the declaration has changed, the same bytes may mean more: whichever run comes to them reads
        them again.
        """
        site, now = self._spider.site_id, self._session.clock()
        last = await self._session.read(lambda db: last_reader(db, site, now))
        if last is not None and last != reader(type(self._spider)):
            await self._session.write(lambda db: repository.forget_answers(db, site, tuple(PARSERS)))

    def add(
        self, channels: Iterable[tuple[ChannelKind, str]], depth: int = 0, *, declared: bool = False
    ) -> int:
        """Ask these too, each once a run; channels of other hosts are passed over. Returns how many were left
        out because of a bound."""
        if self._session.options.urls:
            return 0
        before = self._spider.tally.left_out.total()
        for kind, url in channels:
            target = canonical_url(url) or url
            if self._is_wanted(kind, target) and (declared or self._is_within(kind, target, depth)):
                self._asked.add(target)
                self._queue.append(Visit(self._channel(kind, target, depth, declared)))
        if hasattr(self._spider, "frontier"):
            self._spider.frontier.wake()
        return self._spider.tally.left_out.total() - before

    def _is_wanted(self, kind: str, target: str) -> bool:
        host = (urlsplit(target).hostname or "").lower()
        if kind not in PARSERS or target in self._asked or not self._spider.is_own_host(host):
            return False
        row = self._rows.get(target)
        if row is None or row.next_fetch_at is None:
            return True
        now = self._session.clock()
        if row.last_fetched_at is not None and row.last_fetched_at > now:
            return True  # the clock was set back since
        return not timedelta(0) < row.next_fetch_at - now <= LONGEST_POLL

    def _is_within(self, kind: str, target: str, depth: int) -> bool:
        """The bounds of one run. What is beyond is counted, not logged: cron would mail it every hour."""
        left_out = self._spider.tally.left_out
        if kind in ("sitemap", "listing") and depth > MAX_DEPTH:
            left_out[f"deep_{kind}s"] += 1
            if kind == "listing" and target not in self._rows:
                self._spider.tally.traps[pattern(target)[:200]] += 1
        elif kind == "sitemap" and self._sitemaps >= self._session.config.crawl.max_sitemaps:
            left_out["sitemaps"] += 1
        elif kind == "listing" and depth and target not in self._rows and not self._patterns.admits(target):
            left_out["endless_addresses"] += 1
            self._spider.tally.traps.update(self._patterns.cut)
            self._patterns.cut.clear()
        elif len(self._asked) >= MAX_CHANNELS:
            left_out["channels"] += 1
        else:
            self._sitemaps += kind == "sitemap"
            return True
        return False

    def _channel(self, kind: ChannelKind, url: str, depth: int, declared: bool) -> Channel:
        row = self._rows.get(url)
        channel = Channel(kind, url, depth) if row is None else Channel.of_row(row)
        channel.kind, channel.declared = kind, declared
        return channel

    # --- asking -----------------------------------------------------------------------------------

    def next_request(self) -> Request | None:
        if not self._queue:
            return None
        visit = self._queue.popleft()
        self.in_flight += 1
        channel = visit.channel
        if not visit.back:
            usual = channel.links if visit.page == 1 else None
            self._spider.tally.note_channel(visit.url, channel.kind, usual_links=usual)
        return Request(
            visit.url,
            headers=visit.conditions,
            callback=self._spider.parse_channel,
            errback=self._spider.request_failed,
            dont_filter=True,
            priority=1000,
            meta={"role": "channel", "visit": visit, "known_digest": visit.known_digest},
        )

    async def walk_back(self) -> bool:
        """Ask for the next page of a backfill; False when none is left, or enough were asked in this run."""
        visit = await self._walk.next_visit()
        if visit is not None:
            self._queue.append(visit)
        return visit is not None

    # --- answers ----------------------------------------------------------------------------------

    async def answered(self, response: Response) -> None:
        """Read the channel, save what is new, follow its next page while pages bring something new."""
        visit: Visit = response.meta["visit"]
        try:
            if response.status == 304 and visit.conditions:
                self.answers_304 = True
                await self._unchanged(visit, response)
            elif response.status == 200 and not FAULTS & set(response.flags):
                if visit.known_digest and response.meta.get("digest") == visit.known_digest:
                    await self._unchanged(visit, response)
                else:
                    await self._read(visit, response)
            else:
                await self._refused(visit, response.status)
        except ReadFault as fault:  # hostile or broken beyond reading: the channel's fault, not the run's
            self._note(visit, error=f"read_{fault.cause}")
            await self._notes.failed(visit, response.status)
        except Abandoned:
            self._note(visit, error="stopping")
        finally:
            self.in_flight -= 1

    def failed(self, request: Request, error: Exception) -> None:
        self._note(request.meta["visit"], error=cause_of(error))
        self.in_flight -= 1

    def _note(self, visit: Visit, **values: Any) -> None:
        if not visit.back:
            self._spider.tally.note_channel(visit.url, visit.channel.kind, **values)

    async def _unchanged(self, visit: Visit, response: Response) -> None:
        """304, or the same bytes: nothing new was said."""
        links = None if response.status == 304 else visit.channel.links
        self._note(visit, status=response.status, links=links)
        visit.remember(response, visit.channel.links)
        await self._notes.finished(visit)

    async def _refused(self, visit: Visit, status: int) -> None:
        cut = status == 200
        self._note(visit, status=None if cut else status, error="truncated" if cut else None)
        if visit.back:
            await self._walk.refused(visit, status)
        elif visit.page > 1 and status in _END:
            await self._notes.finished(visit)
        else:
            await self._notes.failed(visit, status)

    async def _read(self, visit: Visit, response: Response) -> None:
        found = await self._reader.read(visit, response)
        candidates = self._reader.candidates(visit, found.links)
        unknown, new = await self._save_candidates(visit, candidates)
        links = len(candidates) + (len(found.channels) if visit.channel.kind == "sitemap" else 0)
        self._note(visit, status=200, links=links, warnings=found.warnings)
        self._spider.tally.discovered += new
        if visit.page == 1:
            visit.remember(response, links)
        if visit.back:
            await self._walk.read(visit, found, candidates)
            return
        left_out = self.add(found.channels, depth=visit.channel.depth + 1)
        if self._goes_on(visit, found, candidates, unknown):
            visit.page, visit.url = visit.page + 1, cast(str, found.next_page)
            self._asked.add(visit.url)
            self._queue.append(visit)
        else:
            whole = not left_out and "sitemap_cut" not in found.warnings
            await self._notes.finished(visit, next_page=found.next_page, whole=whole)

    async def _save_candidates(self, visit: Visit, candidates: list[Candidate]) -> tuple[int, int]:
        """How many were not known when the channel was last read to its end; how many not at all."""
        if not candidates:
            return 0, 0
        now, site_id = self._session.clock(), self._spider.site_id
        moment = visit.channel.caught_up_at or self._spider.run.started_at
        counted = visit.channel.kind in PAGED and not visit.back

        def save(db: Session) -> tuple[int, int]:
            known = count_known(db, candidates, moment) if counted else 0
            raise_candidates(db, candidates, now)
            return len(candidates) - known, repository.save_candidates(db, site_id, candidates, now)

        return await self._session.write(save)

    def _goes_on(self, visit: Visit, found: Found, candidates: list[Candidate], unknown: int) -> bool:
        """Whether the next page is asked for."""
        if visit.channel.kind not in PAGED or not self._is_next(found.next_page) or not unknown:
            return False
        if visit.repeats(frozenset(candidate.identity for candidate in candidates)):
            self._spider.tally.left_out["circling_pages"] += 1
            return False
        limit = self._spider.max_listing_pages or self._session.config.crawl.max_listing_pages
        if visit.channel.kind == "api":
            limit = min(limit, API_PAGES)
        if visit.channel.caught_up_at is not None:
            limit = CATCH_UP_PAGES
        if visit.page < limit:
            return True
        self._spider.tally.left_out["pages"] += visit.channel.caught_up_at is not None
        return False

    def _is_next(self, url: str | None) -> bool:
        """Another page of this site that was not asked for in this run."""
        if url is None or url in self._asked:
            return False
        return self._spider.is_own_host((urlsplit(url).hostname or "").lower())
