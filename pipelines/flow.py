"""From a stored capture to a stored article: the one implementation that crawl, import and reprocess share.

read (in a worker process) -> normalise -> mark -> store. The first three are pure and run together in the
worker; storing is one job of the archive's writer thread.
"""

from __future__ import annotations

import dataclasses
from concurrent.futures import Future
from typing import Any

from pipelines.rules import SiteRules
from pipelines.workers import WorkerPool
from storage.records import Page, Reading
from storage.writer import ArchiveWriter, Outcome

_PLAIN_TEXT = "text/plain"


def read_page(page: Page, rules: SiteRules) -> Reading:
    """Read one page into what will be stored. Pure; called in a worker process.

    The plain text of a page is read by its lines, everything else as HTML. Captures older than a
    site's change of layout are read with the rules of their day.
    """
    from pipelines.article import EXTRACTOR_VERSION, read_article, read_text
    from pipelines.duplicates import content_digest, text_digest
    from pipelines.urls import identity

    rules = rules_of_day(page, rules)
    is_text = (page.content_type or "").partition(";")[0].strip().lower() == _PLAIN_TEXT
    article = (read_text if is_text else read_article)(page, rules)
    digest, content = content_digest(article)
    return Reading(
        article=article,
        identity=identity(page.url, rules),
        content_digest=digest,
        content_json=content,
        text_digest=text_digest(article),
        extractor=EXTRACTOR_VERSION,
        fetched_at=page.fetched_at,
    )


def rules_of_day(page: Page, rules: SiteRules) -> SiteRules:
    """The rules that were right when the page was fetched."""
    day = page.fetched_at.date()
    for former in sorted(rules.former_rules, key=lambda former: former.until):
        if day < former.until:
            return former.rules
    return rules


class Flow:
    """Reading and storing for one archive: a pool of readers and the archive's writer."""

    def __init__(self, pool: WorkerPool, writer: ArchiveWriter) -> None:
        self.pool = pool
        self.writer = writer

    def read(self, page: Page, rules: SiteRules) -> Future[Reading]:
        """Read a page in a worker. The future raises ReadTimeout, ReadCrash or ReadError."""
        return self.pool.call("pipelines.flow:read_page", page, rules)

    def store(
        self, reading: Reading, site_id: int, capture_id: int | None, candidate_id: int | None = None
    ) -> Future[Outcome]:
        """Store a reading in one transaction with its candidate's row."""
        tied = dataclasses.replace(reading, capture_id=capture_id, candidate_id=candidate_id)
        return self.writer.store(tied, site_id)

    def call(self, function: str, *args: Any) -> Future[Any]:
        """Run another pure function ("module:function") in a worker: feeds and sitemaps are hostile too."""
        return self.pool.call(function, *args)
