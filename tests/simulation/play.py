"""Runs of the real frontier, channels, verdict and database against the played sites, with its own clock."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from pkgutil import resolve_name
from types import SimpleNamespace
from typing import Any

from scrapy import signals
from scrapy.http import HtmlResponse, Request, Response
from sqlalchemy import update
from sqlalchemy.orm import Session

from crawler.config import Config, CrawlSettings
from crawler.news import NewsSpider
from crawler.session import CrawlOptions, CrawlSession
from pipelines.rules import SiteRules
from storage import repository
from storage.archive import Archive
from storage.models import Candidate
from storage.records import Article, Attribution, Date, Evidence, Page, Reading
from tests.simulation.world import Site, Unreachable, answer

OLD = SiteRules(article_url=r"^/article/(\d+)", article_key="article/{0}")
MENDED = dataclasses.replace(OLD, date=("time.nouveau",))
CONFIG = Config(crawl=CrawlSettings(contact="simulation@example.org", revisit_hours=(1, 24)))


@dataclass(frozen=True, slots=True)
class Played:
    """What one run did and said."""

    site: str
    at: datetime
    state: str
    exit_code: int
    message: str
    requests: int
    stored: int  # pages read and stored as new or changed
    statuses: tuple[int, ...]


class PlayedSession(CrawlSession):
    """A session without processes, threads and captures: one transaction a run."""

    def __post_init__(self) -> None:
        self.user_agent = self.config.user_agent
        self.pool: Any = SimpleNamespace(processes=1)
        self.flow: Any = SimpleNamespace(call=_at_once, turn=lambda _: nullcontext())
        self.db: Session | None = None

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        with self.archive.write() as self.db:
            yield

    async def write(self, function: Callable[[Session], Any]) -> Any:
        assert self.db is not None
        result = function(self.db)
        self.db.flush()
        return result

    read = write


def _at_once(name: str, *arguments: Any) -> Future[Any]:
    done: Future[Any] = Future()
    done.set_result(resolve_name(name)(*arguments))
    return done


class PlayedSignals:
    """What Scrapy's signal manager is to a spider's run."""

    def __init__(self) -> None:
        self._handlers: dict[object, list[Callable[..., Any]]] = defaultdict(list)

    def connect(self, handler: Callable[..., Any], signal: object) -> None:
        self._handlers[signal].append(handler)

    def send(self, signal: object, **values: Any) -> None:
        for handler in self._handlers[signal]:
            handler(**values)


class Player:
    """Plays runs one after the other; what happened stands in `played`."""

    def __init__(self, archive: Archive, sites: list[Site]) -> None:
        self.now = datetime.min.replace(tzinfo=UTC)
        self.sites = sites
        self.played: list[Played] = []
        self._session = PlayedSession(archive, CONFIG, CrawlOptions(), clock=lambda: self.now)
        self._classes = {(site.name, mended): _declare(site, mended) for site in sites for mended in (0, 1)}

    def run_all(self, at: datetime) -> None:
        self.now = at
        for site in self.sites:
            asyncio.run(self._run(site))

    async def _run(self, site: Site) -> None:
        mended = any(t.kind == "redesign" and t.until <= self.now for t in site.troubles)
        made = PlayedSignals()
        crawler: Any = SimpleNamespace(signals=made, settings={}, engine=None)
        declared = self._classes[site.name, int(mended)]
        spider = declared.from_crawler(crawler, session=self._session)
        statuses: list[int] = []
        with self._session.transaction():
            async for request in spider.start():
                statuses.append(await self._play(spider, made, site, request))
            await spider.run.close("finished")
        verdict, tally = spider.run.verdict, spider.tally
        assert verdict is not None
        assert not tally.faults, tally.faults
        self.played.append(
            Played(
                site.name,
                self.now,
                verdict.state,
                verdict.exit_code,
                verdict.message,
                len(statuses),
                tally.new + tally.changed,
                tuple(statuses),
            )
        )

    async def _play(self, spider: NewsSpider, made: PlayedSignals, site: Site, request: Request) -> int:
        try:
            given = answer(site, request.url, _condition(request), self.now)
        except Unreachable as error:
            await spider.request_failed(SimpleNamespace(request=request, value=error))
            return 0
        response = _response(request, given.status, given.body, given.etag)
        if request.meta["role"] == "channel":
            await spider.parse_channel(response)
            return given.status
        async for item in spider.parse_article(response):
            reading = dataclasses.replace(
                _reading(site, spider.rules, item.page, self.now),
                candidate_id=item.candidate_id,
                next_visit_at=item.next_visit_at,
            )
            outcome = await self._session.write(
                lambda db, item=item, reading=reading: _store(db, item, reading, given.etag, self.now)
            )
            made.send(signals.item_scraped, item=dataclasses.replace(item, outcome=outcome))
        return given.status


def _declare(site: Site, mended: int) -> type[NewsSpider]:
    declared = {
        "name": site.name,
        "title": site.name.title(),
        "country": site.country,
        "timezone": site.timezone,
        "start_urls": (site.home,),
        "feeds": (f"{site.home}feed",),
        "rules": MENDED if mended else OLD,
    }
    return type(site.name, (NewsSpider,), declared)


def _condition(request: Request) -> str | None:
    value = request.headers.get("If-None-Match")
    return value.decode() if value is not None else None


def _response(request: Request, status: int, body: bytes, etag: str | None) -> Response:
    headers = {"Content-Type": "application/rss+xml" if request.url.endswith("/feed") else "text/html"}
    if etag is not None:
        headers["ETag"] = etag
    if status != 304:
        request.meta["digest"] = hashlib.sha256(body).hexdigest()
    return HtmlResponse(request.url, status=status, headers=headers, body=body, request=request)


def _store(db: Session, item: Any, reading: Reading, etag: str | None, now: datetime) -> Any:
    db.execute(update(Candidate).where(Candidate.id == item.candidate_id).values(etag=etag))
    return repository.store_reading(db, item.site_id, reading, item.run_id, now)


def _reading(site: Site, rules: SiteRules, page: Page, now: datetime) -> Reading:
    """What a reader makes of a page: in the new layout the old rules find neither date nor credit."""
    number, version, layout = page.body.decode().split()
    story = site.by_url[page.url]
    found = layout == "old" or bool(rules.date)
    rule = "time.nouveau" if rules.date else "line:head"
    published = _date(story.published, site, rule) if found else None
    credit = Attribution("republication", outlets=("Atlas Info",), raw="SOURCE WEB Par Atlas Info")
    text = f"Texte {number} de {site.name}, état {version}. " + "Une phrase de plus. " * (
        20 + int(number) % 30
    )
    evidence = [Evidence("title", f"Titre {number}", "h1")]
    if found:
        evidence.append(Evidence("published", str(story.published), rule))
        evidence.append(Evidence("attributions", "Atlas Info", "tail:source_web"))
    article = Article(
        page.url,
        "article",
        site=site.name,
        title=f"Titre {number}",
        body=text,
        language="fr",
        published=published,
        attributions=(credit,) if found else (),
        evidence=tuple(evidence),
    )
    content = f"{text}{published}"
    return Reading(
        article,
        identity=_digest(f"{site.name}\0article/{number}"),
        content_digest=_digest(content),
        text_digest=_digest(text),
        extractor="1",
        fetched_at=now,
        content_json="{}",
    )


def _date(moment: datetime, site: Site, rule: str) -> Date:
    from zoneinfo import ZoneInfo

    local = moment.astimezone(ZoneInfo(site.timezone)).replace(microsecond=0)
    naive = local.replace(tzinfo=None)
    return Date(local.date(), "minute", naive, site.timezone, True, moment, str(naive), rule)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
