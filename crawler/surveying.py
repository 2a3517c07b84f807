"""Finds out how an undeclared site is to be crawled: channels, form of its article URLs, sections."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from crawler.errand import Answer, Errand, ErrandError
from crawler.survey import excluded_paths, headlines, looks_like_articles, sections
from crawler.survey_channels import FEEDS, OfferedChannels, parsed
from crawler.survey_page import Home, PageLink
from crawler.survey_zones import timezone_of
from crawler.url_forms import declare, learn_forms
from crawler.url_tokens import Form
from pipelines.rules import SiteRules
from pipelines.urls import matches_article
from pipelines.workers import ReadFault
from storage.records import Page, Reading

if TYPE_CHECKING:
    from storage.records import Article

_ENOUGH = 5  # examples that a form of URLs is learnt from, where that many can be had
_SECTIONS, _FORMS = 10, 5  # looked at, at most
_WORDS = 40  # an article has at least so many
_MANY = 20  # examples among which a single other one is a stray


@dataclass(frozen=True, slots=True)
class Surveyed:
    """What a declaration needs, and pages that were read by it. `notes`: what a person should look at."""

    url: str
    title: str
    country: str
    language: str
    timezone: str
    rules: SiteRules
    feeds: tuple[str, ...] = ()
    sitemaps: tuple[str, ...] = ()
    listings: tuple[str, ...] = ()
    pages: tuple[tuple[Page, Article], ...] = ()
    notes: tuple[str, ...] = ()


@dataclass
class Survey:
    """One site's survey; `result` once it has ended.

    Args:
        url: the home page.
        pages: how many articles to read.
        feeds: known beforehand.
        country: where known; else what the page and the domain say, else `assumed_country`, else FR.
    """

    url: str
    pages: int = 3
    feeds: tuple[str, ...] = ()
    country: str | None = None
    timezone: str | None = None
    title: str | None = None
    assumed_country: str | None = None
    result: Surveyed | None = None
    _notes: list[str] = field(default_factory=list)
    _links: dict[str, PageLink] = field(default_factory=dict)  # of home and sections

    async def run(self, errand: Errand) -> None:
        """The whole survey.

        Raises:
            ErrandError: the site cannot be reached, or no articles are found on it.
        """
        self._errand = errand
        self._home = await self._read_home()
        self._offered = OfferedChannels(errand, self._start, self._home.channels, self.feeds)
        await self._offered.ask()
        forms = self._forms() or await self._forms_of_sections()
        read = await self._verified(forms)
        if not read:
            raise ErrandError(f"{self.url}: no page that reads as an article was found", 6)
        rules = self._rules([form for form, _, _ in read])
        listings = await self._listings(rules, [form for form, _, _ in read])
        self.result = await self._surveyed(rules, listings, [page for _, page, _ in read])

    # --- asking -----------------------------------------------------------------------------------

    async def _read_home(self) -> Home:
        answer = await self._errand.fetch(self.url)
        if not answer.ok:
            raise ErrandError(_refusal(self.url, answer), 6 if answer.error == "robots" else 5)
        home = await self._page_of_links(answer)
        if home is None:
            raise ErrandError(f"{self.url}: the page cannot be read", 6)
        self._start = answer.url
        return home

    async def _page_of_links(self, answer: Answer) -> Home | None:
        try:
            page: Home = await self._errand.call(
                "crawler.survey_page:read_home", answer.body, answer.url, answer.content_type
            )
        except ReadFault:
            return None
        self._links |= {link.url: link for link in page.links if link.url not in self._links}
        return page

    # --- learning ---------------------------------------------------------------------------------

    def _forms(self) -> list[Form]:
        """The forms of article URLs: of feeds and API, else of headlines; and of sitemaps beside them."""
        named = headlines(self._links.values())
        if len(set(self._offered.articles)) >= _ENOUGH:
            forms = list(_without_strays(learn_forms(self._offered.articles)))
            forms += learn_forms(_unmatched(named, forms), least=3)
        else:
            forms = list(_without_strays(learn_forms([*self._offered.articles, *named])))
        listed = self._offered.listed
        left = _unmatched(listed, forms)
        if left:
            least = max(3, len(listed) // 10)
            forms += [form for form in learn_forms(left, least=least) if looks_like_articles(form.examples)]
        return forms[:_FORMS]

    async def _forms_of_sections(self) -> list[Form]:
        """A home page without headlines: perhaps its sections have some."""
        for url in sections(self._links.values(), self._start, ())[:4]:
            answer = await self._errand.fetch(url)
            if answer.ok:
                await self._page_of_links(answer)
        return self._forms()

    async def _verified(self, forms: Sequence[Form]) -> list[tuple[Form, Page, Reading]]:
        """Forms with a page of each that reads as an article, then more pages of the first form."""
        read: list[tuple[Form, Page, Reading]] = []
        for form in forms:
            for url in form.examples[:2]:
                if await self._try(form, url, read):
                    break
        kept = list(dict.fromkeys(form for form, _, _ in read))
        tried = {page.url for _, page, _ in read}
        for form in kept:
            for url in form.examples[1 : self.pages + 3]:
                if len(read) < self.pages and url not in tried:
                    await self._try(form, url, read)
        return read

    async def _try(self, form: Form, url: str, read: list[tuple[Form, Page, Reading]]) -> bool:
        answer = await self._errand.fetch(url, "article")
        if not answer.ok or not form.matches(answer.url):
            return False
        try:
            reading = await self._errand.read(answer.page(), dataclasses.replace(self._base, article_url=""))
        except ReadFault:
            return False
        if _is_article(reading):
            read.append((form, answer.page(), reading))
            return True
        return False

    @property
    def _base(self) -> SiteRules:
        country = self.country or self._home.country or self.assumed_country or "FR"
        return SiteRules(
            country=country,
            language=self._home.language,
            timezone=self.timezone or timezone_of(country),
            title_of_site=self.title or self._home.title,
        )

    def _rules(self, forms: Iterable[Form]) -> SiteRules:
        forms = list(dict.fromkeys(forms))
        known = [*self._offered.articles, *(url for form in forms for url in form.examples)]
        excluded = excluded_paths(forms, self._links.values(), known)
        article_url, article_key = declare(forms, excluded)
        return dataclasses.replace(self._base, article_url=article_url, article_key=article_key)

    # --- sections ---------------------------------------------------------------------------------

    async def _listings(self, rules: SiteRules, forms: Sequence[Form]) -> list[str]:
        """Sections that list articles; needed only where no sitemap has them all."""
        listed = self._offered.listed
        if sum(1 for url in listed if any(form.matches(url) for form in forms)) >= _ENOUGH:
            return []
        found: list[str] = []
        for url in sections(self._links.values(), self._start, forms)[:_SECTIONS]:
            answer = await self._errand.fetch(url)
            if answer.ok:
                page = await parsed(
                    self._errand,
                    "crawler.discovery.listings:parse_listing",
                    answer.body,
                    answer.url,
                    answer.content_type,
                    rules,
                )
                if len(page.links) > 1:
                    found.append(url)
        return found

    async def _surveyed(self, rules: SiteRules, listings: list[str], pages: Sequence[Page]) -> Surveyed:
        listing_url = _form_of_sections(listings)
        if listing_url is not None:
            rules, listings = dataclasses.replace(rules, listing_url=listing_url), []
        readings = [(page, await self._errand.read(page, rules)) for page in pages]
        if not self._offered.feeds:
            self._notes.append("no feed was found")
        if not self._offered.maps and not listings and listing_url is None:
            self._notes.append("no sitemap and no sections were found: older articles may stay unknown")
        if (self.country or self._home.country or self.assumed_country) is None:
            self._notes.append("nothing says which country the site is of: FR is assumed (--country)")
        return Surveyed(
            url=self._start,
            title=rules.title_of_site or "",
            country=rules.country,
            language=rules.language,
            timezone=rules.timezone,
            rules=rules,
            feeds=tuple(self._offered.feeds[:FEEDS]),
            sitemaps=tuple(self._useful_sitemaps(rules)),
            listings=tuple(listings),
            pages=tuple((page, reading.article) for page, reading in readings),
            notes=tuple(self._notes),
        )

    def _useful_sitemaps(self, rules: SiteRules) -> list[str]:

        return [
            url
            for url, links in self._offered.maps.items()
            if any(matches_article(link, rules) for link in links)
        ]


def _refusal(url: str, answer: Answer) -> str:
    """Why a home page cannot be surveyed, with the next move where there is one."""
    reasons = {
        "offsite": f"leads to another host ({answer.url}): give that address",
        "robots": "may not be fetched: its robots.txt does not allow it",
        "robots_unreachable": "cannot be had: its robots.txt gives an error or no answer",
        "crawl_delay": "asks for more seconds between requests than max_crawl_delay allows",
        "forbidden_address": "is at a private address; if that is meant, type the address in numbers",
    }
    return f"{url} {reasons.get(answer.error or '', f'cannot be had: {answer.why}')}"


def _is_article(reading: Reading) -> bool:
    article = reading.article
    return (
        article.page_type == "article" and bool(article.title) and len((article.body or "").split()) >= _WORDS
    )


def _unmatched(urls: Iterable[str], forms: Sequence[Form]) -> list[str]:
    return [url for url in urls if not any(form.matches(url) for form in forms)]


def _without_strays(forms: Sequence[Form]) -> list[Form]:
    many = sum(len(form.examples) for form in forms) >= _MANY
    return [form for form in forms if len(form.examples) > 1 or not many]


def _form_of_sections(listings: Sequence[str]) -> str | None:
    """One expression for sections that are numbered, or stand under one word; None where they are not."""
    forms = learn_forms(listings)
    if len(listings) < 3 or len(forms) != 1 or not forms[0].names_its_kind:
        return None
    expression, _ = declare(forms)
    for end in (r"(?:$|\?)", "(?:$|&)", "(?:$|[&:])"):
        expression = expression.removesuffix(end)
    return expression + "$"
