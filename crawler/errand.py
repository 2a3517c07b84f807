"""A handful of pages fetched for a question: with a crawl's manners, into an archive that is thrown away.

A crawl knows beforehand what it wants; a survey of an unknown site asks for one thing after another. An
errand is that conversation: a coroutine that fetches, reads, and decides what to fetch next. It runs in the
place of the frontier, so robots.txt, delays, bounds, address guard and archive are those of every crawl.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal, TypeVar, cast

from scrapy import Request

from crawler.config import Config
from crawler.news import NewsSpider
from crawler.politeness.causes import cause_of
from pipelines.rules import SiteRules
from storage.records import Page, Reading

if TYPE_CHECKING:
    from scrapy.http import Response

    from crawler.politeness.policy import Policy

MAX_REQUESTS = 60  # of one errand
S = TypeVar("S", bound=type[NewsSpider])


class ErrandError(Exception):
    """The question cannot be answered. The message is one line; the code is the command's."""

    def __init__(self, message: str, exit_code: int = 5) -> None:
        super().__init__(message)
        self.exit_code = exit_code


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of one request. `error` is one word where no whole answer came; a status is no error."""

    asked: str
    url: str  # where redirects led
    status: int | None = None
    body: bytes = b""
    content_type: str | None = None
    fetched_at: datetime | None = None
    error: str | None = None

    @property
    def ok(self) -> bool:
        return self.status == 200 and self.error is None

    @property
    def why(self) -> str:
        """Why there is nothing to read, for a sentence."""
        return self.error.replace("_", " ") if self.error else f"HTTP {self.status}"

    def page(self) -> Page:
        assert self.fetched_at is not None
        return Page(self.url, self.body, self.fetched_at, self.content_type, self.status or 200)


class Errand:
    """One conversation with one site. `work` is called once the run has begun."""

    def __init__(
        self, work: Callable[[Errand], Awaitable[None]], *, tell: Callable[[str], None] | None = None
    ) -> None:
        self._work = work
        self._requests: asyncio.Queue[Request | None] = asyncio.Queue()
        self._waiting: dict[int, asyncio.Future[Answer]] = {}
        self._asked = 0
        self._tell = tell
        self.limit = MAX_REQUESTS
        self.spider: NewsSpider
        self.sitemaps: list[str] = []  # that robots.txt names
        self.crawl_delay: float | None = None
        self.error: BaseException | None = None
        self.done = False

    async def fetch(self, url: str, role: Literal["article", "channel"] = "channel") -> Answer:
        """Ask for one address and wait for what comes of it."""
        if self._asked >= self.limit:
            return Answer(url, url, error="too_many_requests_for_one_survey")
        self._asked += 1
        number = self._asked
        self._waiting[number] = asyncio.get_running_loop().create_future()
        if self._tell is not None:
            self._tell(url)
        request = Request(
            url,
            callback=cast(Any, self.spider).errand_answered,
            errback=cast(Any, self.spider).errand_failed,
            dont_filter=True,
            meta={"role": role, "errand": number, "asked": url},
        )
        self._requests.put_nowait(request)
        return await self._waiting[number]

    async def call(self, function: str, *args: Any) -> Any:
        """Run a pure function ("module:function") in a reader process.

        Raises:
            pipelines.workers.ReadFault: what was fetched cannot be read.
        """
        return await asyncio.wrap_future(self.spider.session.flow.call(function, *args))

    async def read(self, page: Page, rules: SiteRules) -> Reading:
        """Read one page as a crawl would.

        Raises:
            pipelines.workers.ReadFault: it cannot be read.
        """
        return await asyncio.wrap_future(self.spider.session.flow.read(page, rules))

    # --- for the spider ---------------------------------------------------------------------------

    async def requests(self) -> AsyncIterator[Request]:
        """What the work asks for, until it ends."""
        task = asyncio.ensure_future(self._run())
        try:
            while (request := await self._requests.get()) is not None:
                yield request
        finally:
            task.cancel()

    async def _run(self) -> None:
        try:
            await self._work(self)
            self.done = True
        except Exception as error:  # noqa: BLE001  raised again by who sent the errand, once the run has ended
            self.error = error
        finally:
            self._requests.put_nowait(None)

    def answered(self, response: Response) -> None:
        meta = response.meta
        content_type = response.headers.get("Content-Type")
        self._settle(
            meta["errand"],
            Answer(
                meta["asked"],
                response.url,
                response.status,
                response.body,
                content_type.decode("latin-1") if content_type is not None else None,
                meta.get("fetched_at") or self.spider.session.clock(),
                "truncated" if "dataloss" in response.flags else None,
            ),
        )

    def failed(self, request: Request, error: Exception) -> None:
        asked = request.meta["asked"]
        self._settle(request.meta["errand"], Answer(asked, request.url, error=cause_of(error)))

    def _settle(self, number: int, answer: Answer) -> None:
        future = self._waiting.pop(number, None)
        if future is not None and not future.done():
            future.set_result(answer)


class ErrandSpider(NewsSpider):
    """A site whose run is an errand."""

    errand: ClassVar[Errand]

    async def start(self) -> AsyncIterator[Request]:
        await self.run.open()
        self.errand.spider = self
        async for request in self.errand.requests():
            yield request

    async def errand_answered(self, response: Response) -> None:
        self.errand.answered(response)

    async def errand_failed(self, failure: Any) -> None:
        self.errand.failed(failure.request, failure.value)

    def robots_seen(self, origin: str, policy: Policy) -> None:
        super().robots_seen(origin, policy)
        self.errand.sitemaps += policy.sitemaps
        self.errand.crawl_delay = policy.crawl_delay


def send(site: type[NewsSpider], errand: Errand) -> type[NewsSpider]:
    """The site with this errand as its run."""
    return type(site.__name__, (ErrandSpider, site), {"errand": errand})


def run_errands(sites: Sequence[type[NewsSpider]], config: Config, command: str) -> int:
    """Run errands side by side (once a process), and say what they ended with: 0, or 128 + n after a signal.

    An errand's own error stands in `Errand.error`.
    """
    from crawler.runs import prepare_archive, run_crawl
    from crawler.session import CrawlOptions

    urls = tuple(site.start_urls[0] for site in sites)  # pages asked for by name: nobody is told of this run
    with (
        tempfile.TemporaryDirectory(prefix="hemero-") as folder,
        prepare_archive(Path(folder), "sqlite") as archive,
    ):
        result = run_crawl(archive, sites, CrawlOptions(urls=urls, command=command), config)
    return result.exit_code if result.exit_code > 128 else 0
