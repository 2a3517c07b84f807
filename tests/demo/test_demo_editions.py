"""The second edition differs from the first as the truth says, and in nothing else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import feedparser
import pytest

from demo import truth
from demo.server import DemoServer

Get = Callable[..., Any]


@pytest.fixture(scope="module")
def site() -> Iterator[DemoServer]:
    with DemoServer(port=0) as server:
        yield server


def test_what_changes(site: DemoServer) -> None:
    first = {article.id: article for article in site.catalogue.articles(1)}
    second = {article.id: article for article in site.catalogue.articles(2)}
    changes = Counter(article.change for article in second.values())
    assert {kind: changes[kind] for kind in ("new", "edited", "stealth", "related")} == {
        "new": 20, "edited": 15, "stealth": 5, "related": 4,
    }  # fmt: skip
    assert len(first.keys() - second.keys()) == len(site.catalogue.gone(2)) == 6
    assert len(second.keys() - first.keys()) == 20
    assert sorted(site.catalogue.gone(2).values()) == [404, 404, 404, 410, 410, 410]
    for id_ in first.keys() & second.keys():
        old, new = first[id_], second[id_]
        assert (old.paragraphs != new.paragraphs) == (new.change in ("edited", "stealth"))
        assert (old.modified != new.modified) == (new.change == "edited")
        assert (old.related != new.related) == (new.change == "related")
        assert (old.url, old.title, old.published, old.tags) == (new.url, new.title, new.published, new.tags)


def test_pages_change_where_the_truth_does(site: DemoServer, get: Get) -> None:
    site.publish(1)
    before = {article.url: get(article.url) for article in site.truth()}
    site.publish(2)
    statuses = Counter()
    for article in site.truth():
        if article.change == "new":
            assert article.url not in before
            assert get(article.url).status == 200
            continue
        answer = get(article.url, If_None_Match=before[article.url].headers["ETag"])
        statuses[answer.status] += 1
        assert (answer.status == 304) == (article.change is None), article.url
    assert statuses == {304: 270, 200: 24}
    for url, status in site.gone().items():
        assert get(url).status == status


def test_new_articles_are_announced(site: DemoServer, get: Get) -> None:
    site.publish(2)
    new = [article.url for article in site.truth()[::-1] if article.change == "new"]
    for path in ("/rss.xml", "/atom.xml"):
        entries = feedparser.parse(get(site.base_url + path).body).entries
        assert [entry.link for entry in entries][: len(new)] == new
    sitemap = get(f"{site.base_url}/sitemap-2026.xml").body.decode()
    assert all(url in sitemap for url in new)
    assert not [url for url in site.gone() if url in sitemap]


def test_only_declared_edits_move_lastmod(site: DemoServer, get: Get) -> None:
    maps = {}
    for edition in (1, 2):
        site.publish(edition)
        maps[edition] = "".join(
            get(f"{site.base_url}/sitemap-{year}.xml").body.decode() for year in range(2016, 2027)
        )
    lines = {
        edition: dict(line.partition("</loc>")[::2] for line in maps[edition].splitlines())
        for edition in maps
    }
    for article in site.catalogue.articles(2):
        if article.change != "new":
            key = f"<url><loc>{article.url}"
            assert (lines[1][key] != lines[2][key]) == (article.change == "edited")


def test_new_articles_do_not_exist_before(site: DemoServer, get: Get) -> None:
    site.publish(1)
    for article in site.catalogue.articles(2):
        if article.change == "new":
            assert get(article.url).status == 404


def test_small_sites_change_too() -> None:
    changes = Counter(article.change for article in truth.build(12, edition=2))
    assert changes["new"] == changes["edited"] == changes["stealth"] == 1
