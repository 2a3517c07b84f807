"""What a site is polled for: feeds, sitemaps, sections, robots.txt, as they stand at one moment."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from email.utils import format_datetime
from html import escape

from demo.site import ATOM, RSS, TEXT, XML, Reply
from tests.newssite import pages
from tests.simulation.world import Site, Story

FEED_ITEMS, HOME_ITEMS, PAGE_ITEMS = 50, 40, 20
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_SITEMAP = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
_NEWS = 'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
_SECTION = re.compile(rf"/({'|'.join(pages.SECTIONS)})/(?:page/(\d{{1,4}})/)?")


def changed(story: Story, now: datetime) -> datetime:
    """When the story last changed, as its sitemap says."""
    return story.edited if story.edited is not None and story.version(now) > 1 else story.published


def reply(site: Site, path: str, now: datetime) -> Reply | None:
    """The answer of a channel; None for another path."""
    shown = site.shown(now)
    modified = max((changed(story, now) for story in shown), default=None)
    if path == "/robots.txt":
        lines = f"User-agent: *\nDisallow: /wp-admin/\n\nSitemap: {site.home}sitemap_index.xml\n"
        return Reply("robots", f"{lines}Sitemap: {site.home}news-sitemap.xml\n".encode(), TEXT)
    if path == "/":
        page = pages.listing(site, "Accueil", shown[:HOME_ITEMS], None)
        return Reply("home", page.encode(), modified=modified)
    makers = {
        "/rss.xml": (_rss, RSS, "feed"),
        "/atom.xml": (_atom, ATOM, "feed"),
        "/sitemap_index.xml": (_index, XML, "sitemap"),
        "/post-sitemap1.xml": (_posts, XML, "sitemap"),
        "/news-sitemap.xml": (_news, XML, "sitemap"),
    }
    if path in makers:
        make, content_type, kind = makers[path]
        return Reply(kind, (_HEAD + make(site, shown, now)).encode(), content_type, modified=modified)
    return _section(site, path, shown)


def _section(site: Site, path: str, shown: list[Story]) -> Reply | None:
    match = _SECTION.fullmatch(path)
    if match is None:
        return None
    name, number = match[1], int(match[2] or 1)
    own = [story for story in shown if pages.section(story) == name]
    first = (number - 1) * PAGE_ITEMS
    if number > 1 and first >= len(own):
        return None
    more = f"/{name}/page/{number + 1}/" if first + PAGE_ITEMS < len(own) else None
    page = pages.listing(site, name.capitalize(), own[first : first + PAGE_ITEMS], more)
    return Reply("listing", page.encode())


def _title(site: Site, story: Story) -> str:
    return escape(pages.text(site.name, story.number)[0])


def _rss(site: Site, shown: list[Story], now: datetime) -> str:
    items = "".join(
        f"<item><title>{_title(site, s)}</title><link>{s.url}</link>"
        f'<guid isPermaLink="false">{site.home}?p={s.number}</guid>'
        f"<pubDate>{format_datetime(s.published)}</pubDate></item>"
        for s in shown[:FEED_ITEMS]
    )
    head = f"<title>{site.name}</title><link>{site.home}</link><description>Flux</description>"
    return f'<rss version="2.0"><channel>{head}{items}</channel></rss>'


def _atom(site: Site, shown: list[Story], now: datetime) -> str:
    entries = "".join(
        f'<entry><title>{_title(site, s)}</title><link href="{s.url}"/><id>{site.home}?p={s.number}</id>'
        f"<updated>{changed(s, now).isoformat()}</updated>"
        f"<published>{s.published.isoformat()}</published></entry>"
        for s in shown[:FEED_ITEMS]
    )
    head = f"<title>{site.name}</title><id>{site.home}</id>"
    return f'<feed xmlns="http://www.w3.org/2005/Atom">{head}{entries}</feed>'


def _index(site: Site, shown: list[Story], now: datetime) -> str:
    return (
        f"<sitemapindex {_SITEMAP}><sitemap><loc>{site.home}post-sitemap1.xml</loc></sitemap></sitemapindex>"
    )


def _posts(site: Site, shown: list[Story], now: datetime) -> str:
    urls = "".join(
        f"<url><loc>{s.url}</loc><lastmod>{changed(s, now).isoformat()}</lastmod></url>" for s in shown
    )
    return f"<urlset {_SITEMAP}>{urls}</urlset>"


def _news(site: Site, shown: list[Story], now: datetime) -> str:
    newest = shown[0].published if shown else now
    urls = "".join(
        f"<url><loc>{s.url}</loc><news:news><news:publication><news:name>{site.name}</news:name>"
        f"<news:language>fr</news:language></news:publication><news:publication_date>{s.published.isoformat()}"
        f"</news:publication_date><news:title>{_title(site, s)}</news:title></news:news></url>"
        for s in shown
        if s.published > newest - timedelta(days=2)
    )
    return f"<urlset {_SITEMAP} {_NEWS}>{urls}</urlset>"
