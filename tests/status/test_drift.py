"""A field that is lost is named with its rule; few pages, mixed kinds and new declarations do not alarm."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.drift import lost_sign, tail
from storage.figures import Figures, total
from storage.health import PastRun, Sample, Sign
from tests.status.past import MONDAY, READER, pages, reading_runs, run

GOOD = pages(3, title__h1=3, body=3, published__line=3, authors__byline=2)
BAD = pages(3, title__h1=3, body=3, authors__byline=2)


def lost(runs: list[PastRun], held: frozenset[str] = frozenset(), reader: str = READER):  # type: ignore[no-untyped-def]
    return lost_sign(runs, reader, runs[-1].started_at, held)


def test_a_lost_field_is_named_with_the_rule_that_no_longer_matches() -> None:
    drift = lost(reading_runs([GOOD] * 40 + [BAD] * 2))
    assert drift is not None
    assert drift.sign == Sign("published")
    assert drift.rule == "line"
    assert drift.hits == (0, 6)
    assert drift.runs == (40, 41)
    good, bad = Sample(7, "https://a.example/7", MONDAY), Sample(8, "https://a.example/8", MONDAY)
    assert drift.sentence(good, bad) == (
        "published is on 0 of the last 6 pages, before on 100%: rule line no longer matches;"
        " last good capture 7 (https://a.example/7); first bad capture 8 (https://a.example/8)"
    )


def test_nothing_lost() -> None:
    assert lost(reading_runs([GOOD] * 40)) is None


@pytest.mark.parametrize("number", [1, 2, 4])
def test_few_pages_never_alarm(number: int) -> None:
    assert lost(reading_runs([GOOD] * 40 + [pages(number, title__h1=number, body=number)])) is None


def test_little_history_never_alarms() -> None:
    assert lost(reading_runs([GOOD] * 9 + [pages(9, title__h1=9, body=9)])) is None
    assert lost(reading_runs([GOOD] * 20 + [pages(9, title__h1=9, body=9)])) is not None


def test_a_field_that_is_often_absent_does_not_alarm_when_it_is_absent_again() -> None:
    parts = [pages(3, title__h1=3, body=3, published__line=3, authors__byline=n % 3 == 0) for n in range(60)]
    assert lost(reading_runs([*parts, *[pages(5, title__h1=5, body=5, published__line=5)]])) is None


def test_kinds_of_articles_that_come_in_a_row_do_not_alarm() -> None:
    """Eight dispatches without an author in a row are usual here."""
    signed = [pages(4, title__h1=4, body=4, authors__byline=4)] * 10
    dispatches = [pages(4, title__h1=4, body=4)] * 2
    assert lost(reading_runs([*(signed + dispatches) * 4, *signed[:2], *dispatches])) is None


def test_another_rule_that_fills_the_field_is_named_and_settles_in_a_week() -> None:
    other = pages(3, title__h1=3, body=3, published__jsonld=3, authors__byline=2)
    runs = reading_runs([GOOD] * 40 + [other] * 2)
    drift = lost(runs)
    assert drift is not None
    assert drift.sign == Sign("published", "line")
    assert "read by rule line on 0 of the last 6 pages" in drift.sentence(None, None)
    late = [
        run(100 + n, MONDAY + timedelta(days=2 + n), figures=other, state="drifted", fresh=3)
        for n in range(16)
    ]
    assert lost(runs + late) is None


def test_a_lost_field_does_not_settle() -> None:
    runs = reading_runs([GOOD] * 40 + [BAD] * 2)
    late = [
        run(100 + n, MONDAY + timedelta(days=2 + n), figures=BAD, state="drifted", fresh=3) for n in range(40)
    ]
    drift = lost(runs + late)
    assert drift is not None
    assert drift.sign == Sign("published")


def test_bodies_of_a_quarter_of_their_length_are_a_drift() -> None:
    long = Figures(4, 4, {"title": 4, "body": 4}, {}, {11: 3, 12: 1})
    short = Figures(4, 4, {"title": 4, "body": 4}, {}, {8: 4})
    drift = lost(reading_runs([long] * 20 + [short] * 2))
    assert drift is not None
    assert drift.sign == Sign("body", characters=256)
    assert "a wall" in drift.sentence(None, None)


def test_other_rules_make_a_new_start() -> None:
    runs = reading_runs([GOOD] * 40 + [BAD] * 2)
    fixed = run(99, MONDAY + timedelta(hours=43), figures=pages(3, title=3), reader="rules-2")
    assert lost([*runs, fixed], reader="rules-2") is None
    assert lost(runs, reader="rules-2") is None  # mended, and nothing read since


def test_another_extractor_may_name_its_rules_as_it_likes() -> None:
    renamed = pages(3, extractor="2", title__h1=3, body=3, published__head=3, authors__byline=2)
    assert lost(reading_runs([GOOD] * 40 + [renamed] * 4)) is None


def test_a_field_the_declaration_speaks_about_is_not_compared() -> None:
    runs = reading_runs([GOOD] * 40 + [BAD] * 2)
    assert lost(runs, held=frozenset({"published"})) is None


def test_readings_of_weeks_ago_prove_nothing() -> None:
    runs = reading_runs([GOOD] * 40 + [BAD] * 2)
    assert lost([*runs, run(99, MONDAY + timedelta(days=30))]) is None


@given(st.integers(0, 40), st.integers(1, 40), st.integers(0, 300), st.integers(1, 300))
def test_chances_are_chances(found: int, number: int, past_found: int, past: int) -> None:
    found, past_found = min(found, number), min(past_found, past)
    chance = tail(found, number, past_found, past)
    assert 0 <= chance <= 1
    assert tail(number, number, past_found, past) == pytest.approx(1)
    if found:
        assert tail(found - 1, number, past_found, past) <= chance


@settings(max_examples=20, deadline=None, derandomize=True)
@given(st.integers(0, 10_000), st.sampled_from([0.05, 0.4, 0.8, 0.97]))
def test_chance_alone_never_alarms(seed: int, rate: float) -> None:
    """Twelve runs a day for two weeks, fields that come and go at random."""
    chance = random.Random(seed)
    parts = []
    for _ in range(168):
        number = chance.randint(0, 4)
        parts.append(
            pages(number, title=number, authors__byline=sum(chance.random() < rate for _ in range(number)))
        )
    runs = reading_runs(parts)
    assert [n for n in range(60, 168, 2) if lost(runs[: n + 1]) is not None] == []


def test_sums() -> None:
    assert total([GOOD, BAD]).filled["published"] == 3
    assert total([GOOD, BAD]).rules["authors"] == {"byline": 4}
    assert total(()).pages == 0
