"""Feeds, sitemaps, listings and robots.txt: they name the articles that exist, and every URL answers."""

from __future__ import annotations

import calendar
import urllib.robotparser
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import feedparser
import pytest
from lxml import etree, html

from demo.facts import TruthArticle
from demo.server import DemoServer

Get = Callable[..., Any]
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
NEWS = "{http://www.google.com/schemas/sitemap-news/0.9}"


def locations(body: bytes) -> list[str]:
    return [node.text or "" for node in etree.fromstring(body).iter(SITEMAP + "loc")]


def newest(site: DemoServer, many: int) -> list[TruthArticle]:
    return site.truth()[::-1][:many]


@pytest.mark.parametrize(("path", "version"), [("/rss.xml", "rss20"), ("/atom.xml", "atom10")])
def test_feeds_name_the_newest(site: DemoServer, get: Get, path: str, version: str) -> None:
    answer = get(site.base_url + path)
    etree.fromstring(answer.body)
    feed = feedparser.parse(answer.body)
    assert not feed.bozo
    assert feed.version == version
    expected = newest(site, 40)
    assert [entry.link for entry in feed.entries] == [article.url for article in expected]
    assert [html.fromstring(f"<p>{entry.title}</p>").text_content() for entry in feed.entries] == [
        article.title for article in expected
    ]
    for entry, article in zip(feed.entries, expected, strict=True):
        if article.published.utc and article.published.precision == "second":
            claimed = datetime.fromtimestamp(calendar.timegm(entry.published_parsed), UTC)
            assert claimed == datetime.fromisoformat(article.published.utc)


def test_every_url_of_the_sitemaps_answers(site: DemoServer, get: Get) -> None:
    index = locations(get(site.base_url + "/sitemap.xml").body)
    years = [url for url in index if not url.endswith("news.xml")]
    assert len(years) == 11
    found = [url for year in years for url in locations(get(year).body)]
    assert sorted(found) == sorted(article.url for article in site.truth())
    assert {get(url, method="HEAD").status for url in found} == {200}


def test_lastmod_is_the_modified_date(site: DemoServer, get: Get) -> None:
    claims = {}
    for year in range(2016, 2027):
        for node in etree.fromstring(get(f"{site.base_url}/sitemap-{year}.xml").body):
            claims[node.findtext(SITEMAP + "loc")] = node.findtext(SITEMAP + "lastmod")
    for article in site.truth():
        date = article.modified or article.published
        if article.template == "magazine":
            assert claims[article.url] == f"{date.datetime}{date.offset}"


def test_the_news_sitemap_holds_the_newest(site: DemoServer, get: Get) -> None:
    body = get(site.base_url + "/sitemap-news.xml").body
    assert locations(body) == [article.url for article in newest(site, 10)]
    titles = [node.text for node in etree.fromstring(body).iter(NEWS + "title")]
    assert titles == [article.title for article in newest(site, 10)]


def test_robots_forbids_what_is_counted_as_disallowed(site: DemoServer, get: Get) -> None:
    answer = get(site.base_url + "/robots.txt")
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    rules = urllib.robotparser.RobotFileParser()
    rules.parse(answer.body.decode().splitlines())
    assert rules.site_maps() == [site.base_url + "/sitemap.xml", site.base_url + "/sitemap-news.xml"]
    assert rules.crawl_delay("*") is None
    for path, allowed in (
        ("/recherche?q=x", False),
        ("/imprimer/6260/", False),
        ("/rubrique/regions/", True),
    ):
        assert rules.can_fetch("hemero", site.base_url + path) is allowed


def test_listings_lead_to_every_article(site: DemoServer, get: Get) -> None:
    """Walk the site from its front page over sections and their pages only; every link on the way answers."""
    waiting, seen, statuses = [site.base_url + "/"], set(), {}
    while waiting:
        url = waiting.pop()
        answer = get(url)
        statuses[url] = answer.status
        for target in html.fromstring(answer.body, base_url=url).xpath("//a/@href"):
            full = site.base_url + target if target.startswith("/") else target
            if full in seen:
                continue
            seen.add(full)
            if "/rubrique/" in full:
                waiting.append(full)
    assert set(statuses.values()) == {200}
    assert {article.url for article in site.truth()} <= seen
    others = [u for u in seen if u.startswith(site.base_url) and "/recherche" not in u]
    assert {get(url, method="HEAD").status for url in others} == {200}


def test_pagination_ends(site: DemoServer, get: Get) -> None:
    url, pages, found = f"{site.base_url}/rubrique/regions/", 0, []
    while url:
        page = html.fromstring(get(url).body)
        pages += 1
        found += page.xpath("//article//h2/a/@href")
        following = page.xpath("//a[@rel='next']/@href")
        url = site.base_url + following[0] if following else ""
    expected = [article.path for article in site.truth()[::-1] if article.section_key == "regions"]
    assert found == expected
    assert pages == -(-len(expected) // 20) > 1
    assert get(f"{site.base_url}/rubrique/regions/page/{pages + 1}/").status == 404
    assert get(f"{site.base_url}/rubrique/regions/page/1/").status == 404


def test_tag_pages_list_their_articles(site: DemoServer, get: Get) -> None:
    tags = {tag.url for article in site.truth() for tag in article.tags}
    assert any("/actualite/tags/" in url for url in tags)
    for url in sorted(tags)[::5]:
        expected = [a.path for a in site.truth()[::-1] if url in {tag.url for tag in a.tags}]
        found = html.fromstring(get(url).body).xpath("//article//h2/a/@href")
        assert found == expected[:20]


def test_last_modified_is_not_in_the_future_of_the_edition(site: DemoServer, get: Get) -> None:
    for path in ("/", "/rss.xml", "/sitemap.xml", "/rubrique/culture/", newest(site, 1)[0].path):
        when = parsedate_to_datetime(get(site.base_url + path).headers["Last-Modified"])
        assert datetime(2016, 1, 1, tzinfo=UTC) < when <= datetime(2026, 11, 18, 18, 0, tzinfo=UTC)
