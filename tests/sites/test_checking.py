"""When a field counts as lost, and how coverage is counted."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from crawler.checking import Usual, differences, lost_fields, usual_of_saved
from crawler.coverage import by_month, month_of
from storage.article_json import article_json
from storage.records import Article, Tag

FULL = Article("https://a.example/1", "article", title="Le port", body="Un texte.", tags=(Tag("Port"),))
BARE = Article("https://a.example/2", "article", title="Le port", body="Un texte.")


@pytest.mark.parametrize(
    ("filled", "pages", "lost"),
    [
        (100, 100, True),
        (85, 100, True),
        (60, 100, False),
        (0, 100, False),
        (3, 3, True),
        (1, 1, False),
        (0, 0, False),
    ],
)
def test_three_empty_pages(filled: int, pages: int, lost: bool) -> None:
    sentences = lost_fields([BARE] * 3, {"tags": Usual(filled, pages)})
    assert bool(sentences) == lost


def test_the_sentence_names_the_field_and_what_is_usual() -> None:
    assert lost_fields([BARE] * 3, {"tags": Usual(98, 100)}) == [
        "tags is on 0 of 3 pages, usually on 98%: check the rules of tags"
    ]


def test_one_page_of_three_without_is_no_loss() -> None:
    assert lost_fields([FULL, FULL, BARE], {"tags": Usual(97, 100)}) == []


def test_what_saved_pages_have_is_usual() -> None:
    usual = usual_of_saved([{"tags": ["a"], "title": "x"}, {"tags": [], "title": "y"}])
    assert (usual["tags"], usual["title"], usual["body"]) == (Usual(1, 2), Usual(2, 2), Usual(0, 2))


def test_differences_of_a_saved_page() -> None:
    expected = {k: v for k, v in article_json(FULL).items() if k not in ("evidence", "site")}
    assert differences(FULL, expected) == []
    assert differences(BARE, expected) == ["url", "tags"]


def test_months() -> None:
    claimed = datetime(2026, 11, 24, tzinfo=UTC)
    assert month_of("https://a.example/2020/1/5/x", date(2019, 12, 31), claimed) == "2019-12"
    assert month_of("https://a.example/2020/1/5/x", None, claimed) == "2020-01"
    assert month_of("https://a.example/archive/2020-07-05/x", None, claimed) == "2020-07"
    assert month_of("https://a.example/2020/x", None, claimed) == "2026-11"
    assert month_of("https://a.example/x", None, None) == ""


def test_a_table_of_months() -> None:
    links = {f"https://a.example/2026/{month:02d}/{n}": None for month in (1, 2) for n in range(3)}
    states = {
        "https://a.example/2026/01/0": ("archived", date(2026, 1, 9)),
        "https://a.example/2026/01/1": ("pending", None),
        "https://a.example/2026/02/0": ("gone", None),
        "https://a.example/2026/02/1": ("archived", None),
    }
    months = by_month(links, states, [date(2026, 2, 1), None])
    assert [(m.month, m.listed, dict(m.counts), m.unlisted) for m in months] == [
        ("2026-01", 3, {"archived": 1, "waiting": 1, "missing": 1}, 0),
        ("2026-02", 3, {"gone": 1, "archived": 1, "missing": 1}, 1),
        ("", 0, {}, 1),
    ]
