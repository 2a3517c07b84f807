import hashlib
import json
import subprocess
import sys
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.duplicates import (
    SHINGLE,
    WINDOW,
    _winnowed,
    containment,
    content_digest,
    shingles,
    text_digest,
)
from storage.records import Article, Attribution, Date, Evidence, Image, RelatedLink, Tag

ARTICLE = Article(
    url="https://exemple.invalid/actualite/12/le-barrage",
    page_type="article",
    title="Le barrage rouvre ses vannes",
    lead="L’eau revient.",
    body="Le barrage a rouvert hier.\nLes agriculteurs attendaient depuis mars.",
    authors=("Salma Idrissi", "Paul Vannier"),
    section="Régions",
    tags=(Tag("eau"), Tag("Barrages", "https://exemple.invalid/tags/1")),
    published=Date(date(2026, 3, 1), "minute", datetime(2026, 3, 1, 8, 30)),  # noqa: DTZ001 - local, naive
    attributions=(
        Attribution("republication", ("Courrier inventé",), raw="SOURCE WEB Par Courrier inventé"),
    ),
)


def test_the_object_says_what_the_digest_is_of() -> None:
    digest, text = content_digest(ARTICLE)
    assert hashlib.sha256(text.encode()).hexdigest() == digest
    assert json.loads(text) == {
        "title": "Le barrage rouvre ses vannes",
        "lead": "L’eau revient.",
        "body": "Le barrage a rouvert hier.\nLes agriculteurs attendaient depuis mars.",
        "authors": "Salma Idrissi\nPaul Vannier",
        "section": "Régions",
        "tags": "Barrages\neau",
        "published": "2026-03-01T08:30",
        "attributions": "republication: Courrier inventé",
    }
    assert content_digest(Article("urn:x", "article")) == (hashlib.sha256(b"{}").hexdigest(), "{}")


LINK = RelatedLink("Autre", None, None, False, False, 1, "end")


@pytest.mark.parametrize(
    "change",
    [
        {"related": (LINK,)},
        {"images": (Image("https://exemple.invalid/a.jpg"),)},
        {"warnings": ("broken_utf8",)},
        {"evidence": (Evidence("title", "x", "y"),)},
        {
            "url": "https://exemple.invalid/autre",
            "canonical_url": "https://exemple.invalid/c",
            "encoding": "utf-8",
        },
        {"modified": Date(date(2026, 3, 2), "day"), "language": "fr", "paywalled": True},
        {"tags": (Tag("Barrages"), Tag("eau"), Tag("eau"))},
        {"title": "Le  barrage rouvre\u00a0ses vannes "},
        {"title": "Le barrage rou\xadvre ses vannes"},
        {"published": replace(ARTICLE.published or Date(date(2026, 1, 1), "day"), raw="hier", rule="autre")},
        {"attributions": (replace(ARTICLE.attributions[0], raw="Source : Courrier inventé", rule="autre"),)},
    ],
)
def test_what_is_no_edit(change: dict[str, Any]) -> None:
    assert content_digest(replace(ARTICLE, **change)) == content_digest(ARTICLE)


@pytest.mark.parametrize(
    "change",
    [
        {"title": "Le barrage rouvre ses portes"},
        {"lead": None},
        {"body": "Le barrage a rouvert hier. Les agriculteurs attendaient depuis mars."},
        {"authors": ("Paul Vannier", "Salma Idrissi")},
        {"section": None},
        {"tags": (Tag("eau"),)},
        {"published": Date(date(2026, 3, 1), "day")},
        {"attributions": ()},
        {"attributions": (Attribution("unknown_source", raw="SOURCE WEB"),)},
    ],
)
def test_what_is_an_edit(change: dict[str, Any]) -> None:
    assert content_digest(replace(ARTICLE, **change)) != content_digest(ARTICLE)


def test_a_relative_hour_counts_as_its_day() -> None:
    visits = [Date(date(2026, 3, 1), "hour", datetime(2026, 3, 1, hour)) for hour in (8, 9)]  # noqa: DTZ001
    assert len({content_digest(replace(ARTICLE, published=visit)) for visit in visits}) == 1


def test_text_digest_is_of_folded_words() -> None:
    copy = Article(
        "urn:x", "article", body="LE BARRAGE a rouvert hier – les agriculteurs\nattendaient, depuis mars !"
    )
    assert text_digest(copy) == text_digest(ARTICLE)
    assert text_digest(replace(copy, body="Le barrage")) != text_digest(ARTICLE)
    assert text_digest(Article("urn:x", "article", body=" … ")) == ""


NUMBERS = st.lists(st.integers(min_value=-(2**63), max_value=2**63 - 1), min_size=1, max_size=100)


@given(st.one_of(NUMBERS, st.lists(st.integers(0, 3), min_size=1, max_size=100)))
def test_winnowing_keeps_the_smallest_of_every_window(hashes: list[int]) -> None:
    windows = [hashes[start : start + WINDOW] for start in range(max(1, len(hashes) - WINDOW + 1))]
    assert _winnowed(hashes) == {min(window) for window in windows}


WORDS = st.lists(st.integers(0, 10_000).map(lambda n: f"mot{n}"), max_size=120)
RUN = st.lists(st.integers(0, 10_000).map(lambda n: f"mot{n}"), min_size=20, max_size=40)


@given(WORDS, WORDS, WORDS, WORDS, RUN)
def test_twenty_words_in_common_are_always_found(
    before: list[str], after: list[str], other: list[str], another: list[str], run: list[str]
) -> None:
    assert SHINGLE + WINDOW - 1 == 20
    one = shingles(" ".join([*before, *run, *after]))
    two = shingles(" ".join([*other, *run, *another]))
    assert set(one) & set(two)


@given(st.text())
def test_shingles_are_sorted_signed_numbers_of_the_folded_text(text: str) -> None:
    found = shingles(text)
    assert found == sorted(set(found))
    assert all(-(2**63) <= number < 2**63 for number in found)
    assert shingles(text.upper().lower()) == shingles(text.lower().upper().lower())


def test_shingles_are_the_same_in_every_process() -> None:
    text = "Le barrage a rouvert hier ses vannes devant les habitants réunis"
    code = f"from pipelines.duplicates import shingles; print(shingles({text!r}))"
    for seed in ("1", "2"):
        found = subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            text=True,
            check=True,
            env={"PYTHONHASHSEED": seed},
        )
        assert json.loads(found.stdout) == shingles(text)


def test_about_as_many_as_one_window_in_eight() -> None:
    text = " ".join(f"mot{n * n % 7919}" for n in range(400))
    assert 30 <= len(shingles(text)) <= 65


def test_containment() -> None:
    whole = " ".join(f"mot{n}" for n in range(400))
    part = " ".join(f"mot{n}" for n in range(100, 200))
    assert containment(shingles(part), shingles(whole)) > 0.9
    assert containment(shingles(whole), shingles(part)) < 0.4
    assert containment(shingles("Le barrage"), shingles("le  BARRAGE")) == 1.0
    assert containment([], shingles(whole)) == containment(shingles(whole), []) == 0.0
