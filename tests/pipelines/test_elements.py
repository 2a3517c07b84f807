"""Elements found by what they are called: no name that a rule looks for is passed over by the cheap look."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from pipelines import article_date_claims, article_named, section
from pipelines.blocks_elements import Elements, Subject
from pipelines.blocks_headline import headline_place

PATTERNS: dict[Subject, re.Pattern[str]] = {
    "author": article_named._AUTHORED,
    "date": article_date_claims._DATED,
    "trail": section._TRAIL,
    "section": section._LABEL,
}


@pytest.mark.parametrize("subject", PATTERNS)
@given(data=st.data())
def test_every_name_that_a_rule_looks_for_is_found(subject: Subject, data: st.DataObject) -> None:
    name = data.draw(st.from_regex(PATTERNS[subject]))
    tree = html.Element("div")
    attribute = data.draw(st.sampled_from(("class", "id")))
    try:
        tree.set(attribute, name)
    except ValueError:  # controls, which no page has
        return
    found = [place for _, places in Elements(tree).called(subject) for place in places]
    assert found == [0]


def test_names_are_asked_once_and_keep_their_places() -> None:
    links = "<a id='x' class='date' rel='author'>d</a>"
    page = f"<div><p class='date'>a</p><p>b</p><p class='date'>c</p>{links}</div>"
    elements = Elements(html.fromstring(page))
    named = dict(elements.called("date"))
    assert named == {("date", None): [1, 3], ("date", "x"): [4]}
    assert elements.rels == {4: "author"}
    assert elements.tagged("p") == [1, 2, 3]
    assert [element.tag for element in elements.of(("a", "div"))] == ["div", "a"]


def test_an_element_that_was_made_later_stands_behind_all() -> None:
    elements = Elements(html.fromstring("<div><p itemprop='x'>a</p><p>b</p></div>"))
    assert [elements.place(element) for element in elements.all] == [0, 1, 2]
    assert elements.place(html.Element("p")) == elements.place(None) == 3
    assert elements.where(elements.marked) == [1]
    assert elements.where([html.Element("p")]) == []


def test_marks_are_not_looked_for_where_the_page_has_none() -> None:
    tree = html.fromstring("<div><p itemprop='x'>a</p></div>")
    assert Elements(tree, is_marked=False).marked == []
    assert Elements().all == []


@pytest.mark.parametrize(
    "heading",
    [
        "<h1 id='x'>Le port</h1>",
        "<h1 id='x'><span>Brévilliers</span> Le port</h1>",
        "<h1>Le portail de la côte</h1><h2 id='x'>Le port</h2>",
        "<h1>La Vigie</h1><h3 id='x'>Le port</h3>",
        "<h1>La Vigie</h1><h2>Tout sur le port</h2><h4 id='x'>Le port</h4>",
    ],
)
def test_the_headline_is_the_heading_that_prints_the_title(heading: str) -> None:
    """An <h1> may say more beside it, a lower one does not, and stands above the text."""
    elements = Elements(html.document_fromstring(f"<body>{heading}<p>Un texte.</p><h2>Le port</h2></body>"))
    place = headline_place(elements, "Le port", elements.tagged("p")[0])
    assert place is not None
    assert elements.all[place].get("id") == "x"


def test_a_title_that_no_heading_above_the_text_prints_has_no_place() -> None:
    page = "<body><h1>La Vigie</h1><h2>Tout sur le port</h2><p>Un texte.</p><h2>Le port</h2></body>"
    elements = Elements(html.document_fromstring(page))
    assert headline_place(elements, "Le port", elements.tagged("p")[0]) is None
