"""Forms, headers, margins and feet that hold the text of an article, and who signs below it."""

from __future__ import annotations

import pytest

from tests.pipelines.test_places_of_lines import PROSE, TITLE, lines, page, paragraphs, read

MANY = [
    f"La commune ouvre le chantier numéro {n}, dont le conseil a voté les crédits après débat."
    for n in range(60)
]
SEARCH = "<input type='text' name='q'><input type='submit'>"


@pytest.mark.parametrize(
    "inner",
    [
        f"<h2>{TITLE}</h2><div>{'<br><br>'.join(MANY)}</div>",
        f"<h1>{TITLE}</h1><div>{'<br><br>'.join(MANY[:6])}</div>",
        f"<h2>{TITLE}</h2><div>{paragraphs(*MANY[:30])}</div>",
    ],
)
def test_a_form_around_the_whole_page_holds_its_text(inner: str) -> None:
    found = lines(read(f"<form action='/page.aspx'>{SEARCH}{inner}</form>"))
    assert found == MANY[: len(found)]
    assert len(found) >= 6


def test_a_heading_that_unfolds_is_one() -> None:
    body = f"{paragraphs(*PROSE[:2])}<h2><button>Une passerelle en bois</button></h2>{paragraphs(*PROSE[2:])}"
    assert lines(read(page(body=body))) == [*PROSE[:2], "Une passerelle en bois", *PROSE[2:]]


MENU = "".join(f"<a href='/{n}'>Rubrique {n}</a> " for n in range(10))


def test_a_header_that_is_never_closed_holds_the_text() -> None:
    found = lines(read(f"<header><div>{MENU}</div><h2>{TITLE}</h2><div>{paragraphs(*MANY)}</div></header>"))
    assert [text for text in MANY if text not in found] == []


def test_tags_in_the_foot_of_an_article_are_its_tags() -> None:
    links = "".join(f"<a rel='tag' href='/tag/mot-{n}'>Mot {n}</a> " for n in range(10))
    assert len(read(page(below=f"<footer>Mots-clés : {links}</footer>")).tags) == 10


def test_a_lead_in_a_header_of_its_own_is_one() -> None:
    lead = "Les élus ont voté un plan de six ans pour les ponts. La facture augmentera en janvier."
    found = read(
        f"<h1>{TITLE}</h1><header><p class='chapo'>{lead}</p></header><div>{paragraphs(*PROSE)}</div>"
    )
    assert (found.lead, lines(found)) == (lead, PROSE)


@pytest.mark.parametrize("tag", ["aside", "footer"])
def test_a_large_part_of_the_text_stays_whatever_its_tag(tag: str) -> None:
    part = f"<{tag}>{paragraphs(*MANY[:5])}<p>Le <a href='/plan'>plan</a> est en ligne.</p></{tag}>"
    found = lines(read(f"<div><h1>{TITLE}</h1>{paragraphs(*PROSE)}{part}{paragraphs(MANY[7])}</div>"))
    assert [text for text in MANY[:5] if text not in found] == []


@pytest.mark.parametrize(
    "aside",
    [
        f"<aside><p>{MANY[0]}</p><a href='/actu/le-chantier-zero'>Le reportage</a></aside>",
        "<aside><p>Recevez chaque matin notre lettre par e-mail, lue par dix mille "
        "habitants de la plaine.</p></aside>",
    ],
)
def test_a_margin_that_leads_away_is_no_box_of_the_text(aside: str) -> None:
    body = paragraphs(*PROSE[:2]) + aside + paragraphs(*PROSE[2:])
    assert lines(read(page(body=body))) == PROSE


def test_a_work_below_a_short_quotation_is_text() -> None:
    work = "<cite>Charte de la plaine et de ses ponts, article premier</cite>"
    quote = f"<blockquote>Nul ne cède.<br>{work}</blockquote>"
    body = paragraphs(*PROSE[:2]) + quote + paragraphs(*PROSE[2:])
    assert "Charte de la plaine" in (read(page(body=body)).body or "")


@pytest.mark.parametrize(
    "below",
    [
        "<p>Hortense Modele</p><p>h.modele@vigie.example</p>",
        "<p>Hortense Modele</p><p>www.vigie-de-la-plaine.fr</p>",
        "<p>Hortense Modele</p><p>Agence France-Presse</p>",
    ],
)
def test_an_address_or_an_outlet_may_stand_below_a_signature(below: str) -> None:
    assert read(page(body=paragraphs(*PROSE) + below)).authors == ("Hortense Modele",)


def test_the_item_of_a_list_signs_nothing() -> None:
    assert read(page(body=f"{paragraphs(*PROSE)}<ul><li>Imed Modele</li></ul>")).authors == ()


def test_a_surname_in_capitals_signs_above_the_text() -> None:
    assert read(page(body=f"<p>Hortense MODELE</p>{paragraphs(*PROSE)}")).authors != ()
