"""Listing pages: links, channels and the next page, in the forms that French sites use."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.discovery import listings
from crawler.discovery.found import Found
from crawler.discovery.listings import parse_listing
from pipelines.rules import SiteRules

HOME = "https://presse.example/actualite"
RULES = SiteRules(article_url=r"^/actualite/(\d+)(/|$)", listing_url=r"^/rubrique/")


def read(markup: str, url: str = HOME, rules: SiteRules = RULES) -> Found:
    return parse_listing(markup.encode(), url, "text/html; charset=utf-8", rules)


def urls(found: Found) -> list[str]:
    return [link.url for link in found.links]


def test_articles_in_page_order_with_their_titles() -> None:
    found = read(
        '<a href="/actualite/2/b"><img src="b.jpg"></a><a href="/actualite/2/b">L\'été à Fès</a>'
        '<a href="/actualite/1/a">Un</a><a href="/contact">Contact</a><a href="https://ailleurs.example/actualite/3">x</a>'
    )
    assert [(link.url, link.title) for link in found.links] == [
        ("https://presse.example/actualite/2/b", "L'été à Fès"),
        ("https://presse.example/actualite/1/a", "Un"),
    ]
    assert found.warnings == ()


def test_one_article_under_many_spellings_is_one_link() -> None:
    spellings = ["?utm_source=x", "#c", "?fbclid=z", "?PHPSESSID=0123456789abcdef01234567", ";jsessionid=1"]
    markup = "".join(f'<a href="/actualite/1/a{spelling}">T</a>' for spelling in spellings)
    assert urls(read(markup)) == ["https://presse.example/actualite/1/a"]


@pytest.mark.parametrize(
    ("base", "expected"),
    [
        ("https://presse.example/journal/", "https://presse.example/journal/actualite/1"),
        ("/journal/", "https://presse.example/journal/actualite/1"),
        ("https://mechant.example/", "https://presse.example/actualite/1"),
        ("javascript:alert(1)", "https://presse.example/actualite/1"),
    ],
)
def test_base_counts_within_the_site(base: str, expected: str) -> None:
    rules = SiteRules(article_url=r"/actualite/(\d+)(/|$)")
    found = read(f'<html><head><base href="{base}"></head><a href="actualite/1">x</a>', HOME, rules)
    assert urls(found) == [expected]


@pytest.mark.parametrize(
    "href",
    ["javascript:void(0)", "mailto:a@presse.example", "#", "", " ", "http://[::1", "http://", "//",
     "data:text/html,x",
     "file:///etc/passwd", "https://presse.example:99999/actualite/1", "https://a@evil.example/actualite/1"],
)  # fmt: skip
def test_junk_gives_no_link_and_no_error(href: str) -> None:
    assert urls(read(f'<a href="{href}">x</a><a href="/actualite/1">T</a>')) == [
        "https://presse.example/actualite/1"
    ]


def test_sections_and_named_channels() -> None:
    found = read(
        '<head><link rel="alternate" type="application/rss+xml" href="/flux.xml">'
        '<link rel="alternate" type="application/rss+xml" title="Commentaires" href="/comments/feed/">'
        '<link rel="https://api.w.org/" href="https://presse.example/wp-json/"></head>'
        '<a href="/rubrique/monde">Monde</a><a href="/rubrique/monde#x">Monde</a>'
    )
    kinds = [kind for kind, _ in found.channels]
    assert kinds == ["feed", "api", "listing"]
    assert found.channels[0] == ("feed", "https://presse.example/flux.xml")
    assert found.channels[2] == ("listing", "https://presse.example/rubrique/monde")


def test_an_empty_page_and_one_without_links_are_told() -> None:
    assert "listing_empty" in read("").warnings
    assert "listing_empty" in read("<!-- rien -->").warnings
    assert "listing_without_links" in read("<p>Site en maintenance</p>").warnings


def test_two_hundred_thousand_links_are_bounded() -> None:
    markup = "".join(f'<a href="/actualite/{number}">{number}</a>\n' for number in range(200_000))
    started = time.process_time()
    found = read(markup)
    assert len(found.links) == listings.MAX_LINKS
    assert "listing_cut" in found.warnings
    assert time.process_time() - started < 4


def test_long_addresses_are_left_out() -> None:
    markup = "".join(f'<a href="/actualite/1?{"a" * length}">x</a>' for length in (3000, 100_000, 2_000_000))
    assert urls(read(markup + '<a href="/actualite/2">x</a>')) == ["https://presse.example/actualite/2"]


NEXT = "https://presse.example/actualite?page=2"


@pytest.mark.parametrize(
    "markup",
    [
        '<link rel="next" href="/actualite?page=2">',
        '<a rel="nofollow next" href="?page=2">→ la suite des nouvelles</a>',
        '<a href="?page=2">Suivant</a>',
        '<a href="?page=2">Suivante ›</a>',
        '<a href="?page=2">Page suivante</a>',
        '<a href="?page=2">PAGE SUIVANTE &raquo;</a>',
        '<a href="?page=2"><span>Articles</span> <span>suivants</span></a>',
        '<a href="?page=2" title="Aller à la page suivante"><i class="icon"></i></a>',
        '<a href="?page=2" aria-label="Page suivante">&#8250;</a>',
        '<a href="?page=2"><img src="f.png" alt="Suivant"></a>',
        '<a href="?page=1">«</a> <a href="?page=2">»</a>',
        '<a href="?page=2">›</a> <a href="?page=40">»</a>',
        '<a href="?page=2">&gt;</a>',
        '<a href="?page=2">Articles plus anciens</a>',
        '<a href="?page=2">← Articles précédents</a>',
        '<a href="?page=2">Voir plus</a>',
        '<a href="?page=2">Charger plus d\'articles</a>',
        '<div><span class="current">1</span><a href="?page=2">2</a><a href="?page=3">3</a></div>',
        '<ul><li class="active"><a>1</a></li><li><a href="?page=2">2</a><li><a href="?page=9">9</a></ul>',
        '<p><strong>1</strong> | <a href="?page=2">2</a> | <a href="?page=3">3</a></p>',
        '<p>[1] <a href="?page=2">[2]</a> <a href="?page=3">[3]</a></p>',
        '<p><a href="/actualite">1</a> <a href="?page=2">2</a></p>',
        '<p><a href="?page=2">2</a> <a href="?page=3">3</a></p>',
    ],
)
def test_the_next_page(markup: str) -> None:
    assert read(f"<body><nav>{markup}</nav></body>").next_page == NEXT


@pytest.mark.parametrize(
    ("url", "markup", "expected"),
    [
        (
            "https://presse.example/page/2/",
            '<a href="/">1</a><span>2</span><a href="/page/3/">3</a>',
            "/page/3/",
        ),
        ("https://presse.example/", '<a href="/page/2/">Suivant</a>', "/page/2/"),
        ("https://presse.example/monde", '<a href="/monde/page-2">»</a>', "/monde/page-2"),
        ("https://presse.example/monde.html", '<a href="/monde-2.html">»</a>', "/monde-2.html"),
        (
            "https://presse.example/spip.php?rubrique7",
            '<p class="pagination"><strong class="on">0</strong> | '
            '<a href="spip.php?rubrique7&amp;debut_articles=10#pagination_articles">10</a> | '
            '<a href="spip.php?rubrique7&amp;debut_articles=20">20</a></p>',
            "/spip.php?rubrique7&debut_articles=10",
        ),
        (
            "https://presse.example/spip.php?rubrique7&debut_articles=10",
            '<p><a href="spip.php?rubrique7">0</a> | <strong>10</strong> | '
            '<a href="spip.php?rubrique7&amp;debut_articles=20">20</a></p>',
            "/spip.php?rubrique7&debut_articles=20",
        ),
        (
            "https://presse.example/infos?page=1",
            '<ul><li><a href="/infos?page=0">1</a></li><li>2</li><li><a href="/infos?page=2">3</a></li></ul>',
            "/infos?page=2",
        ),
    ],
)
def test_the_next_page_by_system(url: str, markup: str, expected: str) -> None:
    assert read(f"<body><nav>{markup}</nav></body>", url).next_page == f"https://presse.example{expected}"


@pytest.mark.parametrize(
    "markup",
    [
        '<a href="/actualite">Suivant</a>',  # this very page
        '<a href="#">Suivant</a>',
        '<a href="javascript:suite()">Page suivante</a>',
        '<a href="/actualite/77/a">Article suivant</a>',  # an article
        '<a href="https://ailleurs.example/actualite?page=2">Suivant</a>',
        '<a href="?page=1">Page précédente</a>',
        '<a href="?page=1">«</a>',
        '<a href="/rubrique/monde">Voir plus</a>',  # another listing
        '<a href="/rubrique/monde">»</a>',
        '<p><a href="?page=1">1</a> <a href="?page=2">2</a> <strong>3</strong></p>',  # the last page
        '<p>En 2016, 3 <a href="/contact">12</a> personnes</p>',
        '<a href="?y=2016&amp;m=2">mois suivant</a>',  # a calendar has no end
    ],
)
def test_no_next_page(markup: str) -> None:
    assert read(f"<body><nav>{markup}</nav></body>").next_page is None


def test_the_arrow_to_the_last_page_is_not_the_next() -> None:
    markup = '<nav><b>1</b> <a href="?page=2">2</a> <a href="?page=40">»</a></nav>'
    assert read(markup).next_page == NEXT


@pytest.mark.parametrize("declaration", ['<?xml version="1.0" encoding="ISO-8859-1"?>', "\ufeff", "\0\0"])
def test_what_stops_lxml_is_taken_away(declaration: str) -> None:
    assert urls(read(f'{declaration}<html><body><a href="/actualite/1">x</a></body></html>')) != []


@settings(deadline=None)  # the first call loads what it needs, and a busy machine takes its time
@given(st.binary(max_size=300))
def test_no_bytes_raise(body: bytes) -> None:
    parse_listing(body, HOME, None, RULES)


_PIECES = st.sampled_from(
    ["<a href='", "'>", "</a>", "?page=2", "Suivant", "»", "1", "2", "<b>", "</b>", "<base href='", "http://[",
     "\0",
     "/actualite/1", "<nav>", "</nav>", "<!--", "-->", "<link rel=next href='", "é", "<table>", "\ud800"]
)  # fmt: skip


@given(st.lists(_PIECES, max_size=40), st.sampled_from([HOME, "https://presse.example/", "x", "http://[::1"]))
def test_no_markup_raises(pieces: list[str], url: str) -> None:
    parse_listing("".join(pieces).encode("utf-8", "surrogatepass"), url, None, RULES)
