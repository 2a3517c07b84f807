"""What a crawler polls: RSS 2.0, Atom, sitemap index, sitemaps by year, news sitemap, robots.txt."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from email.utils import format_datetime
from html import escape

from demo import SITE
from demo.drafts import Draft

FEED_ENTRIES = 40
NEWS_DAYS = 2
NEWS_FEWEST = 10
_XML = '<?xml version="1.0" encoding="UTF-8"?>\n'
_SITEMAP = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'


def changed(draft: Draft, edition: int) -> datetime:
    """When the article's page says it last changed."""
    return draft.updated(edition) or draft.published


def latest(drafts: Sequence[Draft], edition: int, default: datetime) -> datetime:
    return max((changed(draft, edition) for draft in drafts), default=default)


def _summary(draft: Draft) -> str:
    return escape(" ".join(draft.paragraphs[0].split(" ")[:30])) + " […]"


def rss(newest: Sequence[Draft], edition: int, base: str, built: datetime) -> str:
    items = "".join(
        f"""<item><title>{escape(draft.title)}</title><link>{base}{draft.path}</link>
<guid isPermaLink="false">{base}/?p={draft.id}</guid><pubDate>{format_datetime(draft.published)}</pubDate>
<category>{escape(draft.topic.name)}</category>{_creators(draft)}<description>{escape(_summary(draft))}</description></item>
"""
        for draft in newest[:FEED_ENTRIES]
    )
    return f"""{_XML}<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:atom="http://www.w3.org/2005/Atom">
<channel><title>{escape(SITE)}</title><link>{base}/</link><description>Les derniers articles</description>
<language>fr-FR</language><lastBuildDate>{format_datetime(latest(newest, edition, built))}</lastBuildDate>
<atom:link href="{base}/rss.xml" rel="self" type="application/rss+xml"/>
{items}</channel></rss>
"""


def _creators(draft: Draft) -> str:
    authors = draft.credit.authors if draft.credit else ()
    return "".join(f"<dc:creator>{escape(author)}</dc:creator>" for author in authors)


def atom(newest: Sequence[Draft], edition: int, base: str, built: datetime) -> str:
    entries = "".join(
        f"""<entry><title type="html">{escape(escape(draft.title))}</title>
<link rel="alternate" href="{base}{draft.path}"/>
<id>{base}/?p={draft.id}</id><published>{draft.published.isoformat()}</published>
<updated>{changed(draft, edition).isoformat()}</updated><author><name>{escape(SITE)}</name></author>
<summary type="html">{escape(_summary(draft))}</summary></entry>
"""
        for draft in newest[:FEED_ENTRIES]
    )
    return f"""{_XML}<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="fr">
<title>{escape(SITE)}</title><id>{base}/</id>
<link rel="self" href="{base}/atom.xml"/><updated>{latest(newest, edition, built).isoformat()}</updated>
{entries}</feed>
"""


def years(drafts: Sequence[Draft]) -> dict[int, list[Draft]]:
    """Articles by the year they appeared in."""
    found: dict[int, list[Draft]] = {}
    for draft in drafts:
        found.setdefault(draft.published.year, []).append(draft)
    return found


def sitemap_index(drafts: Sequence[Draft], edition: int, base: str, built: datetime) -> str:
    maps = [
        (f"/sitemap-{year}.xml", latest(part, edition, built)) for year, part in sorted(years(drafts).items())
    ]
    maps.append(("/sitemap-news.xml", latest(drafts, edition, built)))
    rows = "".join(
        f"<sitemap><loc>{base}{path}</loc><lastmod>{when.isoformat()}</lastmod></sitemap>\n"
        for path, when in maps
    )
    return f"{_XML}<sitemapindex {_SITEMAP}>\n{rows}</sitemapindex>\n"


def sitemap(drafts: Sequence[Draft], edition: int, base: str) -> str:
    rows = "".join(
        f"<url><loc>{escape(base + draft.path)}</loc>"
        f"<lastmod>{changed(draft, edition).isoformat()}</lastmod></url>\n"
        for draft in drafts
    )
    return f"{_XML}<urlset {_SITEMAP}>\n{rows}</urlset>\n"


def recent(newest: Sequence[Draft]) -> list[Draft]:
    """What a news sitemap holds: the last two days of the paper, at least ten articles."""
    if not newest:
        return []
    since = newest[0].published - timedelta(days=NEWS_DAYS)
    fresh = [draft for draft in newest if draft.published >= since]
    return fresh if len(fresh) >= NEWS_FEWEST else list(newest[:NEWS_FEWEST])


def news_sitemap(newest: Sequence[Draft], base: str) -> str:
    rows = "".join(
        f"""<url><loc>{escape(base + draft.path)}</loc><news:news>
<news:publication><news:name>{escape(SITE)}</news:name><news:language>fr</news:language></news:publication>
<news:publication_date>{draft.published.isoformat()}</news:publication_date>
<news:title>{escape(draft.title)}</news:title></news:news></url>
"""
        for draft in recent(newest)
    )
    news = 'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
    return f"{_XML}<urlset {_SITEMAP} {news}>\n{rows}</urlset>\n"


def robots(base: str, crawl_delay: float | None) -> str:
    delay = f"Crawl-delay: {crawl_delay:g}\n" if crawl_delay is not None else ""
    return f"""# {SITE}
User-agent: *
Disallow: /recherche
Disallow: /imprimer/
{delay}
Sitemap: {base}/sitemap.xml
Sitemap: {base}/sitemap-news.xml
"""
