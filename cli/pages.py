"""Single pages fetched now, with the crawler's manners: `crawl --url` keeps them, `read URL` does not."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from sqlalchemy import select

from cli.app import App
from cli.crawling import demo_served, write_report
from cli.declared import Declared
from cli.logs import log_summaries, log_to_file, log_to_stderr
from cli.output import print_error, print_json, safe_line
from cli.reading import Job
from crawler.adhoc import site_of_url
from crawler.news import NewsSpider
from crawler.runs import CrawlResult, prepare_archive, run_crawl
from crawler.session import CrawlOptions
from crawler.verdict import SITE_FAILED
from storage import Archive
from storage.captures import read_capture
from storage.models import Article, Candidate, Capture
from storage.records import Page

_NO_PAGE = 400  # a status from here on is an answer, but not the page that was asked for


class FetchError(Exception):
    """A page that could not be fetched. The message says why; the code is the run's."""

    def __init__(self, message: str, exit_code: int) -> None:
        super().__init__(message)
        self.exit_code = exit_code


def site_of(declared: Declared, url: str, name: str | None = None) -> type[NewsSpider]:
    """The named site, else the declared one of the URL's host, else one made up for this host alone."""
    return declared.named(name) if name else site_of_url(url, declared.sites.values())


def fetch_pages(
    archive: Archive, declared: Declared, urls: Sequence[str], *, site: str | None = None
) -> CrawlResult:
    """Fetch, keep, read and store these pages, one run a site; nothing is discovered."""
    sites = {made.name: made for made in (site_of(declared, url, site) for url in urls)}
    options = CrawlOptions(urls=tuple(urls), command="crawl --url")
    return run_crawl(archive, list(sites.values()), options, declared.config)


def save_pages(
    app: App,
    declared: Declared,
    urls: Sequence[str],
    *,
    report: Path | None = None,
    log: Path | None = None,
    as_json: bool = False,
    verbose: int = 0,
) -> int:
    """Keep these pages now, print the capture and the article of each, return the exit code."""
    log_to_stderr(app.debug, verbose)
    if log is not None:
        log_to_file(log)
    with prepare_archive(app.archive, app.database_url) as archive:
        with demo_served([site_of(declared, url) for url in urls]):
            result = fetch_pages(archive, declared, urls)
        rows = list(_saved(archive, result))
    log_summaries(result)
    write_report(report, result)
    if as_json:
        print_json(rows)
    else:
        for row in rows:
            click.echo(_saved_line(row))
    for summary in result.summaries:
        if summary.exit_code:
            print_error(f"{summary.site}: {summary.message}")
    absent = [row for row in rows if row["status"] >= _NO_PAGE]
    for row in absent:
        print_error(f"HTTP {row['status']} for {row['url']}")
    return result.exit_code or (SITE_FAILED if absent else 0)


def _saved(archive: Archive, result: CrawlResult) -> Iterator[dict[str, Any]]:
    """One row a captured page of these runs, in the order they came."""
    runs = [summary.run_id for summary in result.summaries]
    query = (
        select(Capture, Article.id, Article.title, Article.published_date)
        .outerjoin(Candidate, Candidate.id == Capture.candidate_id)
        .outerjoin(Article, Article.identity == Candidate.identity)
        .where(Capture.role == "article", Capture.run_id.in_(runs))
        .order_by(Capture.id)
    )
    with archive.read() as db:
        for capture, article, title, published in db.execute(query):
            yield {
                "url": capture.url,
                "capture": capture.id,
                "status": capture.status,
                "bytes": capture.payload_length,
                "article": article,
                "title": title,
                "published": published.isoformat() if published is not None else None,
            }


def _saved_line(row: dict[str, Any]) -> str:
    kept = f"capture {row['capture']}: HTTP {row['status']}, {row['bytes']} bytes, {row['url']}"
    if row["article"] is None:
        return safe_line(kept)
    article = f"article {row['article']}: {row['published'] or 'no date'}, {row['title']}"
    return f"{safe_line(kept)}\n{safe_line(article)}"


def fetch_jobs(
    urls: Sequence[str], site: str | None, fetched_at: datetime | None, declared: Declared
) -> dict[str, Job]:
    """The pages at these URLs, fetched into an archive that is thrown away.

    Raises:
        FetchError: one of them did not come.
    """
    with (
        tempfile.TemporaryDirectory(prefix="hemero-") as folder,
        prepare_archive(Path(folder), "sqlite") as archive,
        demo_served([site_of(declared, url) for url in urls]),
    ):
        result = fetch_pages(archive, declared, urls, site=site)
        captures = _captures(archive)
        stored = {url: read_capture(archive, captures[url]) for url in urls if url in captures}
    for url in urls:
        if url not in stored:
            raise FetchError(f"{url}: {_reason(result)}", result.exit_code or SITE_FAILED)
    return {
        url: Job(
            url,
            Page(page.url, page.payload, fetched_at or page.fetched_at, page.content_type, page.status),
            site_of(declared, url, site).rules,
        )
        for url, page in stored.items()
    }


def _captures(archive: Archive) -> dict[str, int]:
    """URL asked for -> capture of the page it led to."""
    query = (
        select(Candidate.url, Capture.id)
        .join(Candidate, Candidate.id == Capture.candidate_id)
        .where(Capture.role == "article", Capture.status == 200)
        .order_by(Capture.id)
    )
    with archive.read() as db:
        return {row.url: row.id for row in db.execute(query)}


def _reason(result: CrawlResult) -> str:
    """What the runs counted, or their sentence: one of them is why no page came."""
    causes: list[str] = []
    for summary in result.summaries:
        for kind in ("failed_by_cause", "refused_by_reason", "deferred_by_reason"):
            causes += summary.counts.get(kind, {})
        causes += ["HTTP 404 or 410"] * bool(summary.counts.get("gone"))
    return ", ".join(causes) or result.summaries[0].message
