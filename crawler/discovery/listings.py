"""Listing pages (home, sections, tags): their links, feeds and next page, read from the tree.

Text extractors destroy listings, so they are read by link: a link that the site's article pattern
matches is a candidate, one that its listing pattern matches is a channel.
"""

from __future__ import annotations

import re

from lxml import html

from crawler.discovery.found import ChannelKind, Found, FoundLink
from pipelines.decode import decode
from pipelines.rules import SiteRules
from pipelines.text import clean
from pipelines.urls import canonical_url, matches_article, same_site

MAX_LINKS = 5000
_FEED_TYPES = {"application/rss+xml", "application/atom+xml", "application/feed+json", "text/xml"}
_NEXT = re.compile(r"^(page\s+)?(suivante?s?|next|plus anciens|articles plus anciens|older posts?|[>›»→]+)\W*$", re.I)


def parse_listing(body: bytes, url: str, content_type: str | None, rules: SiteRules) -> Found:
    """Read a listing page: article links in page order, feeds it names, its next page."""
    text = decode(body, content_type).text
    if not text.strip():
        return Found(warnings=("listing_empty",))
    tree = html.document_fromstring(text, parser=html.HTMLParser(huge_tree=False))
    base = _base(tree, url)
    links, channels = _links(tree, url, base, rules)
    feeds = [("feed", feed) for feed in _feeds(tree, url, base)]
    found_channels: list[tuple[ChannelKind, str]] = [*feeds, *channels]  # type: ignore[list-item]
    return Found(
        links=tuple(links),
        channels=tuple(dict.fromkeys(found_channels)),
        next_page=_next_page(tree, url, base),
        warnings=() if links else ("listing_without_links",),
    )


def _links(
    tree: html.HtmlElement, url: str, base: str, rules: SiteRules
) -> tuple[list[FoundLink], list[tuple[ChannelKind, str]]]:
    links: dict[str, FoundLink] = {}
    channels: list[tuple[ChannelKind, str]] = []
    for anchor in tree.iter("a"):
        href = anchor.get("href")
        target = canonical_url(href, base) if href else None
        if target is None or not same_site(target, url):
            continue
        if matches_article(target, rules):
            title = clean(anchor.text_content()) or None
            known = links.get(target)
            if known is None or known.title is None:
                links[target] = FoundLink(target, None, title)
        elif rules.listing_pattern is not None and rules.listing_pattern.search(_path(target)):
            channels.append(("listing", target))
        if len(links) >= MAX_LINKS:
            break
    return list(links.values()), channels


def _feeds(tree: html.HtmlElement, url: str, base: str) -> list[str]:
    feeds = []
    for link in tree.iter("link"):
        if "alternate" in (link.get("rel") or "").lower() and (link.get("type") or "").lower() in _FEED_TYPES:
            target = canonical_url(link.get("href") or "", base)
            if target is not None and same_site(target, url) and "comment" not in target:
                feeds.append(target)
    return feeds


def _next_page(tree: html.HtmlElement, url: str, base: str) -> str | None:
    for element in tree.iter("a", "link"):
        href = element.get("href")
        if not href:
            continue
        rel = (element.get("rel") or "").lower().split()
        if "next" in rel or (element.tag == "a" and _NEXT.match(clean(element.text_content())[:40])):
            target = canonical_url(href, base)
            if target is not None and same_site(target, url) and target != canonical_url(url):
                return target
    return None


def _base(tree: html.HtmlElement, url: str) -> str:
    """<base href>, but only within the page's own site."""
    for element in tree.iter("base"):
        base = canonical_url(element.get("href") or "", url)
        if base is not None and same_site(base, url):
            return base
    return url


def _path(url: str) -> str:
    return re.sub(r"^https?://[^/]+", "", url)
