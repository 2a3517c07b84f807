"""A daily with nothing on a working day is reported; weekends, holidays and weeklies are not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.habit import Day, local_days, unusual_drop, unusual_silence
from storage.health import PastRun
from tests.status.past import MONDAY, days, run, weeks

DAILY = (12, 11, 13, 12, 10, 1, 0)
WEEKLY = (0, 0, 0, 9, 0, 0, 0)


def seen(past: list[PastRun], *, country: str = "FR", zone: str = "Europe/Paris") -> list[Day]:
    """The days as a run sees them at noon of the last one."""
    return local_days(past, past[-1].started_at, zone, country)


def silence(past: list[PastRun], **options: str) -> str | None:
    return unusual_silence(seen(past, **options))


def test_a_working_day_without_news_is_reported_on_the_next() -> None:
    past = weeks(6, DAILY)
    wednesday = [*DAILY[:2], 0]
    assert silence([*past, *days(wednesday, start=MONDAY + timedelta(weeks=6))]) is None  # not over yet
    said = silence([*past, *days([*wednesday, 0], start=MONDAY + timedelta(weeks=6))])
    assert said is not None
    assert "since 2025-02-18" in said
    assert "a Wednesday usually brings 13" in said


def test_news_end_the_silence() -> None:
    assert silence([*weeks(6, DAILY), *days([12, 0, 3], start=MONDAY + timedelta(weeks=6))]) is None


def test_a_weekend_is_no_silence() -> None:
    past = [*weeks(6, DAILY), *days([*DAILY[:5], 0, 0, 0], start=MONDAY + timedelta(weeks=6))]
    assert silence(past) is None  # Monday noon


@pytest.mark.parametrize("until", range(1, 9))
def test_a_weekly_is_silent_for_six_days(until: int) -> None:
    past = [*weeks(8, WEEKLY), *days([*WEEKLY, 0, 0][:until], start=MONDAY + timedelta(weeks=8))]
    assert silence(past) is None


def test_a_weekly_that_misses_its_day_is_reported() -> None:
    past = [*weeks(8, WEEKLY), *days([0] * 5, start=MONDAY + timedelta(weeks=8))]
    said = silence(past)
    assert said is not None
    assert "a Thursday usually brings 9" in said


def test_less_than_three_weeks_never_alarm() -> None:
    for number in range(1, 21):
        past = days([12] * number + [0] * 10)
        assert silence(past) is None
    assert silence(days([12] * 22 + [0] * 3)) is not None


def test_days_nobody_looked_are_no_silence() -> None:
    past = weeks(6, DAILY)
    later = run(99, MONDAY + timedelta(weeks=6, days=3))
    assert silence([*past, later]) is None


def test_days_on_which_the_site_did_not_answer_are_no_silence() -> None:
    past = [*weeks(6, DAILY), *days([None, None, None, 0], start=MONDAY + timedelta(weeks=6))]
    assert silence(past) is None


def test_a_public_holiday_is_no_silence() -> None:
    # 1 May 2025 is a Thursday.
    start = datetime(2025, 3, 3, 12, tzinfo=UTC)
    past = [*weeks(8, DAILY, start=start), *days([12, 11, 13, 0, 0], start=start + timedelta(weeks=8))]
    assert silence(past, country="FR") is None
    assert silence(past, country="XX") is not None


def test_ramadan_weighs_half_where_no_earlier_one_is_known() -> None:
    # Ramadan 2025 began on 1 or 2 March. Three articles a day: two silent days weigh 6, or 3 in Ramadan.
    start = datetime(2025, 1, 6, 12, tzinfo=UTC)
    past = [*weeks(8, [3] * 7, start=start), *days([3, 0, 0, 0, 0], start=start + timedelta(weeks=8))]
    assert silence(past, country="FR") is not None
    assert silence(past, country="MA") is None


def test_a_site_that_rests_in_ramadan_is_known_by_the_last_one() -> None:
    start = datetime(2024, 1, 8, 12, tzinfo=UTC)
    counts = []
    for number in range(425):
        day = start + timedelta(days=number)
        resting = datetime(2024, 3, 10, tzinfo=UTC) < day < datetime(2024, 4, 13, tzinfo=UTC)
        resting |= day > datetime(2025, 3, 1, tzinfo=UTC)
        counts.append(0 if resting else 12)
    past = days(counts, start=start)[-400:]
    assert past[-1].started_at > datetime(2025, 3, 5, tzinfo=UTC)
    assert silence(past, country="MA") is None
    assert silence(past, country="FR") is not None


def test_a_site_that_pauses_now_and_then_needs_a_longer_silence() -> None:
    pausing = [3, 0, 0, 4, 2, 0, 3]
    past = [*weeks(8, pausing), *days([3, 0, 0, 0, 0], start=MONDAY + timedelta(weeks=8))]
    assert silence(past) is None


def test_an_earlier_silence_that_was_told_makes_no_habit() -> None:
    before = weeks(6, DAILY)
    silent = [
        run(100 + n, MONDAY + timedelta(weeks=6, days=n), state="dead" if n else "quiet", code=6 if n else 0)
        for n in range(5)
    ]
    after = weeks(3, DAILY, start=MONDAY + timedelta(weeks=7))
    again = days([12, 0, 0], start=MONDAY + timedelta(weeks=10))
    assert silence([*before, *silent, *after, *again]) is not None


def test_local_days_are_the_sites_own() -> None:
    late = datetime(2025, 1, 6, 23, 30, tzinfo=UTC)
    (first, second) = local_days(
        [run(1, late - timedelta(hours=2), fresh=1), run(2, late, fresh=2)], late, "Europe/Paris", "FR"
    )
    assert (first.count, second.count) == (1, 2)


def test_a_week_of_a_quarter_is_a_drop() -> None:
    past = [*weeks(6, DAILY), *days([3, 2, 3, 1, 2, 0, 0, 1], start=MONDAY + timedelta(weeks=6))]
    said = unusual_drop(seen(past))
    assert said is not None
    assert said.startswith("11 new articles since 2025-02-17, where such days bring 59")


def test_half_a_week_is_no_drop() -> None:
    past = [*weeks(6, DAILY), *days([6, 5, 6, 6, 5, 0, 0, 1], start=MONDAY + timedelta(weeks=6))]
    assert unusual_drop(seen(past)) is None


def test_a_drop_that_happened_before_is_none() -> None:
    slack = [3, 3, 3, 3, 3, 0, 0]
    past = [*weeks(4, DAILY), *weeks(1, slack, start=MONDAY + timedelta(weeks=4))]
    past += [*weeks(3, DAILY, start=MONDAY + timedelta(weeks=5))]
    past += [*days([2, 3, 3, 2, 3, 0, 0, 1], start=MONDAY + timedelta(weeks=8))]
    assert unusual_drop(seen(past)) is None


def test_a_silence_that_is_over_is_no_drop() -> None:
    away = [
        run(100 + n, MONDAY + timedelta(weeks=6, days=n), state="dead", code=6, answered=n % 2 == 0)
        for n in range(7)
    ]
    past = [*weeks(6, DAILY), *away, *days([5], start=MONDAY + timedelta(weeks=7))]
    assert unusual_drop(seen(past)) is None


def test_few_articles_are_never_a_drop() -> None:
    past = [*weeks(6, [2, 2, 2, 2, 2, 0, 0]), *days([0] * 8, start=MONDAY + timedelta(weeks=6))]
    assert unusual_drop(seen(past)) is None


@settings(max_examples=25, deadline=None, derandomize=True)
@given(st.integers(0, 10_000), st.sampled_from([2.0, 5.0, 12.0, 40.0]))
def test_chance_alone_seldom_alarms(seed: int, rate: float) -> None:
    """Twelve weeks of articles that come at random: hardly a day of the last month alarms."""
    import math
    import random

    chance = random.Random(seed)

    def count() -> int:
        product, number = chance.random(), 0
        while product > math.exp(-rate):
            product *= chance.random()
            number += 1
        return number

    past = days([count() for _ in range(84)])
    alarms = [
        number
        for number in range(56, 84)
        if unusual_silence(seen(past[: number + 1])) or unusual_drop(seen(past[: number + 1]))
    ]
    episodes = sum(1 for number in alarms if number - 1 not in alarms)
    assert episodes <= 1
