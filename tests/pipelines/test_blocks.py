"""Blocks are cut out of the tree and kept as data; the prose of the article is never among them."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html
from lxml.html import HtmlElement

from pipelines.article import read_article
from pipelines.article_named import named_authors
from pipelines.blocks import Blocks, cut_blocks
from pipelines.blocks_tree import flat, is_small, parse
from pipelines.body import Body
from pipelines.rules import GENERIC
from storage.records import Page

URL = "https://gazette.example/a/1"
TITLE = "Le pont rouvre mardi"
SENTENCE = "Le pont de la vieille ville rouvrira mardi après trois mois de travaux, a promis la commune."
PROSE = "".join(f"<p>{SENTENCE} Paragraphe {number}.</p>" for number in range(6))
LINKS = (
    '<ul><li><a href="/b">Le bac reste à quai jusqu’à jeudi</a></li>'
    '<li><a href="/c">La rocade fermée la nuit</a></li></ul>'
)


def cut(body: str) -> tuple[HtmlElement, Blocks]:
    tree = html.document_fromstring(f"<html><body>{body}</body></html>")
    return tree, cut_blocks(tree, URL, GENERIC, TITLE)


def page(inner: str) -> str:
    return f"<main><h1>{TITLE}</h1><div class='texte'>{PROSE}</div>{inner}</main>"


@pytest.mark.parametrize(
    "heading",
    [
        "Les articles en relation",
        "Articles similaires",
        "À lire aussi",
        "Ces articles devraient vous intéresser :",
    ],
)
def test_what_stands_under_a_related_heading_is_kept(heading: str) -> None:
    tree, blocks = cut(page(f"<h3>{heading}</h3>{LINKS}"))
    assert [link.url for link in blocks.related] == ["https://gazette.example/b", "https://gazette.example/c"]
    assert "rocade" not in flat(tree)
    assert flat(tree).count(SENTENCE) == 6


@pytest.mark.parametrize("heading", ["Les plus lus", "Contenus sponsorisés", "Derniers articles"])
def test_most_read_and_sponsored_are_cut_and_not_related(heading: str) -> None:
    tree, blocks = cut(page(f"<section><h3>{heading}</h3>{LINKS}</section>"))
    assert blocks.related == []
    assert "rocade" not in flat(tree)


@pytest.mark.parametrize("heading", ["- Publicité -", "ANZEIGE", "- Advertisement -"])
def test_a_label_of_advertising_above_the_text_takes_no_text(heading: str) -> None:
    for text in (PROSE, f"<p>{SENTENCE}</p><p>{SENTENCE} Fin.</p>"):
        tree, _ = cut(f"<h1>{TITLE}</h1><div class='texte'><div>{heading}</div>{text}</div><p>Contact</p>")
        assert flat(tree).count(SENTENCE) == text.count(SENTENCE)


@pytest.mark.parametrize(
    "heading",
    [
        *("Lire aussi", "Sur le même sujet", "Articles liés", "Les plus lus", "Abonnez-vous", "Newsletter"),
        *("Partager", "Commentaires", "À propos de l’auteur", "Article réservé aux abonnés", "Suivez-nous"),
    ],
)
def test_a_heading_never_takes_all_a_short_page_says(heading: str) -> None:
    text = f"<p>{SENTENCE} La halle en compte deux, le mois prochain.</p><p>{SENTENCE} Fin.</p>"
    for markup in (f"<h3>{heading}</h3>{text}", f"<div><p>{heading}</p>{text}</div>"):
        tree, _ = cut(f"<article><h1>{TITLE}</h1><div>{markup}</div></article>")
        assert flat(tree).count(SENTENCE) == 2


def test_a_list_under_a_heading_ends_where_the_text_goes_on() -> None:
    tree, blocks = cut(
        f"<h1>{TITLE}</h1><div>{PROSE}<p><em>Sur le même sujet :</em></p>{LINKS}<p>{SENTENCE} Fin.</p></div>"
    )
    assert flat(tree).count(SENTENCE) == 7
    assert [link.url for link in blocks.related] == ["https://gazette.example/b", "https://gazette.example/c"]


@pytest.mark.parametrize(
    ("inner", "place"),
    [
        (f"{PROSE}<h2>Sur le même sujet</h2>{LINKS}<p>{SENTENCE}</p>", "end"),
        (f"{PROSE}<h2>Sur le même sujet</h2>{LINKS}{PROSE}", "inline"),
        (
            f'{PROSE}<aside><a href="/b"><span>Lire aussi</span><h4>Le bac à quai</h4></a></aside>{PROSE}',
            "inline",
        ),
        (f"{PROSE}<aside><h3>À lire aussi</h3>{LINKS}</aside>{PROSE}", "aside"),
    ],
)
def test_where_a_block_stands(inner: str, place: str) -> None:
    _, blocks = cut(f"<article><h1>{TITLE}</h1>{inner}</article>")
    assert {link.block for link in blocks.related} == {place}


def test_the_last_teaser_between_line_breaks_belongs_to_its_link() -> None:
    _, blocks = cut(
        page(
            '<div><b>Les articles en relation</b><br><a href="/b">Le bac reste à quai</a><br>'
            'Jusqu’à jeudi soir.<br><a href="/c">La rocade fermée la nuit</a><br>'
            "De 22 heures à 5 heures.</div>"
        )
    )
    assert [link.teaser for link in blocks.related] == ["Jusqu’à jeudi soir.", "De 22 heures à 5 heures."]


@pytest.mark.parametrize("heading", ["Les tags en relation", "Mots-clés", "Étiquettes"])
def test_tags_are_kept_as_tags(heading: str) -> None:
    tags = '<div><a href="/t/pont">Pont</a> <a href="/t/voirie">#Voirie</a> <a href="/t/p">pont</a></div>'
    tree, blocks = cut(page(f"<h3>{heading}</h3>{tags}"))
    assert [tag.name for tag in blocks.tags] == ["Pont", "Voirie"]
    assert "Voirie" not in flat(tree)


def test_links_beside_tags_that_only_label_or_share_are_no_tags() -> None:
    links = ("Mots-clés", "Pont", "Partager", "Services publics", "2 commentaires")
    tags = "".join(f'<a href="/t/{number}">{name}</a> ' for number, name in enumerate(links))
    _, blocks = cut(page(f"<h3>Tags</h3><div>{tags}</div>"))
    assert [tag.name for tag in blocks.tags] == ["Pont", "Services publics"]


@pytest.mark.parametrize("mark", ['rel="author"', 'itemprop="author"'])
def test_an_element_marked_as_the_author_is_one_whatever_it_is_called(mark: str) -> None:
    _, blocks = cut(f"<h1>{TITLE}</h1><p><b {mark}>Jeanne Modele</b>, à Rabat</p>{PROSE}")
    assert named_authors(blocks, Body()) == ["Jeanne Modele"]


@pytest.mark.parametrize(("size", "is_one"), [(9_999, True), (10_000, False)])
@pytest.mark.parametrize("inner", ["", "<b></b>"])
def test_what_is_long_is_no_line(inner: str, size: int, is_one: bool) -> None:
    element = html.fragment_fromstring(f"<p>{'a' * size}{inner}</p>")
    assert is_small(element) is is_one


def test_an_empty_list_of_tags_does_not_take_what_follows() -> None:
    _, blocks = cut(page(f"<h3>Les tags en relation</h3><ul></ul><h3>Les articles en relation</h3>{LINKS}"))
    assert blocks.tags == []
    assert len(blocks.related) == 2


def test_a_line_inside_the_text_is_an_inline_link() -> None:
    line = '<p>Lire aussi : <a href="/b">Le bac reste à quai jusqu’à jeudi</a></p>'
    tree, blocks = cut(f"<main><h1>{TITLE}</h1><div>{PROSE}{line}{PROSE}</div></main>")
    assert [(link.block, link.title) for link in blocks.related] == [
        ("inline", "Le bac reste à quai jusqu’à jeudi")
    ]
    assert "quai" not in flat(tree)


def test_a_linked_word_in_a_sentence_stays() -> None:
    text = f'<p>{SENTENCE} Voir aussi le <a class="tag" href="/t/pont">pont</a> de la rive gauche.</p>'
    tree, blocks = cut(f"<main><h1>{TITLE}</h1><div>{PROSE}{text}</div></main>")
    assert blocks.related == []
    assert "le pont de la rive gauche" in flat(tree)


def test_comments_are_cut() -> None:
    tree, blocks = cut(
        page('<div id="comments"><h2>2 commentaires</h2><p>Enfin une bonne nouvelle, merci.</p></div>')
    )
    assert blocks.comments
    assert "bonne nouvelle" not in flat(tree)


@pytest.mark.parametrize(
    "name",
    [
        "related",
        "sidebar",
        "newsletter",
        "comments",
        "tags",
        "pub",
        "widget",
        "hidden",
        "share",
        "author-box",
        "paywall",
    ],
)
def test_no_name_costs_the_article_its_text(name: str) -> None:
    """The container that holds most of the prose stays, whatever it is called."""
    tree, _ = cut(
        f"<div><div class='{name}'><h2>{TITLE}</h2>{PROSE}</div><p>Mentions légales du journal.</p></div>"
    )
    assert flat(tree).count(SENTENCE) == 6


def test_a_heading_in_the_text_does_not_take_the_text_below() -> None:
    tree, _ = cut(f"<main><h1>{TITLE}</h1><div>{PROSE}<h2>Dossier</h2>{PROSE}</div></main>")
    assert flat(tree).count(SENTENCE) == 12


NAMES = st.sampled_from(
    ["related", "tags", "sidebar", "menu", "comments", "pub", "texte", "share", "box", "newsletter"]
)
HEADINGS = st.sampled_from(["Tags", "Commentaires", "Le contexte", ""])


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(NAMES, HEADINGS), max_size=4))
def test_most_of_the_prose_always_stays(shells: list[tuple[str, str]]) -> None:
    """Whatever the text is wrapped in and headed by."""
    inner = PROSE * 4
    for name, heading in shells:
        inner = f"<div class='{name}'><h3>{heading}</h3>{inner}</div>"
    tree, _ = cut(f"<div><h1>{TITLE}</h1>{inner}{LINKS}</div>")
    assert flat(tree).count(SENTENCE) >= 16


def test_short_titles_under_articles_lies_are_related_and_no_tags() -> None:
    """A block of "Articles liés" over two short linked titles was once read as a line of tags."""
    links = '<ul><li><a href="/b">Une salle</a></li><li><a href="/c">Un bus</a></li></ul>'
    _, blocks = cut(page(f"{PROSE}</article><div><h3>Articles liés</h3>{links}</div><article>"))
    assert [link.title for link in blocks.related] == ["Une salle", "Un bus"]
    assert blocks.tags == []


def test_what_is_nested_is_not_read_again_at_each_level() -> None:
    """1,800 elements left open in a damaged page, each holding all that follow, took 12 s and more."""
    nested = "<b>" + "".join(f"Le pont rouvre {number} <i>" for number in range(1800))
    tree = parse(f"<html><body>{page(nested)}</body></html>").tree
    assert tree is not None
    started = time.process_time()
    cut_blocks(tree, URL, GENERIC, TITLE)
    assert time.process_time() - started < 4


SHELLS = [
    "<h3>Lire aussi</h3>",
    "<div class='author'>",
    "<div class='category'><a href='/a'>x</a>",
    "<div class='date'>",
]
MARKED = ["<div itemprop='author' itemscope>", "<div itemprop='articleBody'>"]


@pytest.mark.parametrize("shell", [*(f"<div>{shell}" for shell in SHELLS), *MARKED])
def test_a_large_text_in_many_shells_is_not_read_in_each(shell: str) -> None:
    """Two hundred shells around 40,000 paragraphs took up to 130 s."""
    text = "".join(f"<p>{SENTENCE} Paragraphe {number}.</p>" for number in range(10_000))
    markup = f"<html><body><h1>{TITLE}</h1>{shell * 200}{text}</body></html>"
    started = time.process_time()
    found = read_article(Page(URL, markup.encode(), datetime(2026, 11, 23, tzinfo=UTC)))
    assert time.process_time() - started < 10
    assert (found.body or "").count(SENTENCE) == 10_000


def test_what_may_be_read_for_headings_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """Then nothing more is cut: text is never lost for it."""
    monkeypatch.setattr("pipelines.blocks_cutter.MAX_READ", 1_000)
    tree, blocks = cut(page("".join(f"<div><h3>À lire aussi</h3>{LINKS}<p>.</p></div>" for _ in range(40))))
    assert blocks.rules["heading:related"] < 40
    assert flat(tree).count(SENTENCE) == 6
