"""Addresses without end are known by their form or their number."""

from __future__ import annotations

import pytest

from crawler.traps import MAX_SEGMENTS, PER_PATTERN, Patterns, is_endless, pattern

SITE = "https://presse.example"


@pytest.mark.parametrize(
    "path",
    ["/a/a/a/a/", "/x/" + "/".join("abcdefghijklm"), "/liste?" + "&".join(f"f{n}=1" for n in range(7))],
)
def test_endless(path: str) -> None:
    assert is_endless(SITE + path)


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/2003/03/03/le-titre",  # a date repeats itself three times at most
        "/actualite/6256/le-port",
        "/liste?a=1&b=2&c=3&d=4&e=5&f=6",
        "/" + "/".join(str(n) for n in range(MAX_SEGMENTS)),
    ],
)
def test_not_endless(path: str) -> None:
    assert not is_endless(SITE + path)


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("/agenda?y=2016&m=3", "/agenda?m=#&y=#"),
        ("/agenda/2016/03", "/agenda/#/#"),
        ("/liste?sid=8f3e2a1b9c0d", "/liste?sid=#"),
        ("/tri/8f3e2a1b9c0d/x", "/tri/#/x"),
        ("/culture", "/culture"),
    ],
)
def test_pattern(path: str, wanted: str) -> None:
    assert pattern(SITE + path) == wanted


def test_patterns_are_bounded_each_by_itself_and_what_is_cut_is_counted() -> None:
    patterns = Patterns()
    patterns.note(f"{SITE}/agenda?m=0")
    admitted = [patterns.admits(f"{SITE}/agenda?m={month}") for month in range(1, 100)]
    assert sum(admitted) == PER_PATTERN - 1
    assert patterns.admits(f"{SITE}/culture")
    assert patterns.cut == {"/agenda?m=#": 99 - (PER_PATTERN - 1)}
    assert not patterns.admits(f"{SITE}/a/a/a/a")
