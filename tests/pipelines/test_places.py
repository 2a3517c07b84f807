"""What elements are called counts by their place: above the headline, below it, behind the text."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pipelines.article import read_article
from storage.records import Article, Page

SENTENCE = "Le conseil de la ville a examiné lundi le budget de la bibliothèque, et deux heures ont passé."
TEXT = "".join(f"<p>{SENTENCE} Paragraphe {number}.</p>" for number in range(5))
DATE = "12 mars 2020"


def read(
    above: str = "", below: str = "", behind: str = "", headline: str = "<h1>Le budget adopté</h1>"
) -> Article:
    page = (
        f"<html lang='fr'><head><title>Le budget adopté</title></head><body>{above}{headline}{below}"
        f"<div>{TEXT}</div>{behind}</body></html>"
    )
    fetched = datetime(2024, 5, 6, tzinfo=UTC)
    return read_article(Page("https://gazette.example/2020/budget", page.encode(), fetched))


def rules(article: Article, field: str) -> list[str]:
    return [evidence.rule for evidence in article.evidence if evidence.field == field]


@pytest.mark.parametrize(
    "element", [f"<p class='date'>{DATE}</p>", f"<p itemprop='x datePublished'>{DATE}</p>"]
)
@pytest.mark.parametrize(("place", "rule"), [("above", "above"), ("below", "head"), ("behind", "after")])
def test_the_rule_of_a_date_says_where_it_stands(element: str, place: str, rule: str) -> None:
    article = read(**{place: element})
    assert f"name:{rule}" in rules(article, "published")
    assert article.published is not None
    assert article.published.date.isoformat() == "2020-03-12"


def test_without_a_headline_all_stands_above() -> None:
    assert "name:above" in rules(read(below=f"<p class='date'>{DATE}</p>", headline=""), "published")


def test_an_address_names_the_author() -> None:
    assert read(below="<address>Jeanne Modele</address>").authors == ("Jeanne Modele",)


def test_only_images_below_the_headline_and_in_no_other_block_are_the_articles() -> None:
    image = "<p><img src='/{}.jpg'></p>".format
    box = (
        f"<div class='related'><h3>À lire aussi</h3><a href='/autre'>{image('boite')}Un autre titre</a></div>"
    )
    found = read(above=image("au-dessus"), below=image("dessous") + box).images
    assert [one.url for one in found] == ["https://gazette.example/dessous.jpg"]


def test_a_link_that_files_the_article_names_its_section() -> None:
    article = read(behind="<p>Dans <a href='/c/societe' rel='category tag'>Société</a></p>")
    assert (article.section, rules(article, "section")) == ("Société", ["rel:category"])


def test_a_form_that_asks_for_something_is_no_text() -> None:
    """Of one that hides its fields too much is prose: systems wrap whole pages in such a form."""
    form = f"<form>{f'<p>{SENTENCE} Formulaire.</p>' * 5}<input type='text' name='a'></form>"
    article = read(behind=form)
    assert "Formulaire" not in (article.body or "")
    assert "tag:form" in rules(article, "blocks")
    assert "Formulaire" in (read(behind=form.replace("type='text'", "type='hidden'")).body or "")


def test_a_date_behind_the_text_gives_way_to_the_line_below_the_headline() -> None:
    article = read(below=f"<p>Publié le {DATE}</p>", behind="<p class='date'>4 janvier 2021</p>")
    assert article.published is not None
    assert (article.published.date.isoformat(), article.published.rule) == ("2020-03-12", "line:head")


def test_what_is_marked_as_the_text_is_the_text() -> None:
    """Though another box, here of a bulletin, says as much as it."""
    other = "".join(f"<p>{SENTENCE} Bulletin {number}.</p>" for number in range(5))
    boxes = f"<section><div itemprop='articleBody'>{TEXT}</div><div>{other}</div></section>"
    page = f"<html lang='fr'><body><h1>Le budget adopté</h1><main>{boxes}</main></body></html>"
    article = read_article(Page("https://gazette.example/a", page.encode(), datetime(2024, 5, 6, tzinfo=UTC)))
    assert rules(article, "body") == ["articleBody"]


SECTIONS = ("Politique", "Radio", "Emploi")
MENU = "".join(
    f"<li class='menu-item menu-item-object-category'><a href='/{one}/'>{one}</a></li>" for one in SECTIONS
)
MENUS = [
    f"<header><nav><ul>{MENU}</ul></nav></header>",
    f"<div id='entete'><ul class='menu'>{MENU}</ul></div>",
    f"<aside class='sidebar'><ul>{MENU}</ul></aside>",
    f"<footer><ul>{MENU}</ul></footer>",
]


@pytest.mark.parametrize("menu", MENUS)
def test_an_entry_of_a_menu_is_no_section(menu: str) -> None:
    filed = "<p>Dans <a href='/eau/' rel='category tag'>Eau</a></p>"
    assert [read(above=menu).section, read(behind=menu).section] == [None, None]
    assert [read(above=menu, below=filed).section, read(below=filed, behind=menu).section] == ["Eau", "Eau"]


LISTED = "<ul>{}</ul>".format("".join(f"<li><a href='/c/{one}'>{one}</a></li>" for one in SECTIONS))
OWN = "<p class='tags'><a href='/tag/puits' rel='tag'>puits</a></p>"


@pytest.mark.parametrize(
    "margin",
    [
        f"<aside><section><h2>Catégories</h2>{LISTED}</section></aside>",
        f"<aside><section class='widget widget_categories'><h2>Rubriques</h2>{LISTED}</section></aside>",
        f"<div id='sidebar'><div class='categories'><h3>Thèmes</h3>{LISTED}</div></div>",
        f"<div class='widget Label' id='Label1'><h2>Libellés</h2><div>{LISTED}</div></div>",
        f"<div class='widget widget_tag_cloud'><h3>Étiquettes</h3><div class='tagcloud'>{LISTED}</div></div>",
        f"<div id='sidebar'><h3>Mots-clés</h3>{LISTED}</div>",
        f"<nav class='menu'><h3>Sujets</h3>{LISTED}</nav>",
        f"<footer><div class='tags'>{LISTED}</div></footer>",
    ],
)
def test_a_list_beside_the_article_is_the_sites(margin: str) -> None:
    for place in ({"behind": OWN + margin}, {"above": margin, "behind": OWN}):
        article = read(**place)
        assert ([tag.name for tag in article.tags], article.section) == (["puits"], None)


@pytest.mark.parametrize(
    "foot",
    [
        f"<h3>Mots-clés</h3>{LISTED}",
        f"<div class='bloc'><h3>Thèmes</h3>{LISTED}</div>",
        f"<div class='widget'><h3>Sujets</h3>{LISTED}</div>",
        "<div class='post-footer'><span class='post-labels'>Libellés : {}</span></div>".format(
            ", ".join(f"<a href='/search/label/{one}' rel='tag'>{one}</a>" for one in SECTIONS)
        ),
        "<div id='extra'><div class='menu'><h2>Mots-clés</h2><ul>{}</ul></div></div>".format(
            "".join(
                f"<li><a href='?mot{number}' rel='tag'>{SECTIONS[number]}</a></li>" for number in range(3)
            )
        ),
    ],
)
def test_a_list_below_the_text_is_the_articles(foot: str) -> None:
    assert [tag.name for tag in read(behind=foot).tags] == list(SECTIONS)


@pytest.mark.parametrize("card", ["", "<article><h3>Le marché couvert rouvre</h3></article>"])
def test_a_margin_of_the_article_itself_has_its_tags(card: str) -> None:
    page = (
        f"<html lang='fr'><body>{card}<article><h1>Le budget adopté</h1><div>{TEXT}</div>"
        f"<aside><h3>Mots-clés</h3>{LISTED}</aside></article></body></html>"
    )
    article = read_article(Page("https://gazette.example/a", page.encode(), datetime(2024, 5, 6, tzinfo=UTC)))
    assert [tag.name for tag in article.tags] == list(SECTIONS)


@pytest.mark.parametrize(
    "box",
    [
        "<div class='widget-area'>{0}{1}</div>",
        "<div class='texte'>{0}</div><footer class='entry-footer'>{1}</footer>",
        "<div class='texte'>{0}</div><footer class='post-meta'>{1}</footer>",
    ],
)
def test_a_text_and_its_foot_stand_beside_no_article(box: str) -> None:
    """Whatever they are called."""
    inner = box.format(TEXT, f"<h3>Mots-clés</h3>{LISTED}")
    page = f"<html lang='fr'><body><div><h1>Le budget adopté</h1></div>{inner}</body></html>"
    article = read_article(Page("https://gazette.example/a", page.encode(), datetime(2024, 5, 6, tzinfo=UTC)))
    assert [tag.name for tag in article.tags] == list(SECTIONS)


@pytest.mark.parametrize(
    "margin",
    [
        "<aside><p>5 mai 2024 - <a href='/economie/'>Économie</a></p></aside>",
        "<aside><p><span class='category'>Économie</span></p></aside>",
    ],
)
def test_a_label_in_a_margin_is_no_section(margin: str) -> None:
    assert read(above=margin).section is None


FILED = [
    "<div class='links'><span>Publié dans</span> <a href='/eau'>Eau</a></div>",
    "<p>Catégories : <a href='/eau'>Eau</a></p>",
    "<span class='cat-links'><a href='/eau' rel='category tag'>Eau</a></span>",
    "<p>Classé sous : <a href='/eau'>Eau</a></p>",
]


@pytest.mark.parametrize("line", FILED)
def test_where_an_article_is_filed_is_its_section(line: str) -> None:
    tags = "<div class='labels'><span>Étiquettes</span> <ul><li><a href='/t/1'>puits</a></li></ul></div>"
    article = read(behind=line + tags)
    assert ([tag.name for tag in article.tags], article.section) == (["puits"], "Eau")


@pytest.mark.parametrize("line", FILED)
def test_where_an_article_is_filed_is_its_tag_where_it_has_no_other(line: str) -> None:
    assert [tag.name for tag in read(behind=line).tags] == ["Eau"]


def test_a_long_list_of_sections_files_nothing() -> None:
    links = " ".join(f"<a href='/c/{number}'>Rubrique {number}</a>" for number in range(5))
    assert read(behind=f"<p>Catégories : {links}</p>").section is None
