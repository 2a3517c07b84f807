"""NewsSpider: from a site's declaration to requests and pages.

The spider decides what to follow, never what a field is. A site is a subclass that holds data only.
"""

from __future__ import annotations

import dataclasses
from collections.abc import AsyncIterator, Sequence
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import urlsplit

from scrapy import Request, Spider

from crawler.expect import Expect
from crawler.tally import Tally
from pipelines.rules import RuleError, SiteRules
from pipelines.urls import canonical_url, comparable, matches_article
from storage.errors import ArchiveError

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from scrapy.settings import BaseSettings

    from crawler.answers import Answers
    from crawler.frontier import Frontier
    from crawler.politeness.policy import Policy
    from crawler.session import CrawlSession
    from crawler.site_run import SiteRun
    from pipelines.flow import Flow
    from pipelines.steps import PageItem

DECLARED = (
    "title",
    "country",
    "language",
    "timezone",
    "start_urls",
    "feeds",
    "sitemaps",
    "listings",
    "hosts",
    "former_names",
    "former_hosts",
    "delay",
    "concurrency",
    "max_listing_pages",
    "id_url",
    "allow_private",
    "verify_tls",
    "enabled",
    "images",
    "expect",
)


class NewsSpider(Spider):
    """A news site. Only `name`, `start_urls` and `rules.article_url` are required.

    Attributes:
        title: the site's name for people; cut from article titles and authors.
        country: ISO 3166; settles which agency or outlet a name is.
        language: ISO 639-1, where a page does not say.
        timezone: IANA name; local times of the pages are of this zone.
        feeds, sitemaps, listings: channels beside those that start pages and robots.txt name.
        hosts: further host names that belong to the site.
        former_names: names the site had, oldest first; the archive goes on knowing its articles by the first.
        former_hosts: hosts it had, oldest first. Nothing is fetched from them: others may own them now.
        delay: seconds between two requests to a host; None takes the operator's setting.
        concurrency: requests in flight per host; None takes the operator's setting.
        max_listing_pages: pages followed from one listing when it is read first; None takes the operator's.
        id_url: the address of an article by its number, such as "https://site/actualite/{0}".
        allow_private: the site may stand on a loopback or private address.
        verify_tls: False takes the site's certificates unseen: self-signed, expired, of another host.
        enabled: False leaves the site out of `hemero crawl` without arguments.
        images: keep the bytes of article images.
        expect: a minimum of articles a week and fill rates; falling short ends a run with code 6.
    """

    name: str
    title: ClassVar[str] = ""
    country: ClassVar[str] = "FR"
    language: ClassVar[str] = "fr"
    timezone: ClassVar[str] = "Europe/Paris"
    start_urls: Sequence[str] = ()  # type: ignore[assignment]
    feeds: ClassVar[Sequence[str]] = ()
    sitemaps: ClassVar[Sequence[str]] = ()
    listings: ClassVar[Sequence[str]] = ()
    hosts: ClassVar[Sequence[str]] = ()
    former_names: ClassVar[Sequence[str]] = ()
    former_hosts: ClassVar[Sequence[str]] = ()
    delay: ClassVar[float | None] = None
    concurrency: ClassVar[int | None] = None
    max_listing_pages: ClassVar[int | None] = None
    id_url: ClassVar[str] = ""
    allow_private: ClassVar[bool] = False
    verify_tls: ClassVar[bool] = True
    enabled: ClassVar[bool] = True
    images: ClassVar[bool] = False
    expect: ClassVar[Expect] = Expect()
    rules: ClassVar[SiteRules] = SiteRules()

    # The one of this run, set by crawler.site_run before the first request.
    session: CrawlSession
    frontier: Frontier
    answers: Answers
    run: SiteRun
    site_id: int
    run_id: int

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Complete the rules with what the declaration says of the site, and refuse what cannot work."""
        super().__init_subclass__(**kwargs)
        name = cls.__dict__.get("name")
        if name is None:
            return
        if not cls.start_urls:
            raise RuleError(f"site {name}: start_urls: at least one URL is needed")
        for url in [*cls.start_urls, *cls.feeds, *cls.sitemaps, *cls.listings]:
            if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname:
                raise RuleError(f"site {name}: not an http(s) URL: {url!r}")
        if cls.id_url:
            cls._check_id_url(name)
        if not cls.rules.article_url:
            raise RuleError(f"site {name}: rules.article_url: a pattern for article URLs is needed")
        cls.rules = cls._completed(name, cls.rules)

    @classmethod
    def _completed(cls, name: str, rules: SiteRules) -> SiteRules:
        """The rules with what the declaration says of the site; so too those of layouts it has left."""
        former = tuple(
            dataclasses.replace(one, rules=cls._completed(name, one.rules)) for one in rules.former_rules
        )
        return dataclasses.replace(
            rules,
            site=name,
            title_of_site=cls.title or None,
            country=cls.country,
            language=cls.language,
            timezone=cls.timezone,
            known_as=cls.former_names[0] if cls.former_names else None,
            moved=_moved(cls.start_urls, cls.former_hosts),
            former_rules=former,
        )

    @classmethod
    def _check_id_url(cls, name: str) -> None:
        if "{0}" not in cls.id_url or urlsplit(cls.id_url).scheme not in ("http", "https"):
            raise RuleError(f"site {name}: id_url: an http(s) URL with {{0}} in it is needed: {cls.id_url!r}")
        if not matches_article(cls.id_url.replace("{0}", "1"), cls.rules):
            raise RuleError(f"site {name}: id_url: rules.article_url does not match {cls.id_url!r}")

    @classmethod
    def update_settings(cls, settings: BaseSettings) -> None:
        super().update_settings(settings)
        if not cls.verify_tls:  # of this site's hosts: its crawl asks no others for pages
            settings.set("DOWNLOAD_VERIFY_CERTIFICATES", False, priority="spider")

    @classmethod
    def from_crawler(
        cls, crawler: Crawler, *args: Any, session: CrawlSession | None = None, **kwargs: Any
    ) -> NewsSpider:
        from crawler.site_run import SiteRun as Run

        spider: NewsSpider = super().from_crawler(crawler, *args, **kwargs)
        spider.tally = Tally(verify_tls=cls.verify_tls)
        spider.run = Run(spider, crawler, session)
        return spider

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.tally = Tally()
        self._own_hosts = {
            urlsplit(url).hostname or ""
            for url in [*self.start_urls, *self.feeds, *self.sitemaps, *self.listings]
        }
        self._own_hosts |= {host.lower() for host in self.hosts}
        self._own_ports = {
            _port(url) for url in [*self.start_urls, *self.feeds, *self.sitemaps, *self.listings]
        }
        if self._own_ports & {80, 443}:
            self._own_ports |= {80, 443}  # sites move between http and https

    @property
    def flow(self) -> Flow:
        return self.session.flow

    async def start(self) -> AsyncIterator[Request]:
        """Requests of this run, as the frontier hands them out."""
        try:
            await self.run.open()
            async for request in self.frontier.requests():
                yield request
        except ArchiveError as error:
            self.stop_with(error)

    # --- what responses mean ----------------------------------------------------------------------

    async def parse_channel(self, response: Response) -> None:
        await self.frontier.channel_answered(response)

    async def parse_article(self, response: Response) -> AsyncIterator[PageItem]:
        item = await self.answers.page(response)
        if item is not None:
            yield item

    async def request_failed(self, failure: Any) -> None:
        await self.answers.failed(failure.request, failure.value)

    # --- what the middlewares ask -----------------------------------------------------------------

    def is_own_host(self, host: str) -> bool:
        """The declared hosts, with or without "www."."""
        bare = host.removeprefix("www.")
        return any(bare == own.removeprefix("www.") for own in self._own_hosts)

    def is_own_url(self, url: str) -> bool:
        return self.is_own_host((urlsplit(url).hostname or "").lower())

    def own_ports(self) -> set[int]:
        """The ports of the declared URLs; 80 and 443 go together."""
        return self._own_ports

    def host_limits(self) -> tuple[int, float]:
        """Requests in flight and seconds between two of them that this site allows itself on a host."""
        settings = self.session.config.crawl
        return (
            self.concurrency if self.concurrency is not None else settings.concurrency,
            self.delay if self.delay is not None else settings.delay,
        )

    def robots_seen(self, origin: str, policy: Policy) -> None:
        """A robots.txt was read: its delay holds, its sitemaps are channels."""
        self.tally.note_channel(f"{origin}/robots.txt", "robots", status=policy.status)
        if policy.crawl_delay is not None:
            if policy.crawl_delay > self.session.config.crawl.max_crawl_delay:
                self.session.hosts.defer(urlsplit(origin).netloc, "crawl_delay")
            else:
                self.session.hosts.slow_down(urlsplit(origin).netloc, policy.crawl_delay)
        self.frontier.add_channels(("sitemap", url) for url in policy.sitemaps)

    def stop_with(self, error: ArchiveError) -> None:
        """The archive cannot take any more: end this run at once, nothing is lost that was acknowledged."""
        self.run.stop(error)


def _moved(start_urls: Sequence[str], former: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Every later host of the site beside its first one."""
    if not former:
        return ()
    now = [comparable(canonical_url(url) or url).partition("/")[0] for url in start_urls]
    later = dict.fromkeys([*now, *(host.lower().removeprefix("www.") for host in former[1:])])
    first = former[0].lower().removeprefix("www.")
    return tuple((host, first) for host in later if host != first)


def _port(url: str) -> int:
    parts = urlsplit(url)
    return parts.port or (443 if parts.scheme == "https" else 80)
