"""Which channels a site offers: those its pages name, and where they usually stand where no page says so."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urljoin

from lxml.html import HtmlElement

from crawler.discovery.found import ChannelKind
from crawler.discovery.wordpress import posts_url
from pipelines.blocks_tree import parse
from pipelines.decode import decode
from pipelines.text import fold
from pipelines.urls import canonical_url, same_site

MAX_CHANNELS = 50
_FEED_TYPES = {
    "application/rss+xml",
    "application/atom+xml",
    "application/rdf+xml",
    "application/feed+json",
    "text/xml",
    "application/xml",
}
_API = "https://api.w.org/"  # WordPress names its REST root by this relation
_COMMENTS = re.compile(r"comment|commentaire")
_FEED_PATH = re.compile(
    r"(?:[/.](?:rss|atom|rdf)(?:\.xml|\.php)?|/feed/?|/flux(?:-rss)?(?:\.xml)?|[?&]page=backend.*|/rss/[^?]*\.xml)$",
    re.I,
)
_GUESSES: tuple[tuple[ChannelKind, str], ...] = (
    ("sitemap", "/sitemap.xml"),
    ("sitemap", "/sitemap_index.xml"),
    ("sitemap", "/wp-sitemap.xml"),
    ("sitemap", "/news-sitemap.xml"),
    ("sitemap", "/sitemap-news.xml"),
    ("sitemap", "/sitemap.xml.gz"),
    ("feed", "/feed/"),
    ("feed", "/rss.xml"),
    ("feed", "/rss"),
    ("feed", "/atom.xml"),
    ("feed", "/spip.php?page=backend"),
)


def discover_channels(
    body: bytes, url: str, content_type: str | None = None
) -> tuple[tuple[ChannelKind, str], ...]:
    """Channels that a page names: feeds, sitemaps, WordPress's REST posts; best first. Never raises."""
    page = parse(decode(body, content_type).text)
    return named_channels(page.tree, url) if page.tree is not None else ()


def guessed_channels(url: str) -> tuple[tuple[ChannelKind, str], ...]:
    """Where feeds and sitemaps usually stand on the site of this URL: to be tried where nothing is named."""
    return tuple((kind, urljoin(url, path)) for kind, path in _GUESSES)


def named_channels(tree: HtmlElement, url: str) -> tuple[tuple[ChannelKind, str], ...]:
    """The channels a page's tree names, each once, those of its own site only, in page order by kind."""
    found: dict[tuple[ChannelKind, str], None] = {}
    for kind, href, about in _named(tree):
        target = canonical_url(href, url)
        if target is None or not same_site(target, url) or _COMMENTS.search(fold(f"{about} {target}")):
            continue
        found[(kind, posts_url(target) if kind == "api" else target)] = None
        if len(found) >= MAX_CHANNELS:
            break
    order = {"api": 1, "sitemap": 2}
    return tuple(sorted(found, key=lambda channel: order.get(channel[0], 0)))


def _named(tree: HtmlElement) -> Iterator[tuple[ChannelKind, str, str]]:
    for element in tree.iter("link", "a"):
        href = element.get("href") or ""
        relations = (element.get("rel") or "").lower().split()
        about = element.get("title") or ""
        if element.tag == "a":
            if _FEED_PATH.search(href.strip()):
                yield "feed", href, f"{about} {''.join(element.itertext())[:100]}"
        elif _API in relations:
            yield "api", href, about
        elif "sitemap" in relations:
            yield "sitemap", href, about
        elif "alternate" in relations and _type(element) in _FEED_TYPES:
            yield "feed", href, about


def _type(element: HtmlElement) -> str:
    return (element.get("type") or "").partition(";")[0].strip().lower()
