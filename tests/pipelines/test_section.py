"""The section: declared, the deepest link of a trail, or the label by the headline."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from lxml import html

from pipelines.blocks import Blocks
from pipelines.blocks_elements import Elements
from pipelines.section import choose_section
from pipelines.structured import extract_structured

URL = "https://gazette.example/eau/1"
TITLE = "Le barrage rouvre"


def noted(tree: html.HtmlElement) -> Blocks:
    blocks = Blocks()
    blocks.elements = Elements(tree)
    return blocks


def section(
    body: str, head: str = "", sites: Sequence[str] = ("La Gazette", "gazette.example"), url: str = ""
) -> str | None:
    page = f"<html><head>{head}</head><body>{body}</body></html>"
    tree = html.document_fromstring(page)
    return choose_section(extract_structured(tree, URL), noted(tree), TITLE, sites, url)[0]


TRAIL = '<a href="/">Accueil</a> &gt; <a href="/regions">Régions</a> &gt; <a href="/regions/eau">Eau</a>'


@pytest.mark.parametrize(
    "name",
    ["breadcrumb", "ariane", "arbo", "fil-ariane", "fil_d_ariane", "td-crumb breadcrumbs", "hierarchie"],
)
def test_the_deepest_link_of_a_trail(name: str) -> None:
    assert section(f'<div class="{name}">{TRAIL}</div><h1>{TITLE}</h1>') == "Eau"


@pytest.mark.parametrize("link", ["Accueil", "La Gazette", TITLE, "À la une"])
def test_home_site_and_title_are_no_section(link: str) -> None:
    trail = f'<div class="breadcrumb"><a href="/regions">Régions</a> <a href="/x">{link}</a></div>'
    assert section(f"{trail}<h1>{TITLE}</h1>") == "Régions"


@pytest.mark.parametrize(
    "page",
    [
        '<ul class="path">' + '<li><a href="/{0}">Rubrique {0}</a></li>'.join(" " * 10) + "</ul>{1}",
        '<section class="no-breadcrumb">{1}<p>Un texte.</p><a href="/contact">Contact</a></section>',
    ],
)
def test_a_menu_and_a_page_are_no_trail(page: str) -> None:
    assert section(page.format(12, f"<h1>{TITLE}</h1>")) is None


@pytest.mark.parametrize("name", ["category", "rubrique", "post-cat", "kicker", "cat"])
def test_a_linked_label_above_the_headline(name: str) -> None:
    assert section(f'<span class="{name}"><a href="/eau">Eau</a></span><h1>{TITLE}</h1>') == "Eau"


def test_a_label_below_the_headline_does_not_win() -> None:
    above = '<span class="rubrique"><a href="/eau">Eau</a></span>'
    below = '<span class="rubrique"><a href="/sport">Sport</a></span>'
    assert section(f"{above}<h1>{TITLE}</h1>{below}") == "Eau"


def test_a_thread_of_news_below_the_headline_is_no_trail() -> None:
    news = '<ul class="fil"><li><a href="/a/1">Le port rouvre</a></li></ul>'
    assert section(f"<h1>{TITLE}</h1><p>Un texte.</p>{news}") is None
    assert section(f'<div class="fil">{TRAIL}</div><h1>{TITLE}</h1>') == "Eau"
    assert section(f'<h1>{TITLE}</h1><div class="fil-ariane">{TRAIL}</div>') == "Eau"


@pytest.mark.parametrize(
    "links",
    ['<a href="#">Articles similaires</a><a href="#">Plus De L’auteur</a>', '<a href="#">À lire aussi</a>'],
)
def test_the_heading_of_a_block_is_no_section(links: str) -> None:
    assert section(f'<h1>{TITLE}</h1><div class="section-heading">{links}</div>') is None


@pytest.mark.parametrize("name", ["rubrique", "cat", "post-category"])
def test_a_label_right_above_the_headline_needs_no_link(name: str) -> None:
    assert section(f'<p><span class="{name}">Eau</span></p><h1>{TITLE}</h1>') == "Eau"


@pytest.mark.parametrize(
    "label",
    [
        '<span class="surtitre">Eau</span>',
        '<span class="rubrique">Reportage</span>',
        '<span class="category">Publicité</span>',
        '<span class="category">Partager</span>',
        '<span class="category">Jean Modele</span>',
        '<span class="category">AFP</span>',
        '<span class="cat">Le ministre est parti hier</span>',
        '<span class="cat">Eau | Régions</span>',
        '<span class="cat">Le ministre :</span>',
        '<span class="rubrique">Eau</span>' + "<br>" * 20,
    ],
)
def test_another_label_without_a_link_is_no_section(label: str) -> None:
    assert section(f"{label}<h1>{TITLE}</h1>") is None


def test_a_label_without_a_link_below_the_headline_is_no_section() -> None:
    assert section(f'<h1>{TITLE}</h1><span class="cat">Eau</span>') is None


def test_a_label_with_a_link_beats_one_without() -> None:
    labels = '<p class="rubrique"><a href="/regions">Régions</a></p><span class="cat">Eau</span>'
    assert section(f"{labels}<h1>{TITLE}</h1>") == "Régions"


@pytest.mark.parametrize(
    "line",
    [
        '<time>20 mars 2023 - 14h00</time> - <a href="/economie.html">Économie</a> - Par : A. M.',
        "Par Anne Modele le lundi 20 mars 2023, 22:14 - <a href='/blog/category/Economie'>Économie</a>",
        '<a href="https://gazette.example/c/economie/">Économie</a> - <span>20.03.2023</span>',
        '20 mars 2023 - <a href="/%C3%A9conomie/">Économie</a>',
    ],
)
def test_a_link_in_the_line_that_dates_the_article_is_its_section(line: str) -> None:
    pages = (f"<p>{line}</p><h1>{TITLE}</h1>", f"<h1>{TITLE}</h1><p>{line}</p>")
    assert [section(page, sites=["gazette.example"]) for page in pages] == ["Économie", "Économie"]


@pytest.mark.parametrize(
    "line",
    [
        '20 mars 2023 - Par <a href="/anne-modele/">Anne Modele</a>',
        '20 mars 2023 - <a href="/auteur/anne-modele/">Anne Modele</a>',
        '20 mars 2023 - <a href="/anne-modele/" rel="author">Anne Modele</a>',
        '20 mars 2023 - <a href="/tag/ponts/">Ponts</a>',
        '20 mars 2023 - <a href="https://reseau.example/gazette">Gazette</a>',
        '20 mars 2023 - <a href="/afp/">AFP</a>',
        '20 mars 2023 - <a href="/2023/03/barrage">Lien permanent</a>',
        '<a href="/economie/">Économie</a>',
        "Brévilliers - 20 mars 2023. La région reprend le <a href='/lexique/barrage.php'>barrage</a>, fermé "
        "depuis deux ans, et en confie les vannes à une société de la plaine, contre l'avis des riverains.",
    ],
)
def test_other_links_by_the_headline_are_no_section(line: str) -> None:
    assert section(f"<h1>{TITLE}</h1><p>{line}</p>", sites=["gazette.example"]) is None


def test_a_dated_line_far_below_the_headline_is_another_articles() -> None:
    text = "<p>Un texte.</p>" * 50
    line = '<p>20 mars 2023 - <a href="/economie/">Économie</a></p>'
    assert section(f"<h1>{TITLE}</h1>{text}{line}") is None


def test_the_label_right_above_the_headline_wins() -> None:
    labels = '<a class="rubrique" href="/regions">Régions</a> <a class="rubrique" href="/eau">Eau</a>'
    assert section(f"{labels}<h1>{TITLE}</h1>") == "Eau"


@pytest.mark.parametrize("name", ["Commentaires", "Débat"])
def test_a_section_may_be_called_as_a_block(name: str) -> None:
    label = f'<span class="rubrique"><a href="/idees">{name}</a></span>'
    assert section(f"{label}<h1>{TITLE}</h1>") == name


def test_what_the_page_declares_comes_first() -> None:
    head = '<meta property="article:section" content="Agriculture">'
    assert section(f'<div class="breadcrumb">{TRAIL}</div><h1>{TITLE}</h1>', head) == "Agriculture"


def test_a_long_text_is_no_section() -> None:
    assert section(f'<a rel="category tag" href="/x">{"mot " * 20}</a><h1>{TITLE}</h1>') is None


def test_every_claim_is_evidence() -> None:
    tree = html.document_fromstring(f'<div class="breadcrumb">{TRAIL}</div>')
    chosen, claims = choose_section(extract_structured(tree, URL), noted(tree), TITLE, [])
    assert chosen == "Eau"
    assert [(c.value, c.chosen) for c in claims] == [("Eau", True), ("Régions", False), ("Accueil", False)]


@pytest.mark.parametrize(
    ("above", "wanted"),
    [
        ("<div><p><a href='/rubrique/voirie/'>Voirie</a></p></div>", "Voirie"),
        ("<p><a href='/voirie/'>Voirie</a></p><p><a href='/eau/'>Eau</a></p>", None),  # a menu
        ("<p><a href='/auteur/voirie/'>Voirie</a></p>", None),
        ("<p><a href='/equipe/jeanne-modele/'>Jeanne Modele</a></p>", None),
        ("<p><a href='/rubrique/voirie/'>Voirie</a> et ses ponts</p>", None),
    ],
)
def test_the_link_alone_above_the_headline_that_is_called_as_its_address(
    above: str, wanted: str | None
) -> None:
    assert section(f"{above}<h1>{TITLE}</h1>") == wanted


MENU = "".join(
    f'<li><a href="{address}">{name}</a></li>'
    for address, name in (
        ("/", "Accueil"),
        ("/monde/", "Monde"),
        ("https://gazette.example/monde/asie", "Asie"),
        ("/monde/afrique/", "Afrique"),
        ("https://autre.example/monde/asie/mer", "Mer"),
        ("/2024/05/12/", "12"),
        ("/articles", "Articles"),
        ("/actualites/", "Actualités"),
        ("/jeanne-modele", "Jeanne Modele"),
    )
)


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("/monde/asie/le-barrage-12", "Asie"),
        ("/monde/asie/mer/le-barrage-12", "Asie"),
        ("/monde/le-barrage-12.html", "Monde"),
        ("/monde/2024/05/12/le-barrage", "Monde"),
        ("/mondes/le-barrage-12", None),
        ("/monde", None),
        ("/2024/05/12/le-barrage", None),
        ("/articles/le-barrage", None),
        ("/actualites/le-barrage", None),
        ("/jeanne-modele/le-barrage", None),
        ("/le-barrage", None),
    ],
)
def test_the_folder_of_the_address_as_a_menu_calls_it(path: str, wanted: str | None) -> None:
    page = f"<ul>{MENU}</ul><h1>{TITLE}</h1><p>Un texte.</p>"
    assert section(page, url=f"https://gazette.example{path}") == wanted


def test_a_folder_counts_where_nothing_else_names_the_section() -> None:
    page = f'<ul>{MENU}</ul><span class="rubrique"><a href="/eau">Eau</a></span><h1>{TITLE}</h1>'
    assert section(page, url="https://gazette.example/monde/le-barrage-12") == "Eau"


@pytest.mark.parametrize(
    ("declared", "wanted"),
    [
        ("Agriculture, À la une", "Agriculture"),
        ("à la une,Société", "Société"),
        ("Arts, culture", "Arts, culture"),
        ("À la une", None),
    ],
)
def test_the_front_page_in_a_list_of_sections_is_none(declared: str, wanted: str | None) -> None:
    head = f'<meta property="article:section" content="{declared}">'
    assert section(f"<h1>{TITLE}</h1>", head) == wanted
