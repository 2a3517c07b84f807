"""Stored captures read again: with which site's rules, and in which order the readings come back."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from crawler.adhoc import undeclared_site
from pipelines.flow import read_in
from pipelines.rules import SiteRules
from pipelines.urls import identity, matches_article
from pipelines.workers import ReadFault, WorkerPool
from storage.captures import read_capture
from storage.errors import CaptureDamaged
from storage.records import Page, Reading

if TYPE_CHECKING:
    from cli.declared import Declared
    from storage.archive import Archive

AHEAD = 4  # pages in flight per worker
_FILE = "resource"  # the record of an imported file


class StoredRules:
    """What is known of the sites of stored pages (storage.rebuild_files.Rules)."""

    def __init__(self, declared: Declared) -> None:
        self._declared = declared

    def rules(self, site: str | None, url: str, kind: str) -> SiteRules:
        """The rules a page was read with: its site's, else those of a page saved or imported by itself."""
        declared = self._declared.of_any_name(site)
        if declared is not None:
            return declared.rules
        if kind == _FILE or not url.startswith("http"):
            return SiteRules()
        return undeclared_site(url).rules

    def identity(self, site: str | None, url: str, kind: str) -> str:
        return identity(url, self.rules(site, url, kind))

    def is_article(self, site: str | None, url: str, kind: str) -> bool:
        return matches_article(url, self.rules(site, url, kind))

    def site_name(self, name: str | None) -> str | None:
        """What the site of that name is called now."""
        declared = self._declared.of_any_name(name)
        return declared.name if declared is not None else name

    def site_values(self, name: str, url: str, kind: str) -> dict[str, Any]:
        """Columns of `sites`, as the first crawl or import wrote them."""
        declared = self._declared.of_any_name(name)
        if declared is None and kind == _FILE:
            return {"title": name, "url": None, "country": None, "language": None, "timezone": None}
        site = declared or undeclared_site(url)
        return {
            "title": site.title or name,
            "url": site.start_urls[0],
            "country": site.country,
            "language": site.language,
            "timezone": site.timezone,
        }

    def require(self, names: Iterable[tuple[str, str]]) -> None:
        """Refuse to read pages of a declared site without its declaration. `names`: (site, one of its URLs).

        Raises:
            click.UsageError: a site was declared once and is not any more.
        """
        for name, url in sorted(names):
            if (
                self._declared.of_any_name(name) is not None
                or not url.startswith("http")
                or name == undeclared_site(url).name
            ):
                continue
            raise click.UsageError(
                f"site {name!r} is not declared any more, and its pages cannot be read as they were:"
                " put its declaration back, or add --generic"
            )


@dataclass(frozen=True, slots=True)
class ToRead:
    """A stored capture to be read; `owner` is what the caller knows it by."""

    owner: Any
    capture_id: int
    site: str | None
    url: str
    kind: str


@dataclass(frozen=True, slots=True)
class Again:
    """What came of it: a reading, or why there is none."""

    owner: Any
    reading: Reading | None
    error: str | None = None
    cause: str | None = None  # one word: timeout, crash, error, damaged


def read_again(
    archive: Archive, pool: WorkerPool, rules: StoredRules, items: Iterable[ToRead | Any]
) -> Iterator[Again | Any]:
    """Readings in the order of `items`; what is no ToRead comes out as it went in, in its place."""
    waiting: deque[tuple[Any, Future[Reading] | str | None]] = deque()
    for item in items:
        waiting.append((item, _begin(archive, pool, rules, item) if isinstance(item, ToRead) else None))
        if len(waiting) > pool.processes * AHEAD:
            yield _end(*waiting.popleft())
    while waiting:
        yield _end(*waiting.popleft())


def _begin(archive: Archive, pool: WorkerPool, rules: StoredRules, item: ToRead) -> Future[Reading] | str:
    try:
        stored = read_capture(archive, item.capture_id)
    except CaptureDamaged as error:
        return str(error)
    page = Page(stored.url, stored.payload, stored.fetched_at, stored.content_type, stored.status)
    return read_in(pool, page, rules.rules(item.site, item.url, item.kind))


def _end(item: ToRead | Any, begun: Future[Reading] | str | None) -> Again | Any:
    if begun is None:
        return item
    if isinstance(begun, str):
        return Again(item.owner, None, begun, "damaged")
    try:
        return Again(item.owner, begun.result())
    except ReadFault as fault:
        return Again(item.owner, None, str(fault), fault.cause)
