"""`hemero reprocess`: stored captures read again with today's rules, compared, and stored."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from cli.comparing import Comparison, compare, compare_contents
from cli.reading import open_pool
from cli.stored_pages import Again, StoredRules, ToRead, read_again
from storage import repository, reprocess
from storage.access import shared
from storage.archive import Archive
from storage.models import Article, Revision, Site
from storage.records import Reading
from storage.stored import load_article

if TYPE_CHECKING:
    from cli.declared import Declared
    from storage.reprocess import Stored

BATCH = 50


@dataclass(frozen=True, slots=True)
class Result:
    """What a new reading makes of one revision, or of a page that no article came of."""

    stored: Stored
    verdict: str  # unchanged, better, different, worse, failed
    comparison: Comparison | None = None
    title: str | None = None
    error: str | None = None
    reading: Reading | None = None  # to be stored

    def as_dict(self) -> dict[str, Any]:
        found = self.comparison or Comparison("unchanged")
        return {
            "verdict": self.verdict,
            "article": self.stored.article_id,
            "revision": self.stored.number or None,
            "site": self.stored.site,
            "url": self.stored.url,
            "title": self.title,
            "better": list(found.better),
            "worse": list(found.worse),
            "different": list(found.different),
            "error": self.error,
        }


class Reprocessor:
    """One pass over the stored pages of an archive."""

    def __init__(self, archive: Archive, declared: Declared, site: str | None, *, generic: bool) -> None:
        self._archive, self._declared, self._site = archive, declared, site
        self._rules, self._generic = StoredRules(declared), generic
        self.counts: Counter[str] = Counter()

    def run(self, *, dry_run: bool, on_result: Callable[[Result], None]) -> None:
        """Read everything again; without `dry_run` store it.

        Raises:
            ArchiveBusy: the archive is being rebuilt, moved or redacted.
        """
        folder = self._archive.folder
        with nullcontext() if dry_run else shared(folder), open_pool(self._declared.config) as pool:
            pages = reprocess.stored_pages(self._archive, self._site)
            items = (
                ToRead(page, page.capture_id, page.site, page.url, page.kind) for page in self._checked(pages)
            )
            results = (self._judged(again) for again in read_again(self._archive, pool, self._rules, items))
            self._take(results, dry_run, on_result)

    def total(self) -> int:
        """Pages there are to read, about."""
        with self._archive.read() as session:
            query = (
                select(func.count()).select_from(Revision).join(Article, Article.id == Revision.article_id)
            )
            if self._site is not None:
                query = query.join(Site, Site.id == Article.site_id).where(Site.name == self._site)
            return session.scalar(query) or 0

    def _checked(self, pages: Iterable[Stored]) -> Iterator[Stored]:
        known: set[str] = set()
        for page in pages:
            if page.site not in known and not self._generic:
                self._rules.require([(page.site, page.url)])
                known.add(page.site)
            yield page

    def _judged(self, again: Again) -> Result:
        page: Stored = again.owner
        if again.reading is None:
            return Result(page, "failed", error=again.error)
        is_article = again.reading.article.page_type == "article"
        if page.article_id is None:
            if not is_article:
                return Result(page, "unchanged")
            tied = dataclasses.replace(
                again.reading, capture_id=page.capture_id, candidate_id=page.candidate_id
            )
            return Result(
                page, "better", Comparison("better", ("article",)), tied.article.title, reading=tied
            )
        return self._of_article(page, again.reading, page.article_id, is_article=is_article)

    def _of_article(self, page: Stored, reading: Reading, article_id: int, *, is_article: bool) -> Result:
        with self._archive.read() as session:
            stored = load_article(session, article_id)
            content = session.scalar(
                select(Revision.content).where(
                    Revision.article_id == article_id, Revision.number == page.number
                )
            )
        title = stored.article.title if stored is not None else None
        if stored is None or not is_article:
            worse = Comparison("worse", worse=("article",))
            return Result(
                page, "worse", worse, title, "the page no longer reads as an article: left as it is"
            )
        tied = dataclasses.replace(reading, capture_id=page.capture_id, identity=page.identity)
        if page.is_current:
            corrected = reprocess.corrected(self._archive, article_id, tied)
            found = compare(stored.article, corrected.article, _fields(page))
        else:
            found = compare_contents(content or "{}", reading.content_json)
        return Result(page, found.verdict, found, title, reading=tied)

    def _take(self, results: Iterator[Result], dry_run: bool, on_result: Callable[[Result], None]) -> None:
        group: list[Result] = []
        for result in results:
            self.counts[result.verdict] += 1
            on_result(result)
            if not dry_run and result.reading is not None:
                group.append(result)
            if len(group) >= BATCH:
                self._store(group)
                group = []
        self._store(group)

    def _store(self, group: list[Result]) -> None:
        """Group by group: killed in between, the rest is read by the next call."""
        if not group:
            return
        items = [(result.stored, result.reading) for result in group if result.reading is not None]
        with self._archive.write() as session:
            reprocess.store_again(session, items, datetime.now(UTC))


def _fields(page: Stored) -> Callable[[str], bool]:
    """Which fields count: what is linked stands on the newest page, the text on the current one."""
    if page.only_links:
        return lambda name: name == "related"
    return lambda name: page.has_links or name != "related"


def note_run(archive: Archive, counts: Counter[str], started: datetime, message: str) -> None:
    """One row of `runs` for the whole pass."""
    values = {
        "seen": counts.total(),
        "changed": counts["better"] + counts["different"] + counts["worse"],
        "unchanged": counts["unchanged"],
        "failed": counts["failed"],
        **{f"reread_{name}": number for name, number in counts.items()},
    }
    with archive.write() as session:
        run = repository.start_run(session, None, "reprocess", started)
        repository.finish_run(session, run, values, "done", 0, message, datetime.now(UTC))
