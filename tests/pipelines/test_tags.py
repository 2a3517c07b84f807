"""Tags: those that nothing announces, and what else bears their mark."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pipelines.article import read_article
from storage.records import Article, Page

PARAGRAPH = (
    "<p>Le conseil de la ville a examiné lundi le budget de la bibliothèque, et deux heures ont passé.</p>"
)
SITE = "https://gazette.example"


def read(behind: str, head: str = "") -> Article:
    page = (
        f"<html lang='fr'><head><title>Le budget adopté</title>{head}</head><body><article>"
        f"<h1>Le budget adopté</h1>{PARAGRAPH * 4}{behind}</article></body></html>"
    )
    return read_article(Page(f"{SITE}/2024/05/budget", page.encode(), datetime(2024, 5, 6, tzinfo=UTC)))


def link(name: str, path: str, rel: str = "tag") -> str:
    return f"<a href='{path}' rel='{rel}'>{name}</a>"


@pytest.mark.parametrize("folder", ["/tag/", "/mot-cle/", "/etiquettes/", "/search/label/", "/sujets/"])
def test_links_that_say_so_are_tags_without_a_heading(folder: str) -> None:
    article = read(f"<p>{link('Ponts', f'{folder}ponts')} {link('#Voirie', f'{folder}voirie')}</p>")
    assert [(tag.name, tag.url) for tag in article.tags] == [
        ("Ponts", f"{SITE}{folder}ponts"),
        ("Voirie", f"{SITE}{folder}voirie"),
    ]
    assert "Ponts" not in (article.body or "")
    assert [e.rule for e in article.evidence if e.field == "tags"] == ["rel:tag"]


def test_a_section_is_no_tag() -> None:
    assert read(link("Société", "/tag/societe", rel="category tag")).tags == ()
    assert read(link("Société", "/societe/")).tags == ()


def test_labels_of_cards_are_no_tags() -> None:
    sport = link("Sport", "/tag/sport")
    cards = "".join(
        f"<div><a href='/a/{n}'>Un autre titre assez long, {n}</a> {sport}</div>" for n in range(3)
    )
    assert read(f"<div>{cards}</div>").tags == ()


def test_an_index_of_tags_is_none_of_the_article() -> None:
    links = [link(f"Mot {n}", f"/tag/mot-{n}") for n in range(21)]
    assert len(read(f"<p>{' '.join(links[:20])}</p>").tags) == 20
    assert read(f"<p>{' '.join(links)}</p>").tags == ()


def test_what_is_declared_gets_the_addresses_of_its_links() -> None:
    head = "<meta name='news_keywords' content='Voirie, budget'>"
    article = read(f"<p>{link('Ponts', '/tag/ponts')} {link('voirie', '/tag/voirie')}</p>", head)
    assert [(tag.name, tag.url) for tag in article.tags] == [
        ("Voirie", f"{SITE}/tag/voirie"),
        ("budget", None),
    ]


def test_tags_of_what_was_cut_are_not_those_of_the_article() -> None:
    assert read(f"<div class='sidebar'>{link('Sport', '/tag/sport')}</div>").tags == ()


def test_what_is_too_long_is_no_tag() -> None:
    links = f"<p>{link('a' * 60, '/tag/a')} {link('b' * 61, '/tag/b')}</p>"
    assert [tag.name for tag in read(links).tags] == ["a" * 60]
    head = "".join(f"<meta property='article:tag' content='{name}'>" for name in ("a" * 80, "b" * 81))
    assert [tag.name for tag in read("", head).tags] == ["a" * 80]


def test_a_link_twice_is_one_tag() -> None:
    again = f"<p>{link('Ponts', '/tag/ponts')}</p>"
    assert [tag.name for tag in read(again + again).tags] == ["Ponts"]


BADGES = "<a href='/tag/pont'>Pont</a> <a href='/tag/ville'>Ville</a>"


@pytest.mark.parametrize(
    "foot",
    [
        f"<div class='card-footer'>{BADGES}</div>",
        f"<p>{BADGES}</p>",
        "<ul><li><a href='/mots-cles/pont'>Pont</a></li><li><a href='/mots-cles/ville'>Ville</a></li></ul>",
        "<p class='mots'><a href='/mot/pont'>Pont</a> <a href='/mot/ville'>Ville</a></p>",
        "<p class='mots'><a href='mots/pont'>Pont</a> <a href='mots/ville'>Ville</a></p>",
    ],
)
def test_a_list_of_nothing_but_tags_needs_no_mark(foot: str) -> None:
    article = read(foot)
    assert [tag.name for tag in article.tags] == ["Pont", "Ville"]
    assert (article.body or "").count("\n") == 3


@pytest.mark.parametrize(
    "behind",
    [
        f"<p>On en parle à la mairie : {BADGES}, et ailleurs en ville.</p>",
        f"<div class='site-footer'>{BADGES}</div>",
        "<p><a href='/tag/pont'>Pont</a></p>",
        "<p><a href='/motocross/pont'>Pont</a> <a href='/motocross/ville'>Ville</a></p>",
        "".join(
            f"<div class='card'><h3><a href='/a/{n}'>Titre {n}</a></h3><p>{BADGES}</p></div>" for n in "12"
        ),
    ],
)
def test_other_links_to_tags_are_no_list(behind: str) -> None:
    assert read(behind).tags == ()


def test_a_menu_of_sections_above_the_headline_is_no_list_of_tags() -> None:
    menu = "<td><b>RUBRIQUES</b><br><a href='?c=1'>Politique</a><br><a href='?c=2'>Société</a></td>"
    inner = f"<h1>Le budget adopté</h1>{PARAGRAPH * 4}"
    for cells, wanted in ((f"{menu}<td>{inner}</td>", 0), (f"<td>{inner}</td>{menu}", 2)):
        page = f"<html lang='fr'><body><table><tr>{cells}</tr></table></body></html>"
        found = read_article(Page(f"{SITE}/b", page.encode(), datetime(2024, 5, 6, tzinfo=UTC)))
        assert len(found.tags) == wanted


def test_who_wrote_is_no_tag() -> None:
    author = "<div class='content_tag_news'><a href='/journaliste/anne-modele'>Anne Modele</a></div>"
    tags = "<div class='tags'><a href='/tag/pont'>Pont</a></div>"
    assert [tag.name for tag in read(author + tags).tags] == ["Pont"]
