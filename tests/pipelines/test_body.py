"""The body: every paragraph of the text once, in order, and nothing that stands around it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pipelines.article import read_article
from storage.records import Article, Page

TITLE = "Le pont de la vieille ville rouvre mardi"
LEAD = "Trois mois de travaux, deux reports et une facture doublée : la traversée redevient possible."
PROSE = [
    "Le pont de la vieille ville rouvrira mardi à six heures, après trois mois de travaux, dit la commune.",
    "Les piétons passeront les premiers ; les autobus suivront une semaine plus tard, si tout va bien.",
    "« Nous avons trouvé des pieux que personne n’avait vus depuis deux siècles », dit le chef.",
    "La facture, elle, a doublé : quatre millions, dont la moitié à la charge du département.",
]


def read(text: str, head: str = "", above: str = "") -> Article:
    body = f"<main><h1>{TITLE}</h1>{above}{text}</main>"
    page = f"<html lang='fr'><head><title>{TITLE}</title>{head}</head><body>{body}</body></html>"
    return read_article(
        Page(
            "https://gazette.example/a/1",
            page.encode(),
            datetime(2024, 5, 20, tzinfo=UTC),
            "text/html; charset=utf-8",
        )
    )


def paras(texts: list[str]) -> str:
    return "".join(f"<p>{text}</p>" for text in texts)


def lines(article: Article) -> list[str]:
    return (article.body or "").split("\n")


@pytest.mark.parametrize(
    "wrap", ["<div>{}</div>", "<article>{}</article>", "<table><tr><td>{}</td></tr></table>", "{}"]
)
def test_every_paragraph_once_and_in_order(wrap: str) -> None:
    assert lines(read(wrap.format(paras(PROSE)))) == PROSE


def test_lines_between_breaks_are_paragraphs() -> None:
    assert lines(read(f"<div>{'<br><br>'.join(PROSE)}</div>")) == PROSE


def test_equal_paragraphs_are_both_kept() -> None:
    refrain = "Et toujours le fleuve passait sous le pont, sans rien demander à personne, comme autrefois."
    text = [PROSE[0], refrain, PROSE[1], refrain, *PROSE[2:]]
    assert lines(read(f"<div>{paras(text)}</div>")) == text


def test_a_text_printed_twice_is_kept_once() -> None:
    assert lines(read(f"<div>{paras(PROSE)}</div><div>{paras(PROSE)}</div>")) == PROSE


def test_the_title_is_not_repeated_in_the_body() -> None:
    assert lines(read(f"<div><p>{TITLE}</p>{paras(PROSE)}</div>")) == PROSE


def test_the_title_inside_the_text_stays() -> None:
    text = [*PROSE[:2], TITLE, *PROSE[2:]]
    assert lines(read(f"<div>{paras(text)}</div>")) == text


def test_a_lead_above_the_text_leaves_the_body() -> None:
    found = read(f"<div class='texte'>{paras(PROSE)}</div>", above=f"<p class='chapo'>{LEAD}</p>")
    assert found.lead == LEAD
    assert lines(found) == PROSE


def test_a_lead_inside_the_text_leaves_the_body() -> None:
    found = read(f"<div class='texte'><p class='chapo'><strong>{LEAD}</strong></p>{paras(PROSE)}</div>")
    assert (found.lead, lines(found)) == (LEAD, PROSE)


def test_subheadings_quotations_and_lists_are_text() -> None:
    inner = (
        f"<p>{PROSE[0]}</p><h2>Deux reports</h2><p>{PROSE[1]}</p><blockquote>Le pont, c’est toi.</blockquote>"
        f"<ul><li>six heures pour les piétons</li><li>sept heures pour les vélos</li></ul><p>{PROSE[3]}</p>"
    )
    assert lines(read(f"<div>{inner}</div>")) == [
        PROSE[0],
        "Deux reports",
        PROSE[1],
        "Le pont, c’est toi.",
        "six heures pour les piétons",
        "sept heures pour les vélos",
        PROSE[3],
    ]


@pytest.mark.parametrize(
    "line", ["Publié le 12 mai 2024", "SOURCE WEB Par Le Matin", "Crédit photo : Ville basse"]
)
@pytest.mark.parametrize("place", [0, 4])
def test_lines_of_date_source_and_credit_are_no_text(line: str, place: int) -> None:
    text = [*PROSE[:place], line, *PROSE[place:]]
    assert lines(read(f"<div>{paras(text)}</div>")) == PROSE


def test_markup_inside_words_does_not_split_them() -> None:
    text = [
        PROSE[0].replace("pont", "p<b>on</b>t").replace("trois mois", "<a href='/t'>trois</a> mois"),
        *PROSE[1:],
    ]
    assert lines(read(f"<div>{paras(text)}</div>")) == PROSE


def test_a_text_that_breaks_off_is_truncated() -> None:
    assert read(f"<div>{paras([*PROSE, 'La suite, en automne, demandera…'])}</div>").truncated
    assert not read(f"<div>{paras(PROSE)}</div>").truncated


def boxed(texts: list[str]) -> str:
    """As page builders do it: each text in a box of its own, four levels below what holds them all."""
    box = "<section><div><div><div><div class='texte'>{}</div></div></div></div></section>"
    return "".join(box.format(f"<p>{text}</p>") for text in texts)


def test_parts_in_boxes_of_their_own_above_the_longest_one() -> None:
    rest = [f"{n}. {text}" for n in range(4) for text in PROSE]
    long = f"<section><div><div><div><div class='texte'>{paras(rest)}</div></div></div></div></section>"
    assert lines(read(boxed(PROSE[:3]) + long)) == [*PROSE[:3], *rest]


def test_one_paragraph_far_above_is_no_part() -> None:
    rest = [f"{n}. {text}" for n in range(4) for text in PROSE]
    long = f"<section><div><div><div><div class='texte'>{paras(rest)}</div></div></div></div></section>"
    legend = "Le pont vu du quai, au petit matin, trois jours avant la réouverture que tous attendaient ici."
    assert lines(read(boxed([legend]) + long)) == rest


def test_a_copy_of_the_text_in_one_piece_is_left_out() -> None:
    """As a page keeps it to be read aloud: without its paragraphs."""
    text = [f"{PROSE[n % 4]} C’est le point numéro {n} du rapport que la commune publie." for n in range(12)]
    whole = f"<div class='ecouter'>{' '.join(text)}</div>"
    assert lines(read(f"<div>{paras(text)}{whole}</div>")) == text
    assert lines(read(f"<div>{whole}{paras(text)}</div>")) == text


def test_a_long_paragraph_is_no_copy() -> None:
    text = [f"{PROSE[n % 4]} C’est le point numéro {n} du rapport que la commune publie." for n in range(12)]
    other = " ".join(f"Au chapitre {n}, les auteurs comptent {n * 7} pieux et {n} arches." for n in range(30))
    assert lines(read(f"<div>{paras(text)}<p>{other}</p></div>")) == [*text, other]
