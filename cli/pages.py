"""Single pages fetched now, with the crawler's manners: `crawl --url` keeps them, `read URL` does not."""

from __future__ import annotations

import ipaddress
import tempfile
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from storage.captures import read_capture

from cli.declared import Declared
from cli.importing import undeclared_name
from cli.reading import Job
from crawler.config import Config
from crawler.news import NewsSpider
from crawler.runs import CrawlResult, prepare_archive, run_crawl
from crawler.session import CrawlOptions
from pipelines.rules import SiteRules
from pipelines.urls import host
from storage.models import Capture
from storage.records import Page

if TYPE_CHECKING:
    from storage.archive import Archive


class FetchError(Exception):
    """A page that could not be fetched. The message says why; the code is the run's."""

    def __init__(self, message: str, exit_code: int) -> None:
        super().__init__(message)
        self.exit_code = exit_code


def site_of(declared: Declared, url: str, name: str | None = None) -> type[NewsSpider]:
    """The named site, else the declared one of the URL's host, else one made up for this host alone."""
    site = declared.named(name) if name else declared.of_url(url)
    return site if site is not None else undeclared_site(url)


def undeclared_site(url: str) -> type[NewsSpider]:
    """Generic rules, one URL. A private address is allowed: the operator wrote it."""
    attributes: dict[str, Any] = {
        "name": undeclared_name(url),
        "start_urls": [url],
        "rules": SiteRules(article_url="."),
        "allow_private": _is_private(host(url)),
    }
    return type("UndeclaredSpider", (NewsSpider,), attributes)


def fetch_pages(
    archive: Archive, declared: Declared, urls: Sequence[str], config: Config, *, site: str | None = None
) -> CrawlResult:
    """Fetch, keep, read and store these pages, one run a site; nothing is discovered."""
    sites = {made.name: made for made in (site_of(declared, url, site) for url in urls)}
    options = CrawlOptions(urls=tuple(urls), command="crawl --url")
    return run_crawl(archive, list(sites.values()), options, config)


def fetch_job(url: str, site: str | None, fetched_at: datetime | None, declared: Declared) -> Job:
    """The page at a URL, fetched into an archive that is thrown away.

    Raises:
        FetchError: no page came.
    """
    with tempfile.TemporaryDirectory(prefix="hemero-") as folder:
        archive = prepare_archive(Path(folder), "sqlite")
        with archive:
            result = fetch_pages(archive, declared, [url], declared.config, site=site)
            with archive.read() as db:
                query = select(Capture).where(Capture.role == "article", Capture.status == 200)
                capture = db.scalars(query.order_by(Capture.id.desc())).first()
            if capture is None:
                raise FetchError(f"{url}: {result.summaries[0].message}", result.exit_code or 5)
            stored = read_capture(archive, capture)
    page = Page(
        stored.url, stored.payload, fetched_at or stored.fetched_at, stored.content_type, stored.status
    )
    return Job(url, page, site_of(declared, url, site).rules)


def _is_private(name: str) -> bool:
    try:
        return not ipaddress.ip_address(name.strip("[]")).is_global
    except ValueError:
        return name == "localhost"
