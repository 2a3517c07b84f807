"""Entries of related blocks: what a cut left in two is dropped and told, and nothing whole is."""

from __future__ import annotations

import html as markup

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from pipelines.related import (
    Entry,
    as_links,
    escaped_bytes,
    flag_cut_titles,
    is_truncated,
    make_entry,
    read_entries,
    repair,
)
from pipelines.text import clean

BASE = "https://gazette.example/a/1"
LIMIT = 160  # bytes of escaped text before the dots


def entry(title: str, teaser: str | None = None) -> Entry:
    return make_entry(title, None, teaser)


def block(inner: str) -> list[Entry]:
    return read_entries(html.fragment_fromstring(inner, create_parent="div"), BASE)


@pytest.mark.parametrize(
    ("cut", "whole"),
    [
        ("la cérémoni\ufffd...", "la cérémoni..."),
        ("la cérémoni\ufffd\ufffd…", "la cérémoni…"),
        ("les camions d&...", "les camions d..."),
        ("les camions d&#...", "les camions d..."),
        ("les camions d&#03...", "les camions d..."),
        ("il dit &quo...", "il dit ..."),
        ("il dit &amp", "il dit"),
    ],
)
def test_a_letter_or_an_entity_cut_in_two_is_dropped(cut: str, whole: str) -> None:
    assert repair(cut) == (whole, True)


@pytest.mark.parametrize(
    "text", ["Pain & sel", "R&D : un budget doublé", "Fin.", "Et puis...", "", "A & B & C, suite"]
)
def test_a_whole_text_stays(text: str) -> None:
    assert repair(text) == (text, False)


@pytest.mark.parametrize("size", [157, 158, 159, 160])
def test_a_teaser_is_cut_at_its_bytes(size: int) -> None:
    """The site cuts 160 bytes: a dropped letter or entity leaves up to three fewer."""
    assert is_truncated("a" * size + "...", LIMIT)
    assert make_entry("Titre", None, "a" * size + "...", LIMIT).teaser_truncated


@pytest.mark.parametrize("size", [1, 120, 156])
def test_dots_of_a_shorter_teaser_are_its_own(size: int) -> None:
    assert not is_truncated("a" * size + "...", LIMIT)


def test_without_a_declared_limit_dots_are_a_cut() -> None:
    assert is_truncated("Une phrase qui s’arrête...")
    assert not is_truncated("Une phrase qui s’arrête.")


def test_an_apostrophe_counts_as_its_entity() -> None:
    assert escaped_bytes("l'eau") == 1 + 5 + 3
    assert escaped_bytes("é") == 2
    assert escaped_bytes('<&">') == 4 + 5 + 6 + 4


@given(st.text(alphabet="aé€'\"&<> z", min_size=161, max_size=200))
def test_what_a_site_cuts_is_found_cut(text: str) -> None:
    """Escape, cut at 160 bytes, add dots, serve, unescape: the entry is flagged."""
    escaped = markup.escape(text, quote=True).replace("&#x27;", "&#39;").encode()
    served = markup.unescape(escaped[:LIMIT].decode("utf-8", "replace") + "...")
    found = make_entry("Titre", None, served)
    assert found.teaser_truncated
    assert found.teaser_raw == served
    assert "\ufffd" not in (found.teaser or "")


@given(st.text())
def test_a_text_that_ends_with_a_full_stop_is_whole(text: str) -> None:
    assert repair(f"{text}.") == (clean(f"{text}."), False)


def cut_teaser() -> str:
    return "a" * 160 + "..."


def test_a_title_of_a_hundred_bytes_is_cut_where_teasers_are() -> None:
    title = "é" * 50
    found = flag_cut_titles([entry(title, cut_teaser()), entry("Un titre court", cut_teaser())])
    assert [e.title_truncated for e in found] == [True, False]


@pytest.mark.parametrize(("size", "cut"), [(98, False), (99, True), (100, True), (101, False)])
def test_a_declared_title_length_needs_no_teaser(size: int, cut: bool) -> None:
    assert flag_cut_titles([entry("t" * size)], 100)[0].title_truncated is cut


def test_a_title_of_a_hundred_bytes_is_whole_where_nothing_is_cut() -> None:
    found = flag_cut_titles([entry("t" * 100, "Un résumé entier."), entry("t" * 100, "Un autre...")])
    assert [e.title_truncated for e in found] == [False, False]


def test_two_links_to_one_address_are_one_entry() -> None:
    found = block(
        '<div><a href="/b"><img src="/i.jpg" alt=""></a><h3><a href="/b">Le pont rouvre mardi</a></h3>'
        '<p>Trois mois de travaux.</p><a href="/b">Lire la suite</a></div>'
        '<div><h3><a href="/c#haut">Le bac reste à quai</a></h3></div>'
    )
    assert [(e.title, e.url, e.teaser) for e in found] == [
        ("Le pont rouvre mardi", "https://gazette.example/b", "Trois mois de travaux."),
        ("Le bac reste à quai", "https://gazette.example/c", None),
    ]


def test_a_link_to_the_page_itself_is_no_entry() -> None:
    found = block('<a href="/a/1#x">Cette page, encore une fois</a><a href="/b">Une page tout autre</a>')
    assert [e.url for e in found] == ["https://gazette.example/b"]


def test_entries_without_links_are_pairs_of_lines() -> None:
    found = block(
        "<p><b>Premier titre</b><br>Premier résumé.</p><p><b>Second titre</b><br>Second résumé.</p>"
    )
    assert [(e.title, e.teaser, e.url) for e in found] == [
        ("Premier titre", "Premier résumé.", None),
        ("Second titre", "Second résumé.", None),
    ]


@pytest.mark.parametrize(
    "label",
    [
        "Lire aussi : ",
        "À lire également : ",
        "» Voir aussi - ",
        "[À lire aussi : ",
        "LIRE AUSSI ",
        "À lire aussi\u00a0",
        "[À lire aussi] ",
        "Lire aussi ► ",
        "Lire à ce sujet : ",
        "Vous aimerez aussi : ",
    ],
)
def test_the_label_is_no_part_of_the_title(label: str) -> None:
    end = "]" if label.startswith("[") and "]" not in label else ""
    found = block(f'<a href="/b">{label}Le pont rouvre mardi{end}</a>')
    assert [e.title for e in found] == ["Le pont rouvre mardi"]


def test_a_bracket_of_the_title_stays() -> None:
    assert [e.title for e in block('<a href="/b">[Vidéo] Le pont rouvre mardi</a>')] == [
        "[Vidéo] Le pont rouvre mardi"
    ]


def test_links_are_numbered_from_where_they_start() -> None:
    links = as_links([entry("Un"), entry("Deux")], "end", "À lire", 4)
    assert [(link.position, link.title, link.heading) for link in links] == [
        (4, "Un", "À lire"),
        (5, "Deux", "À lire"),
    ]


@pytest.mark.parametrize(
    "title",
    [
        "Vidéo : le pont rouvre mardi",
        "Interview : « Le pont rouvrira mardi »",
        "Dossier : les ponts rouvrent",
        "Voir aussi loin que possible depuis le pont",
        "Sécheresse : lire aussi dans les cernes des arbres",
    ],
)
def test_a_word_before_a_colon_may_be_the_titles_own(title: str) -> None:
    (entry,) = block(f'<a href="/b">{title}</a>')
    assert entry.title == title


@pytest.mark.parametrize("label", ["LIRE ", "Lire ", ">> LIRE "])
def test_only_the_label_goes_before_a_topic(label: str) -> None:
    (entry,) = block(f'<a href="/b"><strong>{label}Marée : ce qui vous attend mardi</strong></a>')
    assert entry.title == "Marée : ce qui vous attend mardi"


@pytest.mark.parametrize("label", ["Lire le Monde : ", "LIRE NOTRE DOSSIER : ", "Lire notre enquête : "])
def test_a_label_of_several_words_goes_whole(label: str) -> None:
    (entry,) = block(f'<a href="/b">{label}Le pont rouvre mardi</a>')
    assert entry.title == "Le pont rouvre mardi"


@pytest.mark.parametrize(
    "card",
    [
        "<a href='/b'><span>Le pont rouvre mardi</span> <span>Lire</span></a>",
        "<a href='/b'><h4>Le pont rouvre mardi <em>Lire</em></h4></a>",
        "<a href='/b'><p>Le pont rouvre mardi <b>Lire la suite</b></p></a>",
        "<a href='/b'><h4>Le pont rouvre mardi</h4><div>Lire l'article</div></a>",
        "<a href='/b'>Le pont rouvre mardi<span>Lire plus</span></a>",
        "<a href='/b'>Le pont rouvre mardi | <span>Lire plus</span></a>",
    ],
)
def test_a_call_to_read_on_is_no_part_of_a_title(card: str) -> None:
    assert [e.title for e in block(card)] == ["Le pont rouvre mardi"]


def test_a_word_like_a_call_in_a_title_stays() -> None:
    (entry,) = block("<a href='/b'>Au village on apprend à <em>lire</em> les vieux plans</a>")
    assert entry.title == "Au village on apprend à lire les vieux plans"
    (entry,) = block("<a href='/b'>À cent ans, elle apprend à lire</a>")
    assert entry.title == "À cent ans, elle apprend à lire"


def test_who_wrote_is_no_entry() -> None:
    author = "<p><a href='/auteur/anne-modele'>Anne Modele</a></p>"
    people = "<p><a href='/people/le-pont-qui-rend-les-vedettes-folles'>Le pont des vedettes</a></p>"
    assert [e.title for e in block(author + people)] == ["Le pont des vedettes"]
    assert block(author) == []
