"""The lead of a text: what opens it apart, whatever says so."""

from __future__ import annotations

import pytest

from tests.pipelines.test_places_of_lines import PROSE, lines, page, paragraphs, read

LEAD = "Les élus ont voté un plan de six ans pour les ponts de la plaine. La facture augmentera en janvier."
DAY = "<p class='date'>Publié le 3 mars 2023</p>"


def meta(text: str) -> str:
    return f'<meta name="description" content="{text}">'


def test_points_of_a_list_are_one_lead() -> None:
    points = [
        "Faute de médecins, les services ferment.",
        "Les patients appellent.",
        "Les syndicats protestent.",
    ]
    items = "".join(f"<li>{point}</li>" for point in points)
    article = read(page(above=f"<ul class='chapo'>{items}</ul>{DAY}"))
    assert article.lead == "\n".join(points)
    assert lines(article) == PROSE


def test_what_a_forum_lists_is_no_lead() -> None:
    items = "<li>Pseudonyme de la première</li><li>Inscrite le 27 septembre 2018</li>"
    assert read(page(above=f"<ul class='user-desc'>{items}</ul>")).lead is None


@pytest.mark.parametrize(
    "label",
    [
        "<strong>l'essentiel</strong>",
        "<span class='label'>Résumé</span>",
        "<b>À retenir :</b>",
        "<b>En résumé</b>",
    ],
)
def test_the_label_of_a_lead_is_no_part_of_it(label: str) -> None:
    article = read(page(above=f"<div class='chapo'>{label} {LEAD}</div>{DAY}"))
    assert article.lead == LEAD


def test_a_lead_may_begin_with_such_a_word() -> None:
    lead = "L'essentiel est sauf, dit le maire, qui attend la fin des travaux avant de rouvrir son pont."
    assert read(page(above=f"<div class='chapo'>{lead}</div>")).lead == lead


@pytest.mark.parametrize(
    "head", ["", meta(LEAD), meta(f"{LEAD} {PROSE[0][:40]}..."), meta(f"{LEAD[:70]}...")]
)
def test_sentences_in_bold_that_open_a_text_are_its_lead(head: str) -> None:
    article = read(page(above=DAY, body=f"<p><strong>{LEAD}</strong></p>{paragraphs(*PROSE)}"), head)
    assert article.lead == LEAD
    assert lines(article) == PROSE


@pytest.mark.parametrize(
    "body",
    [
        f"<p><b>Pourquoi la commune a-t-elle fermé son pont de pierre en plein été, monsieur ?</b></p>"
        f"{paragraphs(*PROSE)}",
        f"<p><b>{PROSE[0]}</b></p>{paragraphs(*PROSE[1:3])}",
        f"<p><b>{PROSE[0]}</b></p>{paragraphs(*PROSE[1:])}<p><b>{LEAD}</b></p>",
        f"<p><b>Cet article est la suite de <a href='/actu/nos-ponts'>notre enquête sur les ponts"
        f"</a>, parue hier dans ces pages.</b></p>{paragraphs(*PROSE)}",
    ],
)
def test_other_sentences_in_bold_are_text(body: str) -> None:
    assert read(page(above=DAY, body=body)).lead is None


@pytest.mark.parametrize("head", ["", meta(LEAD)])
def test_a_description_below_the_headline_is_a_lead(head: str) -> None:
    article = read(page(above=f"<div class='article-desc'><p>{LEAD}</p></div>{DAY}"), head)
    assert article.lead == LEAD
    assert lines(article) == PROSE


def test_the_pages_description_in_a_box_of_its_own_is_a_lead() -> None:
    article = read(page(above=f"<div class='x1'><p>{LEAD}</p></div>{DAY}"), meta(LEAD))
    assert article.lead == LEAD


def test_the_pages_description_among_paragraphs_is_text() -> None:
    assert read(page(above=DAY), meta(PROSE[0])).lead is None


def test_the_word_of_vietnamese_newsrooms_for_a_lead() -> None:
    head = f"<div class='article__sapo'>(VOIX) - {PROSE[2]}</div>"
    assert read(page(above=head, body=paragraphs(*PROSE[:2]))).lead == f"(VOIX) - {PROSE[2]}"


def test_a_short_sentence_below_the_headline_is_no_lead() -> None:
    assert read(page(above="<p>Écoutez cet article lu par notre rédaction.</p>")).lead is None


def test_paragraphs_that_are_all_called_leads_are_text() -> None:
    texts = [*PROSE, LEAD]
    body = "".join(f"<p class='lead'>{text}</p>" for text in texts)
    article = read(page(above=DAY, body=f"{body}<p>La mairie rouvre lundi, à neuf heures.</p>"))
    assert (article.lead, lines(article)[:5]) == (None, texts)


def test_the_pages_description_in_bold_is_a_lead_above_other_paragraphs_in_bold() -> None:
    body = f"<p><b>{LEAD}</b></p>{paragraphs(*PROSE)}<p><b>{PROSE[0].replace('commune', 'ville')}</b></p>"
    assert read(page(above=DAY, body=body), meta(LEAD)).lead == LEAD


def test_a_first_paragraph_of_which_the_description_says_little_is_text() -> None:
    first = f"{LEAD} {PROSE[0]} {PROSE[1]}"
    body = f"<div class='x1'><p>{first}</p></div><div>{paragraphs(*PROSE[2:], *PROSE[2:])}</div>"
    article = read(page(above=DAY, body=body), meta(LEAD[:70]))
    assert (article.lead, lines(article)[0]) == (None, first)
