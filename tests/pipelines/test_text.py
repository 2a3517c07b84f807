import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.text import clean, clean_block, fold, words

# letters, accents, spaces of every kind, controls and surrogates: what pages are made of
_ODD = "aéÀœ«»:!?' \u00a0\u202f\t\r\n\v\x0c\x85\x1f\u2009\u200b\xad\u0301\u0327\ufeff\x92\x81\ud83d"
MESSY = st.text(st.one_of(st.sampled_from(_ODD), st.characters()))


@pytest.mark.parametrize(
    ("raw", "wanted"),
    [
        ("  Le   01\tMars\n2016 ", "Le 01 Mars 2016"),
        ("e\u0301te\u0301", "été"),
        ("gouver\xadne\xadment", "gouvernement"),
        ("e\xad\u0301", "é"),
        ("Titre\x07 \x1b[2J\x00fin\x7f", "Titre [2Jfin"),
        ("\u202egnp.exe\u202c a\u200bb\ufeffc\U000e0041", "gnp.exe abc"),
        ("Demi \ud83d substitut", "Demi substitut"),
        ("l\x92\xe9t\xe9 \x96 20 \x80", "l’été – 20 €"),
        ("famille \U0001f468\u200d\U0001f469", "famille \U0001f468\u200d\U0001f469"),
    ],
)
def test_clean(raw: str, wanted: str) -> None:
    assert clean(raw) == wanted


@pytest.mark.parametrize(
    ("raw", "wanted"),
    [
        ("Pourquoi\u00a0?", "Pourquoi\u00a0?"),
        ("Pourquoi \u00a0 ?", "Pourquoi\u00a0?"),
        ("Pourquoi\u202f\u202f!", "Pourquoi\u202f!"),
        ("«\u00a0 Oui \u00a0»", "«\u00a0Oui\u00a0»"),
        ("dix \u00a0mots", "dix mots"),
        ("10\u202f000\u00a0€", "10\u202f000\u00a0€"),
        ("\u00a0bord\u00a0", "bord"),
    ],
)
def test_no_break_spaces_follow_french_typography(raw: str, wanted: str) -> None:
    assert clean(raw) == wanted


def test_clean_block_keeps_lines_and_drops_empty_ones() -> None:
    assert clean_block(" Un  \r\n\r\n deux\u2028trois\r \u00a0 \nquatre ") == "Un\ndeux\ntrois\nquatre"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("L’Été à Fès !", "l'ete a fes"),
        ("Œuvres et NÆVUS", "oeuvres et naevus"),
        ("STRASSE", "Straße"),
        ("n’est-ce\u00a0pas ?", "n'est ce pas"),
        ("co\xadopération", "coopération"),
        ("الحُكُومَة", "الحكومة"),
        ("lʼautre", "l'autre"),
    ],
)
def test_fold_makes_spellings_equal(one: str, other: str) -> None:
    assert fold(one) == fold(other)


def test_words_are_folded_and_in_order() -> None:
    assert words("L’été, 14h30 — à_Fès") == ["l", "ete", "14h30", "a", "fes"]
    assert words("«\u00a0…\u00a0»") == []


@given(MESSY)
def test_everything_is_idempotent(text: str) -> None:
    assert clean(clean(text)) == clean(text)
    assert clean_block(clean_block(text)) == clean_block(text)
    assert fold(fold(text)) == fold(text)
    assert words(fold(text)) == words(text)


@given(MESSY)
def test_clean_gives_one_composed_line_that_databases_and_xml_take(text: str) -> None:
    line = clean(text)
    assert unicodedata.is_normalized("NFC", line)
    assert line == line.strip()
    assert not any(unicodedata.category(c) in ("Cc", "Cs") for c in line)
    line.encode("utf-8")


@given(MESSY)
def test_composed_and_decomposed_text_are_equal(text: str) -> None:
    for function in (clean, clean_block, fold):
        assert function(unicodedata.normalize("NFD", text)) == function(unicodedata.normalize("NFC", text))


@pytest.mark.parametrize(
    "unit", [" ", "\u00a0 ", "e\u0301", "\n", "\xad", "a ", "\u0301", "\u0301\u0327", "*", "🙂"]
)
def test_time_is_linear(unit: str) -> None:
    started = time.process_time()
    for function in (clean, clean_block, fold):
        function(unit * 200_000)
    assert time.process_time() - started < 3
