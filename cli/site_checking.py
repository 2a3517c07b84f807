"""`hemero sites check`: a few pages of a declared site, now, against its saved pages and its archive."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import click

from cli.app import App
from cli.crawling import demo_served
from cli.logs import log_to_stderr
from cli.output import print_error, print_json, safe_line
from cli.site_view import field_lines, lines_json, print_fields
from crawler.checking import JUDGED, Usual, differences, lost_fields, usual_of_saved
from crawler.declaration import SavedPage, checkout, load_pages, places
from crawler.errand import Answer, Errand, ErrandError, run_errands, send
from crawler.locks import SiteLock
from crawler.news import NewsSpider
from crawler.verdict import NEEDS_PERSON, SITE_FAILED
from pipelines.urls import matches_article
from pipelines.workers import ReadFault
from storage.records import Page

if TYPE_CHECKING:
    from cli.declared import Declared
    from storage.records import Article

_CHANNELS = 6  # asked for links, at most


@dataclass
class Check:
    """One check: what was fetched and read."""

    site: type[NewsSpider]
    pages: int
    saved: Mapping[str, SavedPage]
    articles: list[Article] = field(default_factory=list)
    urls: list[str] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)  # pages and channels that gave nothing
    lost: list[str] = field(default_factory=list)  # sentences on fields of saved pages
    changed: dict[str, list[str]] = field(default_factory=dict)  # saved page -> fields read otherwise

    async def run(self, errand: Errand) -> None:
        for url in await self._links(errand):
            if len(self.urls) == self.pages:
                break
            answer = await errand.fetch(url, "article")
            if answer.ok:
                await self._read(errand, answer)
            else:
                self.troubles.append(f"{url}: {answer.why}")
        for name, saved in self.saved.items():
            await self._read_again(errand, name, saved)

    async def _links(self, errand: Errand) -> list[str]:
        """Article links of the first channels that have some, in their order.

        Raises:
            ErrandError: no channel answers (5), or none has an article link (6).
        """
        site = self.site
        channels = [("feed", url) for url in site.feeds] + [("listing", url) for url in site.start_urls]
        channels += [("listing", url) for url in site.listings] + [("sitemap", url) for url in site.sitemaps]
        links: dict[str, None] = {}
        answered = 0
        for kind, url in channels[:_CHANNELS]:
            answer = await errand.fetch(url)
            if not answer.ok:
                self.troubles.append(f"{url}: {answer.why}")
                continue
            answered += 1
            links |= dict.fromkeys(await self._links_of(errand, kind, answer))
            if len(links) >= self.pages:
                break
        if not answered:
            raise ErrandError(f"{site.name}: no answer from the site: {self.troubles[0]}", SITE_FAILED)
        if not links:
            line = f"{site.name}: no article link was found on {channels[0][1]}: check article_url"
            raise ErrandError(line, NEEDS_PERSON)
        return list(links)[: 2 * self.pages]

    async def _links_of(self, errand: Errand, kind: str, answer: Answer) -> list[str]:
        more: dict[str, tuple[Any, ...]] = {
            "feed": (answer.content_type,),
            "listing": (answer.content_type, self.site.rules),
            "sitemap": (),
        }
        function = f"crawler.discovery.{kind}s:parse_{kind}"
        try:
            found = await errand.call(function, answer.body, answer.url, *more[kind])
        except ReadFault as fault:
            self.troubles.append(f"{answer.url}: {fault}")
            return []
        return [
            link.url
            for link in found.links
            if matches_article(link.url, self.site.rules)
            and errand.spider.is_own_host(urlsplit(link.url).hostname or "")
        ]

    async def _read(self, errand: Errand, answer: Answer) -> None:
        self.urls.append(answer.url)
        try:
            reading = await errand.read(answer.page(), self.site.rules)
        except ReadFault as fault:
            self.troubles.append(f"{answer.url}: {fault}")
            return
        if reading.article.page_type == "article":
            self.articles.append(reading.article)
        else:
            self.troubles.append(f"{answer.url}: holds no article")

    async def _read_again(self, errand: Errand, name: str, saved: SavedPage) -> None:
        moment = datetime.fromisoformat(saved.fetched_at)
        page = Page(saved.url, saved.body, moment, saved.content_type)
        try:
            reading = await errand.read(page, self.site.rules)
        except ReadFault as fault:
            self.troubles.append(f"saved page {name}: {fault}")
            return
        changed = differences(reading.article, saved.expected)
        if changed:
            self.changed[name] = changed
        for one in changed:
            if one in JUDGED and saved.expected[one] and not getattr(reading.article, one):
                self.lost.append(f"saved page {name}: {one} is not read any more: check the rules of {one}")


def check_site(app: App, declared: Declared, site: type[NewsSpider], *, pages: int, as_json: bool) -> int:
    """Fetch, read, compare, print; 6 where a field that used to be filled is not."""
    log_to_stderr(app.debug)
    saved = _saved(app, site.name)
    check = Check(site, pages, saved)
    errand = Errand(check.run)
    with _alone(app, site.name), demo_served([site]):
        code = run_errands([send(site, errand)], declared.config, "sites check")
    if code:
        return code
    if errand.error is not None:
        raise errand.error
    if not check.urls:
        raise ErrandError(f"{site.name}: none of the pages could be had: {check.troubles[0]}", SITE_FAILED)
    usual = _usual(app, site.name, saved)
    sentences = [*lost_fields(check.articles, usual), *check.lost]
    missing = len(check.urls) - len(check.articles)
    if 2 * missing >= len(check.urls):
        sentences.append(f"{missing} of {len(check.urls)} pages hold no article: check article_url")
    if as_json:
        print_json([_as_json(check, usual, sentences)])
    else:
        _print(check, usual)
    for line in sentences:
        print_error(f"{site.name}: {line}")
    return NEEDS_PERSON if sentences else 0


@contextlib.contextmanager
def _alone(app: App, name: str) -> Iterator[None]:
    """No crawl of this site meanwhile: together they would ask its host twice as often.

    Raises:
        crawler.locks.Locked: one is running.
    """
    if not app.archive.is_dir():
        yield
        return
    lock = SiteLock(app.archive, name)
    lock.acquire(datetime.now(UTC))
    try:
        yield
    finally:
        lock.release()


def _saved(app: App, name: str) -> dict[str, SavedPage]:
    """The saved pages of a site, in the checkout or beside hemero.toml."""
    folder = app.config.parent if app.config is not None else app.archive
    beside = places(name, folder, None).pages
    root = checkout(Path(__file__))
    in_tree = places(name, folder, root).pages if root is not None else beside
    return load_pages(beside if beside.is_dir() else in_tree)


def _usual(app: App, name: str, saved: Mapping[str, SavedPage]) -> dict[str, Usual]:
    """What the saved pages and the newest articles of the archive had, field by field."""
    from storage.errors import ArchiveNotFound
    from storage.site_states import newest_filled

    usual = usual_of_saved(page.expected for page in saved.values())
    try:
        archive = app.open()
    except ArchiveNotFound:
        return usual
    with archive, archive.read() as session:
        pages, filled = newest_filled(session, name)
    return {field: usual[field] + Usual(filled.get(field, 0), pages) for field in JUDGED}


def _print(check: Check, usual: Mapping[str, Usual]) -> None:
    print_fields(field_lines(check.articles), {name: str(value) for name, value in usual.items()})
    click.echo()
    for url in check.urls:
        click.echo(safe_line(url))
    for name, fields in check.changed.items():
        click.echo(f"saved page {name} is read otherwise than its JSON expects: {', '.join(fields)}")
    for line in check.troubles:
        click.echo(safe_line(line))


def _as_json(check: Check, usual: Mapping[str, Usual], sentences: list[str]) -> dict[str, Any]:
    shares = {name: value.filled / value.pages for name, value in usual.items() if value.pages}
    lines = lines_json(field_lines(check.articles))
    return {
        "site": check.site.name,
        "pages": check.urls,
        "fields": [line | {"usual": shares.get(line["field"])} for line in lines],
        "lost": sentences,
        "saved_pages_changed": check.changed,
        "troubles": check.troubles,
    }
