"""The pure parts: overlap of texts, order of dates, clusters, word diffs."""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from storage.copies_measure import Overlap, first_published, kind_of, measure, published_span, ties
from storage.diffs import sentences, word_diff
from storage.stories import components

words = st.lists(st.sampled_from("abcdefgh"), max_size=40)


@given(words, words)
def test_overlap_is_a_share_and_symmetric(one: list[str], other: list[str]) -> None:
    there, back = measure(one, other), measure(other, one)
    assert 0 <= there.share <= 1
    assert (there.share, there.other_share) == (back.other_share, back.share)
    assert there.longest_run <= there.common_words <= len(one)


@given(words)
def test_a_text_holds_itself(text: list[str]) -> None:
    found = measure(text, text)
    assert found.common_words == (len(text) if len(text) >= 5 else 0)


def test_runs_are_counted_once() -> None:
    one = ["a", "b", "c", "d", "e", "f", "x", "y", "z", "p", "q", "r", "s", "t"]
    other = ["a", "b", "c", "d", "e", "f", "1", "2", "3", "p", "q", "r", "s", "t"]
    found = measure(one, other)
    assert (found.common_words, found.longest_run, found.starts) == (11, 6, 0.0)


def overlap(share: float, other: float, common: int = 60, run: int = 30, start: float = 0.5) -> Overlap:
    return Overlap(share, other, common, run, start, start)


def kind(found: Overlap, *, weak: bool = False, across: bool = True) -> str | None:
    return kind_of(found, same_digest=False, weak=weak, across=across)


def test_kinds_at_their_borders() -> None:
    assert kind(overlap(0.75, 0.9)) == "near"
    assert kind(overlap(0.74, 0.6)) == "part"
    assert kind(overlap(0.1, 0.7), weak=True) == None  # noqa: E711
    assert kind(overlap(0.1, 0.8), weak=True) == "part"
    assert kind(overlap(0.1, 0.2, run=25)) == "passage"
    assert kind(overlap(0.1, 0.2, run=24)) is None
    assert kind(overlap(0.1, 0.2), across=False) is None
    assert kind(overlap(1.0, 1.0, common=14)) is None


def test_a_brief_in_a_round_up_makes_no_story() -> None:
    assert not ties("part", overlap(0.1, 1.0))
    assert ties("part", overlap(0.1, 1.0, start=0.05))
    assert ties("part", overlap(0.3, 1.0))
    assert not ties("passage", overlap(0.5, 0.5))


def dated(number: int, day: date, precision: str, moment: datetime | None = None, zone: str = "UTC") -> Any:
    return SimpleNamespace(
        id=number,
        published_date=day,
        published_precision=precision,
        published_utc=moment,
        published_timezone=zone,
    )


def test_who_was_first_as_far_as_dates_tell() -> None:
    third = date(2026, 3, 3)
    at_eight = dated(1, third, "minute", datetime(2026, 3, 3, 8, tzinfo=UTC))
    at_nine = dated(2, third, "minute", datetime(2026, 3, 3, 9, tzinfo=UTC))
    that_day, next_day = dated(3, third, "day"), dated(4, date(2026, 3, 4), "day")
    month, undated = dated(5, date(2026, 3, 1), "month"), dated(6, third, "day")
    undated.published_date = None
    assert first_published(at_eight, at_nine) == first_published(at_nine, at_eight) == 1
    assert first_published(at_eight, that_day) is None
    assert first_published(next_day, at_nine) == 2
    assert first_published(month, at_nine) is None
    assert first_published(month, dated(7, date(2026, 4, 1), "day")) == 5
    assert first_published(undated, at_nine) is None


def test_a_day_is_a_day_of_its_zone() -> None:
    late = dated(1, date(2026, 3, 3), "minute", datetime(2026, 3, 3, 22, 30, tzinfo=UTC))
    assert first_published(late, dated(2, date(2026, 3, 4), "day", zone="UTC+02:00")) is None
    assert first_published(late, dated(2, date(2026, 3, 4), "day", zone="Africa/Abidjan")) == 1


def test_the_ends_of_the_calendar_have_no_span() -> None:
    assert published_span(dated(1, date.max, "day")) is None
    assert published_span(dated(1, date(1, 1, 1), "day", zone="UTC+05:00")) is None


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20)), max_size=30))
def test_components_are_the_connected_groups(edges: list[tuple[int, int]]) -> None:
    groups = components(edges)
    group_of = {number: place for place, group in enumerate(groups) for number in group}
    assert sorted(group_of) == sorted({number for edge in edges for number in edge})
    assert all(group_of[one] == group_of[other] for one, other in edges)
    reach = {number: {number} for number in group_of}
    for _ in group_of:
        for one, other in edges:
            reach[one] = reach[other] = reach[one] | reach[other]
    assert all(set(group) <= reach[group[0]] | set().union(*(reach[n] for n in group)) for group in groups)
    assert sum(map(len, groups)) == len(group_of)


texts = st.text(st.sampled_from("ab é,.\n'"), max_size=60)


@given(texts, texts)
def test_a_diff_holds_both_texts(before: str, after: str) -> None:
    pieces = word_diff(before, after)
    assert "".join(piece.text for piece in pieces if piece.op != "new") == before
    assert "".join(piece.text for piece in pieces if piece.op != "gone") == after
    assert all(piece.text for piece in pieces)
    assert all(one.op != other.op for one, other in pairwise(pieces))


def test_a_diff_shows_whole_words() -> None:
    pieces = word_diff("Le port, fermé hier, rouvre.", "Le port, ouvert hier, rouvre enfin.")
    assert [(piece.op, piece.text) for piece in pieces] == [
        ("same", "Le port, "),
        ("gone", "fermé"),
        ("new", "ouvert"),
        ("same", " hier, rouvre"),
        ("new", " enfin"),
        ("same", "."),
    ]


def test_a_huge_change_is_told_whole() -> None:
    before, after = "a " * 5_000, "b " * 5_000
    assert [piece.op for piece in word_diff(before, after)] == ["gone", "new"]


def test_sentences() -> None:
    text = "Un port. « Deux quais ! » Trois ? Quatre\nCinq…"
    assert sentences(text) == ["Un port.", "« Deux quais ! »", "Trois ?", "Quatre", "Cinq…"]
