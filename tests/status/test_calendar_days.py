"""Ramadan, feasts and holidays, against dates as they were announced."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.calendar_days import easter, islamic, kind_of_day, last_ramadan

# First day of Ramadan and of the feast that ends it, as Morocco announced them.
ANNOUNCED = {
    2016: (date(2016, 6, 7), date(2016, 7, 6)),
    2018: (date(2018, 5, 17), date(2018, 6, 15)),
    2019: (date(2019, 5, 7), date(2019, 6, 5)),
    2020: (date(2020, 4, 25), date(2020, 5, 24)),
    2021: (date(2021, 4, 14), date(2021, 5, 13)),
    2022: (date(2022, 4, 3), date(2022, 5, 2)),
    2023: (date(2023, 3, 23), date(2023, 4, 22)),
    2024: (date(2024, 3, 12), date(2024, 4, 10)),
    2025: (date(2025, 3, 2), date(2025, 3, 31)),
}


@pytest.mark.parametrize("year", ANNOUNCED)
def test_ramadan_and_its_feast_are_within_a_day_of_the_announced_one(year: int) -> None:
    ramadan, feast = ANNOUNCED[year]
    computed = next(
        day for n in range(366) if islamic(day := date(year, 1, 1) + timedelta(days=n))[1:] == (9, 1)
    )
    assert timedelta(0) <= ramadan - computed <= timedelta(days=1)
    for number in range((feast - ramadan).days):
        assert kind_of_day(ramadan + timedelta(days=number), "MA") in ("ramadan", "holiday")
    assert kind_of_day(feast, "MA") == "holiday"
    assert kind_of_day(feast + timedelta(days=1), "MA") == "holiday"


@given(st.dates(date(1900, 1, 1), date(2200, 12, 30)))
def test_islamic_days_follow_each_other(day: date) -> None:
    year, month, number = islamic(day)
    assert 1 <= month <= 12
    assert 1 <= number <= 30
    following = islamic(day + timedelta(days=1))
    wrap = (year, month + 1, 1) if month < 12 else (year + 1, 1, 1)
    assert following in ((year, month, number + 1), wrap)


@given(st.integers(622, 1600))
def test_an_islamic_year_has_354_or_355_days(islamic_year: int) -> None:
    start = date(622, 7, 19).toordinal() + int((islamic_year - 1) * 354.36667)
    days = [date.fromordinal(start + n) for n in range(-3, 3)]
    assert any(islamic(day) == (islamic_year, 1, 1) for day in days)


@pytest.mark.parametrize(
    ("year", "day"), [(1999, (4, 4)), (2008, (3, 23)), (2011, (4, 24)), (2025, (4, 20)), (2026, (4, 5))]
)
def test_easter(year: int, day: tuple[int, int]) -> None:
    assert easter(year) == date(year, *day)


@pytest.mark.parametrize(
    ("day", "country", "kind"),
    [
        (date(2025, 5, 29), "FR", "holiday"),  # Ascension
        (date(2025, 5, 29), "MA", "usual"),
        (date(2025, 7, 30), "MA", "holiday"),
        (date(2025, 7, 14), "FR", "holiday"),
        (date(2025, 7, 14), "MA", "usual"),
        (date(2025, 3, 12), "FR", "usual"),
        (date(2025, 3, 12), "DZ", "ramadan"),
        (date(2025, 6, 7), "TN", "holiday"),  # Aid al-Adha
        (date(2025, 1, 1), "XX", "holiday"),
        (date(2025, 5, 1), "XX", "usual"),
    ],
)
def test_kinds_of_days(day: date, country: str, kind: str) -> None:
    assert kind_of_day(day, country) == kind


def test_the_ramadan_of_the_year_before() -> None:
    first, last = last_ramadan(date(2025, 3, 20), "MA") or (date.min, date.min)
    assert abs(first - date(2024, 3, 12)) <= timedelta(days=3)
    assert abs(last - date(2024, 4, 9)) <= timedelta(days=3)
    assert last_ramadan(date(2025, 6, 20), "MA") is None
    assert last_ramadan(date(2025, 3, 20), "FR") is None
