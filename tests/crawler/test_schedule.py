"""When pages and channels are due again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.schedule import next_poll, next_try, next_visit

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
AGES = (1, 6, 24, 168, 720)


def test_a_page_is_visited_at_each_age_and_then_no_more() -> None:
    now, hours = NOW, []
    for fetches in range(len(AGES)):
        again = next_visit(fetches, AGES, now)
        assert again is not None
        now = again
        hours.append((now - NOW) / timedelta(hours=1))
    assert hours == list(AGES)
    assert next_visit(len(AGES), AGES, now) is None


@pytest.mark.parametrize(("tries", "minutes"), [(0, 1), (1, 5), (2, 30), (3, None), (99, None)])
def test_tries_wait_longer_each_time_and_end(tries: int, minutes: float | None) -> None:
    wanted = None if minutes is None else NOW + timedelta(minutes=minutes)
    assert next_try(tries, (1, 5, 30), NOW) == wanted


@pytest.mark.parametrize(
    ("kind", "since", "wait"),
    [
        ("feed", timedelta(0), timedelta(0)),
        ("feed", timedelta(hours=10), timedelta(hours=1)),
        ("feed", timedelta(days=300), timedelta(hours=6)),
        ("sitemap", timedelta(days=300), timedelta(days=7)),
    ],
)
def test_a_channel_is_asked_in_step_with_its_changes(kind: str, since: timedelta, wait: timedelta) -> None:
    assert next_poll(kind, NOW - since, 0, NOW) == NOW + wait


def test_a_channel_never_read_is_due_now() -> None:
    assert next_poll("feed", None, 0, NOW) == NOW


@given(st.integers(0, 10_000))
def test_a_failing_channel_waits_a_day_at_most(failures: int) -> None:
    assert NOW <= next_poll("feed", NOW, failures, NOW) <= NOW + timedelta(days=1)
