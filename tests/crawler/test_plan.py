"""What a backfill says of itself before it begins."""

from __future__ import annotations

from dataclasses import replace

import pytest

from crawler.discovery.ids import number_pattern
from crawler.plan import BackfillPlan, duration

NOTHING = BackfillPlan("vigie", 0, 0, 0, 0, 0, 5.0, 2000)


def test_nothing_left() -> None:
    assert NOTHING.sentence() == "vigie: nothing is left to walk back through"


def test_known_pages_and_numbers_have_an_end() -> None:
    plan = replace(NOTHING, pages=3000, numbers=1500)
    assert plan.sentence() == (
        "vigie: 3000 known pages, 1500 numbers; 7 hours at 5 s a request, 3 runs of 2000 pages"
    )


def test_listings_and_sitemaps_have_none_that_is_known() -> None:
    sentence = replace(NOTHING, sitemaps=12, listings=2, begun=1).sentence()
    assert sentence.startswith("vigie: 12 sitemaps, 2 listings (1 begun); at least 70 seconds at 5 s")
    assert sentence.endswith("is not known")


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "1 second"),
        (1, "1 second"),
        (89.2, "90 seconds"),
        (91, "2 minutes"),
        (5400, "90 minutes"),
        (5401, "2 hours"),
        (172_800, "48 hours"),
        (172_801, "3 days"),
    ],
)
def test_durations_are_rounded_up(seconds: float, text: str) -> None:
    assert duration(seconds) == text


@pytest.mark.parametrize(
    ("url", "number"),
    [
        ("https://presse.example/actualite/6256", 6256),
        ("http://www.presse.example/actualite/6256/le-port", 6256),
        ("https://presse.example/actualite/6256?page=2", 6256),
        ("https://presse.example/actualite/62x", None),
        ("https://autre.example/actualite/6256", None),
    ],
)
def test_the_number_of_an_address(url: str, number: int | None) -> None:
    match = number_pattern("https://www.presse.example/actualite/{0}").match(url)
    assert (int(match.group(1)) if match else None) == number


def test_a_template_with_an_end() -> None:
    pattern = number_pattern("https://presse.example/article-{0}.html")
    assert pattern.match("https://presse.example/article-12.html")
    assert not pattern.match("https://presse.example/article-12.htm")
