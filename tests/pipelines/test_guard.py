"""Checks before a tree: what they cut, what they leave, and that they are linear."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.blocks_tree import parse
from pipelines.guard import (
    _TRIES,
    MAX_ATTRIBUTES,
    MAX_CHARS,
    MAX_RUN,
    MAX_TAGS,
    plain_text,
    prepared,
)

MANY = MAX_ATTRIBUTES + 1
LETTERS = [f"{one}{other}" for one in "abcdefghijklmnopqrstuvwxyz" for other in "abcdefghijklmnopqrstuvwxyz"]
TAGS = {
    "as most are written": "<p" + "".join(f' {name}="1"' for name in LETTERS[:MANY]) + ">",
    "spaces": "<p " + " ".join(f"a{n}=1" for n in range(MANY)) + ">",
    "slashes": "<p" + "".join(f"/attribut{n}" for n in range(MANY)) + ">",
    "quoted ends": "<p" + "".join(f" a{n}='>'" for n in range(MANY)) + ">",
    "glued": "<p " + "".join(f'a{n}="1"' for n in range(MANY)) + ">",
    "lines": "<p\n" + "\n".join(f"a{n}\n=\n1" for n in range(MANY)) + "\n>",
}


@pytest.mark.parametrize("tag", TAGS.values(), ids=TAGS.keys())
def test_a_tag_with_too_many_attributes_loses_them_and_its_text_stays(tag: str) -> None:
    text, warnings, _ = prepared(f"<p>avant</p>{tag}dedans</p><p class='c'>après</p>")
    assert warnings == ["attributes_removed"]
    assert text == "<p>avant</p><p>dedans</p><p class='c'>après</p>"


def test_the_parser_sees_the_text_that_was_checked_not_the_bytes_that_came() -> None:
    """A page in UTF-8 is parsed from its own bytes, but only where nothing in it was cut."""
    cut, sound = f"<p>avant</p>{TAGS['spaces']}dedans&#1;</p>", "<p class='c'>été</p>"
    for page, attributes, said in ((cut, 0, "avantdedans"), (sound, 1, "été")):
        tree = parse(page, page.encode()).tree
        assert tree is not None
        assert sum(len(element.attrib) for element in tree.iter("p")) == attributes
        assert tree.text_content().strip() == said


@pytest.mark.parametrize("attribute", ["a{}='<'", "a{}<", 'a{}="<b>"'])
def test_attributes_are_counted_across_what_looks_like_tags(attribute: str) -> None:
    names = " ".join(attribute.format(number) for number in range(MANY))
    assert prepared(f"<p {names}>texte</p>")[:2] == ("<p>texte</p>", ["attributes_removed"])


def test_long_tags_scripts_and_comments_that_are_sound_stay_as_they_are() -> None:
    script = "<script>if (a <b " + "mot " * 2000 + ") {}</script>"
    comment = "<!-- <p " + "mot " * 2000 + "-->"
    tag = "<p style='" + "color: red; " * 1000 + "' " + "a=1 " * 100 + ">x</p>"
    for sound in (script, comment, tag):
        assert prepared(sound) == (sound, [], False)


@pytest.mark.parametrize("kind", ["png;base64,", "svg+xml;charset=utf-8;base64,"])
def test_inline_files_go_and_the_attribute_stays(kind: str) -> None:
    text, warnings, _ = prepared(f"<img src='data:image/{kind}{'AAAA' * 2000}' alt='x'><p>texte</p>")
    assert (text, warnings) == ("<img src='' alt='x'><p>texte</p>", ["inline_data_removed"])
    small = f"<img src='data:image/{kind}AAAA'>"
    assert prepared(small) == (small, [], False)


def test_both_ends_of_a_page_that_is_too_large_are_kept() -> None:
    middle = "<p>Le milieu, sans fin.</p>" * (MAX_CHARS // 20)
    text, warnings, _ = prepared(f"<h1>Le début</h1>{middle}<p>Le 14 avril 2021</p>")
    assert len(text) <= MAX_CHARS
    assert text.startswith("<h1>Le début</h1><p>Le milieu")
    assert text.endswith("<p>Le 14 avril 2021</p>")
    assert warnings == ["page_too_large"]


def test_code_goes_before_text_does() -> None:
    code = f"<script>{'var a = 1; ' * 90_000}</script>" * 9
    text, _, _ = prepared(f"<p>avant</p>{code}<p>après</p>")
    assert " ".join(text.split()) == "<p>avant</p> <p>après</p>"


@pytest.mark.parametrize("reference", ["&#0;", "&#x1;", "&#11", "&#31;", "&#x1F;", "&#xFFFE;", "&#65535;"])
def test_references_to_controls_never_reach_the_tree(reference: str) -> None:
    tree = parse(f"<p>avant{reference}après</p>").tree
    assert tree is not None
    assert tree.text_content() == "avant après"


def test_references_to_controls_are_found_behind_many_others() -> None:
    many = "a&amp;b" * (_TRIES + 1)
    assert prepared(f"{many}x&#1;y{many}z&#2;")[0] == f"{many}x y{many}z "


def test_a_teaser_cut_inside_a_reference_gets_no_space() -> None:
    assert prepared("<p>le plan d&#0...</p>")[0] == "<p>le plan d...</p>"


@pytest.mark.parametrize("reference", ["&#10;", "&#x20;", "&#233;", "&#8217;", "&#x1F4F0;", "&#128;"])
def test_other_references_stay(reference: str) -> None:
    assert prepared(reference)[0] == reference


@pytest.mark.parametrize("end", ["</html>", "</HTML>", "</body></html>", "</Body >", "</html\n></body>"])
def test_a_page_that_ends_in_its_middle_is_read_to_its_end(end: str) -> None:
    tree = parse(f"<html><body><p>avant</p>{end}<p>après</p></body></html>").tree
    assert tree is not None
    assert tree.text_content() == "avantaprès"
    assert [p.getparent().tag for p in tree.iter("p")] == ["body", "body"]


def test_tags_are_counted_after_the_page_was_cut() -> None:
    code = "<script>" + f"a <b; {'y' * 80}" * MAX_TAGS + "</script>"
    text, warnings, is_too_much = prepared(f"<p>texte</p>{code}")
    assert warnings == ["page_too_large"]
    assert (text.count("<"), is_too_much) == (2, False)
    assert prepared("<p>texte" * (MAX_TAGS + 1))[2]


def test_capital_tags_break_lines_too() -> None:
    assert plain_text("<P>Un.</P><DIV>Deux.<BR>Trois.</DIV>").split() == ["Un.", "Deux.", "Trois."]


@pytest.mark.parametrize("name", ["\u017fcript", "\u017ftyle", "no\u017fcript"])
def test_a_letter_that_looks_like_another_names_no_element(name: str) -> None:
    assert plain_text(f"<{name}>Le port</{name}><p>rouvre") == "\nLe port\nrouvre"
    closed = plain_text(f"<script>var port</{name}>;</script><p>rouvre")
    assert closed.split() == ["rouvre"]


def test_plain_text_begins_with_the_headline() -> None:
    head = "<head><title>Le titre | Le site</title></head>"
    page = (
        f"<html>{head}<nav>Accueil</nav><h1>Le <b>titre</b></h1><p>Un.</p><svg><p>x</svg><p>Deux.<svg></html>"
    )
    assert plain_text(page).split() == ["Le", "titre", "Un.", "Deux."]
    assert plain_text(page.replace("h1", "h2")).startswith("Le titre | Le site\n")


@given(st.text(st.sampled_from("<>/='\" \n!-apdt:;,&#x0script"), max_size=300))
def test_any_text_gives_text(text: str) -> None:
    prepared(text)
    parse(text)
    assert "<p>" not in plain_text(text)


UNITS: dict[str, Callable[[int], str]] = {
    "opened": lambda n: "<svg" * n,
    "scripts": lambda n: "<script>" * n,
    "comments": lambda n: "<!-- " * n,
    "quotes": lambda n: '<a "' * n,
    "data": lambda n: "data:," * n + '"',
    "base64": lambda n: "data:;base64,A " * n,
    "values": lambda n: '="a' * n,
    "less": lambda n: "<" * n,
    "attributes": lambda n: "<p" + " a='<'" * n,
    "headlines": lambda n: "<h1>x" * n,
}


@pytest.mark.parametrize("unit", UNITS.values(), ids=UNITS.keys())
def test_work_is_linear(unit: Callable[[int], str]) -> None:
    seconds = []
    for size in (4_000, 32_000):
        text = "x" * MAX_CHARS + unit(size)  # all checks are made on a page that is too large
        started = time.process_time()
        prepared(text)
        plain_text(text[MAX_CHARS:])
        seconds.append(time.process_time() - started)
    assert seconds[1] < 16 * seconds[0] + 0.2


def test_of_a_text_without_end_the_beginning_stays() -> None:
    long, tail = "a" * (MAX_RUN + 7), "<p>fin</p>"
    text, warnings, _ = prepared(f"<p>{long}</p>{tail}<p>{long}</p>{tail}<p>{long}")
    kept = "<p>" + "a" * (MAX_RUN - len("p>"))
    assert text == f"{kept}</p>{tail}{kept}</p>{tail}{kept}"
    assert warnings == ["text_cut"]
    assert prepared(kept)[:2] == (kept, [])


def test_no_tag_is_cut_in_the_plain_reading_of_a_long_page() -> None:
    markup = "<p>" + "un mot <i class='signe'>et</i> " * 20_000
    assert plain_text(markup).split() == ["un", "mot", "et"] * 20_000
