"""One `hemero crawl`: recover, read what is left, crawl every site, say what happened."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from crawler.config import Config, NotifySettings
from crawler.limits import raise_open_files
from crawler.locks import Locked, SiteLock
from crawler.news import NewsSpider
from crawler.notify import Notifier
from crawler.process import CrawlProcess, make_process
from crawler.recover import read_what_is_left
from crawler.session import RELEASED, CrawlOptions, CrawlSession, WrongClock, utc_now
from crawler.tally import Tally
from crawler.verdict import FAULT, LOCKED, NEEDS_PERSON, SITE_FAILED, Verdict, worst
from pipelines.outlets import source_table
from storage import notices, repository
from storage.archive import Archive, open_archive
from storage.captures import recover
from storage.errors import ArchiveError
from storage.opening import check_pages
from storage.site_holds import SiteHolds

CHECK_SECONDS = 2.0  # of a start, for the pages of the database
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SiteSummary:
    """What one site's run did."""

    site: str
    state: str
    exit_code: int
    message: str
    seconds: float
    counts: dict[str, Any] = field(default_factory=dict)
    run_id: int | None = None
    saved: tuple[tuple[str, int | None, Any], ...] = ()  # URL, capture id, outcome of pages asked for by name
    is_news: bool = True  # False: the run before ended in the same trouble, and said so


@dataclass(frozen=True, slots=True)
class CrawlResult:
    exit_code: int
    summaries: tuple[SiteSummary, ...]


def prepare_archive(folder: Path, database_url: str | None = None) -> Archive:
    """Open or make the archive, repair what a dead run left, load the outlet table.

    Raises:
        ArchiveError: the folder or the database cannot be used.
    """
    raise_open_files()
    archive = open_archive(folder, create=True, database_url=database_url)
    try:
        check_pages(archive, CHECK_SECONDS)
        repaired = archive.again(lambda: recover(archive))
        if repaired.anything:
            logger.warning("%s", repaired.sentence)
        archive.again(lambda: _load_sources(archive))
    except BaseException:
        archive.close()
        raise
    return archive


def _load_sources(archive: Archive) -> None:
    with archive.write() as db:
        repository.load_sources(db, source_table())


def run_crawl(
    archive: Archive,
    sites: Sequence[type[NewsSpider]],
    options: CrawlOptions,
    config: Config,
    *,
    on_progress: Callable[[dict[str, Tally]], None] | None = None,
    settings: dict[str, Any] | None = None,
    clock: Callable[[], datetime] = utc_now,
) -> CrawlResult:
    """Crawl these sites, each as one run, and judge them. Once a process: Scrapy's reactor cannot restart.

    Args:
        on_progress: called with the tallies by site after every finished page.
        settings: Scrapy settings on top of crawler.settings.
        clock: what time it is, aware.

    Raises:
        ArchiveError: the archive failed; every page acknowledged before is on disk.
        WrongClock: the clock cannot be right; nothing was asked for.
    """
    if clock() < RELEASED:
        raise WrongClock(f"the clock says {clock():%Y-%m-%d %H:%M} UTC: set it, then crawl")
    session = CrawlSession(archive, config, options, clock)
    holds = SiteHolds(archive)
    notifier = Notifier(config.notify if not options.urls else NotifySettings(), archive)
    locks: dict[str, SiteLock] = {}
    try:
        locked = _lock(session, sites, holds, locks)
        process = make_process(session, settings or {})
        if locks:
            notifier.started()
        _crawl(process, session, [site for site in sites if site.name in locks], on_progress)
        session.close()
        result = _with_news(archive, _result(process, locked))
        notifier.finished(result.exit_code, result.summaries)
    except BaseException as error:
        notifier.failed(error)
        raise
    finally:
        session.close()
        holds.close()
        for lock in locks.values():
            lock.release()
    return result


def _crawl(
    process: CrawlProcess,
    session: CrawlSession,
    sites: Sequence[type[NewsSpider]],
    on_progress: Callable[[dict[str, Tally]], None] | None,
) -> None:
    """Read what the last runs of these sites left, then crawl them all at once until the last has ended."""
    for site in sites:
        _close_dead_runs(session, site)
        read_what_is_left(session, site)
        process.crawl(site, session=session)
    crawlers = list(process.crawlers)
    if on_progress is not None:
        session.on_progress = lambda: on_progress(_tallies(crawlers))
    if crawlers:
        process.start()
    if process.killed:
        _note_killed(session, crawlers)


def _lock(
    session: CrawlSession,
    sites: Sequence[type[NewsSpider]],
    holds: SiteHolds,
    locks: dict[str, SiteLock],
) -> list[SiteSummary]:
    """Fill `locks` with those of the sites that nobody else works on; returns what to say of the others."""
    locked: list[SiteSummary] = []
    for site in sites:
        lock = SiteLock(session.archive.folder, site.name, holds)
        try:
            lock.acquire(session.clock())
            locks[site.name] = lock
        except Locked as error:
            locked.append(SiteSummary(site.name, "locked", LOCKED, str(error), 0.0))
    return locked


def _close_dead_runs(session: CrawlSession, site: type[NewsSpider]) -> None:
    """We hold the site's lock: a run of it that has no end died without a word."""

    def close() -> None:
        with session.archive.write() as db:
            site_id = repository.site_id(db, site.name)
            if site_id is not None:
                repository.close_dead_runs(db, site_id, session.clock())

    session.archive.again(close)


def _tallies(crawlers: Sequence[Any]) -> dict[str, Tally]:
    return {crawler.spider.name: crawler.spider.tally for crawler in crawlers if crawler.spider is not None}


def _note_killed(session: CrawlSession, crawlers: Sequence[Any]) -> None:
    """Runs that a second signal ended have a row that says so."""
    for crawler in crawlers:
        spider: NewsSpider | None = crawler.spider
        if spider is None or spider.run.verdict is not None or not hasattr(spider, "run_id"):
            continue
        verdict = spider.run.verdict = Verdict("stopped", 0, "stopped at once by a second signal")
        counts, run_id = spider.tally.as_dict(), spider.run_id
        session.writer.call(
            lambda db, run_id=run_id, counts=counts, verdict=verdict: repository.finish_run(  # type: ignore[misc]
                db, run_id, counts, verdict.state, verdict.exit_code, verdict.message, session.clock()
            )
        ).result()


def _result(process: CrawlProcess, locked: list[SiteSummary]) -> CrawlResult:
    summaries = [*locked, *(_summary(crawler) for crawler in process.finished)]
    code = worst([summary.exit_code for summary in summaries])
    if process.signal_number is not None and (process.killed or code in (0, NEEDS_PERSON)):
        code = 128 + process.signal_number
    return CrawlResult(code, tuple(summaries))


def _with_news(archive: Archive, result: CrawlResult) -> CrawlResult:
    """A trouble that stands since the run before is no news: it was said then."""
    troubles = [each for each in result.summaries if each.exit_code in (SITE_FAILED, NEEDS_PERSON)]
    if not troubles:
        return result
    try:
        said = archive.patiently(lambda db: {each.site for each in troubles if _was_said(db, each)})
    except ArchiveError as error:  # all is stored; to say a trouble twice is better than to hide it
        logger.warning("whether a trouble is news is not known: %s", error)
        return result
    summaries = (replace(each, is_news=each.site not in said) for each in result.summaries)
    return CrawlResult(result.exit_code, tuple(summaries))


def _was_said(db: Session, summary: SiteSummary) -> bool:
    site_id = repository.site_id(db, summary.site)
    before = None if site_id is None else notices.run_before(db, site_id, summary.run_id)
    return before is not None and (before.state, before.exit_code) == (summary.state, summary.exit_code)


def _summary(crawler: Any) -> SiteSummary:
    """What one site's run did; a run that could not even begin is a fault, never silence.

    Raises:
        ArchiveError: what the run ended with, where the archive failed.
    """
    spider: NewsSpider | None = crawler.spider
    if spider is None:
        return SiteSummary(crawler.spidercls.name, "fault", FAULT, "the run could not begin", 0.0)
    if spider.run.error is not None:
        raise spider.run.error
    verdict = spider.run.verdict or Verdict("fault", FAULT, "the run did not come to its end")
    return SiteSummary(
        spider.name,
        verdict.state,
        verdict.exit_code,
        verdict.message,
        round(spider.run.seconds, 3),
        spider.tally.as_dict() | {"readings": spider.run.readings},
        getattr(spider, "run_id", None),
        tuple(spider.tally.saved),
    )
