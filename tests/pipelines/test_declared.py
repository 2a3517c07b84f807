"""What a site's selectors find, and what they leave to the rules for every site."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from lxml import html
from lxml.cssselect import CSSSelector

from pipelines.article import read_article
from pipelines.blocks_match import plain_selector
from pipelines.blocks_select import Finder
from pipelines.rules import SiteRules
from storage.records import Article, Page

URL = "https://portail.example/actualite/12/le-marche"
TEXT = "".join(f"<p>Le marché a rouvert lundi, et la foule y était dès l'aube ({n}).</p>" for n in range(6))
PAGE = f"""<html lang="fr"><head><title>Le marché rouvre</title></head><body><h1>Le marché rouvre à Fès</h1>
<div class="texte">{TEXT}<p>Source : Le Matin</p></div>
<div class="jour">Le 12 mars 2021</div><div class="credit">SOURCE WEB Par Médias24</div>
<h3>Les articles en relation</h3>
<ul class="voisins"><li><a href="/actualite/9/x">Une place pavée</a></li></ul>
<aside><div class="voisins"><h4>À lire</h4><a href="/actualite/8/y">Un pont rénové</a></div></aside>
</body></html>"""


def read(**rules: tuple[str, ...]) -> Article:
    return read_article(
        Page(URL, PAGE.encode(), datetime(2021, 3, 13, tzinfo=UTC)), SiteRules(country="MA", **rules)
    )


def test_a_credit_found_by_selector_ends_the_search() -> None:
    found = read(body=(".texte",), date=(".jour",), attribution=(".credit",))
    assert [one.outlets for one in found.attributions] == [("Médias24",)]
    assert found.published.date.isoformat() == "2021-03-12"


def test_where_no_selector_matched_the_rules_for_every_site_look() -> None:
    found = read(body=(".texte",), date=(".jour",), attribution=(".autre",))
    assert [one.outlets for one in found.attributions] == [("Le Matin (Maroc)",)]


def test_declared_blocks_keep_heading_and_place() -> None:
    found = read(related=(".voisins",))
    assert [(link.title, link.block, link.heading) for link in found.related] == [
        ("Une place pavée", "end", "Les articles en relation"),
        ("Un pont rénové", "aside", "À lire"),
    ]


@pytest.mark.parametrize(
    ("selector", "count"),
    [
        ("div.a", 1),
        (".a > p.b", 1),
        (".nowhere, p.b", 1),
        (".nowhere", 0),
        ("div:not(.nowhere)", 1),
        ("[class~=a]", 1),
        ("//p", 2),
        ("p:first-child", 1),
    ],
)
def test_a_selector_is_left_out_only_where_it_cannot_match(selector: str, count: int) -> None:
    tree = html.document_fromstring("<body><div class='x a'><p class='b'>1</p><p>2</p></div></body>")
    assert len(Finder(tree).first((selector,))) == count


_PLAIN = """
p
.b
div.a
div > p
div p.b
.x .b
body > div.x > p
p[lang=fr]
div.a.x p[lang=fr]
.nowhere p
a[rel=author]
"""
PLAIN = _PLAIN.strip().splitlines()


@pytest.mark.parametrize("selector", PLAIN)
def test_a_plain_selector_means_what_xpath_says(selector: str) -> None:
    tree = html.document_fromstring(
        "<body class='x'><div class='x a'><p class='b'>1</p><section><p lang='fr'>2</p><div class='x'>"
        "<p class=' c\tb '>3</p></div></section></div><a rel='author' class='b'>4</a><p>5</p></body>"
    )
    finder = Finder(tree)
    assert plain_selector(selector) is not None
    for _ in range(2):
        assert finder.first((selector,)) == CSSSelector(selector)(tree)
        for gone in tree.xpath("//section"):
            gone.getparent().remove(gone)
        finder.forget()


@pytest.mark.parametrize("selector", ["h1 + p", "p:first-child", "p, a", "*", "[rel]", "p[a~=b]", "P", ""])
def test_other_selectors_are_left_to_xpath(selector: str) -> None:
    assert plain_selector(selector) is None
