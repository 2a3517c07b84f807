"""Cards of other articles: those without a label in the text, and blocks that stand below other boxes."""

from __future__ import annotations

import re

import pytest

from tests.pipelines.test_places_of_lines import PROSE, lines, page, paragraphs, read

HREF = "/actu/la-digue-du-sud"
NAME = "La digue du sud sera rehaussée"
LINK = f"<a href='{HREF}'><img src='d.jpg'><h4>{NAME}</h4></a>"
PLAIN = f"<a href='{HREF}'><h4>{NAME}</h4></a>"
FACTS = "".join(
    f"<li>{fact}</li>"
    for fact in (
        "Ouvert en 1958 par la commune",
        "Trois arches de pierre grise",
        "Douze mètres de large",
        "Un péage jusqu'en 1971",
        "Deux crues, en 1983 et en 2001",
        "Six mille voitures chaque jour",
        "Une piste cyclable depuis 2019",
        "Un chantier de neuf millions",
        "Deux ans de travaux, par étapes",
    )
)
BEHIND = [
    f"<article><a href='/actu/une-digue-du-nord-{n}'><h4>La digue {n} tient</h4></a></article>" for n in "123"
]


@pytest.mark.parametrize(
    "card",
    [
        f"<div class='embed-article'>{LINK}</div>",
        f"<div class='embed-article'><div><div>Monde</div>{LINK}</div></div>",
        f"<div class='embed-article'>{PLAIN}</div>",
        f"<hr><div class='vide'></div>{LINK}<hr><div class='vide'></div>",
        LINK,
        f"<figure><div>{PLAIN}<div>Lire la suite</div></div></figure>",
        f"<div>{PLAIN}<span>Read more</span></div>",
        f"<aside>{PLAIN}<div>Lire l'article</div></aside>",
        f"<div><a href='{HREF}'><img src='d.jpg'></a><h3><a href='{HREF}'>{NAME}</a></h3></div>",
        f"<div>{LINK}<a href='{HREF}#commentaires'>3 commentaires</a></div>",
    ],
)
def test_a_card_without_a_label_is_an_inline_link(card: str) -> None:
    found = read(page(body=paragraphs(*PROSE[:2]) + card + paragraphs(*PROSE[2:])))
    assert lines(found) == PROSE
    assert [(link.title, link.teaser, link.block) for link in found.related] == [(NAME, None, "inline")]


@pytest.mark.parametrize(
    "card",
    [
        f"<div><a href='https://ailleurs.example{HREF}'><img src='d.jpg'><h4>{NAME}</h4></a></div>",
        f"<div><a href='/photos/d.jpg'><img src='d.jpg'><h4>{NAME}</h4></a></div>",
        "<div><a href='/dossiers/'><img src='d.jpg'><h4>Tous nos dossiers sur la mer</h4></a></div>",
    ],
)
def test_a_card_that_leads_to_no_article_is_not_related(card: str) -> None:
    found = read(page(body=paragraphs(*PROSE[:2]) + card + paragraphs(*PROSE[2:])))
    assert found.related == ()


@pytest.mark.parametrize(
    "first",
    [
        "<h2>Newsletter</h2><p>Recevez nos infos chaque jour.</p>",
        "<h2>L'actualité dans votre boîte mail</h2>",
        "<div><h3>Newsletter</h3></div>",
        "<h3>Les plus lus</h3><ol><li><a href='/actu/un-titre-lu'>Un titre lu par tous</a></li></ol>",
    ],
)
@pytest.mark.parametrize("box", ["<h3>À lire aussi</h3>{}", "<section><h3>À lire aussi</h3>{}</section>"])
def test_a_box_of_something_else_holds_a_related_block(first: str, box: str) -> None:
    found = read(page(below=f"<aside>{first}{box.format(''.join(BEHIND))}</aside>"))
    assert [link.title for link in found.related] == [f"La digue {n} tient" for n in "123"]
    assert lines(found) == PROSE


@pytest.mark.parametrize("head", ["<div><h3>À lire aussi</h3></div>", "<h3>À lire aussi</h3>"])
def test_a_picture_that_leads_to_an_article_stands_below_a_heading(head: str) -> None:
    """What it is called, only the picture says."""
    pictures = [f"<a href='{HREF}-{n}'><img src='{n}.jpg' alt='{NAME} en {n}'></a>" for n in (2031, 2032)]
    found = read(page(below=f"<div>{head}{pictures[0]}</div><div>{pictures[1]}</div>"))
    assert [link.title for link in found.related] == [f"{NAME} en 2031"]


def test_a_box_of_what_is_most_read_holds_nothing_related() -> None:
    found = read(page(below=f"<aside><h3>Les plus lus</h3>{''.join(BEHIND)}</aside>"))
    assert found.related == ()


def test_an_author_beside_an_agency_is_not_related() -> None:
    author = "<a href='/auteur/anne-marie-modele-exemple'>Anne-Marie Modele-Exemple</a> &amp; AFP"
    found = read(page(above=f"<div class='article-author'>{author}</div>"))
    assert found.related == ()
    assert found.authors == ("Anne-Marie Modele-Exemple",)
    boxed = paragraphs(PROSE[0]) + f"<div class='article-author'>{author}</div>" + paragraphs(*PROSE[1:])
    assert read(page(body=boxed)).related == ()


CARDS = "".join(
    f"<div class='tuile'><a href='/actu/une-digue-du-nord-{n}'><img src='{n}.jpg'>"
    f"<h4>La digue {n} du nord tient</h4></a></div>"
    for n in range(6)
)

TEASER = "<div class='mot'>Ce que la mer a pris cet hiver, et ce qu'en dit la commune, digue par digue.</div>"
SHORT = "<div><a href='/cartes/carte-des-digues'><img src='c.jpg'><h4>Voir la carte</h4></a></div>"


@pytest.mark.parametrize(
    "inner",
    [
        page(below=f"<div>{LINK}</div>"),
        page(below=f"<div class='grille'>{CARDS}</div>"),
        page(above=f"<div class='une'>{LINK}</div>"),
        page() + f"<div class='grille'>{CARDS}</div>",
        page(body=f"{paragraphs(*PROSE[:2])}<div class='grille'>{CARDS}</div>{paragraphs(*PROSE[2:])}"),
        page()
        + f"<div class='une'>{CARDS.replace('<div', '<p>Modane, le 12 mars</p><div')}<p>Modane</p></div>",
        page(body=paragraphs(*PROSE[:2]) + SHORT + paragraphs(*PROSE[2:])),
    ],
)
def test_cards_without_a_label_that_stand_outside_the_text_are_not_related(inner: str) -> None:
    found = read(inner)
    assert found.related == ()
    assert lines(found) == PROSE


def test_cards_between_teasers_are_not_related() -> None:
    teased = CARDS.replace("<div", f"{TEASER}<div") + TEASER
    assert read(f"{page()}<div class='une'>{teased}</div>").related == ()


def test_a_card_in_the_text_is_found_below_many_that_go() -> None:
    entries = "".join(
        f"<div><a href='/actu/un-titre-lu-{n}'><h4>Un titre lu par tous, {n}</h4></a></div>"
        for n in range(45)
    )
    body = paragraphs(*PROSE[:2]) + LINK + paragraphs(*PROSE[2:])
    inner = page(above="<p>Publié le 3 mars 2023</p>", body=body)
    found = read(f"<aside><h3>Les plus lus</h3>{entries}</aside>{inner}")
    assert [link.title for link in found.related] == [NAME]


@pytest.mark.parametrize(
    ("card", "kept"),
    [
        (
            f"<section>{LINK}<p>Un mot de plus, qu'on attend depuis longtemps. {PROSE[1]}</p></section>",
            "Un mot de plus",
        ),
        (
            f"<div><p>Voyez aussi notre carte.</p>{LINK}<a href='/actu/une-autre-digue'>Autre</a></div>",
            "Voyez aussi notre carte.",
        ),
        (f"<div class='encadre'><h3>Repères</h3><ul>{FACTS}</ul>{LINK}</div>", "Un péage jusqu'en 1971"),
    ],
)
def test_a_part_of_the_text_with_a_card_stays(card: str, kept: str) -> None:
    found = read(page(body=paragraphs(*PROSE[:2]) + card + paragraphs(*PROSE[2:])))
    assert kept in (found.body or "")


@pytest.mark.parametrize(
    "title",
    [
        f"<div><img src='d.jpg'><h3>Ce que dit <a href='{HREF}'>une étude de la digue</a></h3></div>",
        f"<div><figure><img src='d.jpg'></figure><h3>Le nord, <a href='{HREF}'>après le sud</a></h3></div>",
    ],
)
def test_an_intertitle_with_a_link_in_it_is_no_card(title: str) -> None:
    found = read(page(body=paragraphs(*PROSE[:2]) + title + paragraphs(*PROSE[2:])))
    said = re.sub("<[^>]*>", "", title)
    assert (lines(found), found.related) == ([*PROSE[:2], said, *PROSE[2:]], ())
