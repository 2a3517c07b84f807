"""Article links by a look at hrefs: the same as the tree's where markup is usual."""

from __future__ import annotations

import time

import pytest

from crawler.discovery.feeds import parse_feed
from crawler.discovery.links import MAX_LINKS, article_links
from crawler.discovery.listings import parse_listing
from demo.server import DemoServer
from pipelines.rules import SiteRules

URL = "https://presse.example/une"
RULES = SiteRules(article_url=r"^/actualite/(\d+)")


def found(markup: str, **options: object) -> tuple[str, ...] | None:
    return article_links(markup.encode(), URL, RULES, **options)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "href",
    [
        '"/actualite/1"',
        "'/actualite/1'",
        "/actualite/1",
        '" /actualite/1 "',
        '"https://presse.example/actualite/1"',
        '"http://www.presse.example/actualite/1?utm_source=x"',
        '"/actualite/1#suite"',
        '"/actualite/1?a=1&amp;fbclid=z"',
        '"//presse.example/actualite/1"',
    ],
)
def test_links(href: str) -> None:
    links = found(f"<p><a class=x href={href}>Le port</a></p>")
    assert links is not None
    assert [link.partition("?")[0].partition("://")[2].removeprefix("www.") for link in links] == [
        "presse.example/actualite/1"
    ]


@pytest.mark.parametrize(
    "markup",
    [
        '<a href="/rubrique/1">x</a>',
        '<a href="https://autre.example/actualite/1">x</a>',
        '<a href="javascript:aller(/actualite/1)">x</a>',
        '<a href="mailto:/actualite/1">x</a>',
        '<a href="#actualite/1">x</a>',
        "",
        "<a href=",
    ],
)
def test_others(markup: str) -> None:
    assert found(markup) == ()


def test_a_page_with_a_base_needs_the_tree() -> None:
    assert found('<base href="/x/"><a href="/actualite/1">x</a>') is None


def test_links_of_menus_are_looked_at_once() -> None:
    seen: set[str] = set()
    assert found('<a href="/actualite/1">x</a><a href="/contact">y</a>', seen=seen)
    assert found('<a href="/actualite/1">x</a><a href="/contact">y</a>', seen=seen) == ()
    for _ in range(2):  # what a relative one means depends on the page
        assert found('<a href="actualite/2">x</a>', seen=seen) == ("https://presse.example/actualite/2",)


def test_many_links_are_cut_and_hostile_ones_cost_little() -> None:
    many = "".join(f'<a href="/actualite/{n}">x</a>' for n in range(5000))
    assert len(found(many) or ()) == MAX_LINKS
    started = time.process_time()
    for hostile in (
        'href="' * 300_000,
        "href=" * 300_000,
        "<a href='x" * 200_000,
        "<base" * 3 + "<a " * 300_000,
    ):
        found(hostile)
    assert time.process_time() - started < 5


def test_the_demo_is_read_as_by_the_tree() -> None:
    import urllib.request

    from demo import ARTICLE_URL

    rules = SiteRules(article_url=ARTICLE_URL)
    with DemoServer(articles=60, port=0) as server:
        for path, feed in (("/", False), ("/rss.xml", True), ("/atom.xml", True)):
            url = server.base_url + path
            with urllib.request.urlopen(url) as response:
                body = response.read()
            full = parse_feed(body, url) if feed else parse_listing(body, url, "text/html", rules)
            wanted = {link.url for link in full.links}
            assert wanted
            assert set(article_links(body, url, rules, feed=feed) or ()) == wanted
