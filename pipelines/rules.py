"""What a site declares about its pages: data, no behaviour."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property


class RuleError(ValueError):
    """A declaration that cannot work. The message is one line that names the key."""


@dataclass(frozen=True)
class SiteRules:
    """How to read the pages of one site. Everything but `article_url` may stay empty.

    `article_url` is a regular expression searched in path and query of a URL; `article_key` a format string
    over its groups ("actualite/{0}"): two URLs with one key are one article.
    Selectors are CSS, or XPath when they start with "/" or "./"; the first that yields something wins.
    `prune` lists what is cut before the body is read.
    """

    article_url: str = ""
    article_key: str | None = None
    listing_url: str | None = None
    site: str | None = None  # the spider's name
    title_of_site: str | None = None  # cut from titles and authors
    country: str = "FR"  # ISO 3166: settles which agency an acronym is
    language: str = "fr"
    timezone: str = "Europe/Paris"
    container: tuple[str, ...] = ()
    title: tuple[str, ...] = ()
    lead: tuple[str, ...] = ()
    body: tuple[str, ...] = ()
    date: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    attribution: tuple[str, ...] = ()
    section: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    prune: tuple[str, ...] = ()
    title_bytes: int | None = None  # related titles are cut at this many bytes without a mark
    teaser_bytes: int | None = None  # related teasers are cut at this many bytes of escaped text
    known_as: str | None = None  # the site's first name, where it was renamed: articles stay known by it
    moved: tuple[tuple[str, str], ...] = ()  # (host now, host its articles are known under)
    marks: tuple[str, ...] = ()  # all stand in each article page: one saved without its URL is known by them
    former_rules: tuple[FormerRules, ...] = field(default=())

    def __post_init__(self) -> None:
        """Fail at start, not at three in the morning.

        Raises:
            RuleError: an expression that does not compile, or an article_key without its groups.
        """
        for key in ("article_url", "listing_url"):
            value = getattr(self, key)
            try:
                groups = re.compile(value).groups if value else 0
            except re.error as error:
                raise RuleError(f"{key}: not a regular expression ({error}): {value}") from None
            if key == "article_url" and self.article_key is not None:
                try:
                    self.article_key.format(*["x"] * groups)
                except (IndexError, KeyError, ValueError):
                    raise RuleError(
                        f"article_key: {self.article_key!r} names a group that article_url does not have"
                    ) from None

    @cached_property
    def article_pattern(self) -> re.Pattern[str] | None:
        return re.compile(self.article_url) if self.article_url else None

    @cached_property
    def listing_pattern(self) -> re.Pattern[str] | None:
        return re.compile(self.listing_url) if self.listing_url else None


@dataclass(frozen=True)
class FormerRules:
    """Rules of a layout the site has left: they read captures fetched before `until` (a local day)."""

    until: date
    rules: SiteRules


GENERIC = SiteRules()
