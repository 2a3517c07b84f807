"""Listing pages (home, sections, tags): their links, channels and next page, read from the tree.

Text extractors destroy listings, so they are read by link: a link that the site's article pattern
matches is a candidate, one that its listing pattern matches is a channel.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from crawler.discovery.auto import named_channels
from crawler.discovery.found import ChannelKind, Found, FoundLink
from crawler.discovery.pagination import next_page
from pipelines.blocks_tree import parse
from pipelines.decode import decode
from pipelines.rules import SiteRules
from pipelines.text import clean
from pipelines.urls import canonical_url, matches_article, same_site

MAX_ANCHORS = 20_000  # looked at; a page of news has a few hundred
MAX_LINKS = 5000
MAX_LISTINGS = 200
_ANCHOR = re.compile(r"<a\s", re.I)
_NO_ADDRESS = ("#", "javascript:", "mailto:", "tel:", "data:", "whatsapp:", "sms:")


def parse_listing(body: bytes, url: str, content_type: str | None, rules: SiteRules) -> Found:
    """Read a listing page: article links in page order, channels it names, its next page. Never raises.

    Warnings: listing_empty, listing_cut (only the first links were read), listing_without_links, and
    those of pipelines.blocks_tree.
    """
    text, cut = _first_anchors(decode(body, content_type).text)
    page = parse(text)
    if page.tree is None:
        return Found(warnings=("listing_empty", *page.warnings))
    reader = _Reader(page.tree, url, rules)
    reader.read()
    warnings = list(page.warnings)
    if cut or reader.overfull:
        warnings.append("listing_cut")
    if not reader.links:
        warnings.append("listing_without_links")
    return Found(
        links=tuple(reader.links.values()),
        channels=(*named_channels(page.tree, url), *reader.listings),
        next_page=next_page(page.tree, reader.url, reader.other_page),
        warnings=tuple(warnings),
    )


def _first_anchors(text: str) -> tuple[str, bool]:
    for number, match in enumerate(_ANCHOR.finditer(text)):
        if number == MAX_ANCHORS:
            return text[: match.start()], True
    return text, False


class _Reader:
    """The links of one page, each address asked for once however often it stands there."""

    def __init__(self, tree: HtmlElement, url: str, rules: SiteRules) -> None:
        self._tree = tree
        self._rules = rules
        self._targets: dict[str, str | None] = {}
        self.url = canonical_url(url) or url
        self._base = _base(tree, self.url)
        self.links: dict[str, FoundLink] = {}
        self.listings: dict[tuple[ChannelKind, str], None] = {}
        self.overfull = False

    def read(self) -> None:
        for anchor in self._tree.iter("a", "area"):
            target = self._target(anchor.get("href") or "")
            if target is None:
                continue
            if matches_article(target, self._rules):
                known = self.links.get(target)
                if known is None or known.title is None:
                    self.links[target] = FoundLink(target, None, _title(anchor))
            elif self._is_listing(target) and len(self.listings) < MAX_LISTINGS:
                self.listings[("listing", target)] = None
            if len(self.links) >= MAX_LINKS:
                self.overfull = True
                return

    def other_page(self, href: str) -> str | None:
        """The address of a link that may be another page of this listing."""
        target = self._target(href)
        return None if target is None or matches_article(target, self._rules) else target

    def _target(self, href: str) -> str | None:
        """A link of the site, canonical; None for what leads elsewhere or nowhere."""
        href = href.strip()
        if not href or len(href) > 4000 or href.lower().startswith(_NO_ADDRESS):
            return None
        if href not in self._targets:
            target = canonical_url(href, self._base)
            self._targets[href] = target if target is not None and same_site(target, self.url) else None
        return self._targets[href]

    def _is_listing(self, target: str) -> bool:
        if self._rules.listing_pattern is None:
            return False
        parts = urlsplit(target)
        return bool(
            self._rules.listing_pattern.search(parts.path + (f"?{parts.query}" if parts.query else ""))
        )


def _title(anchor: HtmlElement) -> str | None:
    text = clean(" ".join(str(piece) for piece in anchor.itertext()))
    return (text or clean(anchor.get("title") or ""))[:500] or None


def _base(tree: HtmlElement, url: str) -> str:
    """<base href>, but only within the page's own site."""
    for element in tree.iter("base"):
        base = canonical_url(element.get("href") or "", url)
        if base is not None and same_site(base, url):
            return base
    return url
