"""`hemero import`: files in the place of responses, then the same way as a crawled page.

Importing twice equals importing once: a file whose bytes the archive holds under the same URL is not kept
again, and is read again only if an earlier import died before its article was stored.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from cli.inputs import InputError, Saved, load, url_lines
from cli.reading import page_of
from crawler.adhoc import undeclared_site
from crawler.politeness.rights import rights_of
from pipelines.flow import Flow, Job, Kept
from pipelines.rules import SiteRules
from pipelines.urls import canonical_url, identity
from storage import repository
from storage.keys import url_key
from storage.models import Capture as CaptureRow
from storage.models import Revision
from storage.records import Candidate, Capture, Page
from storage.tombstones import redacted

if TYPE_CHECKING:
    from cli.declared import Declared
    from crawler.news import NewsSpider
    from storage.archive import Archive

NO_HOST = "files"  # the site of pages whose URL nobody knows
FAILED_SHARE = 0.10  # of the pages: from there on the exit code says so, as for a crawl


@dataclass(frozen=True)
class Given:
    """What the user said of the files."""

    url: str | None = None
    site: str | None = None
    fetched_at: datetime | None = None


@dataclass
class Report:
    """What became of the files: every page is in exactly one count."""

    counts: Counter[str] = field(
        default_factory=Counter
    )  # new, changed, unchanged, not_article, failed, refused
    urls: int = 0  # noted from lists for the next crawl

    def add(self, file: str, outcome: str, **values: Any) -> dict[str, Any]:
        self.counts[outcome] += 1
        return {"file": file, "outcome": outcome, **values}

    @property
    def seen(self) -> int:
        """Pages; a list of URLs is none."""
        return self.counts.total() - self.counts["urls"]

    @property
    def exit_code(self) -> int:
        return 5 if self.counts["failed"] > FAILED_SHARE * self.seen else 0


class Importer:
    """One import into one archive."""

    def __init__(self, archive: Archive, flow: Flow, declared: Declared, given: Given, now: datetime) -> None:
        self._archive = archive
        self._flow = flow
        self._declared = declared
        self._given = given
        self._now = now
        self._site_ids: dict[str, int] = {}
        self.report = Report()

    def run(self, files: Sequence[Path]) -> Iterator[dict[str, Any]]:
        """One row a file or listed URL: `file`, `outcome`, and what is known of it."""
        pending: list[dict[str, Any]] = []
        for kept in self._flow.keep(self._jobs(files, pending)):
            yield from self._drain(pending)
            yield self._row(kept)
        yield from self._drain(pending)

    def _drain(self, rows: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        while rows:
            yield rows.pop(0)

    def _jobs(self, files: Sequence[Path], settled: list[dict[str, Any]]) -> Iterator[Job]:
        """Pages that are new to the archive; what needs no job goes to `settled`."""
        for path in files:
            try:
                saved = load(path)
            except InputError as error:
                settled.append(self.report.add(str(path), "refused", error=str(error)))
                continue
            if saved.kind == "urls":
                settled.append(self._note_urls(saved))
                continue
            job = self._job(saved)
            known = self._known(job)
            if self._is_redacted(job):
                why = f"{path}: {job.page.url} was redacted and stays away"
                settled.append(self.report.add(str(path), "refused", error=why))
            elif known is None:
                yield job
            else:
                settled.append(self._again(job, *known))

    def _job(self, saved: Saved) -> Job:
        page = page_of(saved, self._given.url, self._given.fetched_at)
        site = self._site(page)
        rules = site.rules if site is not None else SiteRules()
        capture = Capture(
            url=page.url,
            site=rules.site or undeclared_name(page.url),
            status=200,
            headers=((b"Content-Type", saved.content_type.encode()),),
            body=page.body,
            fetched_at=page.fetched_at,
            rights=rights_of((), page.body),
            is_resource=True,
        )
        return Job(str(saved.path), capture, page, rules, self._site_id(site, page.url))

    def _site(self, page: Page) -> type[NewsSpider] | None:
        if self._given.site:
            return self._declared.named(self._given.site)
        return self._declared.of_page(page)

    def _site_id(self, site: type[NewsSpider] | None, url: str) -> int:
        name = site.name if site is not None else undeclared_name(url)
        if name not in self._site_ids:
            self._site_ids[name] = self._flow.writer.call(lambda db: save_row(db, name, site)).result()
        return self._site_ids[name]

    def _is_redacted(self, job: Job) -> bool:
        keys = (identity(job.page.url, job.rules), url_key(job.page.url))
        with self._archive.read() as db:
            return bool(redacted(db.connection(), keys))

    def _known(self, job: Job) -> tuple[int, bool] | None:
        """The capture of the same bytes under the same URL, and whether an article was stored from it."""
        stored = exists(select(Revision.id).where(Revision.capture_id == CaptureRow.id))
        query = (
            select(CaptureRow.id, stored)
            .where(
                CaptureRow.payload_digest == sha256(job.page.body).hexdigest(), CaptureRow.url == job.page.url
            )
            .order_by(stored.desc(), CaptureRow.id)
            .limit(1)
        )
        with self._archive.read() as db:
            row = db.execute(query).first()
        return (row[0], bool(row[1])) if row is not None else None

    def _again(self, job: Job, capture_id: int, stored: bool) -> dict[str, Any]:
        """A file the archive holds already: nothing to do, or the reading that an import did not get to."""
        from pipelines.workers import ReadFault

        if stored:
            return self.report.add(job.name, "unchanged", url=job.page.url)
        try:
            reading = self._flow.read(job.page, job.rules).result()
        except ReadFault as fault:
            return self._row(Kept(job, capture_id, error=f"could not be read ({fault})"))
        outcome = self._flow.store(reading, job.site_id, capture_id).result()
        return self._row(Kept(job, capture_id, reading, outcome))

    def _row(self, kept: Kept) -> dict[str, Any]:
        job = kept.job
        common = {"url": job.page.url, "site": job.capture.site, "capture": kept.capture_id}
        if kept.outcome is None or kept.reading is None:
            return self.report.add(job.name, "failed", **common, error=kept.error)
        title = kept.reading.article.title
        return self.report.add(
            job.name, kept.outcome.kind, **common, article=kept.outcome.article_id, title=title
        )

    def _note_urls(self, saved: Saved) -> dict[str, Any]:
        """The URLs of a list become candidates of their sites; the next crawl fetches them."""
        by_site: dict[str, list[Candidate]] = {}
        refused = []
        for line in url_lines(saved.body.decode("utf-8", "replace").removeprefix("\ufeff")):
            url = canonical_url(line)
            site = self._declared.of_url(url) if url else None
            if url is None or site is None:
                refused.append(line)
                continue
            known = by_site.setdefault(site.name, [])
            key = identity(url, site.rules)
            known.append(Candidate(url, key, found_by="import", found_in=str(saved.path), priority=100))
        new = sum(self._save_urls(name, candidates) for name, candidates in by_site.items())
        self.report.urls += new
        row = self.report.add(str(saved.path), "urls", new=new, sites=sorted(by_site))
        return row | ({"refused": refused} if refused else {})

    def _save_urls(self, site: str, candidates: list[Candidate]) -> int:
        site_id = self._site_id(self._declared.named(site), candidates[0].url)
        saved = self._flow.writer.call(
            lambda db: repository.save_candidates(db, site_id, candidates, self._now)
        )
        return saved.result()


def undeclared_name(url: str) -> str:
    """The site row of a page whose site nobody declared: its host, or "files" where there is no URL."""
    return undeclared_site(url).name if url.startswith("http") else NO_HOST


def save_row(db: Session, name: str, site: type[NewsSpider] | None) -> int:
    """The row of a site; of an undeclared one only the name is known."""
    if site is None:
        return repository.save_site(db, name, name, None, None, None, None)
    return repository.save_site(
        db, name, site.title or name, site.start_urls[0], site.country, site.language, site.timezone
    )


def utc_now() -> datetime:
    return datetime.now(UTC)
