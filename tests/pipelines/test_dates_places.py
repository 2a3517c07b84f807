"""Which of a page's dates is its article's: by place, by label, and by when the page was fetched."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pipelines.article import read_article
from storage.records import Article, Date, Page

TITLE = "Le marché couvert rouvre à Brévilliers"
PROSE = [
    "Les halles ont rouvert leurs portes après quatorze mois de travaux, au grand soulagement des voisins.",
    "La charpente de 1887 a été reprise poutre par poutre, et les verrières laissent à nouveau passer l'air.",
    "Les maraîchers, installés depuis deux hivers sur le parking de la gare ont retrouvé leurs emplacements.",
    "Le conseil municipal a voté une baisse des droits de place pour les deux premières années.",
]
TEXT = "".join(f"<p>{paragraph}</p>" for paragraph in PROSE)
SAME_DAY = datetime(2024, 5, 6, 20, tzinfo=UTC)
VISITS = [SAME_DAY, datetime(2024, 5, 7, 7, tzinfo=UTC), datetime(2024, 5, 7, 23, 30, tzinfo=UTC)]
LATER = datetime(2024, 5, 20, tzinfo=UTC)
H1 = f"<h1>{TITLE}</h1>"


def read(inner: str, fetched: datetime = SAME_DAY, head: str = "") -> Article:
    text = (
        f'<!DOCTYPE html><html lang="fr"><head><meta charset="utf-8"><title>{TITLE}</title>{head}</head>'
        f"<body>{inner}</body></html>"
    )
    return read_article(Page("https://halles.example/ville/marche", text.encode(), fetched))


def article(above: str = "", below: str = "", text: str = TEXT, foot: str = "") -> str:
    return (
        f"<main><article class='post'><header class='entry-header'>{above}{H1}{below}</header>"
        f"<div class='entry-content'>{text}</div>{foot}</article></main>"
    )


def moment(found: Date | None) -> str | None:
    return None if found is None else str(found.datetime or found.date)


@pytest.mark.parametrize("visit", [*VISITS, LATER])
@pytest.mark.parametrize(
    ("above", "expected"),
    [
        (
            "<p>Publié le <time class='entry-date published' datetime='2024-05-06T09:15:00+02:00'>6 mai 2024"
            "</time></p>",
            "2024-05-06 09:15:00",
        ),
        ("<p class='post-meta'><time datetime='2024-05-06 09:15:00'>6 mai</time></p>", "2024-05-06 09:15:00"),
        ("<div class='date'>Publié le lundi 6 mai 2024 à 9h15</div>", "2024-05-06 09:15:00"),
        ("<div class='posted-on'>6 mai 2024</div>", "2024-05-06"),
        ("<p>Politique | 6 mai 2024</p>", "2024-05-06"),
        ("<p>6 mai 2024 à 9h15</p>", "2024-05-06 09:15:00"),
        ("<p>Par Leïla Modele, le 6 mai 2024</p>", "2024-05-06"),
    ],
)  # fmt: skip
def test_a_date_in_the_box_of_the_headline_is_the_articles_whenever_it_is_fetched(
    above: str, expected: str, visit: datetime
) -> None:
    assert moment(read(article(above), visit).published) == expected


@pytest.mark.parametrize("visit", VISITS)
@pytest.mark.parametrize(
    "box",
    [
        "<div class='article'>{0}{1}<div class='article_body'>{2}</div></div>",
        "<div id='story'><div class='story-header'>{0}{1}</div><div>{2}</div></div>",
        "<div><header>{0}{1}</header><div>{2}</div></div>",
        "<div itemscope itemtype='https://schema.org/NewsArticle'>{0}{1}<div>{2}</div></div>",
        "<div class='itemHeader'>{0}<h2>" + TITLE + "</h2></div><div>{2}</div>",
        "<div id='story'>{0}{1}<div>{2}</div></div>",
        "<article><div><div><div>{0}{1}</div></div></div><div>{2}</div></article>",
    ],
)
def test_other_boxes_of_a_headline(box: str, visit: datetime) -> None:
    dated = "<div class='date_infos'><a href='/idees'>Idées</a> - <span>06.05.2024</span></div>"
    assert moment(read(box.format(dated, H1, TEXT), visit).published) == "2024-05-06"


HEADS = ["<header>{0}{1}</header><div>{2}</div>", "<div class='article'>{0}{1}<div>{2}</div></div>"]


@pytest.mark.parametrize("visit", VISITS)
@pytest.mark.parametrize("box", HEADS)
def test_an_hour_tells_the_articles_day_from_a_mastheads(box: str, visit: datetime) -> None:
    dated, bare = "<p>6 mai 2024 à 9h15</p>", "<p>Lundi 6 mai 2024</p>"
    assert moment(read(box.format(dated, H1, TEXT), visit).published) == "2024-05-06 09:15:00"
    assert read(box.format(bare, H1, TEXT), visit).published is None


@pytest.mark.parametrize("visit", VISITS)
@pytest.mark.parametrize(
    "line",
    [
        "Publié le 6 mai 2024",
        "Mise en ligne : 6 mai 2024",
        "Par Leïla Modele, le 6 mai 2024",
        "Accueil | Par Leïla Modele | 6 mai 2024",
    ],
)
def test_a_line_that_says_what_its_day_is_needs_no_box(line: str, visit: datetime) -> None:
    found = read(f"<div id='page'><p>{line}</p>{H1}<div>{TEXT}</div></div>", visit)
    assert moment(found.published) == "2024-05-06"


@pytest.mark.parametrize("visit", VISITS)
@pytest.mark.parametrize(
    "line",
    [
        "Lundi 6 mai 2024",
        "6 mai 2024",
        "Lundi 6 mai 2024 - 27 Chaoual 1445",
        "Lundi 6 mai 2024 | 18° Brévilliers",
        "Lundi 6 mai 2024 20:00",
        "Lundi 6 mai 2024, mis à jour à 20h00",
        "La Nouvelle République | lundi 6 mai 2024",
        "Date : 6 mai 2024",
        "Lundi 6 mai 2024 - Créé en 1998",
        "Lundi 6 mai 2024 | Publié à Brévilliers",
        "Journal publié à Dakar - lundi 6 mai 2024",
        "Quotidien national publié à Alger - lundi 6 mai 2024",
    ],
)
@pytest.mark.parametrize("mark", ["", " class='date'"])
@pytest.mark.parametrize(
    "page",
    [
        "<div class='top'>{0}</div>" + article(),
        "<header><a href='/'>Les Halles</a>{0}</header>" + article(),
        "<div id='page'>{0}" + H1 + "<div>" + TEXT + "</div></div>",
        "<div class='post-wrapper'>{0}<div>" + H1 + "<div>" + TEXT + "</div></div></div>",
        "<main class='post'><div>{0}</div><div>" + H1 + "</div><div>" + TEXT + "</div></main>",
        "<h1><a href='/'>Les Halles</a></h1>{0}<div><h2>" + TITLE + "</h2><div>" + TEXT + "</div></div>",
    ],
)
def test_a_masthead_never_wins(page: str, mark: str, line: str, visit: datetime) -> None:
    found = read(page.format(f"<p{mark}>{line}</p>"), visit)
    assert (found.published, found.modified) == (None, None)


@pytest.mark.parametrize("visit", VISITS)
def test_the_clock_of_a_site_is_no_publication(visit: datetime) -> None:
    clock = f"<div class='top'><time datetime='{visit.isoformat()}'>Lundi 6 mai</time></div>"
    assert read(clock + article(), visit).published is None


def test_a_menu_makes_a_box_the_pages() -> None:
    menu = "".join(f"<li><a href='/{n}'>Rubrique {n}</a></li>" for n in range(12))
    bar = f"<div><ul>{menu}</ul><p class='date'>Lundi 6 mai 2024</p></div>"
    assert read(f"<article>{bar}{H1}<div>{TEXT}</div></article>").published is None


def test_a_day_above_the_headline_counts_once_the_visit_is_past() -> None:
    page = "<div class='top'><p class='date'>Lundi 6 mai 2024</p></div>" + article()
    assert moment(read(page, LATER).published) == "2024-05-06"


@pytest.mark.parametrize("visit", [SAME_DAY, LATER])
@pytest.mark.parametrize(
    ("line", "authors"),
    [
        ("Par Leïla Modele, le 6 mai 2024", ("Leïla Modele",)),
        ("Accueil | Par Leïla Modele | 6 mai 2024", ("Leïla Modele",)),
        ("Brévilliers | 6 mai 2024", ()),
        ("Lundi 6 mai 2024", ()),
    ],
)
def test_a_byline_above_the_headline_signs(line: str, authors: tuple[str, ...], visit: datetime) -> None:
    assert read(article(f"<p>{line}</p>"), visit).authors == authors


@pytest.mark.parametrize(
    "line",
    [
        "Mardi 30 avril 2024 à 6h00",
        "Val-Perdu, mardi 30 avril 2024",
        "Val-Perdu, Brise et Port-Neuf : mardi 30 avril 2024 à 6h00",
        "Val-Perdu et Port-Neuf, de lundi 9 heures à mardi 3 heures ;",
        "Lundi à 14h, Port-Neuf",
    ],
)
@pytest.mark.parametrize("item", ["<p>{0}</p>", "<ul><li>{0}</li></ul>"])
@pytest.mark.parametrize("before", [2, 3])
def test_a_day_between_paragraphs_of_the_text_is_no_publication(line: str, item: str, before: int) -> None:
    parts = TEXT.split("</p>")
    text = "</p>".join([*parts[:before], ""]) + item.format(line) + "</p>".join(parts[before:])
    assert read(article(text=text)).published is None


@pytest.mark.parametrize(
    ("line", "before"),
    [
        ("2 mai 2024", 1),  # behind a lead in the container of the text
        ("Publié le 2 mai 2024", 2),
        ("Par Leïla Modele, le 2 mai 2024", 3),
        ("Brévilliers, le 2 mai 2024", 4),  # signs the text
    ],
)
def test_lines_of_a_text_that_date_it(line: str, before: int) -> None:
    parts = TEXT.split("</p>")
    text = "</p>".join([*parts[:before], ""]) + f"<p>{line}</p>" + "</p>".join(parts[before:])
    assert moment(read(article(text=text)).published) == "2024-05-02"


@pytest.mark.parametrize(
    "box",
    [
        "<div class='{0}'>par <a href='/a'><strong>Leïla Modele</strong></a><br><a href='#'>(son site)</a> "
        "<span>jeudi 2 mai 2024</span> <div>312 visites <a href='#forum'>14 réactions</a></div></div>",
        "<div class='{0}'>par Leïla Modele (son blog) 2 mai 2024</div>",
    ],
)
@pytest.mark.parametrize("name", ["x", "article_auteur"])
def test_a_link_behind_a_guests_name(box: str, name: str) -> None:
    found = read(article(below=box.format(name)))
    assert (found.authors, moment(found.published)) == (("Leïla Modele",), "2024-05-02")


@pytest.mark.parametrize("name", ["itemContentFooter", "articleFooter", "entry-footer"])
def test_the_foot_of_an_article_says_when_it_was_changed(name: str) -> None:
    line = "<span>Lu 421 fois</span> <span>Dernière modification le jeudi, 2 mai 2024 10:12</span>"
    dated, foot = "<p>Publié le 1er mai 2024</p>", f"<div class='{name}'>{line}</div>"
    assert moment(read(article(below=dated, foot=foot)).modified) == "2024-05-02 10:12:00"


@pytest.mark.parametrize("name", ["siteFooter", "itemContentFooter"])
def test_other_feet_are_cut(name: str) -> None:
    found = read(article() + f"<div class='{name}'>Les Halles, une revue de quartier</div>")
    assert "revue" not in (found.body or "")


def declared(published: str, modified: str) -> str:
    return (
        '<script type="application/ld+json">{"@context":"https://schema.org","@type":"NewsArticle",'
        f'"headline":"{TITLE}","datePublished":"{published}","dateModified":"{modified}"}}</script>'
    )


@pytest.mark.parametrize(
    ("modified", "line", "expected"),
    [
        ("2024-03-11T08:20:05+00:00", "Mis à jour le 12 avril 2024 à 10h", "2024-04-12 10:00:00"),
        ("2024-03-11", "Mis à jour le 12 avril 2024", "2024-04-12"),
        # a declared update that is one stays; so does one that the page only prints on another clock
        ("2024-03-12T08:00:00+00:00", "Mis à jour le 12 avril 2024 à 10h", "2024-03-12 08:00:00"),
        ("2024-03-11T08:20:05+00:00", "Mis à jour le 11 mars 2024 à 8h20", "2024-03-11 08:20:05"),
        ("2024-03-11T08:20:05+00:00", "Mis à jour il y a 3 jours", "2024-03-11 08:20:05"),
    ],
)
def test_an_update_in_sight_beats_a_declared_one_that_repeats_the_publication(
    modified: str, line: str, expected: str
) -> None:
    below = f"<p>11 mars 2024 à 9h20, <span class='maj'>{line}</span></p>"
    found = read(article(below=below), head=declared("2024-03-11T08:20:05+00:00", modified))
    assert moment(found.published) == "2024-03-11 08:20:05"
    assert moment(found.modified) == expected


FIRST = "<time class='{0}' datetime='2024-05-02T10:00:00+00:00'>2 mai 2024</time>"
SECOND = "<time class='{0}' datetime='2024-05-03T11:00:00+00:00'>3 mai 2024</time>"


@pytest.mark.parametrize(
    "times",
    [
        FIRST.format("entry-date updated td-module-date"),
        FIRST.format("entry-date published updated"),
        f"<span class='posted-on'>{FIRST.format('updated')}</span>",
    ],
)
def test_a_lone_time_called_updated_is_the_publication(times: str) -> None:
    found = read(article(below=f"<div>{times}</div>"))
    assert (moment(found.published), found.modified) == ("2024-05-02 10:00:00", None)


@pytest.mark.parametrize(
    "times",
    [
        FIRST.format("entry-date published") + SECOND.format("updated"),
        f"{FIRST.format('published')}<span style='display:none'>{SECOND.format('updated')}</span>",
        f"<span class='date'>2 mai 2024</span> {SECOND.format('updated')}",
        f"Publié le 2 mai 2024, mis à jour le {SECOND.format('updated')}",
    ],
)
def test_a_second_time_called_updated_is_the_update(times: str) -> None:
    found = read(article(below=f"<div>{times}</div>"))
    assert (moment(found.published) or "")[:10] == "2024-05-02"
    assert moment(found.modified) == "2024-05-03 11:00:00"


def test_a_lone_time_with_a_label_of_update_is_one() -> None:
    found = read(article(below=f"<div>Mis à jour le {FIRST.format('updated')}</div>"))
    assert (found.published, moment(found.modified)) == (None, "2024-05-02 10:00:00")
