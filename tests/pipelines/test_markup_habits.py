"""Habits of many systems: boxes and headings that unfold, marks of layout, lines around a lead, labels."""

from __future__ import annotations

import pytest

from pipelines.authors import parse_byline
from pipelines.dates_lines import is_date_line
from tests.pipelines.test_body import LEAD, PROSE, lines, paras, read

PART = "Des pieux sous la pile"
NOTE = "La passerelle de bois restera ouverte aux vélos jusqu’à la fin du mois de juin, le jour seulement."
PLACEHOLDER = "<div id='jp-relatedposts' class='jp-relatedposts'><h3><em>Articles similaires</em></h3></div>"


def with_part(heading: str) -> str:
    return f"<div>{paras(PROSE[:2])}{heading}{paras(PROSE[2:])}</div>"


@pytest.mark.parametrize(
    "heading",
    [
        f"<h2><a href='#pieux'>{PART}</a></h2>",  # what unfolds, or a permanent address
        f"<h4 class='panel-title'><a data-toggle='collapse' href='#un'><span>{PART}</span></a></h4>",
        f"<h2><a name='pieux'>{PART}</a></h2>",
        f"<h3 class='accordion-header'><button type='button'>{PART}</button></h3>",
    ],
)
def test_a_heading_that_leads_to_its_own_part_stays(heading: str) -> None:
    assert lines(read(with_part(heading))) == [*PROSE[:2], PART, *PROSE[2:]]


@pytest.mark.parametrize(
    "heading",
    [
        f"<h2><a href='/autre'>{PART}</a></h2>",
        f"<a href='/autre'><h3>{PART}</h3></a>",
        f"<h3><a href='#'>{PART}</a></h3>",  # a script knows where to
    ],
)
def test_a_heading_that_leads_elsewhere_is_a_teaser(heading: str) -> None:
    assert lines(read(with_part(heading))) == PROSE


def test_what_unfolds_under_a_heading_is_read() -> None:
    panel = f"<div role='region' aria-hidden='true'><p>{NOTE}</p></div>"
    assert lines(read(with_part(f"<h3>{PART}</h3>{panel}"))) == [*PROSE[:2], PART, NOTE, *PROSE[2:]]


@pytest.mark.parametrize("mark", ["&zwj;", "&#8203;", "* * *", "—", "_____"])
def test_a_paragraph_that_says_nothing_is_none(mark: str) -> None:
    assert lines(read(with_part(f"<p>{mark}</p>"))) == PROSE


@pytest.mark.parametrize(
    "box",
    [
        f"<aside class='encadre'><h3>{PART}</h3><p>{NOTE}</p></aside>",
        f"<div class='encadre'><strong>{PART}</strong><p>{NOTE}</p></div>",
    ],
)
def test_a_box_between_two_paragraphs_is_text(box: str) -> None:
    assert lines(read(with_part(box))) == [*PROSE[:2], PART, NOTE, *PROSE[2:]]


@pytest.mark.parametrize(
    "inner",
    [
        f"<p>{NOTE}</p><a href='/autre'>Lire</a>",
        "<p>Pour ne rien manquer des travaux, inscrivez-vous à notre lettre, chaque matin à sept heures.</p>",
    ],
)
def test_an_aside_that_leads_elsewhere_or_asks_is_none(inner: str) -> None:
    assert lines(read(with_part(f"<aside>{inner}</aside>"))) == PROSE


def test_a_box_in_brief_is_not_what_is_most_read() -> None:
    box = f"<div class='cadre'><strong>En bref</strong><p>{NOTE}</p></div>"
    assert lines(read(with_part(box))) == [*PROSE[:2], "En bref", NOTE, *PROSE[2:]]
    links = "<ul><li><a href='/b'>Le bac reste à quai</a></li><li><a href='/c'>La rocade fermée</a></li></ul>"
    assert lines(read(with_part(f"<div><strong>En bref</strong>{links}</div>"))) == PROSE


@pytest.mark.parametrize(
    "texts",
    [
        "<div><p class='has-drop-cap'>{0}</p>{1}</div>",
        "<section class='gh-content drop-cap'><p>{0}</p>{1}</section>",
    ],
)
def test_a_drop_cap_makes_no_lead(texts: str) -> None:
    article = read(texts.format(PROSE[0], paras(PROSE[1:])))
    assert article.lead is None
    assert lines(article) == PROSE


@pytest.mark.parametrize("name", ["itemIntroText", "articleChapo"])
def test_a_lead_named_in_one_word(name: str) -> None:
    article = read(f"<div><div class='{name}'><p>{LEAD}</p></div><div>{paras(PROSE)}</div></div>")
    assert article.lead == LEAD
    assert lines(article) == PROSE


@pytest.mark.parametrize("signed", ["Jeanne Modèle", "Jeanne Modèle/ATS"])
def test_a_name_between_lead_and_text_is_no_text(signed: str) -> None:
    above = f"<p class='chapo'>{LEAD}</p><div class='author'>{signed}</div>"
    article = read(f"<div>{above}<div>{paras(PROSE)}</div></div>")
    assert article.authors == ("Jeanne Modèle",)
    assert lines(article) == PROSE


def test_a_question_is_no_date() -> None:
    assert not is_date_line("Et maintenant ?")
    question = "<p><strong>Et maintenant ?</strong></p>"
    assert "Et maintenant ?" in lines(read(with_part(question)))


@pytest.mark.parametrize(
    "box",
    [
        "<div class='author-info'><div>Jeanne Modèle</div><div>17 mai 2024</div></div>",
        "<div class='auteur'>Publié le <b>vendredi 17 mai 2024</b> | <a href='/t'>La Gazette</a></div>",
    ],
)
def test_the_box_of_the_author_holds_the_date(box: str) -> None:
    published = read(f"<div>{paras(PROSE)}</div>", above=box).published
    assert published is not None
    assert published.date.isoformat() == "2024-05-17"


def test_a_relative_moment_is_told_by_its_element() -> None:
    line = "<div class='posted-on'><time datetime='2023-09-02T12:00:00+00:00'>il y a 3 mois</time></div>"
    published = read(f"<div>{paras(PROSE)}</div>", above=line).published
    assert published is not None
    assert published.date.isoformat() == "2023-09-02"


def test_a_day_cut_to_three_letters_is_no_name() -> None:
    assert parse_byline("Par Jeanne Modèle le ven, 14/06/2019 - 10:25", []) == ("Jeanne Modèle",)


def test_a_block_that_a_script_fills_relates_nothing() -> None:
    assert read(f"<div>{paras(PROSE)}{PLACEHOLDER}</div>").related == ()


@pytest.mark.parametrize("label", ["Lisez aussi :", "Écoutez également :"])
def test_an_invitation_in_the_imperative(label: str) -> None:
    line = f"<p>{label} <a href='/b'>Le bac reste à quai jusqu’à jeudi</a></p>"
    article = read(with_part(line))
    assert lines(article) == PROSE
    assert [link.url for link in article.related] == ["https://gazette.example/b"]


def test_a_heading_in_the_imperative() -> None:
    block = (
        "<div><h3>Lisez aussi</h3><ul><li><a href='/b'>Le bac reste à quai jusqu’à jeudi</a></li></ul></div>"
    )
    assert [link.url for link in read(f"<div>{paras(PROSE)}</div>{block}").related] == [
        "https://gazette.example/b"
    ]


def test_labels_of_a_blog() -> None:
    labels = "<a href='/l/1' rel='tag'>Ponts</a>, <a href='/l/2' rel='tag'>Voirie</a>"
    article = read(f"<div>{paras(PROSE)}</div><span class='post-labels'>Libellés : {labels}</span>")
    assert [tag.name for tag in article.tags] == ["Ponts", "Voirie"]


def test_what_there_is_to_remember_above_the_text_is_text() -> None:
    points = "".join(f"<li>{point}</li>" for point in ("Le bac passe.", "La facture a doublé."))
    article = read(f"<div class='retenir'><ul>{points}</ul></div><div class='corps'>{paras(PROSE)}</div>")
    assert lines(article) == PROSE  # the last is too short to tell from a label
    points += "<li>Les autobus ne suivront qu’une semaine plus tard.</li>"
    article = read(f"<div class='retenir'><ul>{points}</ul></div><div class='corps'>{paras(PROSE)}</div>")
    assert lines(article)[-5:] == ["Les autobus ne suivront qu’une semaine plus tard.", *PROSE]


def test_a_list_of_links_above_the_text_is_none() -> None:
    points = "".join(
        f"<li><a href='/{n}'>La passerelle de bois rouvre aux vélos le {n} mai.</a></li>" for n in "12"
    )
    assert lines(read(f"<div><ul>{points}</ul></div><div>{paras(PROSE)}</div>")) == PROSE


@pytest.mark.parametrize(
    "name", ["tarteaucitronRoot", "didomi-host", "axeptio_overlay", "cookie-banner", "mentions-legales"]
)
def test_a_banner_longer_than_the_article(name: str) -> None:
    asked = [
        f"{NOTE} Vous pouvez changer vos choix à tout moment, et rien ne vous sera refusé {number} fois."
        for number in range(6)
    ]
    banner = f"<div id='{name}'><div>{paras(asked)}</div></div>"
    assert lines(read(f"<div class='corps'>{paras(PROSE)}</div></main>{banner}<main>")) == PROSE


def test_the_opinions_of_readers() -> None:
    opinion = f"<div class='un'><b>Léon42</b><p>{NOTE}</p><p>{NOTE}</p></div>"
    block = f"<div class='bas'><h3>Vos avis</h3>{opinion * 3}</div>"
    assert lines(read(f"<div class='corps'>{paras(PROSE)}</div>{block}")) == PROSE


def test_what_is_called_a_lead_above_the_headline_is_none() -> None:
    bar = f"<div class='lead'>La Gazette, le journal de ceux qui passent les ponts</div><h1>{PART}</h1>"
    article = read(f"<div>{paras(PROSE)}</div>", above=f"{bar}<p class='chapo'>{LEAD}</p>")
    assert article.lead == LEAD


def test_the_names_of_two_between_lead_and_text() -> None:
    signed = "<div class='author'>Jeanne Modèle et Louis Exemple</div>"
    article = read(f"<div><p class='chapo'>{LEAD}</p>{signed}<div>{paras(PROSE)}</div></div>")
    assert article.authors == ("Jeanne Modèle", "Louis Exemple")
    assert lines(article) == PROSE
