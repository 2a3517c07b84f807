"""The analyser: what counts as the same word."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.analyser import MAX_WORD, WORD, terms, tokens
from storage.documents import Document, vector

SAME = [
    ("l’été", "l'été", "ÉTÉ", "été", "ete", "e\u0301te\u0301"),
    ("œuvre", "oeuvre", "ŒUVRES", "Œuvre", "l'oeuvre"),
    ("ministre", "ministres", "MINISTRES", "Ministre", "d'ministre"),
    ("publiée", "publiee", "publiées", "publié", "publie"),
    ("réunion", "reunion", "réunions", "REUNION", "qu’réunion"),
    ("marocain", "marocaine", "marocains", "marocaines"),
    ("général", "générale", "généraux", "generale"),
    ("S.N.C.F.", "SNCF", "sncf", "S.N.C.F"),
    ("porte-parole", "porte parole", "porte‑parole", "Portes-Paroles"),
    ("الحكومة", "حكومة", "حُكُومَة", "والحكومة", "حكومـة"),
    ("أحمد", "احمد", "إحمد"),
    ("١٢٣", "123", "۱۲۳"),
    ("ﬁnance", "finance"),
    ("soft\u00adhyphen", "softhyphen"),
]
DIFFERENT = [
    ("port", "porte-parole"),
    ("maroc", "marocain"),
    ("cote", "cotation"),
    ("2016", "2017"),
]


@pytest.mark.parametrize("words", SAME)
def test_these_are_one_word(words: tuple[str, ...]) -> None:
    assert len({tuple(terms(word)) for word in words}) == 1
    assert terms(words[0])


@pytest.mark.parametrize("words", DIFFERENT)
def test_these_are_not(words: tuple[str, str]) -> None:
    assert terms(words[0]) != terms(words[1])


def test_words_without_meaning_are_left_out() -> None:
    assert terms("Le ministre de l'Intérieur qu'il a vu") == terms("ministre intérieur vu")
    assert terms("de la et à d'") == []


def test_elision_is_no_prefix_of_other_words() -> None:
    assert terms("aujourd'hui O'Brien jusqu'au l'l'eau") == ["aujourd", "hui", "o", "brien", "eau"]


def test_a_repeated_word_is_indexed_so_often_and_no_more() -> None:
    assert terms("eau feu " * 1000, 50) == ["eau", "feu"] * 49


@given(st.text(max_size=200))
def test_terms_are_words_of_both_databases(text: str) -> None:
    """No space, no quote, no underscore, nothing that could leave its place in an index expression."""
    found = terms(text)
    assert found == [token.term for token in tokens(text)]
    for term in found:
        assert term
        assert len(term) <= MAX_WORD + 18
        assert not set(term) & set(" _'\"\\:()*\0\n\t")
        assert term == term.lower() or not term.isascii()


@given(st.text(alphabet="aéœ'’.-SNCF \u0301ال\u064e", max_size=60))
def test_places_are_those_of_the_text(text: str) -> None:
    for token in tokens(text):
        assert WORD.search(text[token.start : token.end])


def test_a_vector_names_positions_and_fields() -> None:
    document = Document(1, ["eau"], ["eau", "feu"], ["feu"], ["_r_eau"], ["_all"])
    assert vector(document) == "'eau':1A,10B 'feu':11B,20C '_r_eau':29D '_all'"
