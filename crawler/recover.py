"""What an earlier run fetched and did not get to read is read before anything is fetched."""

from __future__ import annotations

from concurrent.futures import Future
from typing import TYPE_CHECKING

from crawler.session import CrawlSession
from pipelines.workers import ReadFault
from storage import repository
from storage.captures import read_capture
from storage.records import Page
from storage.writer import Outcome

if TYPE_CHECKING:
    from crawler.news import NewsSpider


def read_what_is_left(session: CrawlSession, site: type[NewsSpider]) -> int:
    """Read and store captured candidates of a site. Returns how many there were."""
    site_id = session.archive.patiently(lambda db: repository.site_id(db, site.name))
    rows = []
    if site_id is not None:
        rows = session.archive.patiently(lambda db: repository.captured_candidates(db, site_id))
    waiting: list[Future[Outcome]] = []
    for row in rows:
        stored = read_capture(session.archive, row.capture)
        page = Page(stored.url, stored.payload, stored.fetched_at, stored.content_type, stored.status)
        try:
            reading = session.flow.read(page, site.rules).result()
        except ReadFault as fault:
            _mark_failed(session, row.id, f"read_{fault.cause}")
            continue
        assert site_id is not None
        waiting.append(session.flow.store(reading, site_id, row.capture.id, row.id))
    for future in waiting:
        future.result()
    return len(rows)


def _mark_failed(session: CrawlSession, candidate_id: int, cause: str) -> None:
    now = session.clock()
    session.writer.call(
        lambda db: repository.mark_candidate(db, candidate_id, "failed", reason=cause, now=now)
    ).result()
