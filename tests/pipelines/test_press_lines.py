"""Lines of press systems by the headline: names beside their outlet or their day, credits that are bylines,
labels of sections beside tags; notices about misprints.
"""

from __future__ import annotations

import pytest

from tests.pipelines.test_body import LEAD, PROSE, lines, paras, read

DATA = (
    '<script type="application/ld+json">{"@type": "NewsArticle", "author": {"@type": "Organization",'
    ' "name": "La Gazette"}, "publisher": {"@type": "Organization", "name": "La Gazette"}}</script>'
)


@pytest.mark.parametrize("outlet", ["La Gazette", "BFM Tech", "Tech Gazette"])
def test_a_name_beside_the_outlet_it_writes_for(outlet: str) -> None:
    box = f"<div class='auteur'><span>{outlet}</span> <span class='name'>Hortense MODELE.</span></div>"
    assert read(f"<div>{paras(PROSE)}</div>", head=DATA, above=box).authors == ("Hortense Modele",)


@pytest.mark.parametrize(
    "box",
    [
        "<div class='infos'><strong>Hortense Modele</strong><br>Publié le jeudi 9 mai 2024 à 20:00</div>",
        "<div class='infos'>9 mai 2024<br>Hortense Modele<br>Temps de lecture: 3 minutes</div>",
    ],
)
def test_a_name_on_the_line_beside_the_day(box: str) -> None:
    article = read(f"<div>{paras(PROSE)}</div>", above=f"<p class='chapo'>{LEAD}</p>{box}")
    assert article.authors == ("Hortense Modele",)
    assert lines(article) == PROSE


def test_a_place_on_the_line_beside_the_day_is_nobody() -> None:
    box = "<div class='infos'>Burkina Faso<br>Publié le jeudi 9 mai 2024</div>"
    assert read(f"<div>{paras(PROSE)}</div>", above=box).authors == ()


def test_credits_that_say_by_whom_and_when_are_a_byline() -> None:
    box = (
        "<div class='credits'><p>Par <a href='/x/hm/'>Hortense Modele</a> | 9 Mai 2024 | 12 minutes</p></div>"
    )
    article = read(f"<div>{paras(PROSE)}</div>", above=box)
    assert article.authors == ("Hortense Modele",)
    assert article.published is not None
    assert lines(article) == PROSE


@pytest.mark.parametrize(
    ("above", "wanted"),
    [
        (
            "<p class='rubrique'><a href='voirie'>Voirie</a> <span><a href='mot/pont'>Pont</a></span></p>",
            "Voirie",
        ),
        ("<p class='rubrique'><a href='r'>Reportage</a> — <a href='mot/voirie'>Voirie</a></p>", "Voirie"),
        ("<span class='surTitle'><a href='/nord/voirie'>Voirie</a></span>", "Voirie"),
        ("", None),
    ],
)
@pytest.mark.parametrize(
    "line",
    [
        "<p>9 mai 2024, par <a href='auteur/karim-tipe'>Karim Tipe</a>, <a href='auteur/h-m'>H M</a></p>",
        "<div><p>Fournies par</p><a href='/fr/news/la-voirie/'>La Voirie</a> <p>9 mai 2024</p></div>",
    ],
)
def test_who_wrote_is_no_section(above: str, wanted: str | None, line: str) -> None:
    page = read(
        f"<h1>Le pont de la vieille ville rouvre mardi</h1>{line}<div>{paras(PROSE)}</div>", above=above
    )
    assert page.section == wanted


@pytest.mark.parametrize(
    "notice",
    [
        "Si vous avez trouvé une coquille ou une faute d’orthographe, veuillez nous en informer en"
        " sélectionnant le texte en question et en appuyant sur <strong>Ctrl + Entrée</strong>.",
        "Si vous constatez une erreur dans cet article, merci de nous la signaler à actu@gazette.example.",
        "Vous avez repéré une faute ? Sélectionnez le texte et appuyez sur Ctrl+Entrée.",
    ],
)
def test_a_notice_about_misprints_is_no_text(notice: str) -> None:
    assert lines(read(f"<div>{paras(PROSE)}<p>{notice}</p></div>")) == PROSE


def test_a_sentence_about_a_fault_that_was_found_is_text() -> None:
    said = (
        "Si vous avez trouvé une faute dans la digue, dit le maire, la vallée vous en remerciera longtemps."
    )
    assert lines(read(f"<div>{paras(PROSE)}<p>{said}</p></div>")) == [*PROSE, said]


@pytest.mark.parametrize(
    ("shown", "wanted"),
    [
        ("<a href='/tag/pont/'>Pont</a>", ["Pont", "Voirie", "Eau"]),
        ("<a href='/tag/pont/'>Pont</a> <a href='/tag/eau/'>Eau</a>", ["Pont", "Eau"]),
        ("<a href='/tag/digue/'>Digue</a>", ["Digue"]),
    ],
)
def test_one_tag_as_a_label_above_the_headline_is_not_all_of_them(shown: str, wanted: list[str]) -> None:
    head = "".join(f"<meta property='article:tag' content='{name}'>" for name in ("Pont", "Voirie", "Eau"))
    article = read(f"<div>{paras(PROSE)}</div>", head=head, above=f"<div class='post-tags'>{shown}</div>")
    assert [tag.name for tag in article.tags] == wanted
    assert article.tags[0].url is not None


def test_the_heading_of_a_chart_is_no_intertitle() -> None:
    caption = "<figcaption>Indice des prix. Source : Insee</figcaption>"
    chart = f"<figure><h4>Le béton s’envole</h4><img src='g.png'>{caption}</figure>"
    text = f"<div>{paras(PROSE[:2])}{chart}{paras(PROSE[2:])}</div>"
    assert lines(read(text)) == PROSE


def test_the_heading_of_a_picture_without_a_source_stays() -> None:
    part = (
        "<figure><h4>Le vieux pont</h4><img src='g.png'><figcaption>En mai. © D. Orme</figcaption></figure>"
    )
    text = f"<div>{paras(PROSE[:2])}{part}{paras(PROSE[2:])}</div>"
    assert lines(read(text)) == [*PROSE[:2], "Le vieux pont", *PROSE[2:]]


def test_the_author_among_the_icons_of_a_page_builder() -> None:
    name = "elementor-icon-list-text elementor-post-info__item--type-author"
    box = f"<ul><li><span class='{name}'>Hortense Modele</span></li><li><span>9 mai 2024</span></li></ul>"
    article = read(f"<div><div>{box}</div>{paras(PROSE)}</div>")
    assert article.authors == ("Hortense Modele",)
    assert lines(article) == PROSE


def test_arrows_are_no_related_title() -> None:
    block = "<div class='autres'><h3>Dans la même rubrique :</h3><div>&lt; &gt;</div></div>"
    assert read(f"<div>{paras(PROSE)}</div>{block}").related == ()


def test_cards_whose_teaser_and_day_stand_beside_their_link() -> None:
    card = (
        "<article><a href='/a/{}'><h4>La passerelle numéro {}</h4><p>Trente vélos par heure cet été.</p></a>"
    )
    cards = "".join(f"{card.format(n, n)}<p>20/05/2023, 09:00</p></article>" for n in (7, 8))
    block = f"<section class='more'><h3>Plus d'articles sur le même thème</h3>{cards}</section>"
    found = read(f"<div>{paras(PROSE)}</div>{block}").related
    assert [link.title for link in found] == ["La passerelle numéro 7", "La passerelle numéro 8"]
